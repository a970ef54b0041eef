import Tensors

/// Finds rows that stand in others exactly: the same inputs, labels and sample spaces.
struct RepeatedRows {
  private let known: Examples
  /// By hash, the known rows that have it.
  private var rows: [UInt64: [Int32]] = [:]

  init(_ known: Examples) {
    self.known = known
    rows.reserveCapacity(known.count)
    for row in 0..<known.count { rows[known.hash(ofRow: row), default: []].append(Int32(row)) }
  }

  /// How many rows stand among the known ones.
  func count(in examples: Examples) -> Int {
    (0..<examples.count).count { row in
      rows[examples.hash(ofRow: row)]?.contains {
        examples.isEqual(row, to: Int($0), in: known)
      } ?? false
    }
  }
}

extension Examples {
  fileprivate func hash(ofRow row: Int) -> UInt64 {
    var hash = fnvOffset
    forEachWord(ofRow: row) { hash = RandomSource.mix(hash ^ UInt64($0)) }
    return hash
  }

  fileprivate func isEqual(_ row: Int, to other: Int, in examples: Examples) -> Bool {
    var words: [UInt32] = []
    forEachWord(ofRow: row) { words.append($0) }
    var others: [UInt32] = []
    examples.forEachWord(ofRow: other) { others.append($0) }
    return words == others
  }

  /// The bits of a row: ids, numbers, labels, spaces.
  private func forEachWord(ofRow row: Int, _ body: (UInt32) -> Void) {
    let (fields, numbers, tasks) = (ids.count / count, dense.count / count, labels.count / count)
    for index in 0..<fields { body(UInt32(bitPattern: ids.base[row * fields + index])) }
    for index in 0..<numbers { body(dense.base[row * numbers + index].bitPattern) }
    for index in 0..<tasks {
      body(labels.base[row * tasks + index].bitPattern)
      // Inside is inside: weights of training rows stand in the same place.
      body((spaces?.base[row * tasks + index] ?? 1) == 0 ? 0 : 1)
    }
  }
}
