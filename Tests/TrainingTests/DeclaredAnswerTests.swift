import Datasets
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// A model that declares another answer than is usual for the labels is trained, scored and shown so.
@Suite struct DeclaredAnswerTests {
  /// Answers how much of the first task's label there is, and the usual of the others.
  struct AmountOfClicks: MultiTaskModel {
    struct Configuration: ModelConfiguration {
      static var options: [ModelOption<Self>] { [] }
    }

    let embeddings: Embeddings
    let towers: [Tower]
    let first: String

    init(
      _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
      builder: Builder
    ) {
      first = tasks[0].name
      embeddings = Embeddings(input, in: builder.shared / "embeddings")
      towers = tasks.indices.map {
        Tower(input.width, [4], in: builder.task($0) / "towers" / tasks[$0].name)
      }
    }

    func callAsFunction(_ pass: Forward) -> [Variable] {
      let x = embeddings(pass)
      return towers.map { $0(x) }
    }

    func answer(of task: TaskDefinition) -> Answer {
      task.name == first ? .amount : task.kind.usualAnswer
    }
  }

  @Test func trainedScoredAndShown() throws {
    let problem = TinyProblem(rows: 64, tasks: 2)
    let builder = Builder()
    let model = AmountOfClicks(
      AmountOfClicks.Configuration(), input: problem.input, tasks: problem.tasks, builder: builder)
    let store = ParameterStore(builder.specifications, tasks: 2, seed: 1)
    let trainer = Trainer(
      model, store: store, tasks: problem.tasks, batchSize: 64,
      optimizer: OptimizerConfiguration(), pool: WorkerPool(threads: 1))
    #expect(problem.tasks[0].kind == .binary && problem.tasks[0].answer == .chance)
    #expect(trainer.tasks.map(\.answer) == [.amount, problem.tasks[1].answer])
    #expect(trainer.lossNames[0] == "squared error")
    #expect(trainer.scorer.tasks[0].answer.mainScore == .rootMeanSquaredError)
    // An answer is z itself: no link, no scale.
    #expect(trainer.tasks[0].answered(-2.5) == -2.5)
    #expect(BalancedTasks(trainer.tasks).answers == trainer.tasks.map(\.answer))
  }
}
