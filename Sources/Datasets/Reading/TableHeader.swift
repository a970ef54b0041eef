import Foundation
import Runs

/// The names of a file's columns.
struct TableHeader {
  let names: [String]
  /// The bytes of the first row; none where the schema names the columns.
  private(set) var line: [UInt8] = []
  /// Whether the names are keys of JSON objects.
  private(set) var areKeys = false

  /// The names that the schema gives.
  init(schema format: TableFormat) { names = format.columnNames }

  /// The keys of JSON objects.
  init(keys: [String]) {
    names = keys
    areKeys = true
  }

  private init(names: [String], line: [UInt8]) {
    self.names = names
    self.line = line
  }

  /// Reads the first row that is not empty; nil if there is none.
  ///
  /// Lines are those up to its end, or to the row where it is broken.
  static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ fields: FieldScanner
  ) -> (header: Self?, end: Int, lines: Int, error: ParsedChunk.RowError?) {
    var names: [String] = []
    var at = start
    var lines = 0
    while at < bytes.count, let end = TableParser.emptyLine(bytes, at) {
      at = end
      lines += 1
    }
    guard at < bytes.count else { return (nil, at, lines, nil) }
    let first = at
    var buffer: [UInt8] = []
    let error = fields.scan(bytes, &at, &buffer) {
      names.append(String(decoding: $0, as: UTF8.self))
    }
    let header = Self(names: names, line: Array(bytes[first..<at]))
    return (header, at, lines + (error == nil ? TableParser.lines(bytes[first..<at]) : 1), error)
  }

  /// A field as messages may show it.
  ///
  /// The only column of a file may be the line of something that is no table, so it is not shown.
  func shown(_ field: String) -> String {
    let isShort = field.count <= 24 && !field.contains(":")
    return names.count > 1 || isShort ? field : "(\(field.count) characters)"
  }
}

/// What messages say about the header of a file without a wanted column.
public struct HeaderFacts: Sendable, Hashable {
  /// How many fields it has.
  var count: Int
  /// The names, where the file looks like the table that the schema describes; else none.
  var names: [String] = []
  /// Why the column is not there, if anything is known.
  var cause: Cause?

  /// Why a column is not in a header.
  public enum Cause: Sendable, Hashable {
    /// Another delimiter parts the header.
    case delimiter(String)
    /// The name stands in quotes.
    case quotes
    /// The name stands in single quotes.
    case singleQuotes
    /// Blanks stand around the name.
    case blanks
    /// The header is not UTF-8.
    case encoding
    /// The first row is numbers.
    case noHeader
    /// The names are keys of JSON objects.
    case keys
    /// A name is nearly the same.
    case near(String)
  }
}

extension TableHeader {
  /// What can be said about a header in which a column is not found.
  ///
  /// The content of a file that is no table stays unsaid: names are listed if one of the wanted
  /// ones is there, or if all look like names.
  func facts(_ format: TableFormat, _ path: String, wanted: [String]) -> HeaderFacts {
    let column = wanted.first { !names.contains($0) } ?? ""
    let isTable = areKeys || names.contains { wanted.contains($0) } || looksLikeNames
    var facts = HeaderFacts(count: names.count, names: isTable ? names : [])
    facts.cause = cause(column, format, path, wanted, isTable: isTable)
    return facts
  }

  private func cause(
    _ column: String, _ format: TableFormat, _ path: String, _ wanted: [String], isTable: Bool
  ) -> HeaderFacts.Cause? {
    guard !line.isEmpty else {
      return nearest(to: column, in: names).map { .near($0) } ?? (areKeys ? .keys : nil)
    }
    if names.contains("\"\(column)\"") { return .quotes }
    if names.contains("'\(column)'") { return .singleQuotes }
    if names.contains(where: { $0 != column && Self.trimmed($0) == column }) { return .blanks }
    if let delimiter = betterDelimiter(than: format.delimiter(of: path), wanted) {
      return .delimiter(delimiter)
    }
    if String(validating: line, as: UTF8.self) == nil { return .encoding }
    if names.count(where: { Double($0) != nil }) * 2 >= max(2, names.count) { return .noHeader }
    let near = isTable ? nearest(to: column, in: names) : nil
    return near.map { .near($0) }
  }

  /// The delimiter that finds a wanted name, or that parts a header of one field.
  private func betterDelimiter(than own: String, _ wanted: [String]) -> String? {
    let text = String(decoding: line, as: UTF8.self)
    let usual = ["\t", ";", "|", "::", ",", ":", "\u{1}"] + (names.count == 1 ? [" "] : [])
    let others = usual.filter { $0 != own }
    let parted = others.map { other in
      (delimiter: other, fields: Self.trimmed(text).components(separatedBy: other))
    }
    let finds = parted.first { _, fields in
      fields.count > 1
        && fields.contains { wanted.contains(Self.trimmed($0, " \t\"'")) && !names.contains($0) }
    }
    if let finds { return finds.delimiter }
    guard names.count == 1 else { return nil }
    return parted.max { $0.fields.count < $1.fields.count }.flatMap {
      $0.fields.count > 1 ? $0.delimiter : nil
    }
  }

  /// What usually stands between fields, if this byte does.
  static func delimiter(_ byte: UInt8) -> String? {
    let text = String(UnicodeScalar(byte))
    return [";", "\t", "|", ",", ":"].contains(text) ? text : nil
  }

  private var looksLikeNames: Bool {
    names.count > 1 && Set(names).count == names.count
      && names.allSatisfy { name in
        guard let first = name.first, first.isLetter || first == "_", name.count <= 64 else {
          return false
        }
        return name.allSatisfy { $0.isLetter || $0.isNumber || "_-. ()[]/%".contains($0) }
      }
  }

  private static func trimmed(_ text: String, _ signs: String = " \t\r\n") -> String {
    text.trimmingCharacters(in: CharacterSet(charactersIn: signs))
  }
}
