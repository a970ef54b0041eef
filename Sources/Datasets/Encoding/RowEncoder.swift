import Tensors

/// Turns parsed rows into the ids and numbers that the rows of training had.
struct RowEncoder {
  /// Where the ids of a field come from.
  fileprivate enum Field {
    /// A text column of the log, of single values.
    case texts(column: Int, CategoryIndex)
    /// A text column of the log whose texts are lists.
    case lists(column: Int, CategoryIndex, CategoryRule.List)
    /// A number column of the log.
    case numbers(column: Int, NumberBuckets)
    /// A joined table: by its row the id, or the number of the list.
    case joined(table: Int, [Int32], FieldLists.Table?)
  }

  /// Where a number comes from.
  private enum Number {
    case log(column: Int)
    /// A joined table; features by its row.
    case joined(table: Int, [Float])
  }

  private let encoding: DatasetEncoding
  private let schema: DatasetSchema
  private let columns: UsedColumns
  private let tables: [JoinedRows]
  private let fields: [Field]
  private let numbers: [Number]
  /// nil where labels are not read.
  private let labels: LabelColumns?
  /// nil where no task is a ranking.
  private let ranking: RankingSpace?
  /// nil where no task is one of texts or of tuples.
  private let spaces: WordSpaces?

  /// Finds what every field and number comes from; `path` is where the rows are, for messages.
  ///
  /// - Throws: ``ReaderError/notRead(path:what:purpose:)`` where a column was not read, or is not what
  ///   the encoding says.
  init(
    _ encoding: DatasetEncoding, _ schema: DatasetSchema, _ columns: UsedColumns,
    _ tables: [JoinedRows], hasLabels: Bool, path: String
  ) throws(ReaderError) {
    self.encoding = encoding
    self.schema = schema
    self.columns = columns
    self.tables = tables
    fields = try Self.fields(encoding, schema, columns, tables, path)
    numbers = try Self.numbers(encoding, schema, columns, tables, path)
    labels =
      hasLabels ? LabelColumns(schema, columns, scales: encoding.tasks.map(\.scale)) : nil
    ranking = hasLabels ? RankingSpace(encoding.features, schema.tasks) : nil
    spaces = hasLabels ? WordSpaces(schema.tasks) : nil
  }

  /// The rows of a chunk, or some of them in their order.
  func encode(
    _ chunk: ParsedChunk, rows: [Int]?, groups: inout TextNumbers?, segments: inout TextNumbers?
  ) throws(ReaderError) -> (examples: Examples, segments: [Int32]) {
    let kept = rows ?? Array(0..<chunk.rows)
    let joined = tables.map { $0.rows(of: chunk) }
    try inspect(chunk)
    let lists = fields.map { self.lists(of: $0, chunk) }
    let memory = SplitMemory(
      rows: kept.count, fields: fields.count, dense: numbers.count, tasks: encoding.tasks.count,
      hasSpaces: labels?.hasSpaces == true || ranking != nil || spaces != nil,
      lists: FieldLists(lists),
      hasGroups: groups != nil)
    for (index, field) in fields.enumerated() {
      fill(field, index, memory, chunk, kept, joined)
    }
    for (index, number) in numbers.enumerated() {
      fill(number, index, memory, chunk, kept, joined)
    }
    fillLabels(memory, chunk, kept, joined)
    _ = ranking?.fill(memory)
    // Nobody knows the tuples of rows that are no part of the data set.
    spaces?.fill(
      memory, hasText: { chunk.words?[kept[$0]].isEmpty == false }, hasTuples: { _ in false })
    if let own = groups?.numbers(of: chunk, joined) {
      for (at, row) in kept.enumerated() { memory.groups?.base[at] = own[row] }
    }
    let own = segments?.numbers(of: chunk, joined)
    return (memory.examples, own.map { own in kept.map { own[$0] } } ?? [])
  }

  /// Refuses labels that cannot be told.
  private func inspect(_ chunk: ParsedChunk) throws(ReaderError) {
    guard let labels else { return }
    var schema = schema
    schema.split = .files
    let parts = [TablePart(path: chunk.path, role: .all, chunks: [chunk])]
    let plan = try SplitPlan(.files, parts: parts, columns: columns, times: nil)
    let log = LogRows(columns, parts: parts, tables: [], plan: plan)
    _ = try LabelInspection(schema, log, labels, areAll: false).run(on: WorkerPool(threads: 1))
  }

  private func fillLabels(
    _ memory: SplitMemory, _ chunk: ParsedChunk, _ kept: [Int], _ joined: [[Int32]]
  ) {
    guard let labels else { return }
    // What is not kept goes to memory of its own.
    var splits = [UInt8](repeating: 1, count: chunk.rows)
    var places = [Int](repeating: 0, count: chunk.rows)
    for (at, row) in kept.enumerated() { (splits[row], places[row]) = (0, at) }
    let rest = SplitMemory(
      rows: 1, fields: 0, dense: 0, tasks: memory.tasks, hasSpaces: memory.spaces != nil)
    labels.fill(
      [memory, rest],
      ChunkRows(
        parsed: chunk, part: 0, index: 0, splits: splits, rows: places, joined: joined))
  }
}

// MARK: - Ids

