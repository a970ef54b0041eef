import Foundation

/// A value of the truth file; objects keep their order, so that the text is always the same.
indirect enum TruthText {
  case word(String)
  case count(Int)
  /// A number, printed with six decimals; null if it is not finite.
  case number(Double)
  /// How far a number may be off, printed with two digits and never too small.
  case error(Double)
  case list([TruthText])
  case table([(String, TruthText)])

  /// The JSON text; tables a line an entry, lists on one line.
  func json(indent: String = "") -> String {
    switch self {
    case .word(let word): "\"\(word)\""
    case .count(let count): "\(count)"
    case .number(let number): number.isFinite ? Self.fixed(number) : "null"
    case .error(let error): error.isFinite ? String(format: "%.1e", error * 1.06) : "null"
    case .list(let entries): "[" + entries.map { $0.json() }.joined(separator: ", ") + "]"
    case .table(let entries): Self.table(entries, indent: indent)
    }
  }

  private static func table(_ entries: [(String, TruthText)], indent: String) -> String {
    let inner = indent + "  "
    let lines = entries.map { "\(inner)\"\($0.0)\": \($0.1.json(indent: inner))" }
    return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
  }

  private static func fixed(_ number: Double) -> String {
    var text: [UInt8] = []
    appendFixed(Int((number * 1e6).rounded()), decimals: 6, to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
