import Foundation

extension LabelError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String { wording(location, what, found: found, fix: fix) }

  var location: String {
    switch self {
    case .missing(_, _, _, let first, _, _), .misspelled(_, _, _, _, let first),
      .text(_, _, _, _, let first), .noAmount(_, _, _, let first), .notBinary(_, _, _, let first),
      .noLogarithm(_, _, _, _, let first), .tooLarge(_, _, _, _, let first):
      "\(printable(first.path)):\(first.line)"
    case .absent(let use, _, _, _), .joined(let use, _, _): use.words
    }
  }

  var what: String {
    switch self {
    case .missing(let use, let column, let rows, _, _, _):
      "\(Self.rows(rows)) nothing in column '\(printable(column))', \(use.relation), "
        + "the first here"
    case .misspelled(let use, let column, let named, _, _):
      "a text of column '\(printable(column))', \(use.relation), looks like \(excerpt(named)) "
        + "but is not it"
    case .absent(_, let column, let named, _):
      "no row has \(named.map(excerpt).joined(separator: " or ")) in column '\(printable(column))'"
    case .text(let use, _, let column, _, _):
      "no number in column '\(printable(column))', \(use.relation)"
    case .noAmount(let task, let column, _, _):
      "no number in column '\(printable(column))', \(RuleUse.label(task: task).relation)"
    case .notBinary(let task, _, _, _): "the label of task '\(printable(task))' must be 0 or 1"
    case .noLogarithm(let task, _, _, _, _):
      "the label of task '\(printable(task))' is log(1 + number), which -1 and less do not have"
    case .tooLarge(let task, _, _, _, _):
      "the label of task '\(printable(task))' is too large for a number"
    case .joined(_, let column, _):
      "no column '\(printable(column))' in the log, whose rows it is told by"
    }
  }

  var found: String {
    switch self {
    case .missing(_, _, _, _, let values, _):
      values.isEmpty
        ? "nothing" : "nothing; elsewhere \(values.map(excerpt).joined(separator: ", "))"
    case .misspelled(_, _, _, let found, _):
      "\(excerpt(found.text)) in \(found.rows) row\(found.rows == 1 ? "" : "s"), the first here"
    case .absent(_, _, _, let values): values.isEmpty ? "no text" : values.words
    case .text(_, _, _, let found, _), .noAmount(_, _, let found, _): excerpt(found)
    case .notBinary(_, let column, let values, _):
      "\(values.words) in column '\(printable(column))', the first here"
    case .noLogarithm(_, let column, let found, let rows, _),
      .tooLarge(_, let column, let found, let rows, _):
      "\(found) in column '\(printable(column))', and so in \(rows) row\(rows == 1 ? "" : "s")"
    case .joined(_, _, let table): "the column in the joined table \(printable(table))"
    }
  }

  var fix: String {
    switch self {
    case .missing(let use, let column, _, _, let values, let least):
      Self.fill(use, column, values, least)
    case .misspelled(let use, _, let named, let found, _): Self.respell(use, named, found.text)
    case .absent(let use, _, _, let values):
      values.isEmpty
        ? "name another column" : "name one of these texts as the file spells it, in \(use.words)"
    case .text(let use, let rule, let column, let found, _):
      Self.name(use, rule, column, found)
    case .noAmount(_, _, let found, _):
      FieldAdvice.numberFix(found, missing: [""])
        ?? "write a number here, or name this text as `missing` in the schema and say "
        + "`labelMissing: skip` in the task; a label of words is `kind: binary` with `equals`"
    case .notBinary(let task, let column, let values, _): Self.divide(task, column, values)
    case .noLogarithm(let task, let column, _, _, _):
      "leave `log1p` out, or copy `space: {column: \(yaml(column)), atLeast: 0}` into the task "
        + "'\(printable(task))'"
    case .tooLarge(let task, _, _, _, _):
      "divide by more or set a `cap` in the task '\(printable(task))', or mend the row"
    case .joined(_, let column, _):
      "copy '\(printable(column))' into the log; tables are for inputs only"
    }
  }
}

// MARK: - Lines to copy
extension LabelError {
  private static func rows(_ count: Int) -> String {
    count == 1 ? "1 row has" : "\(count) rows have"
  }

