import Tensors

/// The categorical fields of a data set: the log's, then those of joined tables, each with its
/// vocabulary.
struct FieldColumns {
  /// One field.
  struct Field {
    let field: CategoricalField
    let ids: Ids
    var lists: FieldLists.Table?
    var notices: [String] = []
    /// The intervals of a number's categories; nil for others.
    var buckets: NumberBuckets?
    /// The bytes of categories that are not UTF-8.
    var rawNames: [RawName] = []

    /// How many categories hold bytes that cannot be read, and the first of them; nil without any.
    var unreadable: (count: Int, first: String)? {
      if case .spilled(_, _, let unreadable) = ids { return unreadable }
      let bad = field.categories.filter { $0.unicodeScalars.contains("\u{FFFD}") }
      return bad.first.map { (bad.count, $0) }
    }
  }

  /// Where a row's id comes from; of a field of lists, the number of its list.
  enum Ids {
    /// A text column of the log; ids by part, chunk and text.
    case log(column: Int, [[[Int32]]])
    /// A number column of the log.
    case numbers(column: Int, NumberBuckets)
    /// A joined table; ids by its row.
    case joined(table: Int, [Int32])
    /// A text column of the log whose texts do not fit in memory; no ids where they could not be read.
    case spilled(column: Int, SpilledNumbers?, unreadable: (count: Int, first: String)?)
  }

  let fields: [Field]
  /// The lists of all fields; nil if none has any.
  let lists: FieldLists?

  init(_ rows: LogRows, _ schema: DatasetSchema, pool: WorkerPool) {
    let wanted = Self.wanted(rows, schema)
    let map = ParallelMap<Field>(count: wanted.count) { wanted[$0].field(rows) }
    map.run(on: pool)
    fields = map.results
    lists = FieldLists(map.results.map(\.lists))
  }

  /// What a person should know: what was left out of lists, what shares a hash, and categories that are
  /// not UTF-8, which no rule and no screen spells.
  var notices: [String] {
    fields.flatMap(\.notices)
      + fields.compactMap { own in
        guard let (count, first) = own.unreadable else { return nil }
        return
          "\(printable(own.field.name)): \(count) categor\(count == 1 ? "y is" : "ies are") not "
          + "UTF-8, such as \(excerpt(first)); they count as they are, but save the file as UTF-8, as "
          + "in `iconv -f WINDOWS-1252 -t UTF-8 FILE`"
      }
  }

  /// By input, how its texts are read.
  func spellings(_ schema: DatasetSchema) -> [String: InputSpelling] {
    var found: [String: InputSpelling] = [:]
    let buckets = Dictionary(
      fields.map { ($0.field.name, $0.buckets) }, uniquingKeysWith: { first, _ in first })
    func add(_ columns: [DatasetSchema.Column], _ missing: MissingTexts) {
      for column in columns where found[column.name] == nil {
        found[column.name] = InputSpelling(
          column, missing: missing, buckets: buckets[column.name] ?? nil)
      }
    }
    add(schema.columns, schema.missing)
    for join in schema.joins { add(join.columns, join.missing) }
    return found
  }

  /// Fills the ids of a chunk's rows.
  func fill(_ splits: [SplitMemory], _ chunk: ChunkRows) {
    let targets = RowTargets(splits.map(\.ids), chunk, width: fields.count)
    targets.forEachBlock { rows in
      for index in fields.indices { fill(targets, rows, index, chunk) }
    }
  }

  private func fill(
    _ targets: RowTargets<Int32>, _ rows: Range<Int>, _ index: Int, _ chunk: ChunkRows
  ) {
    switch fields[index].ids {
    case .log(let column, let ids):
      ids[chunk.part][chunk.index].withUnsafeBufferPointer { ids in
        chunk.parsed.texts[column].withUnsafeBufferPointer { texts in
          targets.fill(rows, index) { ids[Int(texts[$0])] }
        }
      }
    case .numbers(let column, let buckets):
      let numbers = chunk.parsed.numbers[column]
      targets.fill(rows, index) { buckets.id(of: numbers[$0]) }
    case .joined(let table, let ids):
      let joined = chunk.joined[table]
      targets.fill(rows, index) { ids[Int(joined[$0])] }
    case .spilled(let column, let numbers, _):
      guard let ids = numbers?.numbers(ofChunk: chunk.parsed.stored?.number ?? 0) else { return }
      chunk.parsed.texts[column].withUnsafeBufferPointer { texts in
        targets.fill(rows, index) { ids[Int(texts[$0])] }
      }
    }
  }

