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

/// Steps of MTER on given entries and pairs, against the float64 reference.
@Suite struct GoldenMTERTests {
  /// A case brought to life: the rows of an iteration stand in a batch as a source would leave them.
  private final class Case {
    static let tasks = [
      TaskDefinition(name: "rating", kind: .regression),
      TaskDefinition(name: "ranking", kind: .ranking),
      TaskDefinition(name: "opinions", kind: .tuples),
    ]

    let trainer: Trainer
    let model: MTER
    let rate: Double
    let epsilon: Double

    init(_ golden: GoldenNode, isEveryStep: Bool) throws {
      let (config, parameters) = (try golden["config"], try golden["parameters"])
      func rows(_ name: String) throws -> Int {
        try parameters["embeddings.\(name).weight"].tensor.shape[0]
      }
      let (users, items) = (try rows("user"), try rows("item"))
      let (features, opinions) = (try rows("feature") - 1, try rows("opinion"))
      var schema = FeatureSchema(
        fields: [
          CategoricalField(name: "item", vocabulary: items),
          CategoricalField(name: "user", vocabulary: users),
        ], dense: [])
      schema.interactions = InteractionFields(user: 1, item: 0)
      schema.opinions = OpinionWords(
        features: (0..<features).map { "f\($0)" }, opinions: (0..<opinions).map { "o\($0)" })
      var configuration = MTER.Configuration()
      let widths = try config["dimensions"].integers
      (configuration.userWidth, configuration.itemWidth) = (widths[0], widths[1])
      (configuration.featureWidth, configuration.opinionWidth) = (widths[2], widths[3])
      configuration.ranking = try config["lambda_ranking"].number
      let builder = Builder()
      model = MTER(
        configuration, input: InputSpecification(schema), tasks: Self.tasks, builder: builder)
      let store = ParameterStore(builder.specifications, tasks: 3, seed: 1)
      let names = try parameters.names
      #expect(Set(store.entries.map(\.piece.path)) == Set(names))
      for entry in store.entries {
        let tensor = try parameters[entry.piece.path].tensor
        #expect(tensor.shape == entry.piece.shape, "\(entry.piece.path)")
        store.set(entry, to: tensor.values.map(Float.init))
      }
      (rate, epsilon) = (try config["rate"].number, try config["epsilon"].number)
      trainer = Trainer(
        model, store: store, tasks: Self.tasks, batchSize: 18,
        optimizer: OptimizerConfiguration(
          .projectedAdagrad(
            epsilon: epsilon, penalty: try config["lambda_reg"].number, isEveryStep: isEveryStep)),
        pool: WorkerPool(threads: 2))
    }

    /// The sums of squared errors and of the pairs' losses, in the order of the reference.
    var sums: (squares: [Float], ranking: Double) {
      // X is the rating's slice and those of the features.
      let x = trainer.sums[0].loss + trainer.terms[1].loss
      let all = [x, trainer.sums[2].loss, trainer.terms[0].loss]
      return (all.map { Float($0) }, trainer.sums[1].loss)
    }

    /// The accumulators of an array after so many steps.
    func accumulators(of entry: ParameterStore.Entry, steps: Int, isEveryStep: Bool) -> [Float] {
      let (optimizer, index) = (trainer.optimizer, entry.parameter.index)
      guard let moments = optimizer.tableMoments[index] else {
        let first = trainer.store.offsets[index]
        return Array(optimizer.secondMoments.array[first..<(first + entry.piece.count)])
      }
      let width = entry.piece.shape[1]
      return moments.second.array.enumerated().map { place, sum in
        guard isEveryStep else { return sum }
        return sum + Float(epsilon) * Float(steps - Int(moments.uses[place / width]))
      }
    }
  }

  /// The rows of an iteration in memory.
  private final class Rows {
    let batch: Batch
    private let memory: [AnyObject]

