import Datasets
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Real labels that are answered worse than by their mean.
@Suite struct WorseThanMeanTests {
  private func evaluation(rmse: Double, r2: Double, epoch: Double = 3) -> Evaluation {
    Evaluation(
      step: 30, epoch: epoch, split: .validation,
      tasks: [
        TaskScores(task: "click", scores: [Score(.auc, 0.3)]),
        TaskScores(
          task: "stars", scores: [Score(.rootMeanSquaredError, rmse), Score(.determination, r2)]),
      ], score: 0, isBest: false)
  }

  /// 2 / √(1 + 3) = 1: what the mean alone has.
  @Test func saidByHand() {
    let both = evaluation(rmse: 2, r2: -3).worseThanMean(isOn: [true, true])
    #expect(
      both == [
        WorseThanMean(
          task: 1,
          sentence: "stars: after three epochs the rmse of the validation rows, 2.0000, is above "
            + "1.0000, that of their mean as the answer for all: a smaller --lr may help, or a "
            + "smaller weight of a task beside it (weight TASK 0.01)")
      ])
    let alone = evaluation(rmse: 2, r2: -3).worseThanMean(isOn: [false, true])
    #expect(alone.first?.sentence.hasSuffix("all: a smaller --lr may help") == true)
  }

  @Test func notOfWhatIsOffEarlyOrNear() {
    #expect(evaluation(rmse: 2, r2: -3).worseThanMean(isOn: [true, false]).isEmpty)
    #expect(evaluation(rmse: 2, r2: -3, epoch: 2.9).worseThanMean(isOn: [true, true]).isEmpty)
    #expect(evaluation(rmse: 1, r2: -0.019).worseThanMean(isOn: [true, true]).isEmpty)
    #expect(evaluation(rmse: .nan, r2: .nan).worseThanMean(isOn: [true, true]).isEmpty)
    #expect(evaluation(rmse: 1, r2: -0.021).worseThanMean(isOn: [true, true]).count == 1)
  }

  /// A fit has no epochs to wait for; √(1 + 0.44) = 1.2.
  @Test func saidOfAFit() {
    let found = evaluation(rmse: 1.2, r2: -0.44, epoch: 1).fittedWorseThanMean()
    #expect(
      found.map(\.sentence) == [
        "stars: the rmse of the validation rows, 1.2000, is above 1.0000, that of their mean as the "
          + "answer for all: a larger penalty may help, as in --set model.l2=10"
      ])
    #expect(evaluation(rmse: 1, r2: 0.1).fittedWorseThanMean().isEmpty)
  }

  /// Labels that fall in the rows that are fitted and rise in those that are held back.
  @Test(arguments: [-1, 1] as [Float]) func aFitSaysIt(sign: Float) {
    let problem = TinyProblem(rows: 500, tasks: 3)
    let labels = (0..<1_500).map { problem.examples.labels[$0] * ($0 % 3 == 2 ? sign : 1) }
    let dataset = problem.labelled(labels).dataset()
    var configuration = TrainingConfiguration()
    configuration.model = "linear"
    configuration.threads = 1
    let said = notices(of: configuration, dataset).filter {
      $0.hasPrefix("amount: the rmse of the validation rows, ") && $0.contains("model.l2=10")
    }
    #expect(said.count == (sign < 0 ? 1 : 0), "\(said)")
  }

  /// MTER's pairs push ratings away from their scale, which a run of six epochs says once.
  @Test func aRunSaysIt() {
    let problem = OpinionProblem()
    var configuration = TrainingConfiguration()
    configuration.model = "mter"
    configuration.modelOptions = OpinionProblem.small
    configuration.modelOptions["start"] = "fitted"
    configuration.optimizer = OptimizerConfiguration(.projectedAdagrad())
    configuration.learningRate = 0.05
    configuration.batchSize = 1
    configuration.epochs = 6
    configuration.patience = 0
    configuration.threads = 1
    let notices = notices(of: configuration, problem.dataset)
    #expect(notices.count { $0.hasPrefix("stars: after three epochs") } == 1, "\(notices)")
  }

  /// What a run says by the time it ends.
  private func notices(of configuration: TrainingConfiguration, _ dataset: Dataset) -> [String] {
    let session = TrainingSession(configuration) { _ in dataset }
    defer { session.close() }
    return SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }.compactMap { if case .noticed(let text, _) = $0 { text } else { nil } }
  }
}
