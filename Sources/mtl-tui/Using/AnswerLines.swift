import ArgumentParser
import Runs
import Training

/// How answers are written, a row a line.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
  /// Commas, quotes where they are needed (RFC 4180), a header.
  case csv
  /// One JSON object a line.
  case jsonl

  /// The format of a file's name: JSON lines where it ends in `.jsonl` or `.ndjson`, else CSV.
  init(path: String?) {
    let name = path?.lowercased() ?? ""
    self = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") ? .jsonl : .csv
  }

  /// The line in front of the answers, with its end; empty in JSON lines.
  func header(_ columns: [String]) -> String {
    self == .csv ? columns.map(csvField).joined(separator: ",") + "\n" : ""
  }

  /// A line of answers, numbers and then texts, one for each column, with its end.
  func line(_ columns: [String], _ answers: [Double], _ texts: [String] = []) -> String {
    switch self {
    case .csv: (answers.map(csvNumber) + texts.map(csvField)).joined(separator: ",") + "\n"
    case .jsonl:
      object(Array(zip(columns, answers.map(number) + texts.map(quoted)))) + "\n"
    }
  }

  /// The columns of ``line(of:)``.
  static let answerColumns = ["row", "task", "label", "answer"]

  /// A line of one answer beside its label; the label is empty where the row does not count.
  func line(of row: TestAnswers.Row) -> String {
    switch self {
    case .csv:
      "\(row.row),\(csvField(row.task)),\(row.label.map(csvNumber) ?? ""),"
        + "\(csvNumber(row.answer))\n"
    case .jsonl:
      object([
        ("row", "\(row.row)"), ("task", quoted(row.task)),
        ("label", row.label.map(number) ?? "null"), ("answer", number(row.answer)),
      ]) + "\n"
    }
  }
}

/// The shortest text that reads back to the same number.
private func csvNumber(_ value: Double) -> String { "\(value)" }

/// A text in quotes where it would else be read as more than one field, or raw by a terminal.
private func csvField(_ text: String) -> String {
  let isPlain = text.unicodeScalars.allSatisfy { !"\",\r\n".unicodeScalars.contains($0) }
  return isPlain
    ? text
    : "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
}
