import Datasets
import Graph
import Layers
import Objectives
import Runs
import Tensors
import Testing
import Training

@testable import Models

/// What holds of CAML whatever its numbers are.
@Suite struct CAMLTests {
  /// Rows of texts that are made up: 3 reviews of 4 words a side, 2 concepts each, 5 target words.
  private final class Made {
    static let slots = ReviewSlots(userTexts: 3, itemTexts: 3, tokens: 4, concepts: 2, target: 5)
    static let tasks = [
      TaskDefinition(name: "rating", kind: .regression),
      TaskDefinition(name: "explanation", kind: .text),
    ]
    let rows = 6
    let model: CAML
    let trainer: Trainer
    let schema: FeatureSchema
    let drawn: Storage<Int32>
    private let ids: Storage<Int32>
    private let labels: Storage<Float>

    init(
      seed: UInt64, conceptStrength: Double = 0.25, gru: String = "reset-after",
      optimizer: OptimizerConfiguration = OptimizerConfiguration(.sgd)
    ) {
      var configuration = CAML.Configuration()
      configuration.wordWidth = 6
      configuration.hidden = 8
      configuration.factors = 3
      configuration.conceptStrength = conceptStrength
      configuration.gru = gru
      let fields = ["user", "item"].map { CategoricalField(name: $0, vocabulary: 5) }
      var schema = FeatureSchema(fields: fields, dense: [])
      schema.interactions = InteractionFields(user: 0, item: 1)
      schema.text = TextShape(
        vocabulary: 12, shape: ReviewShape(perUser: 3, perItem: 3, tokens: 4), hasConcepts: true)
      self.schema = schema
      let builder = Builder()
      model = CAML(
        configuration, slots: Self.slots,
        input: InputSpecification(schema, embeddingWidth: 4), tasks: Self.tasks, builder: builder)
      let store = ParameterStore(builder.specifications, tasks: 2, seed: seed)
      trainer = Trainer(
        model, store: store, tasks: Self.tasks, batchSize: rows, optimizer: optimizer,
        dials: builder.dials, seed: seed, pool: WorkerPool(threads: 2))
      let random = RandomSource(seed: seed, .test)
      func draw(_ i: Int, _ count: Int) -> Int { random.index(below: count, UInt64(i)) }
      ids = Storage((0..<(rows * 2)).map { Int32(draw($0, 5)) })
      labels = Storage((0..<(rows * 2)).map { Float(draw(100 + $0, 5)) })
      drawn = Storage(
        (0..<(rows * Self.slots.count)).map { Int32(4 + draw(200 + $0, 8)) })
      for row in 0..<rows {
        // The last review of a user is missing, and so are the last words of the target.
        let base = row * Self.slots.count
        for column in Self.slots.userTokens.suffix(4) { drawn[base + column] = 0 }
        for column in Self.slots.userConcepts.suffix(2) { drawn[base + column] = 0 }
        drawn[base + Self.slots.targetTokens.lowerBound + 3] = 3
        drawn[base + Self.slots.targetTokens.lowerBound + 4] = 0
      }
    }

    var batch: Batch {
      var batch = Batch(
        rows: rows, ids: UnsafePointer(ids.base), fields: 2, dense: nil, denseCount: 0,
        labels: UnsafePointer(labels.base), spaces: nil, tasks: 2, index: nil)
      batch.drawn = UnsafePointer(drawn.base)
      batch.drawnCount = Self.slots.count
      return batch
    }

    func answers(_ task: String) -> [Float] {
      let executor = trainer.forward(batch)
      return executor.output(.logit(task)).map {
        Array(UnsafeBufferPointer(start: $0, count: rows))
      } ?? []
    }

    /// Puts the texts of a side into another order, their concepts with them.
    func permute(_ order: [Int]) {
      for row in 0..<rows {
        for (columns, width) in [
          (Self.slots.userTokens, 4), (Self.slots.userConcepts, 2), (Self.slots.itemTokens, 4),
          (Self.slots.itemConcepts, 2),
        ] {
          let base = row * Self.slots.count + columns.lowerBound
          let before = (0..<columns.count).map { drawn[base + $0] }
          for (place, from) in order.enumerated() {
            for k in 0..<width { drawn[base + place * width + k] = before[from * width + k] }
          }
        }
      }
    }
  }

