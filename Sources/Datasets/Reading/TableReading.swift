import Tensors

/// What files are read for.
struct WantedTable {
  let format: TableFormat
  /// The columns as the schema names them, patterns among them.
  let columns: [DatasetSchema.Column]
  /// Columns that no pattern stands for: what labels, splits and keys are made from.
  let reserved: Set<String>
  let tasks: Int
  /// What is read of the file once the patterns are known.
  let use: ([DatasetSchema.Column]) -> UsedColumns
  /// Bytes of a packed row once the patterns are known; 0 of what is not packed.
  var packedRowBytes: ([DatasetSchema.Column]) -> Int = { _ in 0 }

  /// The log.
  init(_ schema: DatasetSchema) {
    format = schema.format
    columns = schema.columns
    reserved = schema.reservedColumns
    tasks = schema.tasks.count
    use = { columns in
      var schema = schema
      schema.columns = columns
      return UsedColumns(schema)
    }
    packedRowBytes = { columns in
      var schema = schema
      schema.columns = columns
      return schema.packedRowBytes
    }
  }

  /// A table beside the log.
  init(_ format: TableFormat, _ used: UsedColumns) {
    (self.format, columns, reserved, tasks) = (format, [], [], 0)
    use = { _ in used }
  }

  /// A joined table, and columns of it whose texts are read besides.
  init(_ join: DatasetSchema.Join, also names: [String] = []) {
    format = join.format
    columns = join.columns
    reserved = [join.tableKey]
    tasks = 0
    use = { columns in
      var join = join
      join.columns = columns
      return UsedColumns(join, also: names)
    }
  }
}

/// Files of one kind as they were read, one after another.
struct ParsedTable {
  /// The first file.
  let path: String
  /// The columns, with those that patterns stand for.
  let columns: [DatasetSchema.Column]
  let used: UsedColumns
  let chunks: [ParsedChunk]

  /// The file and the line of a row.
  func line(ofRow row: Int) -> (path: String, line: Int) {
    var left = row
    for chunk in chunks {
      if left < chunk.rows { return (chunk.path, chunk.line(ofRow: left)) }
      left -= chunk.rows
    }
    return (path, 0)
  }
}

/// Reads files, says how far it is, and counts the memory that they take.
struct TableReading {
  private let pool: WorkerPool
  private let partBytes: Int
  private let names: FileNames
  private let files: Int
  private let report: (Double, String) -> Void
  private var begun = 0
  private var memory = MemoryBudget()
  /// Where columns go as soon as they are read; nil: they stay in memory.
  var spool: SpoolWriter?

  init(
    pool: WorkerPool, partBytes: Int, names: FileNames, files: Int,
    report: @escaping (Double, String) -> Void
  ) {
    self.pool = pool
    self.partBytes = partBytes
    self.names = names
    self.files = files
    self.report = report
  }

  /// Reads files one after another as one table.
  ///
  /// - Throws: ``ReaderError``, also where the names in their headers are not the same, or where a
  ///   pattern matches keys of JSON objects that the first file does not have.
  mutating func read(
    _ paths: [String], _ wanted: WantedTable
  ) throws(ReaderError) -> ParsedTable {
    var chunks: [ParsedChunk] = []
    var first: (reader: TableReader, columns: [DatasetSchema.Column], used: UsedColumns)?
    for path in paths {
      let (done, all, report) = (Double(begun), Double(files), report)
      let name = FileNames.shown(path)
      let text = "reading \(printable(name.split(separator: "/").last.map(String.init) ?? name))"
      report(done / all, text)
      begun += 1
      var reader = try TableReader(
        path: name, source: names.open(path), format: wanted.format, partBytes: partBytes)
      if first == nil {
        let columns = try wanted.columns.expanded(in: reader, reserved: wanted.reserved)
        first = (reader, columns, wanted.use(columns))
      } else if let first {
        try reader.checkKeys(wanted, first.columns, first: first.reader.path)
        reader = reader.lacking(first.used)
      }
      guard let first else { continue }
      try reader.check(first.used)
      try reader.checkNames(like: first.reader)
      let tell = { (share: Double) in report((done + share) / all, text) }
      if let spool {
        chunks += try reader.parse(
          first.used, into: spool, path: path, pool: pool,
          rowBytes: wanted.packedRowBytes(first.columns), progress: tell)
      } else {
        chunks += try reader.parse(
          first.used, pool: pool, memory: &memory,
          rowBytes: first.used.rowBytes(tasks: wanted.tasks), progress: tell)
      }
    }
    return ParsedTable(
      path: first?.reader.path ?? "", columns: first?.columns ?? [],
      used: first?.used ?? wanted.use(wanted.columns), chunks: chunks)
  }
}

extension TableReader {
  /// Refuses a file whose columns have other names than the first of its list; their order may
  /// differ.
  ///
  /// Keys of JSON objects may be absent; ``checkKeys(_:_:first:)`` looks at those that are not.
  fileprivate func checkNames(like first: TableReader) throws(ReaderError) {
    guard !isJSON else { return }
    let (own, others) = (Set(header.names), Set(first.header.names))
    guard own != others else { return }
    throw .file(
      .headersDiffer(
        path: path, first: first.path, missing: first.header.names.filter { !own.contains($0) },
        extra: header.names.filter { !others.contains($0) }))
  }

  /// Refuses a later file of JSON objects with keys that would be inputs by a pattern if the first
  /// file had them: patterns stand for the keys of the first file.
  fileprivate func checkKeys(
    _ wanted: WantedTable, _ columns: [DatasetSchema.Column], first: String
  ) throws(ReaderError) {
    guard isJSON else { return }
    let extra = wanted.columns.inputs(
      among: header.names, notIn: columns, reserved: wanted.reserved)
    guard extra.isEmpty else {
      throw .file(.laterKeys(path: path, first: first, keys: extra))
    }
  }
}
