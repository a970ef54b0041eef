import Datasets
import Graph
import Layers
import Models

/// A gated recurrent unit over the dense numbers of a row, and a logit from its last state.
struct SequenceNetwork: MultiTaskModel {
  /// Nothing is chosen by name.
  struct Configuration: ModelConfiguration {
    static var options: [ModelOption<Self>] { [] }
  }

  private let start: TaskVectors
  private let recurrence: GatedRecurrence
  private let logit: Dense
  private let steps: Int
  private let numbers: Int

  init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    self.init(
      steps: 1, units: input.schema.dense.count, input: input, tasks: tasks, builder: builder)
  }

  init(
    steps: Int, units: Int, input: InputSpecification, tasks: [TaskDefinition], builder: Builder
  ) {
    self.steps = steps
    numbers = input.schema.dense.count
    start = TaskVectors(1, width: units, in: builder.shared / "start")
    recurrence = GatedRecurrence(
      numbers / steps, hidden: units, in: builder.shared / "recurrence")
    logit = Dense(units, 1, in: builder.task(0) / "logit")
  }

  func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = pass.graph.lookup([], widths: [], dense: numbers)  // [B, T·n]
    let states = recurrence(x, from: start(pass).repeated())  // [B, T·h]
    let width = states.width / steps
    return [logit(states.columns((states.width - width)..<states.width))]
  }
}
