import Runs

// The sections of a schema file, each from its place in the YAML.

extension DatasetSchema.Files {
  init(_ section: SchemaNode) throws(SchemaError) {
    let fields = try section.fields(of: .files)
    for other in ["training", "validation", "test"] {
      try fields.checkOnlyOne(
        of: ["all", other], fix: "name one file as `all`, or one file for each split")
    }
    if let all = fields["all"] {
      self = .all(try all.fileList())
      return
    }
    self = .separate(
      training: try fields.required("training").fileList(),
      validation: try fields["validation"]?.fileList(),
      test: try fields.required("test").fileList())
  }
}

extension TableFormat {
  /// What the fields say; what they leave open is as in `usual`, except for the columns' names.
  init(_ fields: SchemaFields, usual: TableFormat = TableFormat()) throws(SchemaError) {
    self.init()
    delimiter = try fields["delimiter"].map(Self.delimiter) ?? usual.delimiter
    isQuoted = try fields["quoted"]?.flag() ?? usual.isQuoted
    trimsBlanks = try fields["trim"]?.flag() ?? usual.trimsBlanks
    missing = try fields["missing"]?.missingTexts() ?? usual.missing
    lines = try fields["lines"].map(Self.lines)
    if lines == .json, let line = fields["lines"],
      let other = ["delimiter", "quoted", "header", "columnNames"].first(where: {
        fields[$0] != nil
      })
    {
      throw .conflict(
        path: line.path, line: (fields[other] ?? line).line, key: other, with: "lines: json",
        fix: "leave \(other) out: objects name their values")
    }
    let names = fields["columnNames"]
    hasHeader = try fields["header"]?.flag() ?? (names == nil)
    guard let names else {
      guard hasHeader else {
        throw .missingKey(
          path: fields.section.path, line: (fields["header"] ?? fields.section).line,
          key: "columnNames", place: fields.section.key)
      }
      return
    }
    guard !hasHeader else {
      throw .conflict(
        path: names.path, line: names.line, key: "columnNames", with: "header: true",
        fix: "set `header: false`, or leave columnNames out")
    }
    columnNames = try names.texts("a list of names")
    if let twice = firstRepeated(columnNames) {
      throw .duplicate(path: names.path, line: names.line, name: twice)
    }
  }

  private static func lines(_ section: SchemaNode) throws(SchemaError) -> Lines {
    guard let lines = Lines(rawValue: try section.text()) else {
      throw section.wrong("fields or json")
    }
    return lines
  }

  /// One to sixteen bytes without quotes and line breaks; several have no letter and no digit, so
  /// that neither `tab` nor a `\t` in single quotes is taken at its word.
  private static func delimiter(_ section: SchemaNode) throws(SchemaError) -> String {
    let text = try section.text()
    let isOne = text.utf8.count == 1
    guard (1...16).contains(text.utf8.count),
      !text.unicodeScalars.contains(where: { "\"\n\r".unicodeScalars.contains($0) }),
      isOne || !text.contains(where: { $0.isLetter || $0.isNumber })
    else { throw .delimiter(path: section.path, line: section.line, found: text) }
    return text
  }

  /// Where names are known without the file, a column must be one of them.
  func check(_ column: SchemaNode, _ name: String) throws(SchemaError) {
    guard !hasHeader, !columnNames.contains(name), !name.contains("*") else { return }
    throw .unknownColumn(
      path: column.path, line: column.line, column: name, known: columnNames)
  }
}

/// The first name that stands twice in a list.
func firstRepeated(_ names: [String]) -> String? {
  var seen = Set<String>()
  return names.first { !seen.insert($0).inserted }
}

extension DatasetSchema.Column {
  /// The columns of a section; one of type text is another thing, and none of a joined table.
  static func list(
    _ section: SchemaNode, _ format: TableFormat, isLog: Bool = false
  ) throws(SchemaError) -> [Self] {
    var columns: [Self] = []
    for (name, value) in try section.entries("a mapping of column names")
    where !(isLog && value.isText) {
      let column = try Self(name, value, format)
      if let missing = value.node["missing"], column.missing != nil,
        let other = columns.first(where: {
          $0.source == column.source && $0.missing != nil && $0.missing != column.missing
        })
      {
        throw .conflict(
          path: value.path, line: missing.mark?.line ?? value.line, key: "\(value.key).missing",
          with: "the one of '\(other.name)'",
          fix: "say once what is missing in column '\(column.source)'")
      }
      columns.append(column)
    }
    return columns
  }

  private init(
    _ key: SchemaNode, _ section: SchemaNode, _ format: TableFormat
  ) throws(SchemaError) {
    let name = try key.name()
    let all = try section.fields(of: .column)
    let from = all["from"]
    let source = try from?.name() ?? name
    try format.check(from ?? key, source)
    if let from, name.contains("*") {
      throw .conflict(
        path: from.path, line: from.line, key: from.key, with: "the pattern \(name)",
        fix: "leave `from` out: each column keeps its own name")
    }
    let type = try all.required("type")
    switch try type.text() {
    case "categorical":
      let fields = try section.fields(of: .column, for: .categorical)
      let rule = try CategoryRule(fields)
      let minimum = try fields["minimumCount"]?.whole(1...Int(Int32.max), "a whole number from 1")
      self.init(
        name, .categorical(minimumCount: minimum ?? 2), from: source,
        grouping: try NumberGrouping(fields), isInputDespiteLabel: try fields.flag("input"))
      self.rule = rule
    case "numeric":
      let fields = try section.fields(of: .column, for: .numeric)
      self.init(
        name, .numeric(log1p: try fields.flag("log1p"), indicator: try fields.flag("indicator")),
        from: source, isInputDespiteLabel: try fields.flag("input"))
    case "ignore":
      _ = try section.fields(of: .column, for: .ignore)
      self.init(name, .ignore, from: source)
    case "text": throw type.wrong("categorical, numeric or ignore in a joined table")
    default: throw type.wrong("categorical, numeric, text or ignore")
    }
    missing = try all["missing"]?.missingTexts()
  }
}

