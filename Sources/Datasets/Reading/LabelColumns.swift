import Foundation

/// Labels and sample spaces, computed from the parsed columns.
struct LabelColumns {
  private let tasks: [TaskSchema]
  private let columns: UsedColumns
  /// Whether a task does not count for every row.
  let hasSpaces: Bool
  /// By task, what its stored labels are counted in.
  private(set) var scales: [LabelScale] = []

  init(_ schema: DatasetSchema, _ log: LogRows) {
    tasks = schema.tasks
    columns = log.columns
    hasSpaces = tasks.contains { $0.space != nil }
    scales = tasks.map { scale(of: $0, log) }
  }

  /// Fills the labels of a chunk's rows.
  func fill(_ memory: [SplitMemory], _ chunk: ChunkRows) {
    for (k, task) in tasks.enumerated() {
      let labels = values(task.label, chunk.parsed)
      let space = task.space.map { values($0, chunk.parsed) }
      for row in 0..<chunk.parsed.rows {
        let target = memory[Int(chunk.splits[row])]
        let at = chunk.rows[row] * tasks.count + k
        let isInside = space.map { $0[row] > 0 } ?? true
        if !isInside { target.spaces?.base[at] = 0 }
        target.labels.base[at] =
          isInside ? Float(scales[k].standardised(task.label(of: labels[row]))) : 0
      }
    }
  }

  /// What a task's labels are counted in: for a regression mean and deviation of the training rows
  /// in its sample space, in the order of the rows, so that no division into chunks changes a bit.
  ///
  /// Labels that do not vary keep the deviation 1; those that are no numbers are left to ``check(_:)``.
  private func scale(of task: TaskSchema, _ log: LogRows) -> LabelScale {
    guard task.kind == .regression else { return LabelScale() }
    var labels: [Double] = []
    for part in log.parts.indices {
      for (place, chunk) in log.parts[part].chunks.enumerated() {
        let splits = log.plan.splits[part][place]
        let found = values(task.label, chunk)
        let space = task.space.map { values($0, chunk) }
        for row in 0..<chunk.rows where splits[row] == 0 && (space.map { $0[row] > 0 } ?? true) {
          labels.append(task.label(of: found[row]))
        }
      }
    }
    return LabelScale(of: labels)
  }

  /// A condition's value in every row of a chunk.
  private func values(_ condition: TaskSchema.Condition, _ chunk: ParsedChunk) -> [Double] {
    switch condition.rule {
    case .value, .atLeast:
      guard let column = columns.numbers.firstIndex(of: condition.column) else { return [] }
      guard case .atLeast(let bound) = condition.rule else { return chunk.numbers[column] }
      // Whether a missing number is large enough is not known.
      return chunk.numbers[column].map { $0.isNaN ? .nan : ($0 >= bound ? 1 : 0) }
    case .equals(let text): return matches([text], condition.column, chunk)
    case .oneOf(let texts): return matches(Set(texts), condition.column, chunk)
    }
  }

  private func matches(_ texts: Set<String>, _ name: String, _ chunk: ParsedChunk) -> [Double] {
    guard let column = columns.place(ofText: name) else { return [] }
    let isMatch = (0..<chunk.interners[column].count).map { id -> Double in
      texts.contains(chunk.interners[column].name(id)) ? 1 : 0
    }
    return chunk.texts[column].map { isMatch[Int($0)] }
  }

  /// Labels must be numbers, binary ones 0 or 1, and both must occur in training.
  func check(_ splits: [SplitMemory]) throws(ReaderError) {
    for (k, task) in tasks.enumerated() {
      let counts = zip(Self.splitNames, splits).map { LabelCounts(of: k, task, $0, $1) }
      for count in counts { try count.check() }
      guard let training = counts.first else { continue }
      guard training.rows > 0 else {
        throw .noRows(split: "training", data: "task '\(task.name)'")
      }
      guard task.kind == .regression || training.ones % training.rows != 0 else {
        let value: Float = training.ones > 0 ? 1 : 0
        throw .oneClass(task: task.name, rows: training.rows, value: value)
      }
    }
  }

  /// Says of which regressions the training label never varies.
  func notices(_ training: SplitMemory) -> [String] {
    tasks.enumerated().compactMap { k, task in
      guard task.kind == .regression, scales[k].deviation == 1 else { return nil }
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
  fileprivate func label(of value: Double) -> Double {
    var label = value / divisor
    if let cap, label > cap { label = cap }
    return takesLogarithm ? log1p(label) : label
  }
}

/// What the labels of one task are in the rows of one split that count.
private struct LabelCounts {
  let task: TaskSchema
  let split: String
  var rows = 0
  var ones = 0
  var notFinite = 0
  var other: Float?

  init(of place: Int, _ task: TaskSchema, _ split: String, _ memory: SplitMemory) {
    self.task = task
    self.split = split
    for row in 0..<memory.rows {
      let at = row * memory.tasks + place
      if let spaces = memory.spaces, spaces.base[at] == 0 { continue }
      add(memory.labels.base[at])
    }
  }

  private mutating func add(_ label: Float) {
    rows += 1
    if label == 1 {
      ones += 1
    } else if !label.isFinite {
      notFinite += 1
    } else if label != 0, other == nil {
      other = label
    }
  }

  func check() throws(ReaderError) {
    let column = task.label.column
    guard notFinite == 0 else {
      throw .notFinite(task: task.name, column: column, split: split, rows: notFinite)
    }
    if task.kind == .binary, let other {
      throw .notBinary(task: task.name, column: column, found: other)
    }
  }
}
