import Tensors

/// The categorical fields of a data set: the log's, then those of joined tables, each with its
/// vocabulary.
struct FieldColumns {
  /// One field.
  struct Field {
    let name: String
    let categories: [String]
    let ids: Ids
  }

  /// Where a row's id comes from.
  enum Ids {
    /// A text column of the log; ids by part, chunk and text.
    case log(column: Int, [[[Int32]]])
    /// A joined table; ids by its row.
    case joined(table: Int, [Int32])
  }

  let fields: [Field]

  init(_ rows: LogRows, _ schema: DatasetSchema, pool: WorkerPool) {
    let wanted = Self.wanted(rows, schema)
    let map = ParallelMap<Field>(count: wanted.count) { wanted[$0].field(rows) }
    map.run(on: pool)
    fields = map.results
  }

  /// What a person should know: categories that are not UTF-8, which no rule and no screen spells.
  var notices: [String] {
    fields.compactMap { field in
      let bad = field.categories.filter { $0.unicodeScalars.contains("\u{FFFD}") }
      guard let first = bad.first else { return nil }
      return
        "\(printable(field.name)): \(bad.count) categor\(bad.count == 1 ? "y is" : "ies are") not "
        + "UTF-8, such as \(excerpt(first)); they count as they are, but save the file as UTF-8, as "
        + "in `iconv -f WINDOWS-1252 -t UTF-8 FILE`"
    }
  }

  /// Fills the ids of a chunk's rows.
  func fill(_ splits: [SplitMemory], _ chunk: ChunkRows) {
    for (place, field) in fields.enumerated() {
      switch field.ids {
      case .log(let column, let ids):
        let own = ids[chunk.part][chunk.place]
        let texts = chunk.parsed.texts[column]
        fill(splits, chunk, place) { own[Int(texts[$0])] }
      case .joined(let table, let ids):
        let joined = chunk.joined[table]
        fill(splits, chunk, place) { ids[Int(joined[$0])] }
      }
    }
  }

  private func fill(
    _ splits: [SplitMemory], _ chunk: ChunkRows, _ place: Int, _ id: (Int) -> Int32
  ) {
    for row in 0..<chunk.parsed.rows {
      splits[Int(chunk.splits[row])].ids.base[chunk.rows[row] * fields.count + place] = id(row)
    }
  }

  /// A field before its vocabulary is made.
  private struct Wanted {
    let name: String
    let minimumCount: Int
    let column: Int
    let table: Int?

    init?(_ column: DatasetSchema.Column, _ used: UsedColumns, table: Int?) {
      guard case .categorical(let minimum) = column.role,
        let place = used.place(ofText: column.source, column.grouping)
      else { return nil }
      name = column.name
      minimumCount = minimum
      self.column = place
      self.table = table
    }

    func field(_ rows: LogRows) -> Field {
      guard let table else {
        let vocabulary = Vocabulary(
          rows.parts, column: column, counts: rows.trainingCounts(of: column),
          minimumCount: minimumCount)
        return Field(
          name: name, categories: vocabulary.categories, ids: .log(column: column, vocabulary.ids))
      }
      let joined = rows.tables[table]
      let counts = joined.textCounts(of: column, rows.trainingCounts[table])
      let vocabulary = Vocabulary(
        [joined.part], column: column, counts: [counts], minimumCount: minimumCount)
      return Field(
        name: name, categories: vocabulary.categories,
        ids: .joined(table: table, joined.ids(of: column, vocabulary)))
    }
  }

  private static func wanted(_ rows: LogRows, _ schema: DatasetSchema) -> [Wanted] {
    schema.columns.compactMap { Wanted($0, rows.columns, table: nil) }
      + schema.joins.enumerated().flatMap { table, join in
        join.columns.compactMap { Wanted($0, rows.tables[table].columns, table: table) }
      }
  }
}
