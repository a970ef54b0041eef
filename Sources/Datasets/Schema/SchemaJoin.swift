// The joined tables of a schema file, and the names that must not meet.

extension DatasetSchema.Join {
  static func list(_ section: SchemaNode?, _ format: TableFormat) throws(SchemaError) -> [Self] {
    guard let section else { return [] }
    guard let items = section.node.sequence, !items.isEmpty else {
      throw section.wrong("a list of tables")
    }
    var joins: [Self] = []
    for item in items {
      joins.append(try Self(SchemaNode(node: item, path: section.path, key: "join"), format))
    }
    return joins
  }

  private init(_ section: SchemaNode, _ log: TableFormat) throws(SchemaError) {
    let fields = try section.fields(of: .join)
    let files = try fields.required("file").fileList()
    var format = try TableFormat(fields, usual: log)
    // The delimiter of the log says nothing of a table of objects.
    if fields["delimiter"] == nil, files.names.allSatisfy(TableFormat.isJSONName) {
      format.delimiter = nil
    }
    let key = try fields.required("key")
    let columns = try fields.required("columns")
    let (logKey, tableKey) = try Self.keys(key)
    try log.check(key, logKey)
    try format.check(key, tableKey)
    self.init(
      files, format: format, logKey: logKey, tableKey: tableKey,
      columns: try DatasetSchema.Column.list(columns, format))
    guard self.columns.contains(where: { $0.role != .ignore }) else {
      throw .noInputs(path: columns.path, line: columns.line)
    }
  }

  /// One name for both, or `{log: user, table: id}`.
  private static func keys(_ section: SchemaNode) throws(SchemaError) -> (String, String) {
    guard section.node.mapping != nil else {
      let name = try section.name("a column, or {log: …, table: …}")
      return (name, name)
    }
    let fields = try section.fields(of: .joinKey)
    return (try fields.required("log").name(), try fields.required("table").name())
  }
}

extension DatasetSchema {
  /// The first name that two inputs share, or an input of a table with a label or the split.
  ///
  /// Names say which input is meant wherever a person chooses one, so each may stand but once.
  var ambiguousColumn: (name: String, table: Int)? {
    var taken = Set(columns.filter { !$0.isPattern }.map(\.name))
    for task in tasks {
      if let label = task.label { taken.insert(label.column) }
      if let space = task.space { taken.insert(space.column) }
    }
    switch split {
    case .column(let name, _, _), .time(let name, _, _): taken.insert(name)
    case .files, .rowParity, .ratio, .lastByUser, .ratioByUser: break
    }
    if let time = interactions?.time { taken.insert(time) }
    if let text { taken.insert(text.name) }
    for (table, join) in joins.enumerated() {
      for column in join.columns
      where column.role != .ignore && !column.isPattern && !taken.insert(column.name).inserted {
        return (column.name, table)
      }
    }
    return nil
  }

  /// Refuses a schema in which a name has two meanings.
  func checkNames(_ section: SchemaNode?) throws(SchemaError) {
    guard let section, let (name, table) = ambiguousColumn else { return }
    let node = section.node.sequence?[table]
    let columns = node?.mapping?["columns"]?.mapping
    let key = columns?.first { $0.key.scalar?.string == name }?.key
    throw .ambiguousColumn(
      path: section.path, line: (key ?? node)?.mark?.line ?? section.line, column: name,
      file: joins[table].file)
  }
}
