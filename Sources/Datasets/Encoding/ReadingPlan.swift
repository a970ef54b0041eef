/// What of some files is read for a model that is used: which files, and how their columns are named.
///
/// The rules of reading are those of training. A schema of the new files says where they lie and how
/// they are written; what a column is, and what it becomes, the encoding says.
struct ReadingPlan {
  /// How the new files are read; columns, joins and tasks are those of training.
  let schema: DatasetSchema

  /// The reading of some files.
  init(
    _ encoding: DatasetEncoding, _ files: RowStream.Files, _ wants: RowStream.Wants
  ) throws(RowReadingError) {
    switch files {
    case .table(let path): try self.init(encoding, table: path, wants)
    case .schema(let schema, _): try self.init(encoding, files: schema, wants)
    }
  }

  /// The reading of a table alone, which is written as the training files were.
  private init(
    _ encoding: DatasetEncoding, table path: String, _ wants: RowStream.Wants
  ) throws(RowReadingError) {
    var schema = encoding.schema
    schema.files = .all(FileList(path))
    schema.split = .files
    schema.interactions = nil
    if let split = wants.split { throw .splitOfTable(split) }
    self.schema = Self.narrowed(schema, wants)
  }

  /// The reading of the files of a schema.
  private init(
    _ encoding: DatasetEncoding, files: DatasetSchema, _ wants: RowStream.Wants
  ) throws(RowReadingError) {
    var schema = encoding.schema
    schema.files = files.files
    schema.format = Self.format(files.format, like: schema.format)
    schema.split = wants.split == nil ? .files : files.split
    schema.timeUnit = files.timeUnit ?? schema.timeUnit
    schema.columns = Self.columns(schema.columns, as: files.columns)
    schema.interactions = Self.interactions(files, schema)
    if let own = files.text, own.name == schema.text?.name {
      schema.text?.source = own.source
      schema.text?.missing = own.missing
    }
    for index in schema.tasks.indices { schema.tasks[index].follow(files.tasks) }
    var left = files.joins
    for (index, join) in schema.joins.enumerated() {
      guard let match = Self.index(of: join, in: left) else {
        throw .noJoin(table: join.file, key: join.logKey)
      }
      let own = left.remove(at: match)
      schema.joins[index].files = own.files
      schema.joins[index].tableKey = own.tableKey
      schema.joins[index].format = Self.format(own.format, like: join.format)
      schema.joins[index].columns = Self.columns(join.columns, as: own.columns)
    }
    self.schema = Self.narrowed(schema, wants)
  }

  /// Which of some joins is one of training: of those by its key the one that names most of its
  /// columns, and the first of equals, as several tables may be joined by one key.
  private static func index(
    of join: DatasetSchema.Join, in others: [DatasetSchema.Join]
  ) -> Int? {
    let names = Set(join.columns.map(\.name))
    func shared(_ index: Int) -> Int { names.intersection(others[index].columns.map(\.name)).count }
    let candidates = others.indices.filter { others[$0].logKey == join.logKey }
    guard let most = candidates.map(shared).max() else { return nil }
    return candidates.first { shared($0) == most }
  }

  /// What a split by user goes by, under the names of the files; nil where rows are split otherwise.
  private static func interactions(
    _ files: DatasetSchema, _ own: DatasetSchema
  ) -> InteractionSchema? {
    switch own.split {
    case .lastByUser, .ratioByUser: break
    case .files, .rowParity, .ratio, .column, .time: return nil
    }
    var interactions = files.interactions
    if let user = interactions?.user, !own.columns.contains(where: { $0.name == user }) {
      interactions?.user = files.source(ofColumn: user).source
    }
    return interactions
  }

  private static func narrowed(_ schema: DatasetSchema, _ wants: RowStream.Wants) -> DatasetSchema {
    var schema = schema
    schema.weight = nil
    (schema.opinions, schema.concepts) = (nil, nil)
    schema.group = wants.labels ? wants.group : nil
    if !wants.labels { schema.tasks = [] }
    // Whether a row has a text is all that is asked of it.
    if !schema.tasks.contains(where: { $0.kind == .text }) { schema.text = nil }
    return schema
  }

  /// A format whose missing values are spelled as training spelled them: the first mark names the
  /// category.
  private static func format(_ own: TableFormat, like trained: TableFormat) -> TableFormat {
    var format = own
    format.missing = merged(own.missing, like: trained.missing)
    return format
  }

