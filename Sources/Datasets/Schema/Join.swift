extension DatasetSchema {
  /// A table with one row a key: users, items, whatever a row of the log names.
  ///
  /// A row of the log takes the columns of the table's row with its key. Without one, categorical
  /// columns have the missing category and numeric ones the mean, as if the table said `missing`.
  public struct Join: Sendable, Hashable, Codable {
    /// The table's files; their paths start where the log's do.
    public var files: FileList
    /// How the file is written.
    public var format: TableFormat
    /// The key's column in the log.
    public var logKey: String
    /// The key's column in the table.
    public var tableKey: String
    /// The columns that are used or named, in the order of the inputs.
    public var columns: [Column]

    /// Describes a table.
    public init(
      _ files: FileList, format: TableFormat = TableFormat(), logKey: String, tableKey: String,
      columns: [Column]
    ) {
      self.files = files
      self.format = format
      self.logKey = logKey
      self.tableKey = tableKey
      self.columns = columns
    }
  }

  /// The log's columns, then those of each joined table.
  public var allColumns: [Column] { columns + joins.flatMap(\.columns) }
}

extension DatasetSchema.Join {
  /// The table's files as one text.
  public var file: String { files.description }
}
