import Datasets
import Runs
import Tensors
import Testing

@testable import Training

/// A comparison of models of which one does not answer all tasks.
@Suite struct MissingTaskTests {
  private static let none = Examples(
    count: 0, ids: Storage([]), dense: Storage([]), labels: Storage([]))

  private static let dataset = Dataset(
    name: "made", features: FeatureSchema(fields: [], dense: []),
    tasks: [
      TaskDefinition(name: "items", kind: .ranking),
      TaskDefinition(name: "stars", kind: .regression),
    ], training: none, validation: none, test: none)

  private static let stars = TaskScores(task: "stars", scores: [Score(.rootMeanSquaredError, 0.9)])

  private static var items: TaskScores {
    var scores = TaskScores(task: "items", scores: [Score(.discountedGain, 0.2)])
    scores.basis = [.init("candidates", "all 6")]
    scores.baseline = .init("popularity", [Score(.discountedGain, 0.1)])
    return scores
  }

  private static func run(_ model: String, _ tasks: [TaskScores]) -> ComparedRun {
    ComparedRun(model: model, seed: 1, outcome: .finished, tasks: tasks).scored(on: dataset)
  }

  /// The task has a column without a score, and is not called incomparable for that.
  @Test func whatIsNotAnsweredHasNoScore() {
    let run = Self.run("linear", [Self.stars])
    #expect(run.tasks.map(\.task) == ["items", "stars"] && run.tasks[0].scores.isEmpty)
    #expect(run.mainScores[0].isNaN && run.mainScores[1] == 0.9 && run.incomparable.isEmpty)
    #expect(Self.run("linear", []).tasks.isEmpty)
  }

  /// The candidates and popularity come from the run that has the task.
  @Test func surroundingsComeFromWhoeverHasThem() throws {
    let runs = [
      Self.run("linear", [Self.stars]), Self.run("rank-and-rate", [Self.items, Self.stars]),
    ]
    let scores = SeedScores(runs, tasks: 2)
    let missing = scores.values(of: "linear", task: 0)
    #expect(missing.count == 1 && missing[0].isNaN)
    #expect(scores.values(of: "rank-and-rate", task: 0) == [0.2])
    let around = try #require(scores.surroundings(of: "items"))
    #expect(around.basis == Self.items.basis && around.baseline == Self.items.baseline)
    #expect(scores.surroundings(of: "stars") == nil)
  }
}
