import Tensors

/// Looks at every value that a label, a sample space or the split goes by, before anything is made of
/// them: what matches, what does not, and what is missing.
struct LabelInspection {
  private let schema: DatasetSchema
  private let log: LogRows
  private let labels: LabelColumns
  private let rules: [InspectedRule]
  /// Whether the rows are all that there are: else a text that none has may stand in others.
  private let areAll: Bool

  init(_ schema: DatasetSchema, _ log: LogRows, _ labels: LabelColumns, areAll: Bool = true) {
    self.areAll = areAll
    self.schema = schema
    self.log = log
    self.labels = labels
    rules = InspectedRule.all(of: schema)
  }

  /// Refuses what cannot be told, and says in words what is easily misread.
  ///
  /// - Throws: ``ReaderError/label(_:)`` for the first rule that rows contradict.
  func run(on pool: WorkerPool) throws(ReaderError) -> [String] {
    let tallies = merged(on: pool)
    var notices: [String] = []
    // A misspelling explains why nothing matches, so it comes first.
    for (rule, tally) in zip(rules, tallies) {
      do throws(LabelError) {
        try check(rule, tally)
      } catch {
        throw .label(error)
      }
      notices += rule.notices(tally)
    }
    return notices
  }

  private func merged(on pool: WorkerPool) -> [RuleTally] {
    let places = log.parts.indices.flatMap { part in
      log.parts[part].chunks.indices.map { (part, $0) }
    }
    let map = ParallelMap<[RuleTally]>(count: places.count) { index in
      rules.map { tally($0, part: places[index].0, index: places[index].1) }
    }
    map.run(on: pool)
    var merged = rules.map { _ in RuleTally() }
    for chunk in map.results {
      for rule in rules.indices { merged[rule].merge(chunk[rule]) }
    }
    return merged
  }

  /// What a rule meets in a chunk's rows that it is about.
  private func tally(_ rule: InspectedRule, part: Int, index: Int) -> RuleTally {
    var tally = RuleTally()
    let chunk = log.parts[part].chunks[index]
    if case .split = rule.use, log.parts[part].role != .all { return tally }
    let values = labels.values(rule.condition, chunk)
    let space = rule.space.map { labels.values($0, chunk) }
    let codes = rule.isText ? chunk.codes(of: column(rule)) : []
    let dictionary = rule.isText ? chunk.dictionary(of: column(rule)) : ByteInterner()
    var texts = [RuleTally.Occurrence](repeating: .init(), count: dictionary.count)
    // Asked of the rule once, since a copy of a task takes longer than a look at its label.
    let (isText, task) = (rule.isText, rule.task)
    let hasUnit = task?.kind.hasUnit == true
    for row in values.indices where space.map({ $0[row] > 0 }) ?? true {
      let (value, at) = (values[row], ChunkRow(part: part, index: index, row: row))
      if value.isNaN {
        tally.missing.add(at)
      } else if isText {
        texts[Int(codes[row])].add(at)
      } else if let task, hasUnit || value != 0 && value != 1 {
        tally.add(value, of: task, at)
      }
    }
    if !rule.isText, let column = log.columns.numbers.firstIndex(of: rule.condition.column) {
      tally.least = chunk.values(of: column).lazy.filter { !$0.isNaN }.min() ?? .infinity
    }
    for (id, found) in texts.enumerated() where found.rows > 0 {
      tally.texts[dictionary.name(id)] = found
    }
    return tally
  }

  private func column(_ rule: InspectedRule) -> Int {
    log.columns.index(ofText: rule.condition.column) ?? 0
  }

  private func check(_ rule: InspectedRule, _ tally: RuleTally) throws(LabelError) {
    let column = rule.condition.column
    if let texts = rule.texts {
      let alike = tally.texts.compactMap { text, found in
        texts.lookalike(of: text).map { (text, $0, found) }
      }.min { $0.2.first < $1.2.first }
      if let (text, named, found) = alike {
        throw .misspelled(
          rule.use, column: column, named: named, found: ValueCount(text, found.rows),
          first: location(found.first))
      }
      let absent = rule.wanted.filter { $0.allSatisfy { tally.texts[$0] == nil } }
      if areAll, let named = absent.first, !tally.texts.isEmpty {
        throw .absent(rule.use, column: column, named: named, values: tally.counts)
      }
    }
    if tally.missing.rows > 0, !rule.allowsMissing {
      throw .missing(
        rule.use, column: column, rows: tally.missing.rows, first: location(tally.missing.first),
        values: tally.texts.keys.sorted().prefix(8).map { $0 },
        least: tally.least.isFinite ? tally.least : nil)
    }
    try checkNumbers(rule, tally)
  }

  private func checkNumbers(_ rule: InspectedRule, _ tally: RuleTally) throws(LabelError) {
    guard let task = rule.task else { return }
    let column = rule.condition.column
    if let first = tally.numbers.values.map(\.first).min() {
      throw .notBinary(
        task: task.name, column: column,
        values: tally.numbers.map { ValueCount(plain($0.key), $0.value.rows) }.ordered,
        first: location(first))
    }
    if tally.noLogarithm.rows > 0 {
      throw .noLogarithm(
        task: task.name, column: column, found: tally.noLogarithm.value,
        rows: tally.noLogarithm.rows, first: location(tally.noLogarithm.first))
    }
    if tally.tooLarge.rows > 0 {
      throw .tooLarge(
        task: task.name, column: column, found: tally.tooLarge.value, rows: tally.tooLarge.rows,
        first: location(tally.tooLarge.first))
    }
  }

