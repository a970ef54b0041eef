import Tensors

/// A joined table of rows that stream by: each chunk looks its keys up in it.
struct JoinedRows {
  let keyed: KeyedTable
  /// The place of the key among the log's text columns.
  let logKey: Int
  /// The text of a missing key.
  let logMissing: String

  /// The table's row of each row of a chunk of the log.
  func rows(of chunk: ParsedChunk) -> [Int32] {
    let links = keyed.links(of: chunk.interners[logKey], missing: logMissing)
    return chunk.texts[logKey].map { links[Int($0)] }
  }

  /// A number column by row; NaN where there is none.
  func numbers(of column: Int) -> [Double] { keyed.part.chunks.flatMap { $0.numbers[column] } }

  /// Something of every row's text of a column; asked once for each text of a chunk.
  func ids(of column: Int, _ id: (UnsafeBufferPointer<UInt8>) -> Int32) -> [Int32] {
    keyed.part.chunks.flatMap { chunk in
      let texts = chunk.interners[column]
      let own = (0..<texts.count).map { texts.withBytes($0) { id($0) } }
      return chunk.texts[column].map { own[Int($0)] }
    }
  }
}

/// Reads the joined tables of rows that stream by.
struct JoinReading {
  private let schema: DatasetSchema
  private let names: FileNames
  private let pool: WorkerPool
  private let partBytes: Int

  init(_ schema: DatasetSchema, _ names: FileNames, pool: WorkerPool, partBytes: Int) {
    self.schema = schema
    self.names = names
    self.pool = pool
    self.partBytes = partBytes
  }

  /// All tables, in the order of the schema; a column that tells segments apart is read besides.
  func tables(
    for columns: UsedColumns, segment: (table: Int?, source: String)?
  ) throws(ReaderError) -> [JoinedRows] {
    var reading = TableReading(
      pool: pool, partBytes: partBytes, names: names, files: max(1, schema.joins.count),
      report: { _, _ in })
    var tables: [JoinedRows] = []
    let group = schema.groupColumn
    for (index, join) in schema.joins.enumerated() {
      let also = [group, segment].compactMap { $0 }.filter { $0.table == index }.map(\.source)
      let wanted = WantedTable(join, also: also)
      let table = try reading.read(try names.paths(of: join.files), wanted)
      guard let key = columns.index(ofText: join.logKey) else {
        // Tables are known by their number: one that is left out would be taken for the next.
        throw .missingColumn(
          path: join.file, column: join.logKey, header: HeaderFacts(count: 0))
      }
      tables.append(
        JoinedRows(
          keyed: try KeyedTable(join, table), logKey: key,
          logMissing: columns.missing.canonical(join.logKey)))
    }
    return tables
  }
}

/// Numbers the texts of a column in the order in which they come: groups, and segments.
struct TextNumbers {
  private let table: Int?
  private let column: Int
  private let missing: String
  private var texts = ByteInterner()
  /// By row of a joined table, its number.
  private var byRow: [Int32] = []

  /// The texts of a column that was read; nil if it was not.
  init?(
    _ origin: (table: Int?, source: String), _ columns: UsedColumns, _ tables: [JoinedRows]
  ) {
    let used = origin.table.map { tables[$0].keyed.columns } ?? columns
    guard let column = used.index(ofText: origin.source) else { return nil }
    table = origin.table
    self.column = column
    missing = used.missing.canonical(origin.source)
    if let table {
      var texts = texts
      byRow = tables[table].ids(of: column) { [missing] in
        $0.elementsEqual(missing.utf8) ? -1 : texts.id(of: $0)
      }
      self.texts = texts
    }
  }

  /// The texts by number.
  var names: [String] { (0..<texts.count).map { texts.name($0) } }

  /// The number of each row of a chunk; −1 where the value is missing.
  mutating func numbers(of chunk: ParsedChunk, _ joined: [[Int32]]) -> [Int32] {
    if let table { return joined[table].map { byRow[Int($0)] } }
    let own = chunk.interners[column]
    let ids = (0..<own.count).map { text in
      own.withBytes(text) { $0.elementsEqual(missing.utf8) ? -1 : texts.id(of: $0) }
    }
    return chunk.texts[column].map { ids[Int($0)] }
  }
}