  private static func merged(_ own: [String], like trained: [String]) -> [String] {
    guard let first = trained.first else { return own }
    return [first] + own.filter { $0 != first }
  }

  /// The columns of training under the names that they have in other files.
  private static func columns(
    _ trained: [DatasetSchema.Column], as others: [DatasetSchema.Column]
  ) -> [DatasetSchema.Column] {
    trained.map { column in
      guard let own = others.first(where: { $0.name == column.name }) else { return column }
      var column = column
      column.source = own.source
      if let missing = own.missing {
        column.missing = column.missing.map { merged(missing, like: $0) } ?? missing
      }
      return column
    }
  }
}

extension TaskSchema {
  /// Takes the columns of its label and its space from the task of its name; the rules stay those of
  /// training.
  fileprivate mutating func follow(_ others: [TaskSchema]) {
    guard let own = others.first(where: { $0.name == name }) else { return }
    if let column = own.label?.column { label?.column = column }
    if let column = own.space?.column { space?.column = column }
  }
}

/// A part of data that was split for training.
public enum RowSplit: String, Sendable, Hashable, CaseIterable {
  case training, validation, test

  /// Its number in a split plan.
  var number: UInt8 {
    switch self {
    case .training: 0
    case .validation: 1
    case .test: 2
    }
  }

  /// Whether it may have rows of a file of a role.
  func mayLie(in role: FileRole, _ split: DatasetSchema.Split) -> Bool {
    switch role {
    case .all: true
    case .training: self == .training
    case .validation: self == .validation
    case .test: self == .test || self == .validation && split == .rowParity
    }
  }
}

/// Why rows cannot be read for a model.
public enum RowReadingError: Error, Equatable, Sendable {
  /// The files are at fault.
  case reader(ReaderError)
  /// Columns that the model needs are not there: each with a name of the header that is nearly it.
  case missingColumns(path: String, [MissingColumn], header: [String])
  /// The column by whose values rows are told apart is not there.
  case noSegment(path: String, column: String, near: String?, header: [String])
  /// A single table has no splits.
  case splitOfTable(RowSplit)
  /// The schema joins no table by a key of the training's.
  case noJoin(table: String, key: String)
  /// A packed folder is at fault.
  case unpacked(PackError)
  /// A packed folder does not have what is wanted.
  case packed(path: String, found: String, fix: String)

  /// A column that is not there.
  public struct MissingColumn: Sendable, Hashable {
    /// The column, as the training files named it.
    public var name: String
    /// A name of the header that is nearly it.
    public var near: String?
  }
}

extension RowReadingError: CustomStringConvertible {
  /// Where, what was found, how to mend it.
  public var description: String {
    switch self {
    case .reader(let error): error.description
    case .missingColumns(let path, let columns, let header):
      """
      \(printable(path)): \(columns.count == 1 ? "a column" : "columns") that the model reads \
      \(columns.count == 1 ? "is" : "are") missing: \
      \(columns.map { "'\(printable($0.name))'" }.joined(separator: ", ")).
        found: \(listing(header))
        fix:   \(Self.fix(columns))
      """
    case .noSegment(let path, let column, let near, let header):
      """
      --by \(printable(column)): \(printable(path)) has no such column.
        found: \(listing(header))
        fix:   \(near.map { "did you mean '\(printable($0))'?" } ?? "name one of these")
      """
    case .splitOfTable(let split):
      """
      --split \(split.rawValue): a table alone has no splits.
        found: a table
        fix:   give a schema, which says how its rows are split, or leave --split out
      """
    case .noJoin(let table, let key):
      """
      the schema joins no table by '\(printable(key))'.
        found: no such join, where training joined \(printable(table))
        fix:   add the join to the schema, as the schema of the training has it
      """
    case .unpacked(let error): error.description
    case .packed(let path, let found, let fix):
      wording(
        printable(path), "the packed rows cannot be used for the model", found: found, fix: fix)
    }
  }

  private static func fix(_ columns: [MissingColumn]) -> String {
    let near = columns.compactMap { column in
      column.near.map { "'\(printable($0))' may be '\(printable(column.name))'" }
    }
    return near.isEmpty
      ? "add them, or name them so in the header or in a schema of the file"
      : near.joined(separator: "; ") + ": name it so in the header, or with `from` in a schema"
  }
}
