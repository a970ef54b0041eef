import Datasets
import Foundation
import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Binary labels that are smoothed in training, and nowhere else.
@Suite struct LabelSmoothingTests {
  private static let rows = 40

  /// Rows that count 0, 1 or 2.5, by task.
  private static let problem: TinyProblem = {
    let counts: [Float] = [1, 2.5, 0, 1]
    return TinyProblem(rows: rows, tasks: 3).counting((0..<(3 * rows)).map { counts[$0 % 4] })
  }()

  private func smoothed(_ label: Float) -> Float { 0.9 * label + 0.05 }

  private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-5 * max(1, abs(b)) }

  /// y' = 0.05 and 0.95 for ε = 0.1, worked out in Double from the logits of a model that has moved.
  @Test(arguments: ["mmoe", "mt-fwfm"]) func theLossByHand(_ model: String) throws {
    let trainer = try Self.problem.smoothed(0.1).trainer(model)
    let batch = Self.problem.batch(rows: Self.rows)
    for _ in 0..<3 { #expect(trainer.step(batch, rate: 0.05)) }
    trainer.gradients(batch)
    let sums = trainer.sums
    var seen: Set<Float> = []
    for task in 0..<2 {
      let logits = trainer.logits(TinyProblem.names[task], batch).map(Double.init)
      var (loss, labels) = (0.0, 0.0)
      for row in 0..<Self.rows {
        let at = 3 * row + task
        guard let space = Self.problem.examples.spaces?[at], space != 0 else { continue }
        let label = Self.problem.examples.labels[at]
        let z = logits[row]
        loss += Double(space) * (log(1 + exp(z)) - (label == 1 ? 0.95 : 0.05) * z)
        labels += Double(label)
        seen.insert(label)
      }
      #expect(close(sums[task].loss, loss), "\(model) \(task)")
      // What a calibration is read from stays the data's.
      #expect(sums[task].labels == labels)
    }
    #expect(seen == [0, 1])
  }

  /// The same loss and gradients as of a plain cross-entropy whose labels are soft already; the
  /// regression's stay.
  @Test func itIsTheCrossEntropyOfSoftLabels() throws {
    let labels = (0..<(3 * Self.rows)).map { at in
      let label = Self.problem.examples.labels[at]
      return at % 3 == 2 ? label : smoothed(label)
    }
    let soft = TinyProblem(rows: Self.rows, tasks: 3).labelled(labels)
    let hard = TinyProblem(rows: Self.rows, tasks: 3)
    let trained = try hard.smoothed(0.1).trainer("mmoe")
    let expected = try soft.trainer("mmoe")
    let plain = try hard.trainer("mmoe")
    let found = trained.namedGradients(hard.batch(rows: Self.rows))
    let wanted = expected.namedGradients(soft.batch(rows: Self.rows))
    let unsmoothed = plain.namedGradients(hard.batch(rows: Self.rows))
    var moved = 0
    for (path, gradient) in wanted {
      let own = try #require(found[path])
      for (a, b) in zip(own, gradient) { #expect(abs(a - b) <= 1e-6, "\(path): \(a) \(b)") }
      moved += own == unsmoothed[path] ? 0 : 1
    }
    #expect(moved > 0)
    for task in 0..<3 { #expect(close(trained.loss(of: task), expected.loss(of: task))) }
    #expect(trained.loss(of: 2) == plain.loss(of: 2))
  }

  @Test func noneIsThePlainLossToTheBit() throws {
    #expect(Self.problem.tasks.smoothed(by: 0) == Self.problem.tasks)
    #expect(Self.problem.tasks.smoothed(by: 0.25).map(\.labelSmoothing) == [0.25, 0.25, 0])
    let batch = Self.problem.batch(rows: Self.rows)
    func numbers(_ share: Double, threads: Int = 1) throws -> [String: [Float]] {
      let trainer = try Self.problem.smoothed(share).trainer("mmoe", threads: threads)
      for _ in 0..<4 { #expect(trainer.step(batch, rate: 0.05)) }
      return trainer.namedNumbers
    }
    let plain = try Self.problem.trainer("mmoe")
    for _ in 0..<4 { #expect(plain.step(batch, rate: 0.05)) }
    #expect(try numbers(0) == plain.namedNumbers)
    let smoothed = try numbers(0.1)
    #expect(smoothed != plain.namedNumbers)
    #expect(try numbers(0.1, threads: 3) == smoothed)
  }

  /// Scores are taken of the data's labels; their log loss is marked as no measure of the answers.
  @Test func scoresAreOfTheRealLabels() throws {
    func evaluation(_ share: Double) throws -> Evaluation {
      let trainer = try Self.problem.smoothed(share).trainer("mmoe")
      let rows = Self.problem.dataset().validation
      return trainer.scorer.evaluation(
        trainer.outputs(for: rows), rows, split: .validation,
        isOn: trainer.isOn, step: 0, epoch: 0)
    }
    let (plain, smoothed) = (try evaluation(0), try evaluation(0.3))
    for task in 0..<3 { #expect(plain.tasks[task].scores == smoothed.tasks[task].scores) }
    #expect(plain.tasks.map(\.isCalibrated) == [true, true, true])
    #expect(smoothed.tasks.map(\.isCalibrated) == [false, false, true])
  }

  private func run(
    _ model: String, _ options: [String: String] = [:], problem: TinyProblem
  ) -> [Event] {
    var configuration = TrainingConfiguration()
    (configuration.model, configuration.modelOptions) = (model, options)
    (configuration.batchSize, configuration.epochs, configuration.threads) = (250, 1, 1)
    configuration.labelSmoothing = 0.05
    return SessionRun(configuration, problem: problem).untilEnd()
  }

  @Test func aRunNamesTheLoss() throws {
    let events = run("mmoe", problem: TinyProblem(rows: 500, tasks: 3))
    var found: RunDescription?
    for case .prepared(let description) in events { found = description }
    let description = try #require(found)
    let name = "smoothed cross-entropy"
    #expect(description.tasks.map(\.lossName) == [name, name, "squared error"])
    let notices = description.facts.notices.filter { $0.contains("drawn towards ½") }
    #expect(notices.count == 2 && notices[0].hasPrefix("board trains with a \(name)"))
    let evaluations = SessionRun.evaluations(of: events)
    #expect(!evaluations.isEmpty)
    for one in evaluations { #expect(one.tasks.map(\.isCalibrated) == [false, false, true]) }
  }

  @Test(arguments: [
    ("lt4rec", ["focal": "stripe", "rounds": "1", "bottom": "8"], "'stripe'", "focal loss"),
    ("linear", [:], "'linear'", "is fitted to the labels"),
  ])
  func aRunIsRefused(_ model: String, _ options: [String: String], _ who: String, _ why: String) {
    let events = run(model, options, problem: TinyProblem(rows: 500, tasks: 2))
    guard case .failed(let message) = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(message.hasPrefix("label-smoothing: ") && message.contains("fix:   leave"))
    #expect(message.contains(who) && message.contains(why), "\(message)")
  }

  /// Every model either smooths each binary task or is refused.
  @Test func otherLossesAreRefused() throws {
    func problem(_ model: String, _ options: [String: String] = [:], tasks: Int = 3) throws
      -> LabelSmoothingError.Problem?
    {
      let trainer = try TinyProblem(rows: 4, tasks: tasks).smoothed(0.1).trainer(model, options)
      do throws(LabelSmoothingError) {
        try trainer.tasks.checkSmoothing(0.1, losses: trainer.taskLosses, model: model)
        return nil
      } catch { return error.problem }
    }
    for model in ["mmoe", "ple", "hard-sharing", "mt-fwfm", "lt4rec", "single-task"] {
      #expect(try problem(model) == nil, "\(model)")
    }
    #expect(try problem("esmm") == .otherLoss(task: "stripe", "joint cross-entropy"))
    #expect(try problem("escm2") == .otherLoss(task: "stripe", "weighted joint cross-entropy"))
    #expect(try problem("crossdistil") == .otherLoss(task: "board", "distilled cross-entropy"))
    #expect(
      try problem("lt4rec", ["focal": "board"]) == .otherLoss(task: "board", "focal loss"))
    let plain = try TinyProblem(rows: 4).trainer("mmoe")
    try plain.tasks.checkSmoothing(0, losses: plain.taskLosses, model: "mmoe")
    #expect(throws: LabelSmoothingError.self) {
      try plain.tasks.checkSmoothing(0.1, losses: plain.taskLosses, model: "mmoe")
    }
  }
}
