import Datasets
import Graph
import Layers
import Objectives
import Runs
import Tensors
import Training

@testable import Models

/// A model of reviews on rows that are made up: three reviews of four words a side and a target of five,
/// in slots; for a model that reads packed texts, those slots that have a word are packed.
final class MadeReviews {
  let rows: Int
  let model: any MultiTaskModel
  let trainer: Trainer
  private let slots: ReviewSlots
  private let schema: FeatureSchema
  private let tasks: [TaskDefinition]
  private let drawn: Storage<Int32>
  private let ids: Storage<Int32>
  private let labels: Storage<Float>
  private var packed: [Storage<Int32>]
  private var columns: Storage<RaggedRows>

  init(_ name: String, seed: UInt64, rows: Int = 6, optimizer: OptimizerConfiguration.Rule = .sgd)
    throws
  {
    self.rows = rows
    packed = [Storage([0])]
    columns = Storage(count: 1, filling: RaggedRows(starts: UnsafePointer(packed[0].base)))
    let isText = name == "nrt"
    tasks =
      [TaskDefinition(name: "rating", kind: .regression)]
      + (isText ? [TaskDefinition(name: "explanation", kind: .text)] : [])
    slots =
      isText
      ? ReviewSlots(userTexts: 0, itemTexts: 0, tokens: 1, target: 5)
      : ReviewSlots(userTexts: 3, itemTexts: 3, tokens: 4)
    var schema = FeatureSchema(
      fields: ["user", "item"].map { CategoricalField(name: $0, vocabulary: rows + 1) }, dense: [])
    schema.interactions = InteractionFields(user: 0, item: 1)
    schema.text = TextShape(
      vocabulary: 12, shape: ReviewShape(perUser: 3, perItem: 3, tokens: 4), hasConcepts: false)
    self.schema = schema
    guard case .trained(let make) = try ModelRegistry.entry(named: name).kind else {
      throw NotTrained()
    }
    let builder = Builder()
    let options = ["width": "6", "word": "6", "l2": "0"].merging(
      isText ? ["hidden": "8", "layers": "5"] : ["attention": "4"]
    ) { $1 }
    model = try make(options, InputSpecification(schema), tasks, builder)
    let store = ParameterStore(builder.specifications, tasks: tasks.count, seed: seed)
    trainer = Trainer(
      model, store: store, tasks: tasks, batchSize: rows,
      optimizer: OptimizerConfiguration(optimizer), dials: builder.dials, seed: seed,
      pool: WorkerPool(threads: 2))
    let random = RandomSource(seed: seed, .test)
    // Every row has a user and an item of its own.
    ids = Storage((0..<rows).flatMap { [Int32($0 + 1), Int32(rows - $0)] })
    labels = Storage(
      (0..<(rows * tasks.count)).map { Float(random.index(below: 5, 1, UInt64($0))) })
    drawn = Storage(
      (0..<(rows * slots.count)).map { Int32(4 + random.index(below: 8, 2, UInt64($0))) })
    for row in 0..<rows {
      let base = row * slots.count
      if isText {
        drawn[base + slots.targetTokens.lowerBound + 3] = 3
        drawn[base + slots.targetTokens.lowerBound + 4] = 0
      } else {
        for column in slots.userTokens.suffix(4) { drawn[base + column] = 0 }
      }
    }
  }

  private struct NotTrained: Error {}

  var batch: Batch {
    var batch = Batch(
      rows: rows, ids: UnsafePointer(ids.base), fields: 2, dense: nil, denseCount: 0,
      labels: UnsafePointer(labels.base), spaces: nil, tasks: tasks.count, index: nil)
    batch.drawn = UnsafePointer(drawn.base)
    batch.drawnCount = slots.count
    guard slots.userTexts > 0 else { return batch }
    pack()
    (batch.ragged, batch.raggedCount) = (UnsafePointer(columns.base), columns.count)
    return batch
  }

  /// Packs the texts that have a word.
  private func pack() {
    packed = [slots.userTokens, slots.itemTokens].flatMap { side -> [Storage<Int32>] in
      var (texts, words, tokens): ([Int32], [Int32], [Int32]) = ([0], [0], [])
      for row in 0..<rows {
        for first in stride(from: side.lowerBound, to: side.upperBound, by: slots.tokens) {
          let own = (first..<(first + slots.tokens)).map { drawn[row * slots.count + $0] }
          tokens += own.filter { $0 != 0 }
          if own.contains(where: { $0 != 0 }) { words.append(Int32(tokens.count)) }
        }
        texts.append(Int32(words.count - 1))
      }
      return [
        Storage(texts), Storage(words.map { _ in Int32(-1) }), Storage(words), Storage(tokens),
      ]
    }
    columns = Storage(count: 4, filling: RaggedRows(starts: UnsafePointer(packed[0].base)))
    for column in 0..<4 {
      columns[column] = RaggedRows(
        starts: UnsafePointer(packed[2 * column].base),
        values: UnsafePointer(packed[2 * column + 1].base))
    }
  }

  /// The labels of the rating.
  var ratings: [Float] { (0..<rows).map { labels[$0 * tasks.count] } }

  func answers(_ task: String) -> [Float] {
    trainer.forward(batch).output(.logit(task)).map {
      Array(UnsafeBufferPointer(start: $0, count: rows))
    } ?? []
  }

  func target(_ row: Int) -> [Int32] {
    slots.targetTokens.map { drawn[row * slots.count + $0] }
  }

  /// Whether a named array has a gradient in the tasks that are on; nil if there is none of the name.
  func isLearned(_ path: String) -> Bool? {
    guard let entry = trainer.store.entries.first(where: { $0.piece.path == path }),
      trainer.gradients(batch)
    else { return nil }
    return trainer.gradient(of: entry, batch: batch).contains { $0 != 0 }
  }

  /// Puts the texts of both sides into another order.
  func permute(_ order: [Int]) {
    for row in 0..<rows {
      for columns in [slots.userTokens, slots.itemTokens] {
        let base = row * slots.count + columns.lowerBound
        let before = (0..<columns.count).map { drawn[base + $0] }
        for (place, from) in order.enumerated() {
          for k in 0..<4 { drawn[base + place * 4 + k] = before[from * 4 + k] }
        }
      }
    }
  }

  /// Leaves no review on any side.
  func forgetReviews() { for place in 0..<drawn.count { drawn[place] = 0 } }

  /// Makes ratings 1 or −1 by a word of one of the user's reviews, whichever review that is.
  func tellRatings() {
    for row in 0..<rows {
      let isGood = row % 3 == 0
      for column in slots.userTokens where drawn[row * slots.count + column] > 9 {
        drawn[row * slots.count + column] = 9
      }
      drawn[row * slots.count + slots.userTokens.lowerBound + row % 8] = isGood ? 10 : 11
      labels[row] = isGood ? 1 : -1
    }
  }

  /// What the model shows where it put out this.
  func show(_ output: @escaping (Watched) -> (values: UnsafePointer<Float>, width: Int)?)
    -> Inspection
  {
    model.inspect(
      ModelReading(
        tasks: tasks, schema: schema, step: 1, store: trainer.store, batch: batch, weights: [],
        output: output))
  }

  /// What the model shows.
  func show() -> Inspection {
    let executor = trainer.forward(batch)
    let reading = ModelReading(
      tasks: tasks, schema: schema, step: 1, store: trainer.store, batch: batch, weights: []
    ) { name in
      guard let values = executor.output(name),
        let output = executor.plan.outputs.first(where: { $0.name == name })
      else { return nil }
      return (values, output.width)
    }
    return model.inspect(reading)
  }
}
