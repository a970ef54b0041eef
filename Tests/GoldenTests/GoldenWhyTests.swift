import Datasets
import Graph
import Layers
import Objectives
import Runs
import Tensors
import TestSupport
import Testing

@testable import Models
@testable import Training

/// The parts of "Why I like it" against the float64 reference: encoder and decoder with teacher, policy and
/// prior, the decoder of a pair, the discriminator.
@Suite struct GoldenWhyTests {
  /// What a case makes of its parts: a loss a task.
  private struct Parts: MultiTaskModel {
    struct Configuration: ModelConfiguration {
      static var options: [ModelOption<Self>] { [] }
    }

    let make: @Sendable (Forward) -> [Variable]

    init(_ make: @escaping @Sendable (Forward) -> [Variable]) { self.make = make }
    init(
      _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
      builder: Builder
    ) { make = { _ in [] } }

    func callAsFunction(_ pass: Forward) -> [Variable] { make(pass) }
    func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] { logits }
  }

  /// Texts of rows and their words, as a batch has them: texts are column 0 and words column 1.
  private final class PackedTexts {
    let columns: Storage<RaggedRows>
    private let memory: [Storage<Int32>]

    init(_ rows: [[[Int]]]) {
      func starts(_ counts: [Int]) -> Storage<Int32> {
        Storage(counts.reduce(into: [Int32(0)]) { $0.append(($0.last ?? 0) + Int32($1)) })
      }
      let texts = rows.flatMap { $0 }
      memory = [
        starts(rows.map(\.count)), starts(texts.map(\.count)),
        Storage(texts.joined().map { Int32($0) }),
      ]
      let base = memory.map { UnsafePointer($0.base) }
      columns = Storage(count: 2, filling: RaggedRows(starts: base[0]))
      columns[1] = RaggedRows(starts: base[1], values: base[2])
    }
  }

  /// A trainer of a case's parts with its numbers, and its rows.
  private final class Case {
    let trainer: Trainer
    let batch: Batch
    private let memory: [AnyObject]

    init(
      _ golden: GoldenNode, _ builder: Builder, tasks: Int, drawn: [[Int]],
      texts: [[[Int]]] = [], ids: [Int] = [], dense: [Float] = [], labels: [Float]? = nil,
      spaces: [Float]? = nil,
      _ make: @escaping @Sendable (Forward) -> [Variable]
    ) throws {
      let definitions = (0..<tasks).map { TaskDefinition(name: "t\($0)", kind: .text) }
      let store = ParameterStore(builder.specifications, tasks: tasks, seed: 1)
      for entry in store.entries where entry.piece.path.hasPrefix("factors") == false {
        let tensor = try golden["parameters"][entry.piece.path].tensor
        #expect(tensor.shape == entry.piece.shape, "\(entry.piece.path)")
        store.set(entry, to: tensor.values.map(Float.init))
      }
      trainer = Trainer(
        Parts(make), store: store, tasks: definitions, batchSize: drawn.count,
        optimizer: OptimizerConfiguration(.sgd), pool: WorkerPool(threads: 2))
      let rows = drawn.count
      let (words, users) = (
        Storage(drawn.joined().map { Int32($0) }), Storage(ids.map { Int32($0) })
      )
      let numbers = Storage(dense)
      let stored = Storage(labels ?? [Float](repeating: 1, count: rows * tasks))
      let counted = Storage(spaces ?? [Float](repeating: 1, count: rows * tasks))
      let packed = PackedTexts(texts)
      memory = [words, users, numbers, stored, counted, packed]
      var batch = Batch(
        rows: rows, ids: ids.isEmpty ? nil : UnsafePointer(users.base),
        fields: ids.isEmpty ? 0 : 1, dense: dense.isEmpty ? nil : UnsafePointer(numbers.base),
        denseCount: dense.count / rows, labels: UnsafePointer(stored.base),
        spaces: UnsafePointer(counted.base), tasks: tasks, index: nil)
      (batch.drawn, batch.drawnCount) = (UnsafePointer(words.base), drawn[0].count)
      (batch.ragged, batch.raggedCount) = (UnsafePointer(packed.columns.base), 2)
      self.batch = batch
    }

    /// Expects a task's gradients by path.
    func expectGradients(of task: Int?, _ expected: GoldenNode, _ what: String) throws {
      let isFinite = trainer.gradients(batch, of: task)
      #expect(isFinite)
      for entry in trainer.store.entries {
        let path = entry.piece.path
        guard expected.has(path) else { continue }
        expectClose(
          trainer.gradient(of: entry, batch: batch), try expected[path].tensor, "\(what), \(path)")
      }
    }

    func loss(of task: Int) -> Double { trainer.sums[task].loss }
  }

  @Test(arguments: try GoldenCase.of("why_generator")) func generator(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let (inputs, parameters) = (try node["inputs"], try node["parameters"])
    let (words, owner) = (try inputs["words"].tensor, try inputs["owner"].integers)
    let tokens = words.shape[1]
    let documents = try inputs["factors"].tensor.shape
    let (target, samples) = (try inputs["target"].integers, try inputs["samples"].integers)
    let texts = (0..<documents[0]).map { document -> [[Int]] in
      owner.indices.filter { owner[$0] == document }.map { review in
        words.values[(review * tokens)..<((review + 1) * tokens)].map { Int($0) }.filter { $0 != 0 }
      }
    }
    let drawn = (0..<documents[0]).map { document -> [Int] in
      let own = (document * tokens)..<((document + 1) * tokens)
      return Array(target[own]) + samples[own]
    }
    let baseline = try node["config"]["baseline"].number
    let rewards = try inputs["rewards"].numbers
    let factors = try inputs["factors"].numbers
    let width = documents[1]
    var dense: [Float] = []
    for row in 0..<documents[0] {
      for column in 0..<width { dense.append(Float(factors[row * width + column])) }
      dense.append(Float(rewards[row] - baseline))
    }
    let builder = Builder()
    let table = try parameters["embeddings.word.weight"].tensor.shape
    let vocabulary = WordTable(table[0], width: table[1], in: builder.shared / "embeddings.word")
    let encoder = DocumentEncoder(vocabulary, hidden: width / 2, in: builder.shared / "encoder")
    let hidden = try node["config"]["decoder_hidden"].integer
    let decoder = ContextDecoder(
      vocabulary, context: width, hidden: hidden, in: builder.shared / "decoder")
    let one = builder.shared.given("one", count: 1, 1)
    let most = texts.map(\.count).max() ?? 1
    let reviews = ReviewColumns(
      TextShape(
        vocabulary: table[0], shape: ReviewShape(perUser: most, perItem: 1, tokens: tokens),
        hasConcepts: false))
    let model = try Case(
      node, builder, tasks: 3, drawn: drawn, texts: texts, dense: dense
    ) { pass in
      let document = encoder(reviews.user, pass.graph)
      pass.watch(document, as: .value("document"))
      let given = pass.graph.lookup([], fields: [], widths: [], dense: width + 1)
      let (target, samples) = (0..<tokens, tokens..<(2 * tokens))
      let distance = document + given.columns(0..<width).affine(times: -1, plus: 0)
      return [
        decoder.loss(of: target, document, task: 0, mean: .tokens),
        decoder.loss(
          of: samples, document, task: 1, mean: .sumOverTime,
          weights: given.columns(width..<(width + 1))),
        pass.graph.meanSquares(of: [distance], place: 2, strength: one),
      ]
    }
    let expect = try node["expect"]
    for (task, name) in ["nll", "policy", "prior"].enumerated() {
      try model.expectGradients(of: task, expect["gradients"][name], name)
      let counts = [Double(target.count { $0 != 0 }), Double(documents[0]), Double(documents[0])]
      let loss = try expect["losses"][name].number
      #expect(abs(model.loss(of: task) / counts[task] - loss) < 1e-5 * max(1, abs(loss)), "\(name)")
    }
    let executor = model.trainer.forward(model.batch)
    let found = try #require(executor.output(.value("document")))
    expectClose(
      Array(UnsafeBufferPointer(start: found, count: documents[0] * width)),
      try expect["documents"].tensor, "documents")
  }

  @Test(arguments: try GoldenCase.of("why_personalised"))
  func personalised(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let (inputs, parameters) = (try node["inputs"], try node["parameters"])
    let (user, item) = (try inputs["user"].tensor, try inputs["item"].tensor)
    let target = try inputs["target"].tensor
    let (rows, width, tokens) = (user.shape[0], user.shape[1], target.shape[1])
    let builder = Builder()
    let table = try parameters["embeddings.word.weight"].tensor.shape
    let words = WordTable(table[0], width: table[1], in: builder.shared / "embeddings.word")
    let hidden = try parameters["decoder.gru.weight_hh"].tensor.shape[1]
    let decoder = ContextDecoder(
      words, context: 2 * width, hidden: hidden, in: builder.shared / "decoder")
    // The pair's vectors as a table, so that their gradients are looked at, too.
    let pair = builder.shared.table("factors", vocabulary: rows, width: 2 * width, .zeros)
    let drawn = (0..<rows).map { row in
      target.values[(row * tokens)..<((row + 1) * tokens)].map { Int($0) }
    }
    let model = try Case(
      node, builder, tasks: 1, drawn: drawn, ids: Array(0..<rows)
    ) { pass in
      let context = pass.lookup(pair, of: .field(0), 2 * width)
      return [decoder.loss(of: 0..<tokens, context, task: 0, mean: .tokens)]
    }
    var vectors: [Float] = []
    for row in 0..<rows {
      let range = (row * width)..<((row + 1) * width)
      for number in user.values[range] { vectors.append(Float(number)) }
      for number in item.values[range] { vectors.append(Float(number)) }
    }
    for entry in model.trainer.store.entries where entry.piece.path == "factors" {
      model.trainer.store.set(entry, to: vectors)
    }
    let expect = try node["expect"]
    try model.expectGradients(of: 0, expect["gradients"], "nll")
    let (nll, spoken) = (try expect["nll"].number, Double(target.values.count { $0 != 0 }))
    #expect(abs(model.loss(of: 0) / spoken - nll) < 1e-5 * nll)
    for entry in model.trainer.store.entries where entry.piece.path == "factors" {
      let found = model.trainer.gradient(of: entry, batch: model.batch)
      for (side, name) in ["user", "item"].enumerated() {
        var own: [Float] = []
        for row in 0..<rows {
          let first = (2 * row + side) * width
          own += found[first..<(first + width)]
        }
        expectClose(own, try expect["input_gradients"][name].tensor, name)
      }
    }
  }

  @Test(arguments: try GoldenCase.of("why_discriminator"))
  func discriminator(_ golden: GoldenCase) throws {
    let node = try golden.load()
    let (inputs, parameters) = (try node["inputs"], try node["parameters"])
    let words = try inputs["words"].tensor
    let (rows, tokens) = (words.shape[0], words.shape[1])
    let table = try parameters["discriminator.embeddings.word.weight"].tensor.shape
    let users = try parameters["discriminator.embeddings.user.weight"].tensor.shape
    let builder = Builder()
    let discriminator = ReviewDiscriminator(
      vocabulary: table[0], width: table[1], users: users[0], userWidth: users[1],
      windows: try node["config"]["windows"].integers,
      filters: try node["config"]["filters"].integer, in: builder.shared / "discriminator")
    let drawn = (0..<rows).map { row in
      words.values[(row * tokens)..<((row + 1) * tokens)].map { Int($0) }
    }
    // A task of real reviews and one of all others.
    let real = try inputs["real"].numbers
    let model = try Case(
      node, builder, tasks: 2, drawn: drawn, ids: try inputs["users"].integers,
      labels: real.flatMap { _ in [1, 0] }, spaces: real.flatMap { [Float($0), Float(1 - $0)] }
    ) { pass in
      let z = discriminator(pass.graph.drawnIds(0..<tokens), of: .field(0), pass)
      pass.watch(z, as: .value("z"))
      return (0..<2).map { z.loss(task: $0, .crossEntropy) }
    }
    let expect = try node["expect"]
    try model.expectGradients(of: nil, expect["gradients"], "loss")
    let loss = try expect["loss"].number
    let found = (0..<2).reduce(0.0) { $0 + model.trainer.loss(of: $1) }
    #expect(abs(found - loss) < 1e-5 * loss)
    let executor = model.trainer.forward(model.batch)
    let z = try #require(executor.output(.value("z")))
    expectClose(
      Array(UnsafeBufferPointer(start: z, count: rows)), try expect["logits"].tensor, "logits")
  }
}
