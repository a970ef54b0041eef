import Tensors

/// A joined table in memory, with the place of every row of the log in it.
///
/// Its rows are numbered through its chunks. One more row, the last, stands for "no match": it has
/// the missing text in every text column and no number in any other, so that rows without a match
/// need no case of their own.
struct JoinedTable {
  /// The table, "no match" in a chunk of its own at the end.
  let part: TablePart
  /// Which of its columns were read.
  let columns: UsedColumns
  /// The place of the key among the log's text columns.
  let logKey: Int
  /// The row of each text of the log's key column, by part, chunk and text.
  let links: [[[Int32]]]
  /// Rows of the table before each chunk.
  private let starts: [Int]
  /// All rows, "no match" among them.
  let rows: Int

  /// Joins a table to the log.
  ///
  /// - Throws: ``ReaderError`` if a key stands twice or if nothing matches.
  init(
    _ join: DatasetSchema.Join, _ table: ParsedTable, logKey: Int, log: [TablePart],
    logMissing: String
  ) throws(ReaderError) {
    let keyed = try KeyedTable(join, table)
    part = keyed.part
    columns = table.used
    self.logKey = logKey
    rows = keyed.rows
    starts = part.chunks.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.rows) }
    let log = LogRows.dictionaries(of: log)
    links = log.map { part in
      part.chunks.map { keyed.links(of: $0.interners[logKey], missing: logMissing) }
    }
    guard links.contains(where: { $0.contains { $0.contains { $0 < keyed.rows - 1 } } }) else {
      let texts = log.first?.chunks.first?.interners[logKey]
      throw .noMatch(
        path: part.path, column: join.tableKey, key: keyed.firstKey, log: log.first?.path ?? "",
        logKey: texts.flatMap { $0.count > 0 ? $0.name(0) : nil })
    }
  }

  /// The table's row of each row of a chunk of the log.
  func rows(of chunk: ParsedChunk, part: Int, index: Int) -> [Int32] {
    let link = links[part][index]
    return chunk.codes(of: logKey).map { link[Int($0)] }
  }

  /// How many rows of one split of the log have each of the table's rows.
  func counts(ofSplit split: UInt8, _ log: [TablePart], _ plan: SplitPlan) -> [Int32] {
    var counts = [Int32](repeating: 0, count: rows)
    for part in log.indices {
      for index in log[part].chunks.indices {
        let (splits, chunk) = (plan.splits[part][index], log[part].chunks[index])
        // Rows of a spool have one dictionary.
        let own =
          chunk.stored == nil
          ? rows(of: chunk, part: part, index: index) : rows(of: chunk, part: 0, index: 0)
        for row in own.indices where splits[row] == split { counts[Int(own[row])] += 1 }
      }
    }
    return counts
  }

  /// Sums a count by row into a count by text of a column, chunk by chunk.
  func textCounts(of column: Int, _ counts: [Int32]) -> [[Int32]] {
    part.chunks.indices.map { index in
      let chunk = part.chunks[index]
      var sums = [Int32](repeating: 0, count: chunk.interners[column].count)
      for row in 0..<chunk.rows {
        sums[Int(chunk.texts[column][row])] += counts[starts[index] + row]
      }
      return sums
    }
  }

  /// The ids of a column by row.
  func ids(of column: Int, _ vocabulary: CategoryIds) -> [Int32] {
    part.chunks.indices.flatMap { index in
      part.chunks[index].texts[column].map { vocabulary.ids[0][index][Int($0)] }
    }
  }

  /// A number column by row; NaN where there is none.
  func numbers(of column: Int) -> [Double] { part.chunks.flatMap { $0.numbers[column] } }
}

/// A table whose rows are found by their key; its last row stands for "no match".
struct KeyedTable {
  /// The table, "no match" in a chunk of its own at the end.
  let part: TablePart
  /// Which of its columns were read.
  let columns: UsedColumns
  /// All rows, "no match" among them.
  let rows: Int
  private let keys: KeyIndex

  /// - Throws: ``ReaderError`` if a key stands twice.
  init(_ join: DatasetSchema.Join, _ table: ParsedTable) throws(ReaderError) {
    keys = try KeyIndex(join, table)
    part = TablePart(
      path: table.path, role: .all, chunks: table.chunks + [Self.noMatch(table.used)])
    columns = table.used
    rows = part.chunks.reduce(0) { $0 + $1.rows }
  }

  /// The first key, as an example.
  var firstKey: String? { keys.first }

  /// The row of each text of a key column of the log.
  func links(of texts: ByteInterner, missing: String) -> [Int32] {
    (0..<texts.count).map { id in
      let row = texts.withBytes(id) { bytes in
        bytes.elementsEqual(missing.utf8) ? nil : keys.row(of: bytes)
      }
      return row ?? Int32(rows - 1)
    }
  }

  private static func noMatch(_ columns: UsedColumns) -> ParsedChunk {
    let interners = columns.texts.map { column in
      var text = ByteInterner()
      var missing = columns.missing.canonical(column.name)
      _ = missing.withUTF8 { text.id(of: $0) }
      return text
    }
    return ParsedChunk(
      rows: 1, texts: columns.texts.map { _ in [0] }, interners: interners,
      numbers: columns.numbers.map { _ in [.nan] })
  }
}

/// From the bytes of a key to its row.
private struct KeyIndex {
  private var keys = ByteInterner()
  private var rows: [Int32] = []

  /// A row whose key is missing has none.
  init(_ join: DatasetSchema.Join, _ table: ParsedTable) throws(ReaderError) {
    guard let column = table.used.index(ofText: join.tableKey) else { return }
    let missing = table.used.missing.canonical(join.tableKey)
    var first = 0
    for chunk in table.chunks {
      let texts = chunk.interners[column]
      let ids = (0..<texts.count).map { id in
        texts.withBytes(id) { $0.elementsEqual(missing.utf8) ? -1 : keys.id(of: $0) }
      }
      while rows.count < keys.count { rows.append(-1) }
      for row in 0..<chunk.rows {
        let id = Int(ids[Int(chunk.texts[column][row])])
        guard id >= 0 else { continue }
        guard rows[id] < 0 else {
          let (second, known) = (table.line(ofRow: first + row), table.line(ofRow: Int(rows[id])))
          throw .repeatedKey(
            path: second.path, line: second.line, column: join.tableKey, key: keys.name(id),
            firstPath: known.path, firstLine: known.line)
        }
        rows[id] = Int32(first + row)
      }
      first += chunk.rows
    }
  }

  /// The first key, as an example.
  var first: String? { keys.count > 0 ? keys.name(0) : nil }

  func row(of key: UnsafeBufferPointer<UInt8>) -> Int32? { keys.find(key).map { rows[Int($0)] } }
}
