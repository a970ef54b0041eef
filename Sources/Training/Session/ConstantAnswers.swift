import Datasets
import Tensors

/// Notices tasks whose answers are the same for all validation rows: a dead tower, most often.
///
/// Said once a task, and again only after it has recovered.
struct ConstantAnswers {
  private var noticed: Set<Int> = []

  /// Answers vary less than this in logits, or in deviations of a regression's labels.
  static let leastDeviation = 1e-4

  /// What is new: by task a sentence.
  ///
  /// - Parameters:
  ///   - columns: by task the logits or values of the rows.
  ///   - tasks: the tasks.
  ///   - isOn: which of them train; others are not looked at.
  /// - Returns: sentences for a person.
  mutating func notices(
    _ columns: [[Float]], of tasks: [TaskDefinition], isOn: [Bool]
  ) -> [String] {
    notices(
      deviations: columns.map(Self.deviation), rows: columns.first?.count ?? 0, of: tasks,
      isOn: isOn)
  }

  /// What is new, from the deviation of each task's answers for so many rows.
  mutating func notices(
    deviations: [Double?], rows: Int, of tasks: [TaskDefinition], isOn: [Bool]
  ) -> [String] {
    tasks.indices.compactMap { task in
      guard isOn[task], let deviation = deviations[task] else { return nil }
      guard deviation < Self.leastDeviation else {
        noticed.remove(task)
        return nil
      }
      guard noticed.insert(task).inserted else { return nil }
      return "the answers of \(tasks[task].name) are the same for all \(rows) "
        + "validation rows: its tower has died, or nothing that it reads varies. A warm-up of the "
        + "rate (--warm-up 100), a smaller --lr or another --seed helps against the first"
    }
  }

  /// The deviation (population) of some numbers; nil with fewer than two, or if one is not finite.
  static func deviation(_ numbers: [Float]) -> Double? {
    guard numbers.count > 1 else { return nil }
    let count = Double(numbers.count)
    let mean = numbers.reduce(0.0) { $0 + Double($1) } / count
    let squares = numbers.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let deviation = (squares / count).squareRoot()
    return deviation.isFinite ? deviation : nil
  }
}

extension ConstantAnswers {
  /// Visits which tasks were told of.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    var told = noticed.sorted()
    try archive.numbers("constant", &told)
    noticed = Set(told)
  }
}
