import Datasets
import Foundation
import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Models
@testable import Training

/// MTER beside ratings of any scale, numbers that went bad, and tuples that are not to count.
@Suite struct MTERNumbersTests {
  private func model(_ trainer: Trainer) throws -> MTER {
    try #require(trainer.model as? MTER)
  }

  /// Ratings of 20,000 to 100,000: the error of a row's tuples is against what they say.
  @Test func ratingsMayBeLarge() throws {
    let problem = OpinionProblem(scale: LabelScale(mean: 60_000, deviation: 30_000))
    let trainer = try problem.trainer()
    let model = try model(trainer)
    let held = problem.dataset.validation
    let executor = trainer.forward(held.batch(from: 0, rows: held.count))
    let errors = try #require(executor.output(.logit("said")))
    let all = try #require(problem.dataset.opinions?.validation)
    for row in 0..<held.count {
      let (item, user) = (held.ids[2 * row], held.ids[2 * row + 1])
      let numbers = MTERNumbers(model, store: trainer.store, user: Int(user), item: Int(item))
      let own = all.filter { $0.user == user && $0.item == item }
      let squares = own.map { (tuple: OpinionTuple) -> Double in
        let value = MTERTensors.quality(Int(tuple.sentiment), greatestRating: 100_000)
        let error: Double = numbers.quality(Int(tuple.feature)) - value
        return error * error
      }
      #expect(squares.count == 2)
      let mean: Double = squares.reduce(0, +) / 2
      let distance: Double = abs(Double(errors[row]) - mean)
      #expect(distance < 1e-4 * mean, "row \(row)")
    }
  }

  /// Ratings of 0, 2 and 4 come back from single precision as a little more or less: a 0 counts as 1,
  /// and is above no rating.
  @Test func aRatingOfZeroCountsAsOne() throws {
    let problem = OpinionProblem(scale: LabelScale(mean: 2, deviation: 1.5))
    let trainer = try problem.trainer()
    let model = try model(trainer)
    let tensors = try #require(MTERTensors(problem.dataset, for: model))
    let rated = tensors.userItemFeature.filter { $0.index[2] == model.overall }
    #expect(Set(rated.map(\.value)) == [1, 2, 4])
    let ratings = Dictionary(uniqueKeysWithValues: rated.map { ($0.index, $0.value) })
    let site = SourceSite(
      dataset: problem.dataset, store: trainer.store, seed: 1, batchRows: 16)
    let source = try #require(EntrySource(model, at: site))
    var seen = 0
    for step in 0..<50 {
      let batch = source.rows(at: step, beside: problem.batch(rows: 4))
      let (drawn, labels) = (try #require(batch.drawn), try #require(batch.labels))
      for row in 0..<batch.rows {
        let ids = drawn + row * batch.drawnCount
        guard ids[EntryRow.tensor.rawValue] == EntryTensor.pair.rawValue else { continue }
        let user = Int(ids[EntryRow.user.rawValue])
        let own = ratings[[user, Int(ids[EntryRow.item.rawValue]), model.overall]]
        let other = ratings[[user, Int(ids[EntryRow.other.rawValue]), model.overall]]
        guard own == 1, other == nil else { continue }
        seen += 1
        #expect(labels[3 * row + 1] == 1)
      }
    }
    #expect(seen > 0)
    withExtendedLifetime(source) {}
  }

  /// Without their task tuples change no number, whatever they say.
  @Test func tuplesThatAreOffDoNotCount() throws {
    let trainers = try [false, true].map { isTurned in
      let problem = OpinionProblem(isTurned: isTurned)
      let trainer = try problem.trainer()
      trainer.isOn[2] = false
      for step in 0..<20 {
        let hasMoved = trainer.step(problem.batch(from: step, rows: 16), rate: 0.1)
        #expect(hasMoved)
      }
      return trainer
    }
    #expect(trainers[0].namedNumbers == trainers[1].namedNumbers)
    let start = try OpinionProblem().trainer()
    #expect(trainers[0].namedNumbers != start.namedNumbers)
  }

  /// What is expected of features is shown whatever the numbers are.
  @Test func numbersThatWentBadAreShown() throws {
    let problem = OpinionProblem()
    let trainer = try problem.trainer()
    let numbers = trainer.namedNumbers
    for (path, own) in numbers { trainer.set(path, to: own.map { _ in 1 }) }
    // x̂ is a sum of 4 · 5 · 3 products.
    for (expected, words) in [(-0.5, "-0.50"), (.nan, "nan"), (6e29, "00.00")] {
      let path = "embeddings.user.weight"
      let own = [Float](repeating: Float(expected / 60), count: numbers[path]?.count ?? 0)
      trainer.set(path, to: own)
      let shown = trainer.inspect(
        problem.dataset.validation.batch(from: 0, rows: 4), schema: problem.dataset.features)
      guard case .table(let table) = shown.views[0].content else {
        Issue.record("view: \(shown.views[0].name)")
        return
      }
      #expect(table.rows.count == 4)
      for row in table.rows {
        let text = row[1]
        #expect(
          expected < 1e9 || expected.isNaN
            ? text.hasSuffix(words) : text.count == 33, "\(expected): \(text)")
      }
    }
  }
}