  private static func fill(
    _ use: RuleUse, _ column: String, _ values: [String], _ least: Double?
  ) -> String {
    let skip = "say `labelMissing: skip` in it to leave them out of its sample space"
    switch use {
    case .split: return "fill the column, or split by `ratio` or `time`"
    case .space(let task): return "fill the column of the space of '\(printable(task))', or \(skip)"
    case .label(let task):
      let known = values.isEmpty ? least.map { "atLeast: \(plain($0))" } : "in: \(list(values))"
      let rule =
        known.map { ", or copy `space: {column: \(yaml(column)), \($0)}` there" } ?? ""
      return "fill the column; or, for rows where '\(printable(task))' is not known, \(skip)" + rule
    }
  }

  private static func respell(_ use: RuleUse, _ named: String, _ found: String) -> String {
    if case .split = use { return "spell it alike in file and schema" }
    let blanks =
      found.trimmingCharacters(in: CharacterSet(charactersIn: " \t")) == named
      ? "set `trim: true`, " : ""
    return "\(blanks)spell it alike, or name both in \(use.words): `in: \(list([named, found]))`"
  }

  private static func name(
    _ use: RuleUse, _ rule: TaskSchema.Rule, _ column: String, _ found: String
  ) -> String {
    if TextRule.looksMissing(found) {
      return "name this text as `missing: [\"\", \(yaml(found))]` in the schema, and say "
        + "`labelMissing: skip` in the task"
    }
    let entry = "{column: \(yaml(column)), equals: \(yaml(TextRule.positive(of: found)))}"
    let key =
      switch use {
      case .label(let task): yaml(task)
      case .space, .split: "space"
      }
    let rest = if case .atLeast = rule { "; atLeast is for numbers" } else { "" }
    return "name the text that counts as 1, as in `\(key): \(entry)`\(rest)"
  }

  private static func divide(_ task: String, _ column: String, _ values: [ValueCount]) -> String {
    let numbers = values.compactMap { Double($0.text) }
    let bound = numbers.max().map { plain($0) } ?? "1"
    return "say from where on it is 1, as in `\(yaml(task)): {column: \(yaml(column)), "
      + "atLeast: \(bound)}`, or make it `kind: regression`"
  }
}

extension RuleUse {
  /// The place in the schema.
  var words: String {
    switch self {
    case .label(let task): "task '\(printable(task))'"
    case .space(let task): "the space of task '\(printable(task))'"
    case .split: "the split"
    }
  }

  /// What a column is to it.
  fileprivate var relation: String {
    switch self {
    case .label(let task): "which the label of task '\(printable(task))' is computed from"
    case .space(let task): "which the space of task '\(printable(task))' goes by"
    case .split: "which the split goes by"
    }
  }
}

extension [ValueCount] {
  /// The most frequent first, ties by text.
  var ordered: Self { sorted { ($1.rows, $0.text) < ($0.rows, $1.text) } }

  /// `'Yes' 40, 'Test' 50`: the most frequent, and how many more there are.
  var words: String {
    let limit = 8
    let shown = ordered.prefix(limit).map { "\(excerpt($0.text)) \($0.rows)" }
    return shown.joined(separator: ", ") + (count > limit ? " and \(count - limit) more" : "")
  }
}

/// A text as YAML needs it where a text is meant: quoted, unless it is a plain word.
public func yaml(_ text: String) -> String {
  let isPlain =
    text.first.map { $0.isLetter || $0 == "_" } ?? false
    && text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "_-./0123456789".unicodeScalars.contains($0))
    }
    && !["true", "false", "yes", "no", "null", "on", "off", "y", "n"].contains(text.lowercased())
  guard !isPlain else { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\t": quoted += "\\t"
    case "\n": quoted += "\\n"
    case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
      let digits = String(scalar.value, radix: 16, uppercase: true)
      quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
    case _ where printable(String(scalar)) != String(scalar):
      let digits = String(scalar.value, radix: 16, uppercase: true)
      quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

/// A YAML list of texts.
func list(_ texts: [String]) -> String {
  "[" + texts.map { yamlText($0) }.joined(separator: ", ") + "]"
}

/// A text in quotes, as a value that must not be taken for a number.
private func yamlText(_ text: String) -> String {
  let plain = yaml(text)
  return plain.hasPrefix("\"") ? plain : "\"\(plain)\""
}

/// A number without the fraction that a Double would add.
func plain(_ number: Double) -> String { Int64(exactly: number).map { "\($0)" } ?? "\(number)" }