  private func location(_ row: ChunkRow) -> RowLocation {
    log.location(part: row.part, index: row.index, row: row.row)
  }
}

extension RuleTally {
  /// Counts a label that is a number.
  fileprivate mutating func add(_ value: Double, of task: TaskSchema, _ row: ChunkRow) {
    guard task.kind.hasUnit else {
      guard value != 0, value != 1 else { return }
      numbers[numbers.count < Self.limit ? value : .infinity, default: Occurrence()].add(row)
      return
    }
    guard !task.label(of: value).isFinite else { return }
    if task.takesLogarithm, value / task.divisor <= -1 {
      noLogarithm.add(row, value)
    } else {
      tooLarge.add(row, value)
    }
  }
}

/// A rule, with what decides whether its rows are in order.
private struct InspectedRule {
  let use: RuleUse
  let condition: TaskSchema.Condition
  /// The rows it is about; nil for all.
  var space: TaskSchema.Condition?
  /// The task whose label it is.
  var task: TaskSchema?
  /// Whether a row without a value is in order.
  var allowsMissing = false
  /// Which texts it names; nil if it goes by numbers.
  var texts: TextRule?
  /// Sets of texts, of each of which some row must have one.
  var wanted: [[String]] = []

  var isText: Bool { texts != nil }

  static func all(of schema: DatasetSchema) -> [Self] {
    var rules: [Self] = []
    if case .column(let name, let validation, let test) = schema.split {
      var rule = Self(
        use: .split, condition: .init(column: name, rule: .oneOf([validation, test])))
      rule.name([validation, test], schema)
      rule.wanted = [[validation], [test]]
      rules.append(rule)
    }
    for task in schema.tasks {
      if let space = task.space {
        var rule = Self(use: .space(task: task.name), condition: space)
        // A rule on the label's own column says which of its rows count: blank ones do not.
        rule.allowsMissing = task.skipsMissing || space.column == task.label?.column
        rule.name(schema)
        rules.append(rule)
      }
      guard let label = task.label else { continue }
      var rule = Self(use: .label(task: task.name), condition: label)
      rule.space = task.space
      rule.allowsMissing = task.skipsMissing
      rule.name(schema)
      if case .value = label.rule { rule.task = task }
      rules.append(rule)
    }
    return rules
  }

  private mutating func name(_ schema: DatasetSchema) {
    guard let texts = condition.rule.texts else { return }
    name(texts, schema)
    wanted = [texts]
  }

  private mutating func name(_ texts: [String], _ schema: DatasetSchema) {
    self.texts = TextRule(named: texts, missing: schema.missing[condition.column])
  }

  /// What is easily misread: values that are not named, and rows that are left out.
  func notices(_ tally: RuleTally) -> [String] {
    guard let texts else { return left(tally) }
    let others = tally.counts.filter { !texts.named.contains($0.text) }
    let absent = texts.named.filter { tally.texts[$0] == nil }.sorted()
    let doubtful = others.map(\.text).filter(TextRule.looksMissing).sorted()
    var notices: [String] = []
    if others.count > 1 || !doubtful.isEmpty {
      notices.append("\(use.otherwise(column: condition.column)): \(others.words)")
    }
    if !doubtful.isEmpty {
      notices.append(
        "\(doubtful.map(excerpt).joined(separator: ", ")) in column '\(printable(condition.column))' "
          + "looks like a missing value; name it as `missing` if it is one")
    }
    if !absent.isEmpty, wanted.count < 2 {
      notices.append(
        "\(use.words) names \(absent.map(excerpt).joined(separator: ", ")), which no row has in "
          + "column '\(printable(condition.column))'")
    }
    return notices + left(tally)
  }

  private func left(_ tally: RuleTally) -> [String] {
    let rows = tally.missing.rows
    guard rows > 0 else { return [] }
    let task =
      switch use {
      case .label(let task), .space(let task): printable(task)
      case .split: ""
      }
    return [
      "\(task): \(rows) row\(rows == 1 ? "" : "s") without a value in column "
        + "'\(printable(condition.column))' \(rows == 1 ? "is" : "are") outside of its sample space"
    ]
  }
}

extension TaskSchema.Rule {
  /// The texts that it names; nil if it goes by numbers.
  var texts: [String]? {
    switch self {
    case .equals(let text): [text]
    case .oneOf(let texts): texts
    case .value, .atLeast: nil
    }
  }
}

extension RuleUse {
  /// How values that are not named count.
  fileprivate func otherwise(column: String) -> String {
    let name = "column '\(printable(column))'"
    return switch self {
    case .label(let task): "\(printable(task)) is 0 for these values of \(name)"
    case .space(let task): "\(printable(task)) does not count for these values of \(name)"
    case .split: "rows with these values of \(name) train"
    }
  }
}

extension LogRows {
  /// Where a row of the log stands.
  func location(part: Int, index: Int, row: Int) -> RowLocation {
    let chunk = parts[part].chunks[index]
    return RowLocation(chunk.path, chunk.line(ofRow: row))
  }
}