    init(_ iteration: GoldenNode, overall: Int) throws {
      var (drawn, labels, spaces): ([Int32], [Float], [Float]) = ([], [], [])
      func append(_ tensor: EntryTensor, _ ids: [EntryRow: Int], _ label: Double, task: Int) {
        drawn += EntryRow.allCases.map {
          $0 == .tensor ? tensor.rawValue : Int32(ids[$0] ?? 0)
        }
        labels += (0..<3).map { $0 == task ? Float(label) : 0 }
        spaces += (0..<3).map { $0 == task ? 1 : 0 }
      }
      let kinds: [(String, EntryTensor, [EntryRow], task: Int)] = [
        ("user_item_feature", .userItemFeature, [.user, .item, .feature], 2),
        ("user_feature_opinion", .userFeatureOpinion, [.user, .feature, .opinion], 2),
        ("item_feature_opinion", .itemFeatureOpinion, [.item, .feature, .opinion], 2),
      ]
      for (name, tensor, columns, task) in kinds {
        let index = try iteration[name]["index"].integers
        for (entry, value) in try iteration[name]["value"].numbers.enumerated() {
          let ids = columns.enumerated().map { ($1, index[3 * entry + $0]) }
          let isRating = tensor == .userItemFeature && index[3 * entry + 2] == overall
          append(
            isRating ? .rating : tensor, Dictionary(uniqueKeysWithValues: ids), value,
            task: isRating ? 0 : task)
        }
      }
      let (pairs, ratings) = (try iteration["pairs"].integers, try iteration["ratings"].tensor)
      for first in stride(from: 0, to: pairs.count, by: 3) {
        let (user, item, other) = (pairs[first], pairs[first + 1], pairs[first + 2])
        let items = ratings.shape[1]
        let difference =
          ratings.values[user * items + item] - ratings.values[user * items + other]
        append(
          .pair, [.user: user, .item: item, .other: other, .feature: overall],
          difference > 0 ? 1 : difference < 0 ? -1 : 0, task: 1)
      }
      let (ids, stored) = (Storage(drawn), (Storage(labels), Storage(spaces)))
      memory = [ids, stored.0, stored.1]
      var batch = Batch(
        rows: labels.count / 3, ids: nil, fields: 0, dense: nil, denseCount: 0,
        labels: UnsafePointer(stored.0.base), spaces: UnsafePointer(stored.1.base), tasks: 3,
        index: nil)
      (batch.drawn, batch.drawnCount) = (UnsafePointer(ids.base), EntryRow.allCases.count)
      self.batch = batch
    }
  }

  private func follow(
    _ golden: GoldenNode, _ steps: [GoldenNode], isEveryStep: Bool
  ) throws {
    let model = try Case(golden, isEveryStep: isEveryStep)
    let iterations = try golden["inputs"]["iterations"].list
    #expect(steps.count == iterations.count)
    for (number, (iteration, expected)) in zip(iterations, steps).enumerated() {
      let rows = try Rows(iteration, overall: model.model.overall)
      let what = "step \(number), every step \(isEveryStep)"
      let isFinite = model.trainer.gradients(rows.batch)
      #expect(isFinite)
      for entry in model.trainer.store.entries {
        let gradient = try expected["loss_gradients"][entry.piece.path].tensor
        let found = model.trainer.gradient(of: entry, batch: rows.batch)
        expectClose(found, gradient, "\(what), gradient of \(entry.piece.path)")
        // What has no gradient must have none at all: it is neither penalised nor moved.
        #expect(zip(found, gradient.values).allSatisfy { ($0 == 0) == ($1 == 0) }, "\(what)")
      }
      let sums = model.sums
      expectClose(sums.squares, try expected["squares"].tensor, "\(what), squares")
      let ranking = try expected["ranking"].number
      #expect(abs(sums.ranking - ranking) < 1e-5 * ranking, "\(what)")
      let total = Double(sums.squares.reduce(0, +)) + Double(model.trainer.weight(of: 1)) * ranking
      let whole = try expected["total"].number
      #expect(abs(total - whole) < 1e-4 * whole, "\(what)")
      let hasMoved = model.trainer.step(rows.batch, rate: model.rate)
      #expect(hasMoved)
      for entry in model.trainer.store.entries {
        let path = entry.piece.path
        expectClose(
          model.trainer.store.numbers(of: entry),
          try expected["parameters_after"][path].tensor, "\(what), \(path)")
        expectClose(
          model.accumulators(of: entry, steps: number + 1, isEveryStep: isEveryStep),
          try expected["accumulators"][path].tensor, "\(what), accumulators of \(path)")
      }
    }
  }

  @Test(arguments: try GoldenCase.of("mter_step")) func steps(_ golden: GoldenCase) throws {
    let node = try golden.load()
    try follow(node, node["expect"]["steps"].list, isEveryStep: false)
  }

  @Test(arguments: try GoldenCase.of("mter_accumulate"), [false, true])
  func accumulators(_ golden: GoldenCase, isEveryStep: Bool) throws {
    let node = try golden.load()
    let steps = try node["expect"][isEveryStep ? "every_step" : "touched"].list
    try follow(node, steps, isEveryStep: isEveryStep)
  }
}
