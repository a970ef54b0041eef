import Foundation

/// How a file seems to be written: what stands between its fields, whether they are quoted, and
/// whether its first row names the columns.
struct Dialect: Sendable, Hashable {
  /// What stands between fields.
  var delimiter: String
  /// Fields in each of the rows that were looked at.
  var fields: Int
  /// Rows that were looked at, and whether all of them have as many fields.
  var rows: Int
  var isEven: Bool
  /// Whether some field is quoted.
  var hasQuotes: Bool
  /// Whether blanks stand around fields.
  var hasBlanks: Bool
  /// Whether the first row names the columns.
  var hasHeader: Bool
  /// The first row.
  var first: [String]

  /// Rows that are looked at.
  static let sample = 300
  private static let delimiters = ["::", "\t", ",", ";", "|", "^", "\u{1}"]

  /// Looks at the beginning of a file.
  ///
  /// The delimiter is the one that makes the same number of fields, two or more, of every row; of
  /// several the one that makes the most.
  init?(_ text: String, path: String) {
    let tables = Self.delimiters.compactMap { delimiter in
      Table(text, delimiter: delimiter).map { (delimiter, $0) }
    }
    let named = path.lowercased().replacing(".gz", with: "")
    let expected = named.hasSuffix(".tsv") ? "\t" : ","
    let best = tables.max { left, right in
      let (a, b) = (left.1.rank(left.0 == expected), right.1.rank(right.0 == expected))
      return a.lexicographicallyPrecedes(b)
    }
    guard let (delimiter, table) = best, let first = table.rows.first else { return nil }
    self.delimiter = delimiter
    self.first = first
    fields = first.count
    rows = table.rows.count
    isEven = table.isEven
    hasQuotes = table.hasQuotes
    hasBlanks = table.rows.contains { row in
      row.contains { $0.first == " " || $0.last == " " }
    }
    hasHeader = Self.isHeader(first, Array(table.rows.dropFirst()))
  }

  /// A first row of texts that are no numbers, over a column that is numbers or times, or of
  /// different ones that do not come again.
  ///
  /// The first name may be missing: pandas writes its row numbers under none. A name that stands
  /// twice over numbers is a fault of the header, which the reader names, and no sign of data.
  private static func isHeader(_ first: [String], _ rest: [[String]]) -> Bool {
    let names = first.map(\.trimmingBlanks)
    let named = names.count > 1 && names[0].isEmpty ? names.dropFirst() : names[...]
    guard
      named.allSatisfy({
        !$0.isEmpty && Double($0) == nil && TimeLook([$0, $0], isWhole: false) == nil
      })
    else { return false }
    let even = rest.filter { $0.count == first.count }
    guard !even.isEmpty else { return true }
    if first.indices.contains(where: { column in
      let texts = even.map { $0[column].trimmingBlanks }.filter { !$0.isEmpty }
      return !texts.isEmpty && texts.count { Double($0) != nil } * 10 >= texts.count * 9
    }) {
      return true
    }
    return Set(names).count == names.count && !names[0].isEmpty
      && first.indices.allSatisfy { column in !even.contains { $0[column] == first[column] } }
      && names.allSatisfy { $0.count <= 40 }
  }

  /// Rows as one delimiter cuts them.
  private struct Table {
    var rows: [[String]] = []
    var isEven = false
    var hasQuotes = false

    init?(_ text: String, delimiter: String) {
      var fields: [String] = []
      var field = ""
      var isQuoted = false
      var rest = Substring(text)
      func isAtFieldStart() -> Bool { field.isEmpty }
      while let character = rest.first, rows.count < Dialect.sample {
        if isQuoted {
          rest.removeFirst()
          if character == "\"" {
            if rest.first == "\"" { field.append(rest.removeFirst()) } else { isQuoted = false }
          } else {
            field.append(character)
          }
        } else if character == "\"", isAtFieldStart() {
          rest.removeFirst()
          (isQuoted, hasQuotes) = (true, true)
        } else if rest.hasPrefix(delimiter) {
          rest.removeFirst(delimiter.count)
          fields.append(field)
          field = ""
        } else if character.isNewline {
          rest.removeFirst()
          if !(fields.isEmpty && field.isEmpty) { rows.append(fields + [field]) }
          (fields, field) = ([], "")
        } else {
          field.append(rest.removeFirst())
        }
      }
      if rest.isEmpty, !isQuoted, !(fields.isEmpty && field.isEmpty) {
        rows.append(fields + [field])
      }
      guard let count = rows.first?.count else { return nil }
      isEven = rows.allSatisfy { $0.count == count }
      guard count > 1 || delimiter == "," else { return nil }
    }

    /// Larger is likelier: even rows, then more fields, then what the name of the file says.
    func rank(_ isExpected: Bool) -> [Int] {
      let count = rows.first?.count ?? 0
      let even = rows.count { $0.count == count } * 100 / max(1, rows.count)
      return [isEven && count > 1 ? 1 : 0, even * count, isExpected ? 1 : 0]
    }
  }
}
