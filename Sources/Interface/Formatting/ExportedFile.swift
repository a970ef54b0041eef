/// A file that is to be written: a name without a folder, and its text.
public struct ExportedFile: Sendable, Equatable {
  /// Letters, digits, `-`, `_` and the ending.
  public var name: String
  /// The whole text.
  public var text: String

  /// Names a text; what of the name could be a path or an option becomes `_`.
  public init(_ stem: String, ending: String, text: String) {
    let safe = stem.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : "_" }
    let name = String(safe.prefix(80))
    self.name = (name.hasPrefix("-") ? "_" + name : name) + "." + ending
    self.text = text
  }
}

/// A table as comma-separated values (RFC 4180): quotes where they are needed, lines end in CR LF.
struct CSVTable: Sendable, Equatable {
  /// A field: a number as it is, or text that may come from the data.
  enum Field: Sendable, Equatable {
    case number(Double)
    case text(String)
  }

  var head: [String]
  var rows: [[Field]] = []

  /// The file's text.
  var text: String {
    ([head.map { Self.quoted(Self.harmless($0)) }] + rows.map { $0.map(Self.written) })
      .map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  /// Numbers in full; nothing for what is undefined.
  private static func written(_ field: Field) -> String {
    switch field {
    case .number(let value): value.isFinite ? shortest(value) : ""
    case .text(let text): quoted(harmless(text))
    }
  }

  private static func shortest(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Text that a spreadsheet would take for a formula gets an apostrophe before it.
  private static func harmless(_ text: String) -> String {
    let starts: Set<Character> = ["=", "+", "-", "@", "\t", "\r", "\r\n", "\n"]
    return text.first.map(starts.contains) == true ? "'" + text : text
  }

  private static func quoted(_ text: String) -> String {
    let needsQuotes =
      text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
      || text.hasPrefix(" ") || text.hasSuffix(" ")
    guard needsQuotes else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
