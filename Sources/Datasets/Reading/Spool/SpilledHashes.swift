import Tensors

/// The rows that the texts of a spilled column are hashed into, as ``CategoryIds`` does with a column in
/// memory.
struct SpilledHashes {
  let numbers: SpilledNumbers
  let collisions: HashCollisions

  /// Hashes the texts of all rows.
  init(_ texts: SpilledTexts, rows: Int, in folder: String) throws(SystemRefusal) {
    numbers = try SpilledNumbers(of: texts.column, in: folder)
    var collisions = HashCollisions(rows: rows)
    try texts.forEach(ofAllRows: true) { [numbers] text in
      let number = CategoryIds.hash(String(decoding: text.bytes, as: UTF8.self), rows: rows)
      collisions.add(number, trains: text.count > 0)
      numbers.set(number, to: text)
    }
    self.collisions = collisions
  }
}

/// How many values share a row, and how many have one that no training row moves.
struct HashCollisions {
  /// By row, how many values have it.
  private var owners: [Int32]
  /// By row, whether a value of a training row has it.
  private var isTrained: [Bool]

  /// Of so many rows, besides that of no text.
  init(rows: Int) {
    owners = [Int32](repeating: 0, count: rows + 1)
    isTrained = [Bool](repeating: false, count: rows + 1)
  }

  /// Counts a value in.
  mutating func add(_ row: Int32, trains: Bool) {
    owners[Int(row)] += 1
    if trains { isTrained[Int(row)] = true }
  }

  /// What a person should know of a field, a sentence each.
  func notices(_ name: String) -> [String] {
    let values = owners.reduce(0) { $0 + Int($1) }
    let shared = owners.reduce(0) { $0 + ($1 > 1 ? Int($1) : 0) }
    let untrained = zip(owners, isTrained).reduce(0) { $0 + ($1.1 ? 0 : Int($1.0)) }
    var notices = [
      "\(printable(name)): \(values) values are hashed into \(owners.count - 1) rows; \(shared) of them "
        + "share a row with another"
    ]
    if untrained > 0 {
      notices.append(
        "\(printable(name)): \(untrained) of \(values) values have a row that no training "
          + "row moves: it stays as it was drawn")
    }
    return notices
  }
}
