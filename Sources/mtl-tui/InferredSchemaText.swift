import Datasets
import Foundation
import Runs

// A guessed schema as YAML, with the reason of each guess in a comment.

extension InferredSchema {
  /// The schema as a file in a folder would say it: paths start there, or at the root of the disk.
  func yaml(in folder: String) -> String {
    var lines = [
      "# A first guess by `mtl-tui data infer` from \(rows) rows; the comments say why. Read it through,",
      "# then look at what it makes of the data: mtl-tui data describe THIS_FILE",
    ]
    lines += doubts.map { "# \($0.words)" }
    lines.append("name: \(quotedYAML(name))")
    lines.append("files: \(files(in: folder))")
    lines += format.lines
    lines.append("columns:")
    lines += columns.map { "  \($0.line)" }
    if !joins.isEmpty { lines.append("join:") }
    for join in joins { lines += join.lines(in: folder, beside: format) }
    lines.append("tasks:")
    lines += tasks.map { "  \($0.line)" }
    lines += split.lines
    lines += interactions?.suggestion ?? []
    return lines.joined(separator: "\n") + "\n"
  }

  private func files(in folder: String) -> String {
    func list(_ paths: [String]) -> String {
      let names = paths.map { quotedYAML(relative($0, to: folder)) }
      return names.count == 1 ? names[0] : "[\(names.joined(separator: ", "))]"
    }
    switch files {
    case .all(let paths):
      return "{all: \(list(paths))}"
        + (paths.count > 1 ? "  # \(paths.count) files of the same columns" : "")
    case .separate(let training, let validation, let test):
      let middle = validation.isEmpty ? "" : ", validation: \(list(validation))"
      return "{training: \(list(training))\(middle), test: \(list(test))}  # by the files' names"
    }
  }
}

extension InferredSchema.Format {
  fileprivate var lines: [String] { lines(beside: nil) }

  /// The keys; beside another format only those in which it differs.
  fileprivate func lines(beside other: Self?) -> [String] {
    var lines: [String] = []
    if other?.delimiter != delimiter {
      let why = "the first \(rows) rows have \(fields) field\(fields == 1 ? "" : "s") each"
      lines.append("delimiter: \(quotedYAML(delimiter))  # \(why)")
    }
    // Quotes are understood unless a schema says otherwise: some may stand behind the rows that tell.
    if other == nil, hasQuotes {
      lines.append("quoted: true  # some fields begin with a quote")
    }
    if hasBlanks, other?.hasBlanks != true {
      lines.append("trim: true  # there are blanks around fields")
    } else if other?.hasBlanks == true, !hasBlanks {
      lines.append("trim: false")
    }
    if let columnNames {
      lines.append("header: false  # the first row is data, as \(comment(firstField))")
      let why =
        known.map { "the columns of \($0), by the file's name and form" }
        ?? "invented: nothing names the columns"
      lines.append(
        "columnNames: [\(columnNames.map(quotedYAML).joined(separator: ", "))]  # \(why)")
    }
    if missing != (other?.missing ?? [""]) {
      let marks = missing.map(quotedYAML).joined(separator: ", ")
      lines.append("missing: [\(marks)]  # these stand where nothing is known")
    }
    return lines
  }
}

extension InferredSchema.Column {
  fileprivate var line: String {
    let from = name == source || role == .ignore ? "" : ", from: \(quotedYAML(source))"
    let key = role == .ignore ? quotedYAML(source) : quotedYAML(name)
    let missing = missing == 0 ? "" : "; missing in \(missing) rows"
    return "\(key): {\(type)\(from)}  # \(reason.words)\(missing)"
  }

  private var type: String {
    switch role {
    case .categorical: "type: categorical"
    case .numeric(let log1p): "type: numeric" + (log1p ? ", log1p: true" : "")
    case .list(let separator):
      "type: categorical"
        + (SchemaKey.names(in: .column).contains("separator")
          ? ", separator: \(quotedYAML(separator))" : "")
    case .ignore: "type: ignore"
    }
  }
}

extension InferredSchema.Column.Reason {
  fileprivate var words: String {
    switch self {
    case .texts(let distinct): "\(distinct) different texts"
    case .idByName(let distinct): "\(distinct) different values; the name says that it is no number"
    case .codes(let distinct): "\(distinct) whole numbers that lie as numbered things do"
    case .fewNumbers(let distinct): "\(distinct) different whole numbers"
    case .numbers(let least, let greatest):
      "from \(significant(least)) to \(significant(greatest))"
    case .skewed(let least, let median, let greatest):
      "from \(significant(least)) to \(significant(greatest)), half of them not above "
        + "\(significant(median))"
    case .lists(let example): "lists, as \(comment(example))"
    case .decimalComma(let example):
      "left out: numbers with a decimal comma, as \(comment(example)); "
        + "with a point they would be read"
    case .constant(let value): "left out: always \(comment(value))"
    case .empty: "left out: nothing stands there"
    case .unique: "left out: another value in every row"
    case .time: "left out: a time"
    case .outcome: "left out: by its name known only afterwards"
    case .flag: "two values"
    }
  }
}