extension NumberGrouping {
  /// What `divide` or `bins` say; nil without them.
  fileprivate init?(_ fields: SchemaFields) throws(SchemaError) {
    try fields.checkOnlyOne(
      of: ["divide", "bins", "buckets"], fix: "keep one of divide, bins and buckets")
    if let divide = fields["divide"] {
      self = .wholePart(divisor: try divide.positive())
    } else if let bins = fields["bins"] {
      self = .bins(try bins.risingNumbers())
    } else {
      return nil
    }
  }
}

extension TaskSchema {
  static func list(_ section: SchemaNode, _ format: TableFormat) throws(SchemaError) -> [Self] {
    var tasks: [Self] = []
    for (name, value) in try section.entries("a mapping of task names") {
      tasks.append(try Self(try name.name(), value, format))
    }
    guard !tasks.isEmpty else { throw .noTasks(path: section.path, line: section.line) }
    return tasks
  }

  private init(
    _ name: String, _ section: SchemaNode, _ format: TableFormat
  ) throws(SchemaError) {
    let fields = try section.fields(of: .task)
    let kind = try fields["kind"].map(LabelKind.init(schema:)) ?? .binary
    let label = try kind.hasLabelColumn ? Condition(fields, format) : nil
    if label == nil { try kind.checkUnlabelled(fields) }
    let takesLogarithm = try fields.flag("log1p")
    let isNumber = kind.hasUnit && label?.rule == .value
    let transforms = takesLogarithm ? ["divide", "cap", "log1p"] : ["divide", "cap"]
    if !isNumber, let key = transforms.first(where: { fields[$0] != nil }) {
      throw .conflict(
        path: section.path, line: (fields[key] ?? section).line, key: "\(section.key).\(key)",
        with: kind.hasClasses ? "kind: \(kind.rawValue)" : "equals, in, atLeast",
        fix: "take \(key) of a number only, in a task of `kind: regression`")
    }
    let space = try fields["space"].map { node throws(SchemaError) in
      try Condition(node.fields(of: .space), format)
    }
    self.init(
      name: name, kind: kind, label: label, divisor: try fields["divide"]?.positive() ?? 1,
      cap: try fields["cap"]?.positive(), takesLogarithm: takesLogarithm, space: space,
      weight: try fields["weight"]?.positive() ?? 1)
    sampled = try NegativeSampling(fields, kind)
    skipsMissing = try fields["labelMissing"]?.isSkip() ?? false
  }
}

extension NegativeSampling {
  /// How a ranking's negatives are drawn; nil of tasks of other kinds, which have none.
  fileprivate init?(_ task: SchemaFields, _ kind: LabelKind) throws(SchemaError) {
    let section = task["sampled"]
    guard kind == .ranking else {
      guard let section else { return nil }
      throw section.conflict(
        "kind: \(kind.rawValue)", "draw negatives in a task of `kind: ranking`")
    }
    self.init()
    guard let fields = try section?.fields(of: .sampled) else { return }
    if let per = fields["per"], try per.text() != "user" { throw per.wrong("user") }
    if let excluding = fields["excluding"], try excluding.text() != "seen" {
      throw excluding.wrong("seen")
    }
    if let node = fields["negatives"] {
      negatives = try node.whole(1...1000, "a whole number from 1 to 1000")
    }
  }
}

extension LabelKind {
  fileprivate init(schema section: SchemaNode) throws(SchemaError) {
    guard let kind = Self(rawValue: try section.text()) else {
      throw section.wrong("binary, regression, ranking, text or tuples")
    }
    self = kind
  }

  /// Refuses what says how a label is computed, where the kind has none.
  fileprivate func checkUnlabelled(_ fields: SchemaFields) throws(SchemaError) {
    let keys = ["column", "equals", "in", "atLeast", "divide", "cap", "log1p", "labelMissing"]
    // A text may name its column, which is checked where that is known.
    let named = keys.first { fields[$0] != nil && !(self == .text && $0 == "column") }
    guard let key = named else { return }
    throw .conflict(
      path: fields.section.path, line: (fields[key] ?? fields.section).line,
      key: "\(fields.section.key).\(key)", with: "kind: \(rawValue)",
      fix: "leave \(key) out: a task of `kind: \(rawValue)` has no label column")
  }
}

extension TaskSchema.Condition {
  fileprivate init(_ fields: SchemaFields, _ format: TableFormat) throws(SchemaError) {
    let section = try fields.required("column")
    let column = try section.name()
    try format.check(section, column)
    try fields.checkOnlyOne(
      of: ["equals", "in", "atLeast"], fix: "keep one of equals, in and atLeast")
    if let equals = fields["equals"] {
      self.init(column: column, rule: .equals(try equals.text()))
    } else if let list = fields["in"] {
      self.init(column: column, rule: .oneOf(try list.texts("a list of texts")))
    } else if let bound = fields["atLeast"] {
      self.init(column: column, rule: .atLeast(try bound.number()))
    } else {
      self.init(column: column, rule: .value)
    }
  }
}
