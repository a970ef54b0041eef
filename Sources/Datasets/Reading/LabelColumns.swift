import Foundation

/// Labels and sample spaces, computed from the parsed columns.
struct LabelColumns {
  private let tasks: [TaskSchema]
  private let columns: UsedColumns
  private let parts: [TablePart]
  /// Whether a task does not count for every row.
  let hasSpaces: Bool

  init(
    _ schema: DatasetSchema, columns: UsedColumns, parts: [TablePart]
  ) throws(ReaderError) {
    tasks = schema.tasks
    self.columns = columns
    self.parts = parts
    hasSpaces = tasks.contains { $0.space != nil }
  }

  /// Fills the labels of a chunk's rows.
  func fill(
    _ memory: [SplitMemory], _ chunk: ParsedChunk, part: Int, place: Int, splits: [UInt8],
    rows: [Int]
  ) {
    for (k, task) in tasks.enumerated() {
      let labels = values(task.label, chunk)
      let space = task.space.map { values($0, chunk) }
      for row in 0..<chunk.rows {
        let target = memory[Int(splits[row])]
        let at = rows[row] * tasks.count + k
        let isInside = space.map { $0[row] > 0 } ?? true
        if !isInside { target.spaces?.base[at] = 0 }
        let value = task.takesLogarithm ? log1p(labels[row]) : labels[row]
        target.labels.base[at] = isInside ? value : 0
      }
    }
  }

  /// A condition's value in every row of a chunk.
  private func values(_ condition: TaskSchema.Condition, _ chunk: ParsedChunk) -> [Float] {
    switch condition.rule {
    case .value, .atLeast:
      guard let column = columns.numbers.firstIndex(of: condition.column) else { return [] }
      guard case .atLeast(let bound) = condition.rule else { return chunk.numbers[column] }
      return chunk.numbers[column].map { Double($0) >= bound ? 1 : 0 }
    case .equals(let text): return matches([text], condition.column, chunk)
    case .oneOf(let texts): return matches(Set(texts), condition.column, chunk)
    }
  }

  private func matches(_ texts: Set<String>, _ name: String, _ chunk: ParsedChunk) -> [Float] {
    guard let column = columns.texts.firstIndex(of: name) else { return [] }
    let isMatch = (0..<chunk.interners[column].count).map { id -> Float in
      texts.contains(chunk.interners[column].name(id)) ? 1 : 0
    }
    return chunk.texts[column].map { isMatch[Int($0)] }
  }

  /// Labels must be numbers, binary ones 0 or 1, and both must occur in training.
  func check(_ training: SplitMemory, task schemas: [TaskSchema]) throws(ReaderError) {
    for (k, task) in schemas.enumerated() {
      var count = 0
      var seen = Set<Float>()
      for row in 0..<training.rows {
        let at = row * schemas.count + k
        if let spaces = training.spaces, spaces.base[at] == 0 { continue }
        let label = training.labels.base[at]
        guard label.isFinite else {
          throw .notFinite(path: parts.first?.path ?? "", task: task.name)
        }
        count += 1
        guard task.kind == .binary else { continue }
        guard label == 0 || label == 1 else {
          throw .notBinary(task: task.name, column: task.label.column, found: label)
        }
        seen.insert(label)
      }
      guard count > 0 else { throw .noRows(split: "training", data: "task '\(task.name)'") }
      guard task.kind == .regression || seen.count == 2 else {
        throw .oneClass(task: task.name, rows: count, value: seen.first ?? 0)
      }
    }
  }
}
