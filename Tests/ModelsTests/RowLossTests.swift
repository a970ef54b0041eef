import Datasets
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// What the view of an example says of its loss: the loss that is trained, of that row.
@Suite struct RowLossTests {
  private static let variants: [(model: String, options: [String: String])] =
    ConformanceTests.models.map { ($0, ConformanceTests.options($0)) } + [
      ("esmm", ["variant": "base"]), ("esmm", ["variant": "division"]),
      ("escm2", ["estimator": "dr", "lambda-g": "0.3"]),
      ("lt4rec", ["focal": "board", "share": "amount"]),
    ]

  /// The mean over a batch's rows is the loss of the batch, for tasks with a sample space too.
  @Test(arguments: variants.indices) func theMeanOverRowsIsTheTrainedLoss(_ place: Int) throws {
    let (model, options) = Self.variants[place]
    let problem = TinyProblem(rows: 60, tasks: 3)
    let spaces = Storage<Float>(count: 60 * 3, filling: 1)
    for row in 0..<60 where row % 7 == 2 { spaces[row * 3 + 1] = 0 }
    for row in 0..<60 where row % 5 == 1 { spaces[row * 3 + 2] = 0 }
    let trainer = try problem.trainer(model, options, batchSize: 60)
    let batch = problem.batch(rows: 60, spaces: spaces)
    for _ in 0..<3 { #expect(trainer.step(batch, rate: 0.01)) }
    trainer.gradients(batch)
    let rows = (0..<60).map {
      trainer.losses(ofRow: problem.batch(from: $0, rows: 1, spaces: spaces))
    }
    for task in problem.tasks.indices {
      let counted = rows.map { $0[task] }.filter { !$0.isNaN }
      let mean = counted.reduce(0, +) / Double(counted.count)
      #expect(Double(counted.count) == trainer.sums[task].rows, "\(model) \(options) \(task)")
      #expect(
        abs(mean - trainer.loss(of: task)) <= 1e-5 * max(1, abs(mean)),
        "\(model) \(options) \(task)")
    }
  }

  @Test func lossesAreNamed() throws {
    func names(_ model: String, _ options: [String: String] = [:]) throws -> [String] {
      try TinyProblem(rows: 4, tasks: 3).trainer(model, options).lossNames
    }
    let usual = ["cross-entropy", "cross-entropy", "squared error"]
    #expect(try names("mmoe") == usual && names("lt4rec") == usual)
    #expect(try names("esmm") == [usual[0], "joint cross-entropy", usual[2]])
    #expect(
      try names("esmm", ["click": "stripe", "conversion": "board"])
        == ["joint cross-entropy", usual[0], usual[2]])
    #expect(
      try names("esmm", ["variant": "base"])
        == [usual[0], "cross-entropy of clicked rows", usual[2]])
    #expect(
      try names("crossdistil")
        == ["distilled cross-entropy", "distilled cross-entropy", usual[2]])
    #expect(try names("escm2") == [usual[0], "weighted joint cross-entropy", usual[2]])
    #expect(
      try names("lt4rec", ["focal": "stripe", "share": "amount"])
        == [usual[0], "focal loss", "squared error of positives"])
  }

  /// LT4REC trains together and by cross-entropy unless the paper's choices are asked for.
  @Test func lt4recsDefaults() throws {
    let problem = TinyProblem(rows: 40, tasks: 2)
    let trainer = try problem.trainer("lt4rec")
    #expect(trainer.alternation == .joint && trainer.isCalibrated == [true, true])
    let plain = try problem.trainer("lt4rec", ["focal": "auto"])
    let focal = try problem.trainer(
      "lt4rec", ["focal": "board", "alternation": "batches"])
    #expect(focal.alternation == .batches && focal.isCalibrated == [false, true])
    let batch = problem.batch(rows: 40)
    for one in [trainer, plain, focal] { one.gradients(batch) }
    #expect(trainer.loss(of: 0) == plain.loss(of: 0))
    #expect(trainer.loss(of: 0) > 2 * focal.loss(of: 0))
    #expect(trainer.loss(of: 1) == focal.loss(of: 1))
  }
}
