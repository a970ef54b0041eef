// The joined tables of a schema file, and the names that must not meet.

extension DatasetSchema.Join {
  static func list(_ place: SchemaNode?, _ format: TableFormat) throws(SchemaError) -> [Self] {
    guard let place else { return [] }
    guard let items = place.node.sequence, !items.isEmpty else {
      throw place.wrong("a list of tables")
    }
    var joins: [Self] = []
    for item in items {
      joins.append(try Self(SchemaNode(node: item, path: place.path, key: "join"), format))
    }
    return joins
  }

  private init(_ place: SchemaNode, _ log: TableFormat) throws(SchemaError) {
    let fields = try place.fields(of: .join)
    let format = try TableFormat(fields, usual: log)
    let key = try fields.required("key")
    let columns = try fields.required("columns")
    let (logKey, tableKey) = try Self.keys(key)
    try log.check(key, logKey)
    try format.check(key, tableKey)
    self.init(
      try fields.required("file").fileList(), format: format, logKey: logKey, tableKey: tableKey,
      columns: try DatasetSchema.Column.list(columns, format))
    guard self.columns.contains(where: { $0.role != .ignore }) else {
      throw .noInputs(path: columns.path, line: columns.line)
    }
  }

  /// One name for both, or `{log: user, table: id}`.
  private static func keys(_ place: SchemaNode) throws(SchemaError) -> (String, String) {
    guard place.node.mapping != nil else {
      let name = try place.name("a column, or {log: …, table: …}")
      return (name, name)
    }
    let fields = try place.fields(of: .joinKey)
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
      taken.insert(task.label.column)
      if let space = task.space { taken.insert(space.column) }
    }
    switch split {
    case .column(let name, _, _), .time(let name, _, _): taken.insert(name)
    case .files, .rowParity, .ratio: break
    }
    for (table, join) in joins.enumerated() {
      for column in join.columns
      where column.role != .ignore && !column.isPattern && !taken.insert(column.name).inserted {
        return (column.name, table)
      }
    }
    return nil
  }

  /// Refuses a schema in which a name has two meanings.
  func checkNames(_ place: SchemaNode?) throws(SchemaError) {
    guard let place, let (name, table) = ambiguousColumn else { return }
    let node = place.node.sequence?[table]
    let columns = node?.mapping?["columns"]?.mapping
    let key = columns?.first { $0.key.scalar?.string == name }?.key
    throw .ambiguousColumn(
      path: place.path, line: (key ?? node)?.mark?.line ?? place.line, column: name,
      file: joins[table].file)
  }
}