  @Test(arguments: UInt64(1)...5) func `the order of reviews says nothing`(_ seed: UInt64) {
    let made = Made(seed: seed)
    let before = (made.answers("rating"), made.answers("explanation"))
    made.permute([2, 0, 1])
    let after = (made.answers("rating"), made.answers("explanation"))
    for row in 0..<made.rows {
      #expect(abs(before.0[row] - after.0[row]) <= 1e-5, "seed \(seed)")
      #expect(abs(before.1[row] - after.1[row]) <= 1e-4, "seed \(seed)")
    }
  }

  @Test(arguments: UInt64(1)...5) func `pointers are on reviews that exist`(_ seed: UInt64) {
    let made = Made(seed: seed)
    let executor = made.trainer.forward(made.batch)
    for (side, last) in [("user", 2), ("item", 3)] {
      let shares = executor.output(CAMLSelector.pointer("heads.1", side))
      #expect(shares != nil)
      guard let shares else { return }
      for row in 0..<made.rows {
        let own = (0..<3).map { shares[row * 3 + $0] }
        #expect(abs(own.reduce(0, +) - 1) < 1e-5 && own[last...].allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func `answers take no noise, steps do`() {
    let made = Made(seed: 3)
    #expect(made.answers("rating") == made.answers("rating"))
    var losses: Set<Double> = []
    for draw in 0..<8 {
      var batch = made.batch
      batch.draw = UInt64(draw)
      // Steps at a rate of 0: only the draws differ.
      #expect(made.trainer.step(batch, rate: 0))
      losses.insert(made.trainer.loss(of: 0))
    }
    #expect(losses.count > 1)
  }

  @Test func `without a weight of concepts the text's gradient is that of its words`() {
    let (with, without) = (Made(seed: 2, conceptStrength: 0), Made(seed: 2, conceptStrength: 0.5))
    for made in [with, without] { made.trainer.setDial(1, to: 0) }
    #expect(with.trainer.gradients(with.batch) && without.trainer.gradients(without.batch))
    for (a, b) in zip(with.trainer.store.entries, without.trainer.store.entries) {
      #expect(
        with.trainer.gradient(of: a, batch: with.batch)
          == without.trainer.gradient(of: b, batch: without.batch), "\(a.piece.path)")
    }
    without.trainer.setDial(1, to: 0.5)
    #expect(without.trainer.gradients(without.batch))
    let output = with.trainer.store.entries.first { $0.piece.path == "decoder.output.bias" }
    #expect(output != nil)
    guard let output else { return }
    #expect(
      with.trainer.gradient(of: output, batch: with.batch)
        != without.trainer.gradient(of: output, batch: without.batch))
  }

  @Test func `sentences that are learned by heart cost nothing and are said`() {
    let made = Made(
      seed: 4, conceptStrength: 0, optimizer: OptimizerConfiguration(.adam()))
    made.trainer.isOn = [false, true]
    let before = made.answers("explanation").reduce(0, +)
    for _ in 0..<400 { #expect(made.trainer.step(made.batch, rate: 0.02)) }
    let after = made.answers("explanation").reduce(0, +)
    #expect(after < 0.05 * before, "\(before) to \(after)")
    let decoder = Decoder(
      made.model, store: made.trainer.store, tasks: 2, workspace: made.trainer.workspace,
      rows: made.rows, longest: 5)
    decoder.generate(made.batch, .greedy)
    let target = Made.slots.targetTokens.prefix(4)
    for row in 0..<made.rows {
      let truth = target.map { made.drawn[row * Made.slots.count + $0] }
      #expect(Array(decoder.sentence(ofRow: row)) == truth)
      #expect(
        abs(decoder.logProbability(ofRow: row) + Double(made.answers("explanation")[row])) < 1e-3)
    }
  }

