import Datasets
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Towers whose answers are the same for all rows.
@Suite struct ConstantAnswersTests {
  private static let tasks = [
    TaskDefinition(name: "click", kind: .binary), TaskDefinition(name: "like", kind: .binary),
    TaskDefinition(name: "watch", kind: .regression),
  ]

  @Test func deviationsByHand() {
    #expect(ConstantAnswers.deviation([1, 3, 3, 1]) == 1)
    #expect(ConstantAnswers.deviation([-2, -2, -2]) == 0)
    #expect(ConstantAnswers.deviation([7]) == nil && ConstantAnswers.deviation([]) == nil)
    #expect(ConstantAnswers.deviation([1, .nan]) == nil)
  }

  @Test func saidOnceUntilItRecovers() {
    var constant = ConstantAnswers()
    func notices(_ columns: [[Float]], on: [Bool] = [true, true, true]) -> [String] {
      constant.notices(columns, of: Self.tasks, isOn: on)
        .map { String($0.prefix { $0 != ":" }) }
    }
    let alive: [Float] = [0.1, 0.2, -0.3]
    let dead: [Float] = [-1.5, -1.5, -1.50001]
    #expect(notices([alive, alive, alive]) == [])
    let text = "the answers of like are the same for all 3 validation rows"
    #expect(notices([alive, dead, alive]) == [text])
    #expect(notices([alive, dead, alive]) == [])
    #expect(notices([alive, alive, alive]) == [])
    #expect(notices([alive, dead, alive]) == [text])
    #expect(notices([dead, dead, dead], on: [false, true, true]).count == 1)
  }

  /// Deviations of 0.0002 and 0.00005 in logits.
  @Test func littleIsNotNothing() {
    var constant = ConstantAnswers()
    let found = constant.notices(
      [[0, 4e-4], [0, 1e-4], [7, 8]], of: Self.tasks, isOn: [true, true, true])
    #expect(found.count == 1 && found[0].hasPrefix("the answers of like are"))
  }

  /// A rate that kills every unit: the run says so, once a task.
  @Test func aRunSaysIt() {
    var configuration = TrainingConfiguration()
    configuration.model = "hard-sharing"
    configuration.modelOptions = ["tower": "4", "bottom": "8"]
    configuration.batchSize = 200
    configuration.epochs = 2
    configuration.threads = 1
    configuration.learningRate = 50
    configuration.optimizer = OptimizerConfiguration(.adagrad())
    let run = SessionRun(configuration)
    let notices = run.untilEnd().compactMap { event -> String? in
      if case .noticed(let text, _) = event { text } else { nil }
    }
    #expect(notices.count { $0.hasPrefix("the answers of board are the same for all 300") } == 1)
  }
}
