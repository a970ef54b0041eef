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

/// What a run takes of memory is known, and refused, before it is taken.
@Suite struct MemoryEstimateTests {
  private static let specifications: [ParameterSpecification] = [
    ParameterSpecification(kind: .dense(count: 100), owner: .shared, pieces: []),
    ParameterSpecification(kind: .table(vocabulary: 50, width: 4), owner: .shared, pieces: []),
    ParameterSpecification(kind: .given(count: 7), owner: .shared, pieces: []),
  ]

  /// 100 dense numbers, a table of 50 rows of 4, 7 given ones; gradients of the dense ones in 8 lanes.
  @Test(
    arguments: [
      (OptimizerConfiguration(), 600, 0), (OptimizerConfiguration(.sgd), 0, 0),
      (OptimizerConfiguration(.adagrad()), 300, 0),
      (OptimizerConfiguration(.adagrad(isRowWise: true)), 150, 0),
      (OptimizerConfiguration(tables: .dense), 600, 200),
    ] as [(OptimizerConfiguration, Double, Double)]) func countsByHand(
      _ optimizer: OptimizerConfiguration, _ moments: Double, _ whole: Double
    )
  {
    let estimate = MemoryEstimate(Self.specifications, optimizer: optimizer)
    let floats: [Double] = [307, 307, moments, 800 + whole]
    #expect(estimate.parts.map(\.bytes) == floats.map { 4 * $0 })
    #expect(estimate.bytes == estimate.parts.reduce(0) { $0 + $1.bytes })
  }