  /// A field before its ids are made.
  private struct Wanted {
    let name: String
    let minimumCount: Int
    let rule: CategoryRule
    let column: Int
    let table: Int?

    init?(_ column: DatasetSchema.Column, _ used: UsedColumns, table: Int?) {
      let index =
        column.rule.buckets == nil
        ? used.index(ofText: column.source, column.grouping)
        : used.numbers.firstIndex(of: column.source)
      guard case .categorical(let minimum) = column.role, let index else { return nil }
      name = column.name
      minimumCount = minimum
      rule = column.rule
      self.column = index
      self.table = table
    }

    func field(_ rows: LogRows) -> Field {
      if let buckets = rule.buckets { return self.buckets(rows, buckets) }
      if table == nil, let texts = rows.spilledTexts(of: column) { return spilled(texts, rows) }
      guard let table else {
        let found = ids(rows.dictionaries, rows.trainingCounts(of: column))
        return Field(
          field: found.field, ids: .log(column: column, found.ids), lists: found.lists,
          notices: found.notices, rawNames: found.rawNames)
      }
      let joined = rows.tables[table]
      let found = ids([joined.part], [joined.textCounts(of: column, rows.trainingCounts[table])])
      return Field(
        field: found.field, ids: .joined(table: table, joined.ids(of: column, found)),
        lists: found.lists, notices: found.notices, rawNames: found.rawNames)
    }

    private func spilled(_ texts: SpilledTexts, _ rows: LogRows) -> Field {
      let folder = rows.parts.spool?.folder ?? "."
      do throws(SystemRefusal) {
        if let hashRows = rule.hashRows { return try hashed(texts, into: hashRows, in: folder) }
        let vocabulary = try SpilledVocabulary(
          texts, named: name, minimumCount: minimumCount, in: folder)
        return Field(
          field: vocabulary.field,
          ids: .spilled(column: column, vocabulary.ids, unreadable: vocabulary.unreadable),
          rawNames: vocabulary.rawNames)
      } catch {
        // Whoever packs asks the spool whether all was read.
        rows.parts.spool?.note(error)
        return Field(
          field: CategoricalField(name: name, categories: [""]),
          ids: .spilled(column: column, nil, unreadable: nil))
      }
    }

    private func hashed(
      _ texts: SpilledTexts, into rows: Int, in folder: String
    ) throws(SystemRefusal) -> Field {
      let hashes = try SpilledHashes(texts, rows: rows, in: folder)
      return Field(
        field: CategoricalField(named: name, hashedInto: rows),
        ids: .spilled(column: column, hashes.numbers, unreadable: nil),
        notices: hashes.collisions.notices(name))
    }

    private func ids(_ parts: [TablePart], _ counts: [[[Int32]]]) -> CategoryIds {
      CategoryIds(
        parts, column: column, named: name, counts: counts, minimumCount: minimumCount, rule: rule)
    }

    private func buckets(_ rows: LogRows, _ count: Int) -> Field {
      guard let table else {
        let buckets = NumberBuckets(rows.trainingNumbers(of: column), buckets: count)
        return Field(
          field: CategoricalField(name: name, categories: buckets.categories),
          ids: .numbers(column: column, buckets), buckets: buckets)
      }
      let numbers = rows.tables[table].numbers(of: column)
      let buckets = NumberBuckets(
        zip(numbers, rows.trainingCounts[table]).map { ($0, Int($1)) }, buckets: count)
      return Field(
        field: CategoricalField(name: name, categories: buckets.categories),
        ids: .joined(table: table, numbers.map { buckets.id(of: $0) }), buckets: buckets)
    }
  }

  private static func wanted(_ rows: LogRows, _ schema: DatasetSchema) -> [Wanted] {
    schema.columns.compactMap { Wanted($0, rows.columns, table: nil) }
      + schema.joins.enumerated().flatMap { table, join in
        join.columns.compactMap { Wanted($0, rows.tables[table].columns, table: table) }
      }
  }
}
