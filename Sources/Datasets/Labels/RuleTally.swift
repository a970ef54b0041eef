/// What a rule met in some rows.
struct RuleTally {
  /// Rows with a fault, and the first of them.
  struct Occurrence {
    var rows = 0
    var first = ChunkRow(part: 0, index: 0, row: 0)
    /// What stands in the first row, where it is a number.
    var value = 0.0

    mutating func add(_ row: ChunkRow, _ value: Double = 0) {
      if rows == 0 { (first, self.value) = (row, value) }
      rows += 1
    }

    mutating func merge(_ later: Self) {
      if rows == 0 { (first, value) = (later.first, later.value) }
      rows += later.rows
    }
  }

  /// How many texts that nobody named are counted apart; behind them all others are one.
  static let limit = 1000

  /// Rows in which nothing stands.
  var missing = Occurrence()
  /// The least number, where a rule goes by numbers.
  var least = Double.infinity
  /// By text, the rows that have it.
  var texts: [String: Occurrence] = [:]
  /// By number, rows of a binary label that is neither 0 nor 1.
  var numbers: [Double: Occurrence] = [:]
  /// Rows whose label has no logarithm.
  var noLogarithm = Occurrence()
  /// Rows whose label is too large.
  var tooLarge = Occurrence()

  /// Takes the tally of later rows in.
  mutating func merge(_ later: Self) {
    missing.merge(later.missing)
    least = min(least, later.least)
    noLogarithm.merge(later.noLogarithm)
    tooLarge.merge(later.tooLarge)
    for (text, found) in later.texts { texts[text, default: Occurrence()].merge(found) }
    for (number, found) in later.numbers { numbers[number, default: Occurrence()].merge(found) }
  }

  /// The texts with their rows, the most frequent first.
  var counts: [ValueCount] { texts.map { ValueCount($0.key, $0.value.rows) }.ordered }
}

/// A row by its place among the parsed ones.
struct ChunkRow {
  var part: Int
  var index: Int
  var row: Int
}

extension ChunkRow: Comparable {
  static func < (left: Self, right: Self) -> Bool {
    (left.part, left.index, left.row) < (right.part, right.index, right.row)
  }
}
