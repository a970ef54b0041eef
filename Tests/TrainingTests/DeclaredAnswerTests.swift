import Datasets
import Graph
import Layers
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Models
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

  private static let entry = ModelEntry.trained(
    AmountOfClicks.self, "amounts", title: "Amounts", paper: "none", summary: "a declared answer")

  private func configuration(keep: String = "balanced") throws -> RunConfiguration {
    var configuration = RunConfiguration()
    (configuration.model, configuration.batchSize, configuration.threads) = ("amounts", 64, 1)
    configuration.keep = try KeepRule(parsing: keep)
    return configuration
  }

  /// A run whose session has been closed: what is asked of it is done at once, on this thread.
  private func closedRun(_ configuration: RunConfiguration) -> TrainingRun {
    struct NoData: Error {}
    let session = TrainingSession(configuration, keepingTestAnswers: true) { _ in throw NoData() }
    session.close()
    return TrainingRun(configuration, session: session)
  }

  private func trainer(_ configuration: RunConfiguration, _ dataset: Dataset) throws -> Trainer {
    try #require(try Trainer(configuration, Self.entry, dataset: dataset))
  }

  /// What is kept of the test rows is what the model means, as in `predict`.
  @Test func testAnswersAreTheDeclared() throws {
    let dataset = TinyProblem(rows: 64, tasks: 2).dataset()
    let run = closedRun(try configuration())
    let trainer = try trainer(run.configuration, dataset)
    let subject = TrainedRun(run, dataset: dataset, trainer: trainer)
    _ = RunScores(subject).scoreKept(at: 0)
    let kept = try #require(run.session.testAnswers)
    let outputs = trainer.outputs(for: dataset.test)
    #expect(kept.rowCount > 0 && outputs[0].contains { $0 < 0 || $0 > 1 })
    for row in 0..<kept.rowCount {
      let answers = kept.row(row).map(\.answer)
      #expect(answers[0] == Double(outputs[0][row]))
      #expect(answers[1] == trainer.tasks[1].answered(Double(outputs[1][row])))
    }
  }

  /// A score by which a step is kept is one of what the model answers, whatever its labels.
  @Test func scoresToKeepAreTheDeclared() throws {
    let dataset = TinyProblem(rows: 64, tasks: 2).dataset()
    let kept = try configuration(keep: "board:rmse")
    try closedRun(kept).train(Self.entry, dataset)
    let refused = try configuration(keep: "board:auc")
    #expect(throws: KeepError.self) { try closedRun(refused).train(Self.entry, dataset) }
    var stopped = try configuration()
    stopped.stop = try KeepRule(parsingScore: "board:auc")
    #expect(throws: StopError.self) { try closedRun(stopped).train(Self.entry, dataset) }
    let builder = Builder()
    let model = AmountOfClicks(
      AmountOfClicks.Configuration(),
      input: InputSpecification(dataset.features, embeddingWidth: 4), tasks: dataset.tasks,
      builder: builder)
    func preview(_ configuration: RunConfiguration) throws {
      try configuration.check(model, named: "amounts", builder.specifications, on: dataset)
    }
    try preview(kept)
    #expect(throws: KeepError.self) { try preview(refused) }
  }

  /// Labels of amounts are not smoothed, those of chances are.
  @Test func onlyChancesAreSmoothed() throws {
    var configuration = try configuration()
    configuration.labelSmoothing = 0.125
    let dataset = TinyProblem(rows: 64, tasks: 2).dataset()
    let trainer = try trainer(configuration, dataset)
    #expect(trainer.tasks.map(\.labelSmoothing) == [0, 0.125])
    #expect(trainer.lossNames == ["squared error", "smoothed cross-entropy"])
  }

  /// The screens read of the description what is answered.
  @Test func theDescriptionSaysIt() throws {
    let dataset = TinyProblem(rows: 64, tasks: 2).dataset()
    let run = closedRun(try configuration())
    let subject = TrainedRun(
      run, dataset: dataset, trainer: try trainer(run.configuration, dataset))
    let plain = run.describe(Self.entry, dataset, parameterCount: 1)
    #expect(plain.tasks.map(\.answer) == [.chance, .chance])
    let tasks = subject.describe(Self.entry).tasks
    #expect(tasks.map(\.declaredAnswer) == [.amount, nil])
    #expect(tasks.map(\.answer) == [.amount, .chance])
    #expect(tasks.map(\.lossName) == ["squared error", "cross-entropy"])
    #expect(tasks.allSatisfy { !$0.hasOwnLoss })
  }
}
