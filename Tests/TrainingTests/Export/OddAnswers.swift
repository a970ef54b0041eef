import Datasets
import Graph
import Layers
import Models
import Runs
import Tensors
import TrainingFixtures

@testable import Training

/// A model of what no other model's answers are made of: constants, dials, running means, gates of
/// rows, tanh.
struct OddAnswers: MultiTaskModel {
  struct Configuration: ModelConfiguration {
    static let options: [ModelOption<Self>] = []
  }

  private let embeddings: Embeddings
  private let strength: Parameter
  private let average: Parameter

  init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    strength = builder.shared.given("dials.strength", count: 1, 1.7)
    average = builder.shared.average("mean", count: embeddings.width, 0.5, rate: 0.1)
  }

  func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass).affine(times: 3, plus: -0.25).times(strength)
    let y = pass.graph.record(Following(average), [x.learned(whereField: 0, is: 1)])
    let z = y.affine(times: 0.3, plus: 0)
    return [z.columns(0..<1), z.columns(1..<2).tanh().times(strength), z.columns(8..<9)]
  }

  /// The model as it starts: its answers depend on the rows as any other's.
  static func trained() -> (trainer: Trainer, problem: TinyProblem) {
    let problem = TinyProblem(rows: 256, tasks: 3)
      .scaled(LabelScale(mean: 20, deviation: 3), task: 2)
    let builder = Builder()
    let model = OddAnswers(
      Configuration(), input: problem.input, tasks: problem.tasks, builder: builder)
    let store = ParameterStore(builder.specifications, tasks: 3, seed: 1)
    let trainer = Trainer(
      model, store: store, tasks: problem.tasks, batchSize: 64, optimizer: OptimizerConfiguration(),
      pool: WorkerPool(threads: 1))
    return (trainer, problem)
  }
}
