import Datasets
import Foundation
import Graph
import Layers
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// What holds of Rank and Rate and of the factorisations that it is made of, whatever the numbers are.
@Suite struct RankAndRateTests {
  private let problem = RatingProblem()
  /// Nothing is penalised.
  private static let free = ["l2": "0", "deviation-l2": "0", "transform-l2": "0"]

  private func options(_ more: [String: String]) -> [String: String] {
    Self.free.merging(more) { $1 }
  }

  /// Numbers everywhere, so that nothing is 0 by its start.
  private func fill(_ trainer: Trainer, seed: UInt64 = 2) {
    let random = RandomSource(seed: seed, .test)
    for (place, entry) in trainer.store.entries.enumerated() {
      trainer.store.set(
        entry,
        to: (0..<entry.piece.count).map { Float(0.5 * random.normal(UInt64(place), UInt64($0))) })
    }
  }

  private func identity(_ width: Int) -> [Float] {
    (0..<(width * width)).map { $0 / width == $0 % width ? 1 : 0 }
  }

  /// D = 0, W = I, no activation: ranking and rating are the same product, but for their biases.
  @Test func withoutMoveAndTransformBothAreOneProduct() throws {
    let trainer = try problem.trainer(
      "rank-and-rate", options(["width": "6", "hidden": "6", "activation": "identity"]))
    fill(trainer)
    let zeros = [
      "embeddings.deviation.weight": 25 * 6, "transform.bias": 6, "rank.item_bias": 25,
      "rate.item_bias": 25, "rate.user_bias": 81,
    ]
    for (path, count) in zeros { trainer.set(path, to: [Float](repeating: 0, count: count)) }
    trainer.set("transform.weight", to: identity(6))
    let batch = problem.batch(from: 20, rows: 50)
    let (score, rating) = (trainer.logits("next", batch), trainer.logits("stars", batch))
    #expect(score.count == 50)
    for (a, b) in zip(score, rating) { #expect(abs(a - b) <= 1e-5) }
  }

  /// The ranking moves no deviation, no tied layer and no bias of the rating; the rating no bias of the
  /// ranking; both move users and items.
  @Test func eachLossMovesItsOwn() throws {
    let own: [String: Set<String>] = [
      "1": ["rank.item_bias"],
      "0": [
        "embeddings.deviation.weight", "transform.weight", "transform.bias", "rate.user_bias",
        "rate.item_bias",
      ],
    ]
    for (alpha, mine) in own {
      let trainer = try problem.trainer("rank-and-rate", options(["alpha": alpha]))
      fill(trainer)
      let moved = Set(
        trainer.namedGradients(problem.batch(rows: 64)).filter { $0.value.contains { $0 != 0 } }
          .map(\.key))
      #expect(
        moved == mine.union(["embeddings.user.weight", "embeddings.item.weight"]),
        "alpha \(alpha)")
    }
  }

