import Yams

extension DatasetSchema {
  /// Reads a schema from its YAML text.
  ///
  /// - Parameters:
  ///   - yaml: the text.
  ///   - path: what errors call the file.
  /// - Throws: ``SchemaError`` with the line of what is wrong.
  public init(yaml: String, path: String) throws(SchemaError) {
    try SchemaLimits.check(yaml, path: path)
    let root = try Self.compose(yaml, path: path)
    try Self.checkKeys(root)
    let fields = try root.fields(of: .schema)
    name = try fields.required("name").name()
    files = try Files(fields.required("files"))
    format = try TableFormat(fields)
    columns = try Column.list(fields.required("columns"), format, isLog: true)
    joins = try Join.list(fields["join"], format)
    tasks = try TaskSchema.list(fields.required("tasks"), format)
    split = try Split(fields["split"], files, format)
    self.yaml = yaml
    interactions = try fields["interactions"].map { node throws(SchemaError) in
      try InteractionSchema(node, columns, format)
    }
    timeUnit = try TimeUnit(of: fields["split"], fields["interactions"])
    if let node = fields["weight"] {
      let column = try node.name()
      try format.check(node, column)
      weight = column
    }
    try checkInteractions(fields)
    try readTexts(fields)
    try checkInputs(fields)
    try checkNames(fields["join"])
  }

  private static func compose(_ yaml: String, path: String) throws(SchemaError) -> SchemaNode {
    do {
      guard let node = try Yams.compose(yaml: yaml) else { throw SchemaError.empty(path: path) }
      return SchemaNode(node: node, path: path, key: "")
    } catch let error as SchemaError {
      throw error
    } catch let error as YamlError {
      throw SchemaError(error, in: yaml, path: path)
    } catch {
      throw .syntax(path: path, line: 1, problem: "\(error)")
    }
  }

  /// Refuses what has nothing of a schema, without a word of its content.
  private static func checkKeys(_ root: SchemaNode) throws(SchemaError) {
    guard let mapping = root.node.mapping else {
      guard root.node.scalar != nil else { return }
      throw .noSchemaKey(path: root.path, keys: 0)
    }
    let known = SchemaKey.names(in: .schema)
    let names = mapping.keys.compactMap { $0.scalar?.string }
    let isSchema = names.contains { known.contains($0) }
    guard isSchema else { throw .noSchemaKey(path: root.path, keys: mapping.count) }
  }

  /// Something must be an input, and a label only where the schema says so aloud.
  private func checkInputs(_ fields: SchemaFields) throws(SchemaError) {
    let section = try fields.required("columns")
    guard allColumns.contains(where: { $0.role != .ignore }) else {
      throw .noInputs(path: section.path, line: section.line)
    }
    guard let (column, task) = labelAmongInputs else { return }
    let entries = try section.entries("a mapping")
    let line = entries.first { $0.name.node.scalar?.string == column }?.name.line ?? section.line
    throw .labelIsInput(path: section.path, line: line, column: column, task: task)
  }

  /// A column that is an input although a task is computed from it, without saying so.
  var labelAmongInputs: (column: String, task: String)? {
    for column in columns where column.role != .ignore && !column.isInputDespiteLabel {
      for task in tasks
      where task.label?.column == column.source || task.space?.column == column.source {
        return (column.name, task.name)
      }
    }
    return nil
  }
}

extension SchemaError {
  /// What Yams found, with its line.
  fileprivate init(_ error: YamlError, in yaml: String, path: String) {
    switch error {
    case .scanner(_, let problem, let mark, _)
    where problem.contains("cannot start any token") && yaml.hasTab(inLine: mark.line):
      self = .syntax(path: path, line: mark.line, problem: "a tab in the indentation")
    case .composer(_, let problem, let mark, _) where problem.contains("found another document"):
      self = .syntax(
        path: path, line: mark.line, problem: "a second document, which begins at a line `---`")
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self = .syntax(path: path, line: mark.line, problem: problem)
    case .duplicatedKeysInMapping(let names, let context):
      self = .duplicate(path: path, line: context.mark.line, name: names.first ?? "")
    case .reader(let problem, let offset, _, _):
      let before = yaml.prefix(offset ?? 0)
      self = .syntax(
        path: path, line: 1 + before.count { $0.isNewline }, problem: problem)
    default: self = .syntax(path: path, line: 1, problem: "\(error)")
    }
  }
}

extension String {
  /// Whether a line, counted from 1, is indented with a tab.
  fileprivate func hasTab(inLine number: Int) -> Bool {
    let lines = split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(number - 1) else { return false }
    return lines[number - 1].prefix { $0 == " " || $0 == "\t" }.contains("\t")
  }
}