// MARK: - How it begins

extension MTERNumbersTests {
  /// The first predictions of every tensor are on average the mean rating, whatever the widths; from 0
  /// to 1 they are as many sixteenths as there are products.
  @Test(arguments: [(8.0, 8.0), (3.0, 3.0), (-2.0, 1.0)])
  func theFirstProductsAreAsLargeAsRatings(mean: Double, expected: Double) throws {
    let problem = OpinionProblem(scale: LabelScale(mean: mean, deviation: 1.5))
    var means: [String: [Double]] = [:]
    for seed in 1...24 as ClosedRange<UInt64> {
      for start in ["fitted", "unit"] {
        let trainer = try problem.trainer(
          ["user": "7", "item": "5", "feature": "6", "opinion": "9", "start": start], seed: seed)
        let numbers = trainer.namedNumbers
        func all(_ path: String) throws -> [Double] {
          try #require(numbers[path]).map(Double.init)
        }
        func mean(_ path: String) throws -> Double {
          let all = try all(path)
          return all.reduce(0, +) / Double(all.count)
        }
        let factors = try ["user", "item", "feature", "opinion"].map {
          try mean("embeddings.\($0).weight")
        }
        for (core, own) in [
          ("user_item_feature", [0, 1, 2]), ("user_feature_opinion", [0, 2, 3]),
          ("item_feature_opinion", [1, 2, 3]),
        ] {
          let sum = try all("cores.\(core)").reduce(0, +)
          means["\(start) \(core)", default: []].append(own.reduce(sum) { $0 * factors[$1] })
        }
      }
    }
    let products = [
      "user_item_feature": 210.0, "user_feature_opinion": 378, "item_feature_opinion": 270,
    ]
    for (core, count) in products {
      func mean(_ start: String) -> Double { means["\(start) \(core)"]?.reduce(0, +) ?? 0 }
      #expect(abs(mean("fitted") / 24 / expected - 1) < 0.12, "\(core)")
      #expect(abs(mean("unit") / 24 / (count / 16) - 1) < 0.12, "\(core)")
    }
  }

  /// As the program begins without a word, the rating is learned sooner than from 0 to 1, where products
  /// begin at 90.
  @Test func itLearnsFromAFittedStart() throws {
    let problem = OpinionProblem()
    func error(_ start: String) throws -> Double {
      let options = [
        "start": start, "pairs": "0", "user": "12", "item": "12", "feature": "10", "entries": "12",
      ]
      let trainer = try problem.trainer(options)
      for step in 0..<200 { _ = trainer.step(problem.batch(from: step % 40, rows: 16), rate: 0.1) }
      let rows = problem.dataset.training
      let z = try #require(
        trainer.forward(rows.batch(from: 0, rows: rows.count)).output(.logit("stars")))
      let squares = (0..<rows.count).reduce(0.0) {
        let error = Double(z[$1] - rows.labels[3 * $1])
        return $0 + error * error
      }
      return (squares / Double(rows.count)).squareRoot()
    }
    let (fitted, unit) = (try error("fitted"), try error("unit"))
    #expect(fitted < 0.9 * unit, "fitted \(fitted), unit \(unit)")
  }
}
