/// Which columns of a log say who met what, and when.
public struct InteractionSchema: Sendable, Hashable, Codable {
  /// The input that is the user.
  public var user: String
  /// The input that is the item.
  public var item: String
  /// The log's column of times; nil: the rows have no time.
  public var time: String?

  /// Names columns.
  public init(user: String, item: String, time: String? = nil) {
    self.user = user
    self.item = item
    self.time = time
  }
}

extension InteractionSchema {
  init(
    _ section: SchemaNode, _ columns: [DatasetSchema.Column], _ format: TableFormat
  ) throws(SchemaError) {
    let fields = try section.fields(of: .interactions)
    let item = try fields.required("item")
    self.init(
      user: try fields.required("user").idColumn(of: columns), item: try item.idColumn(of: columns))
    guard user != self.item else {
      throw .duplicate(path: item.path, line: item.line, name: user)
    }
    if let node = fields["time"] {
      let column = try node.name()
      try format.check(node, column)
      time = column
    }
    if let unit = fields["unit"], time == nil {
      throw .missingKey(path: unit.path, line: unit.line, key: "time", place: section.key)
    }
  }
}

extension SchemaNode {
  /// The name of an input that has an id for every text.
  fileprivate func idColumn(of columns: [DatasetSchema.Column]) throws(SchemaError) -> String {
    let name = try name("the name of an input")
    guard let column = columns.first(where: { $0.name == name }) else {
      throw .unknownColumn(
        path: path, line: line, column: name, known: columns.filter(\.hasOwnIds).map(\.name))
    }
    guard column.hasOwnIds else {
      throw wrong("a categorical input without separator, tokens, hash, bins, divide and buckets")
    }
    return name
  }
}

extension DatasetSchema.Column {
  /// Whether every text has an id, so that an id is one user or one item.
  fileprivate var hasOwnIds: Bool {
    guard case .categorical = role, !isPattern else { return false }
    guard grouping == nil else { return false }
    return rule.list == nil && rule.hashRows == nil && rule.buckets == nil
  }
}

extension DatasetSchema {
  /// What splits and tasks need of the interactions, and times that do not agree.
  func checkInteractions(_ fields: SchemaFields) throws(SchemaError) {
    let split = fields["split"]
    if split.byUser != nil || tasks.contains(where: { $0.kind == .ranking }), interactions == nil {
      let task = tasks.first { $0.kind == .ranking }?.name
      let line = split.byUser ?? task.flatMap { fields["tasks"]?.line(ofEntry: $0) }
      throw .missingKey(
        path: fields.section.path, line: line ?? fields.section.line, key: "interactions",
        place: "")
    }
    guard let section = fields["interactions"] else { return }
    if case .lastByUser = self.split, interactions?.time == nil {
      throw .missingKey(
        path: section.path, line: section.line, key: "time", place: section.key)
    }
    guard case .time(let column, _, _) = self.split else { return }
    if let time = section.entry("time"), interactions?.time != column {
      throw time.conflict("split.time.column", "name one column of times in both")
    }
    if let unit = section.entry("unit") {
      throw unit.conflict("split.time", "say the unit there, as `split.time.unit`")
    }
  }
}

extension SchemaNode? {
  /// The line of a split by user; nil of any other.
  fileprivate var byUser: Int? {
    (self?.entry("lastByUser") ?? self?.entry("ratioByUser"))?.line
  }
}

extension SchemaNode {
  /// The value of a key; nil if it is not there.
  fileprivate func entry(_ name: String) -> SchemaNode? {
    node.mapping?[name].map { SchemaNode(node: $0, path: path, key: "\(key).\(name)") }
  }

  /// The line of a key.
  fileprivate func line(ofEntry name: String) -> Int? {
    node.mapping?.first { $0.key.scalar?.string == name }?.key.mark?.line
  }
}
