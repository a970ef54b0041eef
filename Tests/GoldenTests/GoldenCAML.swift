import Datasets
import Graph
import Layers
import Objectives
import Runs
import Tensors
import TestSupport
import Training

@testable import Models

/// A case of CAML brought to life: its model, its numbers, its rows with everything that they draw.
final class GoldenCAML {
  static let tasks = [
    TaskDefinition(name: "rating", kind: .regression),
    TaskDefinition(name: "explanation", kind: .text),
  ]
  let model: CAML
  let trainer: Trainer
  let batch: Batch
  private let memory: (ids: Storage<Int32>, labels: Storage<Float>, drawn: Storage<Int32>)

  /// Takes another way to pool the concepts than the case's, λ_c, λ, λ_g, what the rating's loss counts,
  /// and how many threads.
  init(
    _ golden: GoldenNode, pool: String? = nil, conceptStrength: Double, l2: Double,
    generation: Double, rating: Double = 1, threads: Int = 1
  ) throws {
    let (config, inputs) = (try golden["config"], try golden["inputs"])
    let shape = try inputs["user_words"].tensor.shape
    let concepts = try inputs["user_concepts"].tensor.shape[2]
    let target = try inputs["target"].tensor.shape[1]
    var configuration = CAML.Configuration()
    configuration.wordWidth = try config["word_embedding"].integer
    configuration.heads = try config["heads"].integer
    configuration.hidden = try config["hidden"].integer
    configuration.factors = try config["fm_factors"].integer
    configuration.temperature = try config["gumbel_tau"].number
    configuration.conceptStrength = conceptStrength
    configuration.conceptPool = try pool ?? config["concept_pool"].text
    configuration.mean = try config["length_average"].flag ? "rows" : "time"
    configuration.l2 = l2
    let slots = ReviewSlots(
      userTexts: shape[1], itemTexts: shape[1], tokens: shape[2], concepts: concepts,
      target: target)
    let builder = Builder()
    model = CAML(
      configuration, slots: slots, input: try Self.input(golden), tasks: Self.tasks,
      builder: builder)
    let store = ParameterStore(builder.specifications, tasks: 2, seed: 1)
    for entry in store.entries {
      store.set(
        entry, to: try golden["parameters"][entry.piece.path].numbers.map(Float.init))
    }
    let draws = try Self.draws(inputs, heads: configuration.heads)
    trainer = Trainer(
      draws.isEmpty ? model : DrawnModel(model: model, draws: draws), store: store,
      tasks: Self.tasks, batchSize: shape[0],
      optimizer: OptimizerConfiguration(.sgd, tables: .dense), dials: builder.dials,
      pool: WorkerPool(threads: threads))
    trainer.weights = [Float(rating), Float(generation)]
    let (users, items) = (try inputs["users"].integers, try inputs["items"].integers)
    let ratings = try inputs["ratings"].numbers
    memory = (
      Storage(zip(users, items).flatMap { [Int32($0), Int32($1)] }),
      Storage(ratings.flatMap { [Float($0), 1] }),
      Storage(try Self.drawn(inputs, slots, rows: shape[0]))
    )
    var batch = Batch(
      rows: shape[0], ids: UnsafePointer(memory.ids.base), fields: 2, dense: nil, denseCount: 0,
      labels: UnsafePointer(memory.labels.base), spaces: nil, tasks: 2, index: nil)
    batch.drawn = UnsafePointer(memory.drawn.base)
    batch.drawnCount = slots.count
    self.batch = batch
  }

  private static func input(_ golden: GoldenNode) throws -> InputSpecification {
    let (config, parameters) = (try golden["config"], try golden["parameters"])
    func field(_ name: String) throws -> CategoricalField {
      CategoricalField(
        name: name, vocabulary: try parameters["embeddings.\(name).weight"].tensor.shape[0])
    }
    var schema = FeatureSchema(fields: [try field("user"), try field("item")], dense: [])
    schema.interactions = InteractionFields(user: 0, item: 1)
    schema.text = TextShape(
      vocabulary: try config["vocabulary"].integer,
      shape: ReviewShape(perUser: 1, perItem: 1, tokens: 1), hasConcepts: true)
    return InputSpecification(schema, embeddingWidth: try config["id_embedding"].integer)
  }

  /// The noise of every choice by its name, from [H, B, n].
  private static func draws(_ inputs: GoldenNode, heads: Int) throws -> GoldenDraws {
    guard inputs.has("gumbel") else { return GoldenDraws([:]) }
    var rows: [String: (values: [Float], width: Int)] = [:]
    for level in ["review", "concept"] {
      for side in ["user", "item"] {
        let noise = try inputs["gumbel"][level][side].tensor
        let count = noise.shape[1] * noise.shape[2]
        for head in 0..<heads {
          rows["heads.\(head).\(level).\(side)"] = (
            noise.values[(head * count)..<((head + 1) * count)].map(Float.init), noise.shape[2]
          )
        }
      }
    }
    return GoldenDraws(rows)
  }

  private static func drawn(
    _ inputs: GoldenNode, _ slots: ReviewSlots, rows: Int
  ) throws -> [Int32] {
    var drawn = [Int32](repeating: 0, count: rows * slots.count)
    for (name, columns) in [
      ("user_words", slots.userTokens), ("user_concepts", slots.userConcepts),
      ("item_words", slots.itemTokens), ("item_concepts", slots.itemConcepts),
      ("target", slots.targetTokens),
    ] {
      let numbers = try inputs[name].integers
      for row in 0..<rows {
        for (place, column) in columns.enumerated() {
          drawn[row * slots.count + column] = Int32(numbers[row * columns.count + place])
        }
      }
    }
    return drawn
  }

  /// The mean of the concepts' loss times λ_c.
  var conceptLoss: Double { trainer.terms[0].loss / trainer.terms[0].rows }

  /// The gradients of the newest descent by name.
  func gradients() -> [(name: String, values: [Float])] {
    trainer.store.entries.map { ($0.piece.path, trainer.gradient(of: $0, batch: batch)) }
  }
}