extension InferredSchema.Join {
  fileprivate func lines(
    in folder: String, beside log: InferredSchema.Format
  ) -> [String] {
    let key =
      logKey == tableKey
      ? quotedYAML(logKey) : "{log: \(quotedYAML(logKey)), table: \(quotedYAML(tableKey))}"
    let found = "\(self.found) of the log's \(of) different keys are there"
    return ["  - file: \(quotedYAML(relative(file, to: folder)))", "    key: \(key)  # \(found)"]
      + format.lines(beside: log).map { "    \($0)" } + ["    columns:"]
      + columns.map { "      \($0.line)" }
  }
}

extension InferredSchema.Task {
  fileprivate var line: String {
    let skip = missing == 0 ? "" : ", labelMissing: skip"
    let left = missing == 0 ? "" : "; not known in \(missing) rows"
    return "\(quotedYAML(name)): {column: \(quotedYAML(column))\(ruleText)\(skip)}  # "
      + "\(reason.words)\(left)"
  }

  private var ruleText: String {
    switch rule {
    case .value: ""
    case .equals(let text): ", equals: \(quotedText(text))"
    case .atLeast(let bound): ", atLeast: \(significant(bound, digits: 15))"
    case .regression(let log1p): ", kind: regression" + (log1p ? ", log1p: true" : "")
    }
  }
}

extension InferredSchema.Task.Reason {
  fileprivate var words: String {
    switch self {
    case .asked: "asked for"
    case .named(let values): "two values, and the name of an outcome: \(counts(values))"
    case .rarer(let values):
      "two values, and the name of an outcome: \(counts(values)); which of them is 1 is a guess"
    case .event(let values): "one of the events of the column: \(counts(values))"
    case .onlyBinary(let values): "the last or first column has two values: \(counts(values))"
    case .rating(let least, let greatest, let share):
      "a rating from \(significant(least)) to \(significant(greatest)); "
        + "\(significant(100 * share, digits: 3)) % of the rows are so high"
    case .quantity(let least, let greatest):
      "a number from \(significant(least)) to \(significant(greatest)) that is known afterwards"
    }
  }

  private func counts(_ values: [ValueCount]) -> String {
    values.map { "\(comment($0.text)) \($0.rows)" }.joined(separator: ", ")
  }
}

extension InteractionSchema {
  /// What would name the user and the item, as a comment: nobody's data are ranked unasked.
  fileprivate var suggestion: [String] {
    let time = time.map { ", time: \(quotedYAML($0))" } ?? ""
    return [
      "# By their names \(comment(user)) is a user and \(comment(item)) an item. If so, take the # away: rankings,",
      "# reviews by user and item, splits by user and the explanations of screen 9 go by it.",
      "# interactions: {user: \(quotedYAML(user)), item: \(quotedYAML(item))\(time)}",
    ]
  }
}

extension InferredSchema.Split {
  fileprivate var lines: [String] {
    switch self {
    case .files: return ["# the files are the split"]
    case .halves:
      return ["split: {rowParity: true}  # of the test file, even rows validate and odd rows test"]
    case .ratio(let noTime):
      let why =
        noTime ? "no column is a time" : "the times do not fall into three parts"
      return ["split: {ratio: {validation: 0.1, test: 0.1, seed: 1}}  # by a hash: \(why)"]
    case .time(let column, let unit, let validationFrom, let testFrom, let shares):
      let parts = shares.map { "\(Int((100 * $0).rounded())) %" }.joined(separator: ", ")
      return [
        "split: {time: {column: \(quotedYAML(column)), validationFrom: "
          + "\(timeYAML(validationFrom)), testFrom: \(timeYAML(testFrom))}}  # \(unit.words); \(parts) of the rows"
      ]
    }
  }
}

extension InferredSchema.TimeUnitName {
  fileprivate var words: String {
    switch self {
    case .date: "dates"
    case .dayNumber: "days as yyyymmdd"
    case .unix(let unit): "Unix \(unit)"
    }
  }
}

extension InferredSchema.Doubt {
  fileprivate var words: String {
    switch self {
    case .notJoined(let file):
      "\(printable(file)) is left out: no column of it holds the log's keys once each"
    case .nothingToJoin(let file):
      "\(printable(file)) is left out: none of its columns but the key could be an input"
    case .oneTask: "one label only: multi-task models need two to share anything"
    }
  }
}

/// A text as YAML needs it where a name is meant.
private func quotedYAML(_ text: String) -> String { yaml(text) }

/// A text in quotes whatever it is, so that it is not taken for a number or a flag by a reader.
private func quotedText(_ text: String) -> String {
  let plain = yaml(text)
  return plain.hasPrefix("\"") ? plain : "\"\(plain)\""
}

/// A time as YAML needs it: digits and dashes as they are, anything else in quotes.
private func timeYAML(_ text: String) -> String {
  text.allSatisfy { $0.isNumber || $0 == "-" } ? text : quotedText(text)
}

/// A text from data in a comment: short, on one line.
private func comment(_ text: String) -> String {
  let short = text.unicodeScalars.prefix(40)
  return "'\(printable(String(short)))\(text.unicodeScalars.count > 40 ? "…" : "")'"
}

/// A path as it is seen from a folder: relative where the file lies in it, else from the root.
func relative(_ path: String, to folder: String) -> String {
  let file = URL(fileURLWithPath: path).standardizedFileURL.path
  var base = URL(fileURLWithPath: folder.isEmpty ? "." : folder).standardizedFileURL.path
  if !base.hasSuffix("/") { base += "/" }
  return file.hasPrefix(base) ? String(file.dropFirst(base.count)) : file
}
