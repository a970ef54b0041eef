import Datasets
import Foundation
import Layers
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// What is said of a run before it starts, against what the run then says of itself.
@Suite struct StartPreviewTests {
  private static let trained = ModelRegistry.entries.filter {
    if case .trained = $0.kind { $0.kinds.contains(.binary) } else { false }
  }.map(\.name)

  private let dataset = TinyProblem(rows: 300, tasks: 2).dataset(held: 40)

  private func configuration(_ model: String) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model = model
    configuration.modelOptions = TinyProblem.needed[model] ?? [:]
    (configuration.batchSize, configuration.epochs, configuration.threads) = (64, 3, 1)
    configuration.startsPaused = true
    return configuration
  }

  private func look(at configuration: TrainingConfiguration) throws -> StartPreview? {
    try StartPreview(configuration, on: dataset) {
      LabelPairs(dataset.training, tasks: dataset.tasks)
    }
  }

  @Test(arguments: trained) func isWhatTheRunSays(model: String) throws {
    let configuration = configuration(model)
    let preview: StartPreview
    do {
      preview = try #require(try look(at: configuration))
    } catch let error as ModelError {
      // The problem is no funnel: then the run says the same.
      let session = TrainingSession(configuration) { [dataset] _ in dataset }
      defer { session.close() }
      #expect(wait(for: session) == .failed("\(error)"))
      return
    }
    let session = TrainingSession(configuration) { [dataset] _ in dataset }
    defer { session.close() }
    #expect(wait(for: session) == .done)
    let run = try #require(
      session.drainEvents().lazy.compactMap { event -> RunDescription? in
        if case .prepared(let run) = event { run } else { nil }
      }.first)
    #expect(preview.parameterCount == run.parameterCount)
    #expect(preview.stepCount == run.stepsPerEpoch * run.epochs)
    #expect(preview.multiplyAdds > 0 && preview.bytes > Double(4 * run.parameterCount))
    #expect(preview.parts.reduce(0) { $0 + $1.parameterCount } == run.parameterCount)
    #expect(preview.problem.isEmpty)
  }

  private func wait(for session: TrainingSession) -> TrainingSession.Preparation {
    for _ in 0..<30_000 where session.preparation == .goesOn {
      Thread.sleep(forTimeInterval: 0.001)
    }
    return session.preparation
  }

  /// By hand: tables of 4 rows of width 8 in two fields, one number; three experts of 17→8, a gate of
  /// 17→3 and a tower of 8→4→1 for each task.
  @Test func partsOfMMoE() throws {
    var configuration = configuration("mmoe")
    configuration.modelOptions = ["experts": "3", "expert": "8", "tower": "4"]
    let preview = try #require(try look(at: configuration))
    #expect(
      preview.parts == [
        StartPreview.Part(name: "embeddings", count: 2, shape: "×8", parameterCount: 64),
        StartPreview.Part(
          name: "experts", count: 3, shape: "17→8", parameterCount: 3 * (17 * 8 + 8)),
        StartPreview.Part(
          name: "gates", tasks: ["board", "stripe"], count: 2, shape: "17→3",
          parameterCount: 2 * 51),
        StartPreview.Part(
          name: "towers", tasks: ["board", "stripe"], count: 2, shape: "8→4→1",
          parameterCount: 2 * (36 + 5)),
      ])
    // Products of one row forward, and twice as many backward but for the inputs' own gradient where
    // there is none to give: at least that of the weights.
    let forward = 3 * 17 * 8 + 2 * 17 * 3 + 2 * (8 * 4 + 4)
    #expect(preview.multiplyAdds >= Double(64 * 2 * forward))
    #expect(preview.multiplyAdds <= Double(64 * 4 * forward))
  }

  /// What only the model says of its settings is refused before the start, in the words of the run.
  @Test(arguments: [
    ("mmoe", "rate.expertz"), ("hard-sharing", "l2.gates"), ("single-task", "pcgrad"),
    ("csrec", "uncertainty"), ("mmoe", "label"), ("mmoe", "stop"),
  ])
  func refusesWhatTheRunRefuses(model: String, setting: String) throws {
    var configuration = configuration(model)
    var dataset = dataset
    switch setting {
    case "rate.expertz": configuration.optimizer.rates = ["expertz": 0.1]
    case "l2.gates": configuration.optimizer.l2 = ["gates": 0.1]
    case "label":
      configuration.labelSmoothing = 0.1
      dataset = Dataset(
        name: dataset.name, features: dataset.features,
        tasks: dataset.tasks.map { TaskDefinition(name: $0.name, kind: .regression) },
        training: dataset.training, validation: dataset.validation, test: dataset.test)
    case "stop": configuration.stop = try KeepRule(parsingScore: "nowhere:auc")
    default: configuration.balancer = BalancerSetting(setting)
    }
    let error = #expect(throws: (any Error).self) {
      try StartPreview(configuration, on: dataset) {
        LabelPairs(dataset.training, tasks: dataset.tasks)
      }
    }
    let session = TrainingSession(configuration) { [dataset] _ in dataset }
    defer { session.close() }
    let words = printableLines(error.map { "\($0)" } ?? "")
    #expect(wait(for: session) == .failed(words))
  }

  @Test func groupsOfAnotherModelAreLeftOut() throws {
    var configuration = configuration("hard-sharing")
    configuration.optimizer.rates = ["experts": 0.1, "embeddings": 0.5]
    configuration.optimizer.l2 = ["gates.board": 1e-5, "towers": 1e-6]
    let left = try configuration.leaveOutForeignGroups(on: dataset) {
      LabelPairs(dataset.training, tasks: dataset.tasks)
    }
    #expect(left == ["rate.experts", "l2.gates.board"])
    #expect(configuration.optimizer.rates == ["embeddings": 0.5])
    #expect(configuration.optimizer.l2 == ["towers": 1e-6])
  }

  @Test func aFittedModelHasNone() throws {
    #expect(try look(at: configuration("linear")) == nil)
  }
}
