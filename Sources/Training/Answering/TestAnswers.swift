import Datasets
import Runs
import Tensors

/// What a run's kept model has answered for the test rows, with their labels: anybody can score them.
public struct TestAnswers: Sendable {
  /// One answer.
  public struct Row: Sendable, Equatable {
    /// The row's place among the test rows, in the order of the files, from 0.
    public let row: Int
    /// The task's name.
    public let task: String
    /// The label in its own unit; nil where the row does not count for the task, and where no column
    /// has labels.
    public let label: Double?
    /// The answer in the unit of the label: a probability, a value, or the score of a ranking.
    public let answer: Double
  }

  private let tasks: [TaskDefinition]
  private let outputs: [[Float]]
  private let examples: Examples

  /// Takes what a model puts out for rows, by task.
  init(_ outputs: [[Float]], for examples: Examples, of tasks: [TaskDefinition]) {
    self.outputs = outputs
    self.examples = examples
    self.tasks = tasks
  }

  /// How many rows there are.
  public var rowCount: Int { examples.count }

  /// The answers for one row that are numbers, in the order of the tasks.
  public func row(_ row: Int) -> [Row] {
    tasks.enumerated().filter(\.element.answer.isNumber).map { index, task in
      let at = row * tasks.count + index
      return Row(
        row: row, task: task.name,
        label: task.kind.hasLabelColumn && examples.isInside(at)
          ? task.label(examples.labels[at]) : nil,
        answer: task.answered(Double(outputs[index][row])))
    }
  }
}
