import Datasets
import Foundation
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import TestSupport
import Testing
import Training

/// Rank and Rate against the float64 reference, the items that are drawn beside rows given.
@Suite struct GoldenRankAndRateTests {
  /// A case brought to life, with other strengths and another α where wanted.
  private final class Case {
    let trainer: Trainer
    let batch: Batch
    /// The rows with what was drawn in the place of what was met.
    let drawnAsMet: Batch
    private let memory: [AnyObject]

    init(
      _ golden: GoldenNode, alpha: Double? = nil, isPenalised: Bool = true, threads: Int = 1
    ) throws {
      let (config, inputs) = (try golden["config"], try golden["inputs"])
      let parameters = try golden["parameters"]
      let users = try parameters["embeddings.user.weight"].tensor.shape
      let items = try parameters["embeddings.item.weight"].tensor.shape
      var schema = FeatureSchema(
        fields: [
          CategoricalField(name: "item", vocabulary: items[0]),
          CategoricalField(name: "user", vocabulary: users[0]),
        ], dense: [])
      schema.interactions = InteractionFields(user: 1, item: 0)
      let tasks = [
        TaskDefinition(name: "rating", kind: .regression),
        TaskDefinition(name: "ranking", kind: .ranking),
      ]
      var configuration = RankAndRate.Configuration()
      (configuration.width, configuration.hidden) = (
        users[1], try parameters["transform.bias"].tensor.shape[0]
      )
      configuration.activation = try config["activation"].text
      configuration.alpha = try alpha ?? config["alpha"].number
      configuration.mean = try config["mean"].number
      configuration.negatives = 1
      configuration.l2 = isPenalised ? try config["l2"].number : 0
      configuration.deviationL2 = isPenalised ? try config["l2_deviation"].number : 0
      configuration.transformL2 = isPenalised ? try config["l2_transform"].number : 0
      let builder = Builder()
      let model = RankAndRate(
        configuration, input: InputSpecification(schema), tasks: tasks, builder: builder)
      let store = ParameterStore(builder.specifications, tasks: 2, seed: 1)
      let names = Set(try parameters.names)
      guard Set(store.entries.map(\.piece.path)) == names else {
        throw GoldenError.mismatch(
          at: golden.path, expected: "\(names.sorted())",
          found: "\(store.entries.map(\.piece.path).sorted())")
      }
      for entry in store.entries {
        let tensor = try parameters[entry.piece.path].tensor
        guard tensor.shape == entry.piece.shape else {
          throw GoldenError.mismatch(
            at: entry.piece.path, expected: "\(tensor.shape)", found: "\(entry.piece.shape)")
        }
        store.set(entry, to: tensor.values.map(Float.init))
      }
      trainer = Trainer(
        model, store: store, tasks: tasks, batchSize: 64,
        optimizer: OptimizerConfiguration(tables: .dense), dials: builder.dials,
        pool: WorkerPool(threads: threads))
      let (user, item) = (try inputs["users"].integers, try inputs["items"].integers)
      let negatives = try inputs["negatives"].integers
      let ids = Storage(user.indices.flatMap { [Int32(item[$0]), Int32(user[$0])] })
      let others = Storage(user.indices.flatMap { [Int32(negatives[$0]), Int32(user[$0])] })
      let drawn = Storage(negatives.map { Int32($0) })
      let labels = Storage(try inputs["ratings"].numbers.flatMap { [Float($0), 1] })
      memory = [ids, others, drawn, labels]
      func rows(_ ids: Storage<Int32>) -> Batch {
        var batch = Batch(
          rows: user.count, ids: UnsafePointer(ids.base), fields: 2, dense: nil, denseCount: 0,
          labels: UnsafePointer(labels.base), spaces: nil, tasks: 2, index: nil)
        (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), 1)
        return batch
      }
      batch = rows(ids)
      drawnAsMet = rows(others)
    }

    func logits(_ task: String, _ batch: Batch) -> [Float] {
      let executor = trainer.forward(batch)
      guard let values = executor.output(.logit(task)) else { return [] }
      return Array(UnsafeBufferPointer(start: values, count: batch.rows))
    }

    /// Expects every gradient of the newest descent.
    func expectGradients(_ expected: GoldenNode, _ what: String) throws {
      for entry in trainer.store.entries {
        expectClose(
          trainer.gradient(of: entry, batch: batch), try expected[entry.piece.path].tensor,
          "\(what), \(entry.piece.path)")
      }
    }
  }

  @Test(arguments: try GoldenCase.of("rank_and_rate")) func scoresAndLosses(_ golden: GoldenCase)
    throws
  {
    let node = try golden.load()
    let (model, expect) = (try Case(node), try node["expect"])
    let scores = model.logits("ranking", model.batch)
    expectClose(scores, try expect["positive_scores"].tensor, "scores")
    expectClose(
      model.logits("ranking", model.drawnAsMet), try expect["negative_scores"].tensor,
      "scores of what was drawn")
    expectClose(
      model.logits("rating", model.batch), try expect["ratings"].tensor, "ratings")
    #expect(model.trainer.gradients(model.batch))
    let losses = try expect["losses"]
    let found = [
      ("rank", model.trainer.loss(of: 1)), ("rate", model.trainer.loss(of: 0)),
      ("penalty", model.trainer.penalty),
    ]
    for (name, loss) in found { expectClose([Float(loss)], try losses[name].tensor, name) }
    let alpha = try node["config"]["alpha"].number
    let total = alpha * found[0].1 + (1 - alpha) * found[1].1 + found[2].1
    expectClose([Float(total)], try losses["total"].tensor, "total")
  }

  /// Of the whole loss, and of either loss alone.
  @Test(arguments: try GoldenCase.of("rank_and_rate"), [1, 2]) func everyGradient(
    _ golden: GoldenCase, threads: Int
  ) throws {
    let node = try golden.load()
    let expect = try node["expect"]
    let losses: [(String, Double?)] = [
      ("gradients", nil), ("gradients_rank", 1), ("gradients_rate", 0),
    ]
    for (name, alpha) in losses {
      let model = try Case(node, alpha: alpha, isPenalised: alpha == nil, threads: threads)
      model.trainer.gradients(model.batch)
      try model.expectGradients(expect[name], name)
    }
  }

  @Test(arguments: try GoldenCase.of("rank_and_rate")) func parametersAfterAdam(
    _ golden: GoldenCase
  ) throws {
    let node = try golden.load()
    let model = try Case(node)
    let hasMoved = model.trainer.step(model.batch, rate: try node["config"]["rate"].number)
    #expect(hasMoved)
    let expected = try node["expect"]["parameters_after"]
    for entry in model.trainer.store.entries {
      expectClose(
        model.trainer.store.numbers(of: entry), try expected[entry.piece.path].tensor,
        entry.piece.path)
    }
  }
}
