import Datasets
import Models
import Runs
import Store
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// How many threads a run is given by what they gain.
@Suite struct ThreadTrialTests {
  private func trial(_ rates: [(Int, Double)]) -> ThreadTrial {
    ThreadTrial(
      rates: rates.map { .init(threads: $0.0, examplesPerSecond: $0.1) }, seconds: 0.25)
  }

  @Test func threadsThatGainAreTaken() {
    #expect(trial([(1, 100), (2, 180), (4, 300), (8, 330)]).threads == 4)
    #expect(trial([(1, 100), (2, 114)]).threads == 1)
    #expect(trial([(1, 100), (2, 116)]).threads == 2)
    // Half as many more have to bring half as much.
    #expect(trial([(1, 100), (2, 180), (4, 300), (6, 330)]).threads == 6)
    #expect(trial([(1, 100), (2, 180), (4, 300), (6, 320)]).threads == 4)
    // What comes behind too little gain is not looked at.
    #expect(trial([(1, 100), (2, 90), (4, 900)]).threads == 1)
    #expect(trial([]).threads == 1)
  }

  @Test func words() {
    #expect(
      trial([(1, 100.4), (2, 90.6)]).description
        == "1 thread trains: examples/s on 1 thread 100, 2 91, measured in 0.3 s")
    #expect(
      trial([(1, 100), (2, 200)]).description
        == "2 threads train: examples/s on 1 thread 100, 2 200, measured in 0.3 s")
  }

  /// Measuring takes steps on numbers of its own: the run has the bits that it has otherwise, and keeps
  /// the number of threads that it found.
  @Test func measuredAtTheStart() throws {
    let place = try FolderRecorderTests.Place()
    let problem = TinyProblem(rows: 500)
    let configuration = SessionTests.configuration(epochs: 1)
    var fingerprints: [String] = []
    for isMeasured in [false, true] {
      let session = TrainingSession(
        configuration, recording: place.source(), threads: ThreadUse(isMeasured: isMeasured)
      ) { _ in problem.dataset() }
      let events = SessionRun.wait(session) {
        switch $0 {
        case .finished, .failed: true
        default: false
        }
      }
      session.close()
      for case .failed(let message) in events { Issue.record("\(message)") }
      for case .finished(let summary) in events { fingerprints.append(summary.fingerprint) }
      let words = events.compactMap { event -> String? in
        guard case .noticed(let words, 0) = event, words.contains("measured in") else { return nil }
        return words
      }
      #expect(words.count == (isMeasured ? 1 : 0))
      guard let said = words.first else { continue }
      let folder = try place.folder
      let text = String(decoding: try #require(try folder.read(.configuration)), as: UTF8.self)
      let kept = try ConfigurationFile.configuration(text, path: "run.yaml").reduced
      #expect(
        said.hasPrefix(kept.threads == 1 ? "1 thread trains" : "\(kept.threads) threads train"))
    }
    #expect(fingerprints.count == 2 && fingerprints.first == fingerprints.last)
  }

  /// No more threads than are there are tried, and of a data set without rows nothing is measured.
  @Test func upToTheMost() throws {
    let problem = TinyProblem(rows: 300)
    let entry = try ModelRegistry.entry(named: "mmoe")
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.balancer = BalancerSetting("pcgrad")
    let trial = try #require(
      try ThreadTrial.measured(
        configuration, entry, dataset: problem.dataset(), isPinned: false, most: 3,
        preparing: { try balance($0, configuration) }))
    let counts = trial.rates.map(\.threads)
    #expect([[1, 2], [1, 2, 3]].contains(counts))
    #expect(trial.rates.allSatisfy { $0.examplesPerSecond > 0 } && trial.seconds > 0)
    #expect(counts.contains(trial.threads))
  }

  private func balance(_ trainer: Trainer, _ configuration: TrainingConfiguration) throws {
    let context = BalancingContext(trainer, model: configuration.model)
    try trainer.balance(by: configuration.balancer, for: context.tasks)
  }

  /// What the run would refuse is refused before a step is taken.
  @Test func settingsAreCheckedFirst() throws {
    struct Refusal: Error {}
    var steps: [Int] = []
    #expect(throws: Refusal.self) {
      try ThreadTrial.measured(
        SessionTests.configuration(epochs: 1), try ModelRegistry.entry(named: "mmoe"),
        dataset: TinyProblem(rows: 100).dataset(), isPinned: false, most: 2,
        preparing: {
          steps.append($0.step)
          throw Refusal()
        })
    }
    #expect(steps == [0])
  }

  /// Nobody waits any more: no further threads are tried.
  @Test func endsWithTheRun() throws {
    let configuration = SessionTests.configuration(epochs: 1)
    var (asked, made) = (0, 0)
    let trial = try ThreadTrial.measured(
      configuration, try ModelRegistry.entry(named: "mmoe"),
      dataset: TinyProblem(rows: 100).dataset(), isPinned: false, most: 3,
      isEnded: {
        asked += 1
        return asked > 1
      },
      preparing: {
        made += 1
        try balance($0, configuration)
      })
    #expect(trial == nil && asked == 2 && made == 1)
  }

  /// Measured or not, a run that cannot be says the same, and nothing else.
  @Test func aRefusedBalancerIsRefusedAlike() {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.model = "single-task"
    configuration.balancer = BalancerSetting("pcgrad")
    let found = [false, true].map { isMeasured in
      let session = TrainingSession(configuration, threads: ThreadUse(isMeasured: isMeasured)) {
        _ in TinyProblem(rows: 100).dataset()
      }
      let events = SessionRun.wait(session) {
        switch $0 {
        case .finished, .failed: true
        default: false
        }
      }
      session.close()
      return events.compactMap { event -> String? in
        switch event {
        case .failed(let message): message
        case .noticed(let words, _): words
        default: nil
        }
      }
    }
    #expect(found[0].count == 1 && found[0] == found[1], "\(found)")
  }
}
