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
    hasSpaces = tasks.contains { $0.space != nil || $0.skipsMissing }
    scales = tasks.map { scale(of: $0, log) }
  }

  /// Labels that are counted in what the training rows have told.
  init(_ schema: DatasetSchema, _ columns: UsedColumns, scales: [LabelScale]) {
    tasks = schema.tasks
    self.columns = columns
    missing = schema.missing
    hasSpaces = tasks.contains { $0.space != nil || $0.skipsMissing }
    self.scales = scales
  }

  /// Fills the labels of a chunk's rows.
  func fill(_ memory: [SplitMemory], _ chunk: ChunkRows) {
    for (k, task) in tasks.enumerated() {
      let labels = task.label.map { values($0, chunk.parsed) }
      let space = task.space.map { values($0, chunk.parsed) }
      for row in 0..<chunk.parsed.rows {
        let target = memory[Int(chunk.splits[row])]
        let at = chunk.rows[row] * tasks.count + k
        let label = labels?[row] ?? 1
        let isInside = (space.map { $0[row] > 0 } ?? true) && !label.isNaN
        if !isInside { target.spaces?.base[at] = 0 }
        target.labels.base[at] =
          isInside ? Float(scales[k].standardised(task.label(of: label))) : 0
      }
    }
  }

  /// What a task's labels are counted in: for a regression mean and deviation of the training rows
  /// in its sample space, in the order of the rows, so that no division into chunks changes a bit.
  ///
  /// Labels that do not vary keep the deviation 1; those that are no numbers are left to ``LabelInspection``.
  private func scale(of task: TaskSchema, _ log: LogRows) -> LabelScale {
    guard task.kind.hasUnit, let label = task.label else { return LabelScale() }
    var labels: [Double] = []
    for part in log.parts.indices {
      for (index, chunk) in log.parts[part].chunks.enumerated() {
        let splits = log.plan.splits[part][index]
        let found = values(label, chunk)
        let space = task.space.map { values($0, chunk) }
        for row in 0..<chunk.rows where splits[row] == 0 && (space.map { $0[row] > 0 } ?? true) {
          labels.append(task.label(of: found[row]))
        }
      }
    }
    return LabelScale(of: labels)
  }

  /// A condition's value in every row of a chunk; NaN where it is missing.
  func values(_ condition: TaskSchema.Condition, _ chunk: ParsedChunk) -> [Double] {
    switch condition.rule {
    case .value, .atLeast:
      guard let column = columns.numbers.firstIndex(of: condition.column) else { return [] }
      guard case .atLeast(let bound) = condition.rule else { return chunk.numbers[column] }
      // Whether a missing number is large enough is not known.
      return chunk.numbers[column].map { $0.isNaN ? .nan : ($0 >= bound ? 1 : 0) }
    case .equals(let text): return matches([text], condition.column, chunk)
    case .oneOf(let texts): return matches(texts, condition.column, chunk)
    }
  }

  private func matches(_ texts: [String], _ name: String, _ chunk: ParsedChunk) -> [Double] {
    guard let column = columns.index(ofText: name) else { return [] }
    let rule = TextRule(named: texts, missing: missing[name])
    let values = (0..<chunk.interners[column].count).map {
      rule.value(of: chunk.interners[column].name($0))
    }
    return chunk.texts[column].map { values[Int($0)] }
  }

  /// Every task needs training rows, and a binary one labels of both kinds among them.
  func check(_ splits: [SplitMemory]) throws(ReaderError) {
    for (k, task) in tasks.enumerated() {
      guard let training = splits.first.map({ LabelCounts(of: k, $0) }) else { continue }
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
  func notices(_ training: SplitMemory) -> [String] {
    tasks.enumerated().compactMap { k, task in
      guard task.kind.hasUnit, scales[k].deviation == 1 else { return nil }
      let isConstant = (0..<training.rows).allSatisfy {
        training.labels.base[$0 * tasks.count + k] == 0
      }
      guard isConstant else { return nil }
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

/// What the labels of one task are in the rows of one split that count.
private struct LabelCounts {
  var rows = 0
  var ones = 0

  init(of task: Int, _ memory: SplitMemory) {
    for row in 0..<memory.rows {
      let at = row * memory.tasks + task
      if let spaces = memory.spaces, spaces.base[at] == 0 { continue }
      rows += 1
      if memory.labels.base[at] == 1 { ones += 1 }
    }
  }
}