  /// α = 1 is BPR-MF, bit by bit, for 40 steps.
  @Test func allWeightOnTheRankingIsBPRMF() throws {
    let alone = RatingProblem(kinds: [.ranking])
    let (whole, plain) = (
      try problem.trainer("rank-and-rate", options(["alpha": "1", "l2": "0.001"]), threads: 2),
      try alone.trainer("bpr-mf", ["l2": "0.001"])
    )
    for step in 0..<40 {
      let first = step * 7 % 150
      let hasMoved =
        whole.step(problem.batch(from: first, rows: 64), rate: 0.02)
        && plain.step(alone.batch(from: first, rows: 64), rate: 0.02)
      #expect(hasMoved)
      #expect(whole.loss(of: 1) == plain.loss(of: 0), "step \(step)")
    }
    let (mine, theirs) = (whole.namedNumbers, plain.namedNumbers)
    #expect(theirs.count == 3)
    for (path, numbers) in theirs { #expect(mine[path] == numbers, "\(path)") }
  }

  /// α = 0 is a factorisation of ratings with a tied layer; with W = I, D = 0 and no activation PMF.
  @Test func allWeightOnTheRatingIsAFactorisation() throws {
    let alone = RatingProblem(kinds: [.regression])
    let plain = try alone.trainer("pmf", ["width": "5", "l2": "0"])
    let whole = try problem.trainer(
      "rank-and-rate",
      options([
        "alpha": "0", "width": "5", "hidden": "5", "activation": "identity",
        "interaction": "plain",
      ]))
    fill(plain)
    for (path, numbers) in plain.namedNumbers { whole.set(path, to: numbers) }
    whole.set("transform.weight", to: identity(5))
    #expect(!whole.namedNumbers.keys.contains("embeddings.deviation.weight"))
    let (batch, own) = (problem.batch(from: 9, rows: 60), alone.batch(from: 9, rows: 60))
    let (mine, theirs) = (whole.namedGradients(batch), plain.namedGradients(own))
    #expect(abs(whole.loss(of: 0) - plain.loss(of: 0)) <= 1e-6)
    for (path, gradient) in theirs {
      for (a, b) in zip(mine[path] ?? [], gradient) { #expect(abs(a - b) <= 1e-6, "\(path)") }
    }
  }

  /// One layer for users and items: what is changed of it changes both sides.
  @Test func theLayerIsTied() throws {
    let trainer = try problem.trainer(
      "rank-and-rate", options(["width": "2", "hidden": "2", "activation": "identity"]))
    for entry in trainer.store.entries {
      trainer.store.set(entry, to: [Float](repeating: 0, count: entry.piece.count))
    }
    let one = (0..<81).flatMap { _ -> [Float] in [1, 2] }
    trainer.set("embeddings.user.weight", to: one)
    trainer.set("embeddings.item.weight", to: Array(one.prefix(50)))
    trainer.set("transform.weight", to: [3, 0, 0, 1])
    // φ = (3, 2) on both sides.
    #expect(trainer.logits("stars", problem.batch(rows: 3)) == [13, 13, 13])
    #expect(trainer.logits("next", problem.batch(rows: 3)) == [5, 5, 5])
  }

  /// Turning the ranking off leaves items the gradient of the rating alone.
  @Test func aRankingThatIsOffPullsNothing() throws {
    let (both, rating) = (
      try problem.trainer("rank-and-rate", options([:])),
      try problem.trainer("rank-and-rate", options(["alpha": "0"]))
    )
    both.isOn = [true, false]
    let batch = problem.batch(rows: 64)
    let (mine, theirs) = (both.namedGradients(batch), rating.namedGradients(batch))
    for path in ["embeddings.item.weight", "embeddings.user.weight"] {
      // α = ½ halves it.
      for (a, b) in zip(mine[path] ?? [], theirs[path] ?? []) { #expect(abs(2 * a - b) <= 1e-7) }
    }
    #expect(mine["rank.item_bias"]?.allSatisfy { $0 == 0 } == true)
  }

  /// It learns: ratings that were held back better than their mean, and what users met before the rest.
  @Test(arguments: ["rank-and-rate", "pmf", "bpr-mf"]) func itLearns(_ model: String) throws {
    let problem = try RatingProblem.of(model)
    // By heart: little is penalised.
    var options = ["width": "8", "l2": "0.0001"]
    if model == "rank-and-rate" { options["transform-l2"] = "0.0001" }
    let trainer = try problem.trainer(model, options, threads: 2)
    let rows = problem.dataset.training.count
    for step in 0..<400 {
      let hasMoved = trainer.step(
        problem.batch(from: step * 31 % (rows - 64), rows: 64), rate: 0.01)
      #expect(hasMoved)
    }
    for (task, definition) in problem.tasks.enumerated() {
      if definition.kind == .regression {
        let (error, spread) = squares(trainer, problem, task)
        #expect(error < 0.75 * spread, "\(model): \(error) of \(spread)")
      } else {
        let losses = (0..<200).map { trainer.losses(ofRow: problem.batch(from: $0, rows: 1))[task] }
        let mean = losses.reduce(0, +) / 200
        #expect(mean < 0.5, "\(model): \(mean)")
      }
    }
  }

  /// Σ of squared errors and of squared labels over rows that were held back.
  private func squares(
    _ trainer: Trainer, _ problem: RatingProblem, _ task: Int
  ) -> (error: Double, spread: Double) {
    let held = problem.dataset.validation
    let outputs = trainer.outputs(for: held)[task]
    var (error, spread) = (0.0, 0.0)
    for row in 0..<held.count {
      let label = Double(held.labels[row * problem.tasks.count + task])
      error += (Double(outputs[row]) - label) * (Double(outputs[row]) - label)
      spread += label * label
    }
    return (error, spread)
  }

  /// The items that a user met come by the angle to the item, with what they were rated; none of others,
  /// and not the item itself.
  @Test func itExplainsByWhatTheUserMet() throws {
    let problem = RatingProblem(kinds: [.regression])
    let builder = Builder()
    let model = PMF(.init(), input: problem.input, tasks: problem.tasks, builder: builder)
    let store = ParameterStore(builder.specifications, tasks: 1, seed: 1)
    // Item i points at an angle of i / 10, longer the larger it is.
    let vectors = (0..<25).flatMap { item -> [Float] in
      let angle = Float(item) / 10
      return [Float(1 + item) * cos(angle), Float(1 + item) * sin(angle)]
        + [Float](repeating: 0, count: 30)
    }
    for entry in store.entries where entry.piece.path == "embeddings.item.weight" {
      store.set(entry, to: vectors)
    }
    let dataset = problem.dataset
    let interactions = try #require(dataset.interactions)
    let user = try #require((1...80).first { interactions.items(ofUser: $0).count > 5 })
    let met = Array(interactions.items(ofUser: user))
    let own = met[2]
    let reading = ExplainReading(
      model: ModelReading(
        tasks: problem.tasks, schema: problem.input.schema, step: 0, store: store,
        batch: problem.batch(rows: 1)
      ) { _ in nil }, dataset: dataset)
    let pair = ExplainedPair(user: user, item: own, userName: "a", itemName: "b")
    let found = try #require(model.explain(pair, reading))
    let expected = met.filter { $0 != own }.sorted { abs($0 - own) < abs($1 - own) }.prefix(5)
    #expect(found.reasons.count == 5)
    for (reason, item) in zip(found.reasons, expected) {
      let score = try #require(reason.score)
      #expect(abs(score - cos(Double(item - own) / 10)) < 1e-5, "\(reason.title)")
      #expect(reason.evidence.count == 1)
    }
    let first = try #require(found.reasons.first?.title)
    #expect(met.contains { first == "like \($0)" } && first != "like \(own)")
  }

  /// What an item was rated is said in full.
  @Test(arguments: [
    (100.0, "100"), (87.5, "87.5"), (3.75, "3.75"), (5, "5"), (0, "0"), (1234, "1234"),
  ]) func evidenceIsTheRatingItself(rating: Double, words: String) throws {
    let problem = RatingProblem(kinds: [.regression])
    let scale = LabelScale(mean: 0.6 * rating + 1, deviation: 0.3 * rating + 1)
    let builder = Builder()
    let model = PMF(.init(), input: problem.input, tasks: problem.tasks, builder: builder)
    let store = ParameterStore(builder.specifications, tasks: 1, seed: 1)
    let (made, training) = (problem.dataset, problem.dataset.training)
    for row in 0..<training.count {
      training.labels.base[row] = Float(scale.standardised(rating))
    }
    var dataset = Dataset(
      name: made.name, features: made.features,
      tasks: [TaskDefinition(name: "stars", kind: .regression, scale: scale)],
      training: training, validation: made.validation, test: made.test)
    dataset.interactions = made.interactions
    let reading = ExplainReading(
      model: ModelReading(
        tasks: dataset.tasks, schema: problem.input.schema, step: 0, store: store,
        batch: problem.batch(rows: 1)
      ) { _ in nil }, dataset: dataset)
    let pair = ExplainedPair(user: 1, item: 2, userName: "a", itemName: "b")
    let found = try #require(model.explain(pair, reading))
    #expect(found.reasons.count > 0)
    for reason in found.reasons {
      #expect(reason.evidence.map(\.text) == ["rated \(words) by this user"])
    }
  }

  /// Items whose numbers went bad are left out of the shares and stand first in the list.
  @Test func movesThatWentBadAreShown() throws {
    let problem = RatingProblem()
    let trainer = try problem.trainer("rank-and-rate", ["width": "4"])
    var moves = (0..<(25 * 4)).map { Float($0 % 7) / 10 }
    for place in 4..<8 { moves[place] = .nan }
    trainer.set("embeddings.deviation.weight", to: moves)
    let shown = trainer.inspect(
      problem.dataset.validation.batch(from: 0, rows: 8), schema: problem.dataset.features)
    guard case .bars(let bars) = shown.views[0].content,
      case .table(let table) = shown.views[1].content
    else {
      Issue.record("views: \(shown.views.map(\.name))")
      return
    }
    let shares = bars.bars.map { $0.values[0] }.reduce(0, +)
    #expect(abs(shares - 1) < 1e-5 && bars.bars.count == 10)
    #expect(table.rows[0][0] == "1" && table.rows[0][3] == "no number")
    #expect(table.rows[1...].allSatisfy { $0[3] != "no number" })
  }

  /// What PMF expects of a row lies over what the data have, and its error is that of these points.
  @Test func expectedBesideObserved() throws {
    let problem = RatingProblem(kinds: [.regression])
    let trainer = try problem.trainer("pmf", ["width": "4"])
    let batch = problem.dataset.validation.batch(from: 0, rows: 8)
    let shown = trainer.inspect(batch, schema: problem.dataset.features)
    guard case .scatter(let scatter) = shown.views[0].content else {
      Issue.record("views: \(shown.views.map(\.name))")
      return
    }
    #expect(scatter.points.count == 8)
    let labels = (0..<8).map { problem.dataset.validation.labels[$0] }
    #expect(zip(scatter.points, labels).allSatisfy { abs($0.x - $1) < 1e-5 })
    let squares = scatter.points.reduce(Float(0)) { $0 + ($1.y - $1.x) * ($1.y - $1.x) }
    let error = try #require(shown.traces.first { $0.name == "rating_error" })
    #expect(abs(error.values[0] - (squares / 8).squareRoot()) < 1e-4)
    #expect(shown.traces.map(\.name) == ["rating_error", "lengths"])
  }

  /// What it cannot be built for it says.
  @Test func whatDoesNotFitIsRefused() throws {
    let plain = TinyProblem(tasks: 3)
    let error = #expect(throws: ModelError.self) { try plain.trainer("rank-and-rate") }
    #expect(error?.description.contains("`kind: regression`, `kind: ranking`") == true)
    let one = #expect(throws: ModelError.self) {
      try RatingProblem(kinds: [.ranking]).trainer("rank-and-rate")
    }
    #expect(one?.description.contains("one rating (regression) and one ranking") == true)
    #expect(one?.description.contains("next (ranking)") == true)
  }
}
