import Datasets
import Graph
import Layers
import MallocCounter
import Models
import Objectives
import Runs
import Tensors
import Training

/// A model of texts in slots whose steps, or whose sentences, are counted.
struct SentenceProbe {
  /// The model, and what it reads of texts.
  private enum System {
    case caml
    case nrt
  }

  let name: String
  private var system = System.caml
  /// How sentences are said; nil: steps are taken.
  private var choices: [Decoding]?
  /// Words of a step's softmax; 0: all.
  private var sampledWords = 0

  static let all = [
    SentenceProbe(name: "CAML"),
    SentenceProbe(name: "CAML, sampled", sampledWords: 20),
    SentenceProbe(name: "NRT", system: .nrt),
    SentenceProbe(name: "greedy sentences", choices: [.greedy]),
    SentenceProbe(
      name: "sentences by a beam", choices: [.beam(width: 3), .beam(width: 3, ranking: .average)]),
    SentenceProbe(
      name: "sampled sentences",
      choices: [.sampled(seed: 1), .sampled(temperature: 0.7, top: 20, mass: 0.9, seed: 2)]),
  ]

  private static let rows = 24
  private static let tasks = [
    TaskDefinition(name: "rating", kind: .regression),
    TaskDefinition(name: "explanation", kind: .text),
  ]
  private static let text = TextShape(
    vocabulary: 90, shape: ReviewShape(perUser: 5, perItem: 4, tokens: 6), hasConcepts: true)

  /// What a batch has of texts.
  private var slots: ReviewSlots {
    switch system {
    case .caml: ReviewSlots(userTexts: 5, itemTexts: 4, tokens: 6, concepts: 8, target: 7)
    case .nrt: ReviewSlots(userTexts: 0, itemTexts: 0, tokens: 1, target: 7)
    }
  }

  /// Warms up, then counts on two threads.
  func allocations() -> Int {
    let random = RandomSource(seed: 7, .test)
    func ids(_ count: Int, below most: Int, from first: Int32) -> Storage<Int32> {
      Storage((0..<count).map { first + Int32(random.index(below: most, UInt64($0))) })
    }
    let (pairs, drawn) = (
      ids(2 * Self.rows, below: 9, from: 0),
      ids(Self.rows * slots.count, below: 80, from: 4)
    )
    let labels = Storage<Float>(count: 2 * Self.rows, filling: 1)
    var batch = Batch(
      rows: Self.rows, ids: UnsafePointer(pairs.base), fields: 2, dense: nil, denseCount: 0,
      labels: UnsafePointer(labels.base), spaces: nil, tasks: 2, index: nil)
    batch.drawn = UnsafePointer(drawn.base)
    batch.drawnCount = slots.count
    let work = makeWork(batch)
    work()
    mc_arm()
    work()
    return withExtendedLifetime((pairs, drawn, labels)) { mc_disarm() }
  }

  /// Steps, or sentences, of a batch.
  private func makeWork(_ batch: Batch) -> () -> Void {
    switch system {
    case .caml:
      var configuration = CAML.Configuration()
      (configuration.wordWidth, configuration.hidden) = (12, 20)
      configuration.sampledWords = sampledWords
      let (model, trainer) = Self.trainer(CAML.self, configuration)
      guard let choices else { return Self.steps(trainer, batch) }
      let decoder = Decoder(
        model, store: trainer.store, tasks: 2, workspace: trainer.workspace,
        rows: Self.rows, beam: 3, longest: 7)
      return { for choice in choices { decoder.generate(batch, choice) } }
    case .nrt:
      var configuration = NRT.Configuration()
      (configuration.width, configuration.wordWidth, configuration.hidden) = (6, 12, 20)
      return Self.steps(Self.trainer(NRT.self, configuration).trainer, batch)
    }
  }

  private static func steps(_ trainer: Trainer, _ batch: Batch) -> () -> Void {
    { for _ in 0..<16 { _ = trainer.step(batch, rate: 1e-3) } }
  }

  /// A model and who trains it on two threads.
  private static func trainer<Model: MultiTaskModel>(
    _ type: Model.Type, _ configuration: Model.Configuration
  ) -> (model: Model, trainer: Trainer) {
    let fields = ["user", "item"].map { CategoricalField(name: $0, vocabulary: 9) }
    var schema = FeatureSchema(fields: fields, dense: [])
    schema.interactions = InteractionFields(user: 0, item: 1)
    schema.text = text
    let builder = Builder()
    let model = Model(
      configuration, input: InputSpecification(schema, embeddingWidth: 4), tasks: tasks,
      builder: builder)
    let store = ParameterStore(builder.specifications, tasks: tasks.count, seed: 1)
    let trainer = Trainer(
      model, store: store, tasks: tasks, batchSize: rows, optimizer: OptimizerConfiguration(),
      dials: builder.dials, pool: WorkerPool(threads: 2))
    return (model, trainer)
  }
}