extension RowEncoder {
  private static func fields(
    _ encoding: DatasetEncoding, _ schema: DatasetSchema, _ columns: UsedColumns,
    _ tables: [JoinedRows], _ path: String
  ) throws(ReaderError) -> [Field] {
    var fields: [Field] = []
    func add(_ column: DatasetSchema.Column, table: Int?) throws(ReaderError) {
      guard case .categorical = column.role else { return }
      let index = fields.count
      let used = table.map { tables[$0].keyed.columns } ?? columns
      guard
        let at = column.rule.buckets == nil
          ? used.index(ofText: column.source, column.grouping)
          : used.numbers.firstIndex(of: column.source),
        let field = Field(encoding, index, column, at: at, table: table.map { ($0, tables[$0]) })
      else { throw .unread(column, path) }
      fields.append(field)
    }
    for column in schema.columns { try add(column, table: nil) }
    for (table, join) in schema.joins.enumerated() {
      for column in join.columns { try add(column, table: table) }
    }
    return fields
  }

  private func lists(of field: Field, _ chunk: ParsedChunk) -> FieldLists.Table? {
    switch field {
    case .texts, .numbers: return nil
    case .joined(_, _, let lists): return lists
    case .lists(let column, let names, let rule):
      let texts = chunk.interners[column]
      return FieldLists.Table((0..<texts.count).map { rule.ids(of: texts.name($0), names) })
    }
  }

  private func fill(
    _ field: Field, _ index: Int, _ memory: SplitMemory, _ chunk: ParsedChunk, _ kept: [Int],
    _ joined: [[Int32]]
  ) {
    func put(_ id: (Int) -> Int32) {
      for (at, row) in kept.enumerated() { memory.ids.base[at * fields.count + index] = id(row) }
    }
    switch field {
    case .texts(let column, let names):
      let texts = chunk.interners[column]
      let ids = (0..<texts.count).map { texts.withBytes($0) { names.id(of: $0) } }
      put { ids[Int(chunk.texts[column][$0])] }
    case .lists(let column, _, _): put { chunk.texts[column][$0] }
    case .numbers(let column, let buckets): put { buckets.id(of: chunk.numbers[column][$0]) }
    case .joined(let table, let ids, _): put { ids[Int(joined[table][$0])] }
    }
  }
}

extension RowEncoder.Field {
  /// The source of a field's ids; nil if the encoding does not fit.
  init?(
    _ encoding: DatasetEncoding, _ index: Int, _ column: DatasetSchema.Column, at: Int,
    table: (index: Int, rows: JoinedRows)?
  ) {
    if let own = encoding.buckets[index] {
      let buckets = NumberBuckets(bounds: own.bounds, hasMissing: own.hasMissing)
      guard let table else {
        self = .numbers(column: at, buckets)
        return
      }
      self = .joined(
        table: table.index, table.rows.numbers(of: at).map { buckets.id(of: $0) }, nil)
      return
    }
    let field = encoding.features.fields[index]
    guard let names = CategoryIndex(field, encoding.rawNames[index]) else { return nil }
    switch (table, column.rule.list) {
    case (nil, nil): self = .texts(column: at, names)
    case (nil, let list?): self = .lists(column: at, names, list)
    case (let table?, nil):
      self = .joined(table: table.index, table.rows.ids(of: at) { names.id(of: $0) }, nil)
    case (let table?, let list?):
      var lists: [[Int32]] = []
      let ids = table.rows.ids(of: at) { bytes in
        lists.append(list.ids(of: String(decoding: bytes, as: UTF8.self), names))
        return Int32(lists.count - 1)
      }
      self = .joined(table: table.index, ids, FieldLists.Table(lists))
    }
  }
}

extension ReaderError {
  /// A column of the model that was not read.
  fileprivate static func unread(_ column: DatasetSchema.Column, _ path: String) -> ReaderError {
    .notRead(path: path, what: "the column '\(printable(column.source))'", purpose: "the model")
  }
}

extension CategoryRule.List {
  /// The ids of a text's values.
  fileprivate func ids(of text: String, _ index: CategoryIndex) -> [Int32] {
    values(of: text).prefix(maximumCount ?? .max).map { index.id(of: $0) }
  }
}

// MARK: - Numbers

extension RowEncoder {
  private static func numbers(
    _ encoding: DatasetEncoding, _ schema: DatasetSchema, _ columns: UsedColumns,
    _ tables: [JoinedRows], _ path: String
  ) throws(ReaderError) -> [Number] {
    let all: [(column: DatasetSchema.Column, table: Int?)] =
      schema.columns.map { ($0, nil) }
      + schema.joins.enumerated().flatMap { table, join in join.columns.map { ($0, table) } }
    var numbers: [Number] = []
    for (column, table) in all {
      guard case .numeric(let log1p, let indicator) = column.role else { continue }
      let used = table.map { tables[$0].keyed.columns } ?? columns
      guard let at = used.numbers.firstIndex(of: column.source) else {
        throw .unread(column, path)
      }
      for _ in 0..<(1 + (log1p ? 1 : 0) + (indicator ? 1 : 0)) {
        let form = encoding.features.dense[numbers.count].form
        numbers.append(
          table.map { table in
            .joined(table: table, tables[table].numbers(of: at).map { form.apply($0) })
          } ?? .log(column: at))
      }
    }
    return numbers
  }

  private func fill(
    _ number: Number, _ index: Int, _ memory: SplitMemory, _ chunk: ParsedChunk, _ kept: [Int],
    _ joined: [[Int32]]
  ) {
    let form = encoding.features.dense[index].form
    for (at, row) in kept.enumerated() {
      let value =
        switch number {
        case .log(let column): form.apply(chunk.numbers[column][row])
        case .joined(let table, let values): values[Int(joined[table][row])]
        }
      memory.dense.base[at * numbers.count + index] = value
    }
  }
}