  @Test func `both forms of the recurrence are there and differ`() {
    let (after, before) = (Made(seed: 5), Made(seed: 5, gru: "reset-before"))
    #expect(after.answers("rating") == before.answers("rating"))
    #expect(after.answers("explanation") != before.answers("explanation"))
  }

  @Test func `a step has the same bits again`() {
    let (one, other) = (Made(seed: 6), Made(seed: 6))
    for _ in 0..<3 {
      #expect(one.trainer.step(one.batch, rate: 0.05))
      #expect(other.trainer.step(other.batch, rate: 0.05))
    }
    for entry in one.trainer.store.entries {
      #expect(one.trainer.store.numbers(of: entry) == other.trainer.store.numbers(of: entry))
    }
  }

  /// Rows in turn have chosen one of their texts, so that no other has a share, and none: the mean is 1/2.
  @Test func `texts without a share count among those that were there`() throws {
    let made = Made(seed: 7)
    // The last review of a user is missing.
    let third: Float = 1 / 3
    let user: [[Float]] = [[1, 0, 0], [0.5, 0.5, 0]]
    let item: [[Float]] = [[0, 1, 0], [third, third, third]]
    let sides = [user, item].map { kinds in
      Storage<Float>((0..<made.rows).flatMap { kinds[$0 % 2] })
    }
    let reading = ModelReading(
      tasks: Made.tasks, schema: made.schema, step: 1, store: made.trainer.store, batch: made.batch
    ) { name in
      for (side, shares) in zip(["user", "item"], sides) {
        for head in 0..<2 where name == CAMLSelector.pointer("heads.\(head)", side) {
          return (UnsafePointer(shares.base), 3)
        }
      }
      return nil
    }
    let traces = made.model.inspect(reading).traces
    let entropy = try #require(traces.first { $0.name == "selector.entropy" })
    #expect(entropy.values.count == 4)
    for value in entropy.values { #expect(abs(value - 0.5) < 1e-6) }
  }

  /// Raw, with a mark behind a text of which a row holds the beginning alone.
  @Test func `texts are shown as they are and as far as they are read`() {
    let made = Made(seed: 7)
    let words = TextData(
      vocabulary: TextVocabulary(words: ["zero\u{200D}width", "b", "c", "d"]),
      corpus: TokenCorpus(training: [[4], [5, 6, 7, 5], [5, 6]], most: 3),
      shape: ReviewShape(perUser: 1, perItem: 1, tokens: 3))
    let reading = ModelReading(
      tasks: Made.tasks, schema: made.schema, step: 1, store: made.trainer.store, batch: made.batch,
      words: words
    ) { _ in nil }
    #expect(reading.word(4) == "zero\u{200D}width" && reading.word(0) == "—")
    #expect(reading.text(of: [4, 0, 0], number: 1) == "zero\u{200D}width")
    #expect(reading.text(of: [5, 6, 7], number: 2) == "b c d …")
    #expect(reading.text(of: [5, 6], number: 3) == "b c")
    #expect(reading.text(of: [5, 0], number: 3) == "b …")
    // No number of a text: nobody knows whether it goes on.
    #expect(reading.text(of: [5, 6, 7], number: 0) == "b c d")
    #expect(reading.text(of: [5, 6, 7], number: 4) == "b c d")
  }

  @Test func `weights of the rating start as they say`() throws {
    let store = Made(seed: 8).trainer.store
    func numbers(_ suffix: String) throws -> [Float] {
      let found = store.entries.filter { $0.piece.path.hasSuffix(suffix) }
      #expect(found.count == 1, "\(suffix)")
      return store.numbers(of: try #require(found.first))
    }
    let linear = try numbers(".linear.weight")
    let bound = (6 / Float(linear.count + 1)).squareRoot()
    #expect(Set(linear).count > 1)
    #expect(linear.filter { $0 == 0 || abs($0) > bound }.isEmpty)
    #expect(try Set(numbers(".factors")).count > 1)
  }
}
