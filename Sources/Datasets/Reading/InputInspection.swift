import Tensors

/// Looks at what each input's column holds in the training rows.
struct InputInspection {
  private let schema: DatasetSchema
  private let log: LogRows

  init(_ schema: DatasetSchema, _ log: LogRows) {
    self.schema = schema
    self.log = log
  }

  /// The inputs' facts, in the order of the schema: the log's, then those of joined tables.
  func run(on pool: WorkerPool) -> [InputFacts] {
    let wanted =
      schema.columns.map { (Optional<Int>.none, $0) }
      + schema.joins.enumerated().flatMap { table, join in join.columns.map { (table, $0) } }
    let map = ParallelMap<InputFacts?>(count: wanted.count) { index in
      facts(of: wanted[index].1, table: wanted[index].0)
    }
    map.run(on: pool)
    return map.results.compactMap { $0 }
  }

  private var trainingRows: Int { log.plan.counts[0] }

  private func facts(of column: DatasetSchema.Column, table: Int?) -> InputFacts? {
    switch column.role {
    case .categorical(let minimumCount):
      texts(of: column, table, column.rule.hashRows == nil ? minimumCount : 1)
    case .numeric: numbers(of: column, table)
    case .ignore: nil
    }
  }

  private func numbers(of column: DatasetSchema.Column, _ table: Int?) -> InputFacts? {
    var facts = InputFacts(name: column.name, kind: .numeric, rows: trainingRows, missing: 0)
    if case .numeric(_, let indicator) = column.role { facts.hasIndicator = indicator }
    if let table {
      let joined = log.tables[table]
      guard let source = joined.columns.numbers.firstIndex(of: column.source) else { return nil }
      let numbers = joined.numbers(of: source)
      for row in numbers.indices {
        facts.add(numbers[row], rows: Int(log.trainingCounts[table][row]))
      }
      return facts
    }
    guard let source = log.columns.numbers.firstIndex(of: column.source) else { return nil }
    for part in log.parts.indices {
      for (index, chunk) in log.parts[part].chunks.enumerated() {
        let splits = log.plan.splits[part][index]
        let numbers = chunk.values(of: source)
        for row in 0..<chunk.rows where splits[row] == 0 {
          facts.add(numbers[row], rows: 1)
        }
      }
    }
    return facts
  }

  private func texts(
    of column: DatasetSchema.Column, _ table: Int?, _ minimumCount: Int
  ) -> InputFacts? {
    var facts = InputFacts(
      name: column.name, kind: .categorical, rows: trainingRows, missing: 0)
    facts.minimumCount = minimumCount
    let used = table.map { log.tables[$0].columns } ?? log.columns
    guard let source = used.index(ofText: column.source, column.grouping) else { return nil }
    let missing = table.map { schema.joins[$0].missing } ?? schema.missing
    let marks = MissingMarks(missing[column.source])
    if table == nil, let texts = log.spilledTexts(of: source) {
      facts.take(texts, isText: column.grouping == nil, log.parts.spool) {
        Self.isMissing($0, marks)
      }
      return facts
    }
    var values = CountedTexts()
    var isParted = false
    forEachText(of: source, table) { texts, id, rows in
      if texts.withBytes(id, { Self.isMissing($0, marks) }) {
        facts.missing += rows
      } else if let list = column.rule.list {
        let text = texts.name(id)
        isParted = isParted || list.tokenizer != nil || text.contains(list.separator)
        for value in list.parts(of: text) { values.add(value, rows) }
      } else {
        texts.withBytes(id) { values.add($0, rows) }
      }
    }
    (facts.distinct, facts.kept) = (
      values.rows.count, values.rows.count { $0 >= minimumCount }
    )
    if let list = column.rule.list, !isParted, facts.distinct > 0 {
      facts.idleSeparator = list.separator
    }
    if column.grouping == nil && column.rule.list == nil {
      facts.look(at: values.names(atMost: ListLook.limit))
    }
    return facts
  }

  /// Whether a text is a mark of a missing value, or blanks only.
  private static func isMissing(
    _ text: UnsafeBufferPointer<UInt8>, _ marks: MissingMarks
  ) -> Bool {
    marks.contains(text) || text.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// Calls `body` with each text of a column, by its number in a chunk's texts, and the training rows
  /// that have it.
  private func forEachText(
    of column: Int, _ table: Int?, _ body: (ByteInterner, Int, Int) -> Void
  ) {
    let parts = table.map { [log.tables[$0].part] } ?? log.dictionaries
    let counts =
      table.map { [log.tables[$0].textCounts(of: column, log.trainingCounts[$0])] }
      ?? log.trainingCounts(of: column)
    for part in parts.indices {
      for (index, chunk) in parts[part].chunks.enumerated() {
        let texts = chunk.interners[column]
        for id in (table == nil ? log.firstTrainingTexts(of: column) : nil) ?? [] {
          body(texts, Int(id), 0)
        }
        for id in 0..<texts.count where counts[part][index][id] > 0 {
          body(texts, id, Int(counts[part][index][id]))
        }
      }
    }
  }
}

extension InputFacts {
  /// Takes in the texts of a column that do not fit in memory.
  fileprivate mutating func take(
    _ texts: SpilledTexts, isText: Bool, _ spool: RowSpool?,
    isMissing: (UnsafeBufferPointer<UInt8>) -> Bool
  ) {
    do throws(SystemRefusal) {
      try texts.forEach { text in
        if text.bytes.withUnsafeBufferPointer(isMissing) {
          missing += text.count
        } else {
          distinct += 1
          if text.count >= minimumCount { kept += 1 }
        }
      }
    } catch {
      spool?.note(error)
    }
    let first = (0..<texts.first.count).filter { !texts.first.withBytes($0, isMissing) }
      .prefix(ListLook.limit).map(texts.first.name)
    if isText { look(at: first) }
  }

  /// Notes whether texts look like lists.
  fileprivate mutating func look(at first: [String]) {
    guard let look = ListLook.separator(of: first) else { return }
    (listSeparator, listExample) = (look.separator, look.example)
  }

  /// Counts a number that some training rows have; NaN where they have none.
  fileprivate mutating func add(_ number: Double, rows: Int) {
    guard rows > 0 else { return }
    guard !number.isNaN else {
      missing += rows
      return
    }
    let known = range ?? number...number
    range = min(known.lowerBound, number)...max(known.upperBound, number)
  }
}

/// Different texts with the rows that have them.
private struct CountedTexts {
  private var texts = ByteInterner()
  /// Rows of each text, in the order in which texts came first.
  private(set) var rows: [Int] = []

  mutating func add(_ text: String, _ rows: Int) {
    var text = text
    text.withUTF8 { add($0, rows) }
  }

  mutating func add(_ text: UnsafeBufferPointer<UInt8>, _ rows: Int) {
    let id = Int(texts.id(of: text))
    if id == self.rows.count { self.rows.append(0) }
    self.rows[id] += rows
  }

  /// The first texts, this many at most.
  func names(atMost limit: Int) -> [String] {
    (0..<min(texts.count, limit)).map(texts.name)
  }
}
