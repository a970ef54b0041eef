import Foundation

/// Labels and sample spaces, computed from the parsed columns.
struct LabelColumns {
  private let tasks: [TaskSchema]
  private let columns: UsedColumns
  /// Which texts of the log mean a missing value.
  private let missing: MissingTexts
  /// Whether a task does not count for every row.
  let hasSpaces: Bool
  /// By task, what its stored labels are counted in.
  private(set) var scales: [LabelScale] = []

  init(_ schema: DatasetSchema, _ log: LogRows) {
    tasks = schema.tasks
    columns = log.columns
    missing = schema.missing
    hasSpaces = schema.hasSpaces
    scales = tasks.map { scale(of: $0, log) }
  }

  /// Labels that are counted in what the training rows have told.
  init(_ schema: DatasetSchema, _ columns: UsedColumns, scales: [LabelScale]) {
    tasks = schema.tasks
    self.columns = columns
    missing = schema.missing
    hasSpaces = schema.hasSpaces
    self.scales = scales
  }

  /// Fills the labels of a chunk's rows.
  func fill(_ memory: [SplitMemory], _ chunk: ChunkRows) {
    let targets = RowTargets(memory.map(\.labels), chunk, width: tasks.count)
    let allSpaces = memory.compactMap(\.spaces)
    let spaces =
      allSpaces.count == memory.count ? RowTargets(allSpaces, chunk, width: tasks.count) : nil
    for (k, task) in tasks.enumerated() {
      let labels = task.label.map { values($0, chunk.parsed) }
      let space = task.space.map { values($0, chunk.parsed) }
      let scale = scales[k]
      for row in 0..<chunk.parsed.rows {
        let label = labels?[row] ?? 1
        let isInside = (space.map { $0[row] > 0 } ?? true) && !label.isNaN
        if !isInside { spaces?[row][k] = 0 }
        targets[row][k] = isInside ? Float(scale.standardised(task.label(of: label))) : 0
      }
    }
  }

  /// What a task's labels are counted in: for a regression mean and deviation of the training rows
  /// in its sample space, in the order of the rows, so that no division into chunks changes a bit.
  ///
  /// Labels that do not vary keep the deviation 1; those that are no numbers are left to ``LabelInspection``.
  private func scale(of task: TaskSchema, _ log: LogRows) -> LabelScale {
    guard task.kind.hasUnit, let label = task.label else { return LabelScale() }
    return LabelScale { body in
      for part in log.parts.indices {
        for (index, chunk) in log.parts[part].chunks.enumerated() {
          let splits = log.plan.splits[part][index]
          let found = values(label, chunk)
          let space = task.space.map { values($0, chunk) }
          for row in 0..<chunk.rows where splits[row] == 0 && (space.map { $0[row] > 0 } ?? true) {
            body(task.label(of: found[row]))
          }
        }
      }
    }
  }

  /// A condition's value in every row of a chunk; NaN where it is missing.
  func values(_ condition: TaskSchema.Condition, _ chunk: ParsedChunk) -> [Double] {
    switch condition.rule {
    case .value, .atLeast:
      guard let column = columns.numbers.firstIndex(of: condition.column) else { return [] }
      guard case .atLeast(let bound) = condition.rule else { return chunk.values(of: column) }
      // Whether a missing number is large enough is not known.
      return chunk.values(of: column).map { $0.isNaN ? .nan : ($0 >= bound ? 1 : 0) }
    case .equals(let text): return matches([text], condition.column, chunk)
    case .oneOf(let texts): return matches(texts, condition.column, chunk)
    }
  }

  private func matches(_ texts: [String], _ name: String, _ chunk: ParsedChunk) -> [Double] {
    guard let column = columns.index(ofText: name) else { return [] }
    let rule = TextRule(named: texts, missing: missing[name])
    let dictionary = chunk.dictionary(of: column)
    let values = (0..<dictionary.count).map { rule.value(of: dictionary.name($0)) }
    return chunk.codes(of: column).map { values[Int($0)] }
  }

  /// Every task needs training rows, and a binary one labels of both kinds among them.
  func check(_ counts: [LabelCounts]) throws(ReaderError) {
    for (task, training) in zip(tasks, counts) {
      guard training.rows > 0 else {
        throw .noRows(split: "training", data: "task '\(task.name)'")
      }
      guard !task.kind.hasClasses || training.ones % training.rows != 0 else {
        let value: Float = training.ones > 0 ? 1 : 0
        throw .oneClass(task: task.name, rows: training.rows, value: value)
      }
    }
  }

  /// Says of which regressions the training label never varies.
  func notices(_ counts: [LabelCounts]) -> [String] {
    zip(tasks.indices, tasks).compactMap { k, task in
      guard task.kind.hasUnit, scales[k].deviation == 1, counts[k].others == 0 else { return nil }
      return "\(printable(task.name)): the label is \(scales[k].mean) in every training row; "
        + "there is nothing to learn of it"
    }
  }

  static let splitNames = ["training", "validation", "test"]
}

extension TaskSchema {
  /// The label of a condition's value, in double precision; a missing value stays one.
  func label(of value: Double) -> Double {
    var label = value / divisor
    if let cap, label > cap { label = cap }
    return takesLogarithm ? log1p(label) : label
  }
}

/// What the labels of one task are in the training rows.
struct LabelCounts {
  /// Rows that count.
  private(set) var rows = 0
  /// Rows that count and whose label is 1.
  private(set) var ones = 0
  /// Rows, be they without a label, in whose place a number other than 0 stands.
  private(set) var others = 0

  /// Of each task.
  static func of(_ memory: SplitMemory) -> [Self] {
    var counts = [Self](repeating: Self(), count: memory.tasks)
    for task in counts.indices { counts[task].add(memory, task) }
    return counts
  }

  /// Counts other rows in.
  mutating func add(_ other: Self) {
    rows += other.rows
    ones += other.ones
    others += other.others
  }

  private mutating func add(_ memory: SplitMemory, _ task: Int) {
    for row in 0..<memory.rows {
      let at = row * memory.tasks + task
      if memory.labels.base[at] != 0 { others += 1 }
      if let spaces = memory.spaces, spaces.base[at] == 0 { continue }
      rows += 1
      if memory.labels.base[at] == 1 { ones += 1 }
    }
  }
}
