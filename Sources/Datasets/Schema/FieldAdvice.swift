import Foundation

/// Why a field is no number, told by what it looks like.
enum FieldAdvice {
  /// How to mend a field of an input that should be a number; `missing` are the texts that the schema
  /// calls so.
  static func fix(_ field: String, missing: [String]) -> String {
    numberFix(field, missing: missing)
      ?? "make the column categorical, or name this text as `missing` in the schema"
  }

  /// How to mend a field by what it looks like; nil if it looks like nothing known.
  static func numberFix(_ field: String, missing: [String]) -> String? {
    let bare = field.trimmingCharacters(in: .whitespaces)
    if field.isEmpty || missingWords.contains(bare.lowercased()) {
      return "if it means a missing value, name it so in the schema: `missing: "
        + "[\((missing + [field]).map(yaml).joined(separator: ", "))]`"
    }
    if bare != field, isNumber(bare) {
      return "set `trim: true` in the schema: blanks stand around it"
    }
    if bare.first == "\"", bare.last == "\"" {
      return "set `quoted: true` in the schema, or leave `quoted` out: the field is in quotes"
    }
    if bare.contains(","), isNumber(bare.filter { $0 != "," && $0 != "." }) {
      return "write numbers with a point before the decimals and nothing between thousands, as in "
        + "1234.5"
    }
    if looksLikeADate(bare) {
      return "a date is no number: write it as one, or name the column in `split.time` only"
    }
    if let last = bare.last, let first = bare.first,
      isNumber(String(bare.dropLast())) && !last.isNumber
        || isNumber(String(bare.dropFirst())) && !first.isNumber
    {
      return "write the number without its unit"
    }
    if Double(bare) != nil, !bare.contains(where: \.isLetter) || bare.lowercased().contains("e") {
      return "write a number that a float32 holds: less than 3.4e38"
    }
    return nil
  }

  /// How to mend a field that should be a time.
  static func timeFix(_ field: String) -> String {
    let parts = field.split { "./-".contains($0) }
    if parts.count >= 3, parts[0].count <= 2, parts[1].count <= 2, isNumber(String(parts[0])) {
      return "write the year first, as in 2022-05-04: here day and month cannot be told apart"
    }
    return "write a date such as 2022-05-04 or 2022-05-04T13:05:00Z, or a number such as Unix "
      + "seconds, here"
  }

  private static let missingWords: Set = [
    "", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "\\n", "-", "--", "?", "unknown",
    "missing", "inf", "-inf", "infinity", "-infinity",
  ]

  private static func isNumber(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { NumberText.parse($0) } != nil
  }

  private static func looksLikeADate(_ text: String) -> Bool {
    var copy = text
    let reading = copy.withUTF8 { TimeText.parse($0) }
    return reading?.unit == .date || text.count(where: { $0 == "/" || $0 == "-" }) == 2
  }

  private static func yaml(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.allSatisfy { $0.isLetter && $0.isASCII }
    return isPlain ? text : "\"\(printable(text).replacing("\\", with: "\\\\"))\""
  }
}
