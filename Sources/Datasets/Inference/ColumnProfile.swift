import Tensors

/// What a column of a file holds, found by looking at every row.
///
/// Different texts are numbered once, so that each is looked at once, however often it stands there.
struct ColumnProfile {
  /// Different texts that are kept apart; further ones are counted and looked at row by row.
  static let limit = 400_000
  /// What many programs write where nothing is known.
  static let missingMarks = [
    "", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "\\N", "?", "#N/A", "<NA>", "nil",
  ]

  let name: String
  private(set) var rows = 0
  private var texts = ByteInterner()
  private var counts: [Int] = []
  /// Rows with a text beyond ``limit``.
  private(set) var beyond = 0
  private var beyondAreNumbers = true

  init(_ name: String) { self.name = name }

  /// Looks at a field of the next row.
  mutating func add(_ field: UnsafeBufferPointer<UInt8>) {
    rows += 1
    if texts.count >= Self.limit, texts.find(field) == nil {
      beyond += 1
      if NumberText.exact(field) == nil { beyondAreNumbers = false }
      return
    }
    let id = Int(texts.id(of: field))
    if id == counts.count { counts.append(0) }
    counts[id] += 1
  }

  /// The different texts with their rows, in the order of their first rows.
  var values: [(text: String, rows: Int)] {
    counts.indices.map { (texts.name($0), counts[$0]) }
  }
}

/// What follows from a column's texts.
struct ColumnSummary {
  let name: String
  let rows: Int
  /// The marks of missing values that stand in it, blank among them.
  var missing: [ValueCount] = []
  /// Different texts that say something, missing ones aside.
  var distinct = 0
  /// The texts that say something, by falling count, ties by text.
  var values: [ValueCount] = []
  /// Whether all of them are numbers.
  var isNumber = false
  /// Whether all of them are whole numbers.
  var isWhole = false
  /// The numbers with their rows, rising.
  var numbers: [(value: Double, rows: Int)] = []
  /// How its values are times; nil if they are none.
  var time: TimeLook?
  /// How its values are lists.
  var list: (separator: String, example: String)?

  init(_ profile: ColumnProfile) {
    name = profile.name
    rows = profile.rows
    let all = profile.values.map { ValueCount($0.text, $0.rows) }
    let marks = Self.marks(in: all)
    missing = all.filter { marks.contains($0.text) }.ordered
    values = all.filter { !marks.contains($0.text) }.ordered
    distinct = values.count + profile.beyond
    let parsed = values.compactMap { value in Self.number(value.text).map { ($0, value.rows) } }
    isNumber = !values.isEmpty && parsed.count == values.count
    isWhole = isNumber && parsed.allSatisfy { $0.0.rounded() == $0.0 && abs($0.0) < 1e18 }
    if isNumber { numbers = parsed.sorted { $0.0 < $1.0 } }
    time = TimeLook(values.prefix(2000).map(\.text), isWhole: isWhole)
    if !isNumber, time == nil {
      list = ListLook.separator(of: values.prefix(ListLook.limit).map(\.text).sorted())
    }
  }

  /// A value with a decimal comma, if all are numbers but for it; such a column is not read as
  /// numbers.
  var decimalComma: String? {
    guard !isNumber, values.allSatisfy({ ListLook.isDecimalComma($0.text) }) else { return nil }
    return values.first { $0.text.contains(",") }?.text
  }

  /// The least number.
  var least: Double { numbers.first?.value ?? .nan }
  /// The greatest number.
  var greatest: Double { numbers.last?.value ?? .nan }
  /// Rows in which something stands.
  var known: Int { rows - missing.reduce(0) { $0 + $1.rows } }

  /// The number that half of the rows do not exceed.
  var median: Double {
    var seen = 0
    for (value, rows) in numbers {
      seen += rows
      if seen * 2 >= known { return value }
    }
    return .nan
  }

  /// Blank always; other marks where all other texts are numbers or where they are no word.
  private static func marks(in values: [ValueCount]) -> Set<String> {
    let found = values.map(\.text).filter { ColumnProfile.missingMarks.contains($0) || isBlank($0) }
    let others = values.filter { !found.contains($0.text) }
    let areNumbers = !others.isEmpty && others.allSatisfy { number($0.text) != nil }
    return Set(found.filter { areNumbers || isBlank($0) || ["\\N", "#N/A", "<NA>"].contains($0) })
  }

  private static func isBlank(_ text: String) -> Bool { text.trimmingBlanks.isEmpty }

  private static func number(_ text: String) -> Double? {
    var text = text
    let number = text.withUTF8(NumberText.exact)
    return number.flatMap { $0.isFinite ? $0 : nil }
  }
}
