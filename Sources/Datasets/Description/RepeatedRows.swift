import Tensors

/// Finds rows that stand in others exactly: the same inputs, labels and sample spaces.
///
/// Memory holds a number for each of the rows that are looked for, none for those they may stand in.
struct RepeatedRows {
  private let wanted: Examples
  /// By hash, the rows that have it.
  private var rows: [UInt64: [Int32]] = [:]

  init(_ wanted: Examples) {
    self.wanted = wanted
    rows.reserveCapacity(wanted.count)
    for row in 0..<wanted.count { rows[wanted.hash(ofRow: row), default: []].append(Int32(row)) }
  }

  /// How many of the rows stand among some others; O(n) over these.
  func count(in known: Examples) -> Int {
    var left = rows
    var found = 0
    for row in 0..<known.count {
      if left.isEmpty { break }
      let hash = known.hash(ofRow: row)
      guard let own = left[hash] else { continue }
      let others = own.filter { !wanted.isEqual(Int($0), to: row, in: known) }
      found += own.count - others.count
      left[hash] = others.isEmpty ? nil : others
    }
    return found
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