  /// A table that grows has a row for each id at most, and pages of the maps to and from them; where whole
  /// tables move it has all.
  @Test func growingTablesCountTheirIds() {
    let table = [
      ParameterSpecification(
        kind: .table(vocabulary: 100_000_000, width: 16), owner: .shared, pieces: [])
    ]
    func floats(_ optimizer: OptimizerConfiguration, ids: Int) -> [Double] {
      MemoryEstimate(table, optimizer: optimizer, ids: ids).parts.map { $0.bytes / 4 }
    }
    #expect(
      floats(OptimizerConfiguration(), ids: 1_000) == [1_041_000, 1_041_000 - 1_025_000, 32_000, 0])
    #expect(
      floats(OptimizerConfiguration(.adagrad(isRowWise: true)), ids: 1_000)[2] == 1_000)
    #expect(floats(OptimizerConfiguration(), ids: .max)[0] == 1.6e9 + 2e8)
    #expect(floats(OptimizerConfiguration(tables: .dense), ids: 1_000)[0] == 1.6e9)
    #expect(TinyProblem(rows: 10).dataset(held: 3).mostIds() == 16)
    #expect(TinyProblem(rows: 10).dataset(held: 3).mostIds(rows: 50) == 56)
    let listed = TinyProblem(rows: 10).listed(.mean, [[], [2], [3, 0, 3], [1, 2]])
    #expect(listed.dataset(held: 3).mostIds() == 22)
  }

  /// A balancer that sees losses first keeps what the gradients need of the whole batch; one that
  /// does not, keeps nothing.
  @Test func keptValuesAreCounted() throws {
    let problem = TinyProblem()
    guard case .trained(let make) = try ModelRegistry.entry(named: "mmoe").kind else { return }
    let network = try make([:], problem.input, problem.tasks, Builder())
    func parts(_ balancer: String, rows: Int = 512) -> [(what: String, bytes: Double)] {
      var estimate = MemoryEstimate(Self.specifications, optimizer: OptimizerConfiguration())
      estimate.add(
        network, tasks: problem.tasks, batchSize: rows, threads: 2,
        balancer: BalancerSetting(balancer))
      return estimate.parts.filter { $0.what == "values until the losses are known" }
    }
    let plan = Trainer.plans(network, problem.tasks, batchSize: 512, isParted: true).training
    #expect(parts("famo").map(\.bytes) == [4 * Double(plan.spanningFloats)])
    #expect(parts("geometric").count == 1 && plan.spanningFloats > 512 * 8 * 32)
    for balancer in ["equal", "dwa", "uncertainty", "pcgrad"] {
      #expect(parts(balancer).isEmpty, "\(balancer)")
    }
    #expect(parts("famo", rows: 1 << 20).isEmpty)
  }

  @Test func refusesWithTheFigures() throws {
    let estimate = MemoryEstimate(Self.specifications, optimizer: OptimizerConfiguration(.sgd))
    let bytes = estimate.bytes
    try estimate.check("mmoe", available: AvailableMemory(bytes: bytes, limit: "all"))
    try estimate.check("mmoe", available: nil)
    let error = #expect(throws: ResourceError.self) {
      try estimate.check("mmoe", available: AvailableMemory(bytes: 1024, limit: "what is left"))
    }
    let text = "\(try #require(error))"
    #expect(
      text.hasPrefix(
        "mmoe: the run needs about 5.5 KiB of memory, 1.0 KiB are available (what is left).\n"),
      "\(text)")
    #expect(text.contains("parameters 1.2 KiB") && text.contains("gradients 3.1 KiB"), "\(text)")
  }

  /// The plans' share against what a trainer really holds: arenas, lookups, packed weights.
  @Test(arguments: ["mmoe", "ple", "mt-fwfm"]) func plansGrowWithTheBatch(model: String) throws {
    let problem = TinyProblem()
    guard case .trained(let make) = try ModelRegistry.entry(named: model).kind else { return }
    let network = try make([:], problem.input, problem.tasks, Builder())
    func bytes(_ rows: Int, threads: Int = 1) -> Double {
      Trainer.plans(network, problem.tasks, batchSize: rows).training.bytes(threads: threads)
    }
    // Per row at least the gradient of the inputs: 16 floats of a stride.
    #expect(bytes(8_192) - bytes(4_096) >= 4_096 * 4 * 9)
    #expect(bytes(4_096, threads: 3) > bytes(4_096, threads: 1))
  }

  @Test func countsBothPlans() throws {
    let problem = TinyProblem()
    guard case .trained(let make) = try ModelRegistry.entry(named: "mmoe").kind else { return }
    let network = try make([:], problem.input, problem.tasks, Builder())
    var estimate = MemoryEstimate(Self.specifications, optimizer: OptimizerConfiguration(.sgd))
    let before = estimate.bytes
    estimate.add(network, tasks: problem.tasks, batchSize: 512, threads: 2)
    let plans = Trainer.plans(network, problem.tasks, batchSize: 512)
    let (training, scoring) = (plans.training.bytes(threads: 2), plans.evaluation.bytes(threads: 2))
    #expect(training > 0 && scoring > 0)
    #expect(estimate.parts.suffix(2).map(\.what) == ["a batch's values", "scoring"])
    #expect(estimate.bytes == before + training + scoring)
  }

  /// Notes how much the tables' sums take.
  private final class Measure: BalanceStage {
    var floats = 0
    func visit(_ archive: inout Archive) {}
    func sees(in turn: TurnState) -> BalanceNeeds { [.gradients, .products] }
    func balance(_ gradients: borrowing SectionGradients, in turn: TurnState) {
      floats = gradients.summedFloats
    }
  }

  /// What balancers take against what a trainer holds behind a step: one that sees products, one that
  /// remembers every entry, and one that sees losses alone.
  @Test(arguments: ["pcgrad", "db-mtl", "uncertainty"])
  func countsWhatABalancerTakes(_ name: String) throws {
    let problem = TinyProblem(tasks: 3)
    let batch = problem.batch(rows: 200)
    let builder = Builder()
    guard case .trained(let make) = try ModelRegistry.entry(named: "mmoe").kind else { return }
    _ = try make([:], problem.input, problem.tasks, builder)
    let trainer = try problem.trainer("mmoe")
    let alone = trainer.workspace.laneGradients.count
    let setting = BalancerSetting(name)
    try trainer.balance(by: setting, for: BalancedTasks(problem.tasks))
    #expect(trainer.step(batch, rate: 0.01))
    let stage = try #require(trainer.stages.balance as? BalancerStage)
    let measure = Measure()
    trainer.stages.balance = measure
    #expect(trainer.step(batch, rate: 0.01))

    var estimate = MemoryEstimate(builder.specifications, optimizer: OptimizerConfiguration())
    let before = estimate.parts.count
    estimate.add(
      setting, builder.specifications, tasks: problem.tasks, batchSize: 256)
    let found = Dictionary(
      uniqueKeysWithValues: estimate.parts.dropFirst(before).map { ($0.what, $0.bytes / 4) })
    guard name != "uncertainty" else {
      #expect(found.isEmpty)
      return
    }
    func expectNear(_ what: String, _ floats: Int) {
      let estimate = found[what] ?? 0
      #expect(abs(estimate - Double(floats)) <= 0.02 * Double(floats), "\(what): \(floats)")
    }
    expectNear("the tasks' gradients", trainer.workspace.laneGradients.count - alone)
    expectNear("the tasks' gradients of tables", measure.floats)
    expectNear("the balancer's memory", stage.rememberedFloats)
    #expect((stage.rememberedFloats > 0) == (name == "db-mtl") && measure.floats > 0)
  }

  /// Sizes that no machine has end in words, at once, and take nothing.
  @Test(
    arguments: [
      (["experts": "4096", "expert": "8192,8192"], 8), ([:], 1 << 24),
    ] as [([String: String], Int)]) func refusesWhatNoMachineHas(
      _ options: [String: String], _ width: Int
    ) throws
  {
    var configuration = TrainingConfiguration()
    configuration.modelOptions = options
    configuration.embeddingWidth = width
    configuration.batchSize = 64
    let run = SessionRun(configuration)
    let events = run.untilEnd()
    guard
      case .failed(let message)? = events.last(where: {
        if case .failed = $0 { true } else { false }
      })
    else {
      Issue.record("\(events)")
      return
    }
    #expect(message.contains("of memory") && message.contains("available"), "\(message)")
  }

  /// A batch far larger than the data takes no memory for rows that there are not.
  @Test(arguments: [
    (64, 1_000, 64), (8_192, 10, 8_192), (1 << 30, 1_000, 8_192), (1 << 30, 20_000, 20_000),
  ])
  func takesMemoryForRowsThatThereAre(batch: Int, rows: Int, expected: Int) {
    var configuration = TrainingConfiguration()
    configuration.batchSize = batch
    #expect(configuration.batchCapacity(rows: rows) == expected)
  }

  @Test func readsTheSystem() throws {
    let found: Double? = AvailableMemory.kibibytes(
      "MemAvailable", in: "MemTotal: 9 kB\nMemAvailable:   12 kB\n")
    let expected: Double = 12_288
    #expect(try #require(found) == expected)
    #expect(AvailableMemory.kibibytes("VmSize", in: "Name: x\n") == nil)
    #if os(Linux)
      #expect(try #require(AvailableMemory.now).bytes > 1_048_576)
    #endif
  }

  @Test(
    arguments: [
      (0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (200 * 1024 * 1024, "200 MiB"),
      (3.26e9, "3.0 GiB"),
    ] as [(Double, String)]) func words(bytes: Double, text: String)
  { #expect(ResourceError.text(bytes) == text) }

  /// Policy and adversary have a decoder each, with room for a batch; the teacher alone has none.
  @Test func sentencesThatAreWrittenAreCounted() throws {
    let problem = ReviewProblem()
    func bytes(_ options: [String: String], batch: Int) throws -> Double {
      guard case .trained(let make) = try ModelRegistry.entry(named: "why").kind else { return 0 }
      let network = try make(
        options.merging(["hidden": "16", "encoder": "4"]) { $1 }, problem.input, problem.tasks,
        Builder())
      let model = try #require(network as? any TextModel)
      #expect(model.writingTurns == (options.isEmpty ? 2 : 0))
      var estimate = MemoryEstimate(Self.specifications, optimizer: OptimizerConfiguration(.sgd))
      estimate.add(network, tasks: problem.tasks, batchSize: batch, threads: 1)
      let words = estimate.parts.filter { $0.what == "sentences" }.map(\.bytes)
      #expect(words.count == 1)
      return words.first ?? 0
    }
    let alone = ["adversarial": "false"]
    #expect(try bytes(alone, batch: 64) == bytes(alone, batch: 4_096))
    // Of every row logits, state and context of the first word, logits and state of the others.
    let (vocabulary, hidden, context) = (problem.input.schema.text?.vocabulary ?? 0, 16, 16)
    let floats = 2 * (vocabulary + hidden) + context
    let more = try bytes([:], batch: 4_096) - bytes([:], batch: 64)
    #expect(more >= Double(2 * 4 * floats * (4_096 - 64)), "\(more)")
    let trainer = try problem.trainer("nrt", ["hidden": "16"])
    #expect((trainer.model as? any TextModel)?.writingTurns == 0)
  }

  /// Of every row its texts, of every text three numbers and where its words start: by hand for texts of
  /// two and three a row, and for a model that reads them packed, not for one that reads slots.
  @Test(arguments: [("narre", true), ("nrt", false)]) func textsOfRowsAreCounted(
    _ name: String, _ isPacked: Bool
  ) throws {
    let shape = ReviewShape(perUser: 2, perItem: 3, tokens: 9)
    #expect(PackedReviews.bytes(shape, rows: 10) == 4 * (11 + 4 * 20 + 1 + 11 + 4 * 30 + 1))
    let problem = ReviewProblem(tasks: isPacked ? ["stars"] : ["stars", "why"])
    let builder = Builder()
    guard case .trained(let make) = try ModelRegistry.entry(named: name).kind else { return }
    let network = try make([:], problem.input, problem.tasks, builder)
    var estimate = MemoryEstimate(builder.specifications, optimizer: OptimizerConfiguration())
    var configuration = RunConfiguration()
    (configuration.model, configuration.threads) = (name, 1)
    estimate.add(
      configuration, of: network, builder.specifications, on: problem.dataset, batchSize: 64)
    let found = estimate.parts.filter { $0.what == "the texts of rows" }.map { Int($0.bytes) }
    let own = try #require(problem.dataset.features.text).shape
    let expected = PackedReviews.bytes(own, rows: 64) + PackedReviews.bytes(own, rows: 1024)
    #expect(found == (isPacked ? [expected] : []))
  }

  /// The rows of a step that come from a source are its own, whatever the batch is.
  @Test func rowsThatAreDrawnAreCounted() throws {
    let problem = OpinionProblem()
    func parts(_ options: [String: String]) throws -> [String: Double] {
      guard case .trained(let make) = try ModelRegistry.entry(named: "mter").kind else {
        return [:]
      }
      let network = try make(options, problem.input, problem.tasks, Builder())
      var estimate = MemoryEstimate(Self.specifications, optimizer: OptimizerConfiguration(.sgd))
      estimate.add(network, tasks: problem.tasks, batchSize: 8, threads: 1)
      return Dictionary(uniqueKeysWithValues: estimate.parts.map { ($0.what, $0.bytes) })
    }
    let few = try parts(OpinionProblem.small)
    let many = try parts(OpinionProblem.small.merging(["pairs": "4096"]) { $1 })
    let drawn = "what is drawn for rows"
    let (before, after) = (try #require(few[drawn]), try #require(many[drawn]))
    // Six columns of 4 bytes, of 4,066 pairs more.
    #expect(after - before >= 4_066 * 4 * 6, "\(before), \(after)")
    let trainer = try problem.trainer()
    #expect(trainer.sources.capacities(batchRows: 16) == [66])
    #expect(trainer.model.turnRows(beside: 16) == 66)
  }
}
