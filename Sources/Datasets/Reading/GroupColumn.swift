import Tensors

/// The groups of rows for scores within groups: one for each text of a column, exactly as the file
/// has it, however rare it is; −1 where the value is missing.
///
/// The column may be one of the log or of a joined table, and need not be an input.
struct GroupColumn {
  /// Where a row's group comes from.
  private enum Source {
    /// A text column of the log; groups by part, chunk and text.
    case log(column: Int, [[[Int32]]])
    /// A text column of the log whose texts do not fit in memory; no groups where they could not be read.
    case spilled(column: Int, SpilledNumbers?)
    /// A joined table; groups by its row.
    case joined(table: Int, [Int32])
  }

  private let source: Source

  /// Numbers the texts of the schema's group column; nil if it names none.
  init?(_ log: LogRows, _ schema: DatasetSchema) {
    guard let group = schema.groupColumn else { return nil }
    var numbers = ByteInterner()
    if let table = group.table {
      let joined = log.tables[table]
      guard let column = joined.columns.index(ofText: group.source) else { return nil }
      let missing = joined.columns.missing.canonical(group.source)
      let byRow = joined.part.chunks.flatMap { chunk in
        let own = Self.numbers(of: chunk, column, missing, &numbers)
        return chunk.texts[column].map { own[Int($0)] }
      }
      source = .joined(table: table, byRow)
    } else {
      guard let column = log.columns.index(ofText: group.source) else { return nil }
      let missing = log.columns.missing.canonical(group.source)
      if let texts = log.spilledTexts(of: column) {
        source = .spilled(column: column, Self.numbers(of: texts, missing, log.parts.spool))
        return
      }
      source = .log(
        column: column,
        log.dictionaries.map { part in
          part.chunks.map { Self.numbers(of: $0, column, missing, &numbers) }
        })
    }
  }

  private static func numbers(
    of chunk: ParsedChunk, _ column: Int, _ missing: String, _ all: inout ByteInterner
  ) -> [Int32] {
    let texts = chunk.interners[column]
    return (0..<texts.count).map { text in
      texts.withBytes(text) { $0.elementsEqual(missing.utf8) ? -1 : all.id(of: $0) }
    }
  }

  private static func numbers(
    of texts: SpilledTexts, _ missing: String, _ spool: RowSpool?
  ) -> SpilledNumbers? {
    do throws(SystemRefusal) {
      return try SpilledNumbers(groupsOf: texts, missing: missing, in: spool?.folder ?? ".")
    } catch {
      // Whoever packs asks the spool whether all was read.
      spool?.note(error)
      return nil
    }
  }

  /// Fills the groups of a chunk's rows.
  func fill(_ splits: [SplitMemory], _ chunk: ChunkRows) {
    if case .spilled(let column, let numbers) = source {
      guard let groups = numbers?.numbers(ofChunk: chunk.parsed.stored?.number ?? 0) else { return }
      fill(splits, chunk) { groups[Int(chunk.parsed.texts[column][$0])] }
      return
    }
    fill(splits, chunk) { row in
      switch source {
      case .log(let column, let groups):
        groups[chunk.part][chunk.index][Int(chunk.parsed.texts[column][row])]
      case .joined(let table, let groups): groups[Int(chunk.joined[table][row])]
      case .spilled: -1
      }
    }
  }

  private func fill(_ splits: [SplitMemory], _ chunk: ChunkRows, _ group: (Int) -> Int32) {
    for row in 0..<chunk.parsed.rows {
      splits[Int(chunk.splits[row])].groups?.base[chunk.rows[row]] = group(row)
    }
  }
}

extension HeaderFacts {
  /// How to name a column that only groups rows; what is wrong with the whole header comes first.
  func groupFix(column: String) -> String {
    switch cause {
    case .near(let name): "did you mean --group \(printable(name))?"
    case nil: "name one of these with --group, or a column of the schema"
    default: fix(column: column)
    }
  }
}

extension DatasetSchema {
  /// The schema with rows grouped by a column; by none without one.
  public func grouped(by column: String?) -> Self {
    var grouped = self
    grouped.group = column
    return grouped
  }

  /// An error about a column that only groups rows says so.
  func namingGroup(_ error: ReaderError) -> ReaderError {
    guard case .missingColumn(let path, let column, let header) = error,
      column == groupColumn?.source, !columns.contains(where: { $0.source == column })
    else { return error }
    return .missingGroup(path: path, column: column, header: header)
  }

  /// Where the column that groups the rows is: in which joined table, nil for the log, and under which
  /// name there; nil if no column does.
  ///
  /// It may be named as the schema names it, or as the log's header does.
  var groupColumn: (table: Int?, source: String)? {
    group.map { source(ofColumn: $0) }
  }

  /// Where a column is, under the name that the schema or the log's header gives it.
  func source(ofColumn group: String) -> (table: Int?, source: String) {
    if let own = columns.first(where: { $0.name == group }) { return (nil, own.source) }
    for (table, join) in joins.enumerated() {
      if let own = join.columns.first(where: { $0.name == group }) { return (table, own.source) }
    }
    return (nil, group)
  }
}
