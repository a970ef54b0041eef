import Datasets
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// What a run says of its model before the first step, and how its rate begins anew.
@Suite struct ModelFactsTests {
  private func configuration(_ model: String, _ options: [String: String] = [:])
    -> TrainingConfiguration
  {
    var configuration = TrainingConfiguration()
    configuration.model = model
    configuration.modelOptions = options
    configuration.batchSize = 250
    configuration.epochs = 1
    configuration.threads = 1
    return configuration
  }

  private func description(of events: [Event]) -> RunDescription? {
    for case .prepared(let found) in events { return found }
    return nil
  }

  /// Tasks by name, each with its loss; `stripe` happens in half of the rows and `board` too.
  @Test func partsAndLossesStandInTheDescription() throws {
    let problem = TinyProblem(rows: 1_000, tasks: 3)
    // `stripe` never without `board`: board is the click, though it comes first or not.
    for row in 0..<1_000 where problem.examples.labels[3 * row + 1] == 0 {
      problem.examples.labels[3 * row] = 0
    }
    let events = SessionRun(configuration("esmm"), problem: problem).untilEnd()
    let found = try #require(description(of: events))
    #expect(
      found.facts.roles == [
        "the click is stripe, the conversion is board, by the labels "
          + "(model.click and model.conversion set them)"
      ])
    #expect(
      found.tasks.map(\.lossName) == ["joint cross-entropy", "cross-entropy", "squared error"])
    #expect(found.tasks.map(\.hasOwnLoss) == [true, false, false])
    let test = try #require(SessionRun.evaluations(of: events).last)
    #expect(test.tasks[0]["joint_auc"] != nil && test.tasks[1]["joint_auc"] == nil)
  }

  @Test func aFocalLossIsSaidAndItsScoresAreMarked() throws {
    let events = SessionRun(
      configuration("lt4rec", ["focal": "stripe", "rounds": "1", "bottom": "8"]),
      problem: TinyProblem(rows: 500, tasks: 2)
    ).untilEnd()
    let found = try #require(description(of: events))
    #expect(found.facts.roles == [] && found.facts.notices.count == 1)
    #expect(found.facts.notices[0].hasPrefix("stripe trains with a focal loss"))
    let evaluations = SessionRun.evaluations(of: events)
    #expect(!evaluations.isEmpty)
    for evaluation in evaluations {
      #expect(evaluation.tasks.map(\.isCalibrated) == [true, false])
    }
  }

  /// A choice that is advised is said, unless a person made another.
  @Test(arguments: ["joint", "turns"]) func advisedChoicesAreSaid(chosen: String) throws {
    var configuration = configuration("sparse-sharing", ["rounds": "0", "alternation": chosen])
    configuration.advisedOptions = ["alternation": "joint"]
    let found = try #require(description(of: SessionRun(configuration).untilEnd()))
    let advice = "model.alternation=joint, as is advised for sparse-sharing on these data"
    #expect(found.facts.roles == (chosen == "joint" ? [advice] : []))
  }

  /// Four steps an epoch: the search begins at step 4 with a new optimiser, whose rate rises again.
  @Test(arguments: [(3, 0.4), (5, 0.2), (9, 0.2)])
  func theRateRisesAgainAfterGoingBack(step: Int, share: Double) throws {
    var configuration = configuration("sparse-sharing", ["warm-up": "1", "rounds": "2"])
    configuration.learningRate = 0.5
    configuration.warmUpSteps = 10
    configuration.schedule = [.init(step: step, command: .pause)]
    let run = SessionRun(configuration)
    let snapshot = try #require(run.pausedSnapshot())
    #expect(snapshot.step == step && abs(snapshot.learningRate - 0.5 * share) <= 1e-12)
  }
}

extension SessionRun {
  static func evaluations(of events: [Event]) -> [Evaluation] {
    events.compactMap { if case .evaluated(let one) = $0 { one } else { nil } }
  }

  /// The first snapshot that says that the run is paused; nil if none comes.
  fileprivate func pausedSnapshot() -> Snapshot? {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if let snapshot = session.takeSnapshot(), case .paused = snapshot.phase { return snapshot }
    }
    return nil
  }
}
