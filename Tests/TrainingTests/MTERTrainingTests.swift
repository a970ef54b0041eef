import Datasets
import Graph
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Models
@testable import Training

/// MTER on made opinions: what it draws, that no number falls below 0, that it learns, goes on and forks.
@Suite struct MTERTrainingTests {
  private let problem = OpinionProblem()

  private func step(_ trainer: Trainer, _ number: Int, rate: Double = 0.1) {
    let batch = problem.batch(from: number * 7 % 40, rows: number % 5 == 4 ? 9 : 16)
    let hasMoved = trainer.step(batch, rate: rate)
    #expect(hasMoved, "step \(number)")
  }

  private func model(_ trainer: Trainer) throws -> MTER {
    try #require(trainer.model as? MTER)
  }

  // MARK: - Steps

  @Test(arguments: [false, true]) func noNumberFallsBelowZero(isEveryStep: Bool) throws {
    let trainer = try problem.trainer(
      threads: 2, optimizer: OptimizerConfiguration(.projectedAdagrad(isEveryStep: isEveryStep)))
    var zeros = 0
    for number in 0..<60 {
      step(trainer, number, rate: 0.4)
      let least = trainer.namedNumbers.values.compactMap { $0.min() }.min() ?? -1
      #expect(least >= 0, "step \(number)")
      zeros = trainer.namedNumbers.values.reduce(0) { $0 + $1.count { $0 == 0 } }
    }
    #expect(zeros > 0)
  }

  @Test func sameBitsOnAnyNumberOfThreads() throws {
    let trainers = try [1, 2, 3].map { try problem.trainer(threads: $0) }
    for number in 0..<40 { for trainer in trainers { step(trainer, number) } }
    let prints = trainers.map(\.fingerprint)
    #expect(prints[0] == prints[1] && prints[0] == prints[2])
  }

  /// A run, its fork and one that was saved, with what a person changes meanwhile.
  @Test func itGoesOnAndForks() throws {
    let optimizer = OptimizerConfiguration(.projectedAdagrad(isEveryStep: true))
    let main = try problem.trainer(threads: 2, seed: 5, optimizer: optimizer)
    for number in 0..<30 { step(main, number) }
    let fork = try main.fork().0
    let other = try problem.trainer(seed: 5, optimizer: optimizer)
    step(other, 3)
    try load(saved(main.visit), other.visit)
    for number in 30..<330 {
      for run in [main, fork, other] {
        if number == 100 { run.isOn[2] = false }
        if number == 200 { (run.isOn[2], run.weights[0]) = (true, 0.5) }
        step(run, number)
      }
    }
    #expect(try differences(saved(main.visit), saved(fork.visit)) == [])
    #expect(try differences(saved(main.visit), saved(other.visit)) == [])
  }

  /// Without its task a tensor's numbers stay where they are, with their sums.
  @Test func whatIsOffRests() throws {
    let trainer = try problem.trainer()
    step(trainer, 0)
    trainer.isOn[2] = false
    let before = trainer.namedNumbers
    for number in 1..<5 { step(trainer, number) }
    for path in ["embeddings.opinion.weight", "cores.user_feature_opinion"] {
      #expect(trainer.namedNumbers[path] == before[path], "\(path)")
    }
    #expect(trainer.namedNumbers["embeddings.user.weight"] != before["embeddings.user.weight"])
  }

  /// With little weight on the pairs ratings are predicted better than by their mean, 0.77.
  @Test func itLearnsRatings() throws {
    var options = OpinionProblem.small
    options["ranking"] = "0.5"
    let trainer = try problem.trainer(options, threads: 2)
    for number in 0..<1500 { step(trainer, number) }
    let training = problem.dataset.training
    let executor = trainer.forward(training.batch(from: 0, rows: training.count))
    let z = try #require(executor.output(.logit("stars")))
    var squares = 0.0
    for row in 0..<training.count {
      let error = Double(z[row] - training.labels[3 * row])
      squares += error * error
    }
    #expect((squares / Double(training.count)).squareRoot() < 0.6)
  }

  /// With the usual weight pairs are ordered.
  @Test func itLearnsOrders() throws {
    let trainer = try problem.trainer(threads: 2)
    var (right, pairs) = (0.0, 0.0)
    for number in 0..<600 {
      step(trainer, number)
      guard number >= 500 else { continue }
      right += trainer.sums[1].predictions
      pairs += trainer.sums[1].rows
    }
    #expect(pairs > 1000 && right > 0.75 * pairs)
  }

  // MARK: - What is drawn

  private func source(_ trainer: Trainer, seed: UInt64 = 1) throws -> EntrySource {
    let site = SourceSite(
      dataset: problem.dataset, store: trainer.store, seed: seed, batchRows: 16)
    return try #require(EntrySource(model(trainer), at: site))
  }

  /// Every drawn entry is one of a tensor, with its value; every pair's label is the sign of its ratings'
  /// difference; each has its one task.
  @Test func entriesAndPairsAreThoseOfTheTrainingRows() throws {
    let trainer = try problem.trainer()
    let model = try model(trainer)
    let source = try source(trainer)
    let tensors = try #require(MTERTensors(problem.dataset, for: model))
    func values(_ entries: [MTERTensors.Entry]) -> [[Int]: Float] {
      Dictionary(uniqueKeysWithValues: entries.map { ($0.index, Float($0.value)) })
    }
    let all = [
      values(tensors.userItemFeature), values(tensors.userFeatureOpinion),
      values(tensors.itemFeatureOpinion),
    ]
    let columns: [[EntryRow]] = [
      [.user, .item, .feature], [.user, .feature, .opinion], [.item, .feature, .opinion],
    ]
    #expect(source.capacity == 3 * 12 + 30)
    var seen = [Set<[Int]>](repeating: [], count: 3)
    for number in 0..<200 {
      let batch = source.rows(at: number, beside: problem.batch(rows: 4))
      let drawn = try #require(batch.drawn)
      let (labels, spaces) = (try #require(batch.labels), try #require(batch.spaces))
      for row in 0..<batch.rows {
        let ids = drawn + row * batch.drawnCount
        let tensor = Int(ids[EntryRow.tensor.rawValue])
        let task = [2, 2, 2, 1, 0][tensor]
        let space = (0..<3).map { spaces[3 * row + $0] }
        #expect(space == (0..<3).map { $0 == task ? 1 : 0 })
        if tensor != 3 {
          // The rating is a slice of the first tensor.
          let list = tensor == 4 ? 0 : tensor
          let index = columns[list].map { Int(ids[$0.rawValue]) }
          #expect(all[list][index] == labels[3 * row + task], "\(index)")
          #expect((index[2] == model.overall) == (tensor == 4) || list > 0)
          seen[list].insert(index)
        } else {
          let (user, item, other) = (
            Int(ids[EntryRow.user.rawValue]), Int(ids[EntryRow.item.rawValue]),
            Int(ids[EntryRow.other.rawValue])
          )
          let first = all[0][[user, item, model.overall]]
          let second = all[0][[user, other, model.overall]] ?? 0
          let difference = try #require(first) - second
          #expect(labels[3 * row + 1] == (difference > 0 ? 1 : difference < 0 ? -1 : 0))
          #expect((1...OpinionProblem.items).contains(other))
          #expect(ids[EntryRow.feature.rawValue] == Int32(model.overall))
        }
      }
    }
    // 2,400 draws of some hundred entries leave hardly one out.
    for (tensor, found) in zip(all, seen) { #expect(found.count == tensor.count) }
    withExtendedLifetime(source) {}
  }

  /// The word of a test row is in no tensor and in no step.
  @Test func whatIsHeldBackIsNotDrawn() throws {
    let trainer = try problem.trainer()
    let unheard = OpinionProblem.words.opinions.count - 1
    let tensors = try #require(MTERTensors(problem.dataset, for: model(trainer)))
    for entry in tensors.userFeatureOpinion + tensors.itemFeatureOpinion {
      #expect(entry.index[2] != unheard)
    }
    let test = problem.dataset.test
    var held = Set<[Int]>()
    for row in 0..<test.count {
      let (item, user) = (Int(test.ids[2 * row]), Int(test.ids[2 * row + 1]))
      held.insert([user, item])
    }
    for entry in tensors.userItemFeature {
      let pair = [entry.index[0], entry.index[1]]
      #expect(!held.contains(pair))
    }
  }

  /// The rating's loss is that of its entries in squared deviations, the others' in the ratings' own unit.
  @Test func lossesAreInTheUnitThatTheyAreShownIn() throws {
    let trainer = try problem.trainer()
    let source = try source(trainer)
    let batch = source.rows(at: 0, beside: problem.batch(rows: 4))
    let isFinite = trainer.gradients(problem.batch(rows: 4))
    #expect(isFinite)
    let (drawn, labels) = (try #require(batch.drawn), try #require(batch.labels))
    let model = try model(trainer)
    var (squares, count) = (0.0, 0.0)
    for row in 0..<batch.rows {
      let ids = drawn + row * batch.drawnCount
      guard ids[EntryRow.tensor.rawValue] == EntryTensor.rating.rawValue else { continue }
      let numbers = MTERNumbers(
        model, store: trainer.store, user: Int(ids[EntryRow.user.rawValue]),
        item: Int(ids[EntryRow.item.rawValue]))
      let error = numbers.quality(Int(ids[EntryRow.feature.rawValue])) - Double(labels[3 * row])
      squares += error * error / (1.5 * 1.5)
      count += 1
    }
    #expect(trainer.sums[0].rows == count && count > 0)
    #expect(trainer.sums[0].rows + trainer.terms[1].rows == 12)
    #expect(abs(trainer.sums[0].loss - squares) < 1e-4 * squares)
    withExtendedLifetime(source) {}
  }

  @Test func drawsFollowFromSeedAndStep() throws {
    let trainer = try problem.trainer()
    func rows(_ source: EntrySource, _ step: Int) throws -> [Int32] {
      let batch = source.rows(at: step, beside: problem.batch(rows: 4))
      let drawn = try #require(batch.drawn)
      return Array(UnsafeBufferPointer(start: drawn, count: batch.rows * batch.drawnCount))
    }
    let (one, same, other) = (
      try source(trainer), try source(trainer), try source(trainer, seed: 2)
    )
    let (first, next) = (try rows(one, 3), try rows(one, 4))
    let (again, twin, foreign) = (try rows(one, 3), try rows(same, 3), try rows(other, 3))
    #expect(next != first && foreign != first)
    #expect(again == first && twin == first)
  }

  // MARK: - Pairs

  /// Swapping a pair's items and its sign changes neither loss nor gradient; the sign alone does.
  @Test func aSwappedPairFlipsItsSign() throws {
    let trainer = try problem.trainer()
    func gradients(_ item: Int32, _ other: Int32, _ sign: Float) throws -> (
      Double, [String: [Float]]
    ) {
      let source = try source(trainer)
      let drawn = Storage<Int32>([3, item, other, 4, 0, EntryTensor.pair.rawValue])
      let (labels, spaces) = (Storage<Float>([0, sign, 0]), Storage<Float>([0, 1, 0]))
      var batch = Batch(
        rows: 1, ids: nil, fields: 0, dense: nil, denseCount: 0,
        labels: UnsafePointer(labels.base), spaces: UnsafePointer(spaces.base), tasks: 3,
        index: nil)
      (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), source.drawnCount)
      // As it stands, not beside what a source draws.
      let alone = Trainer(
        trainer.model, store: trainer.store, tasks: problem.tasks, batchSize: 4,
        optimizer: OptimizerConfiguration(.sgd), pool: WorkerPool(threads: 1))
      let found = withExtendedLifetime((drawn, labels, spaces)) { alone.namedGradients(batch) }
      return (alone.sums[1].loss, found)
    }
    let (loss, slopes) = try gradients(2, 7, 1)
    let (swapped, swappedSlopes) = try gradients(7, 2, -1)
    #expect(abs(loss - swapped) < 1e-6)
    for (path, numbers) in slopes {
      let others = swappedSlopes[path] ?? []
      #expect(zip(numbers, others).allSatisfy { abs($0 - $1) < 1e-6 }, "\(path)")
    }
    let (flipped, flippedSlopes) = try gradients(2, 7, -1)
    #expect(abs(loss - flipped) > 1e-4)
    // −σ(−g) and σ(g): the sum of both slopes' sizes is λ_B.
    let path = "embeddings.user.weight"
    let (a, b) = (slopes[path] ?? [], flippedSlopes[path] ?? [])
    #expect(zip(a, b).allSatisfy { $0 * $1 <= 0 } && a.contains { $0 != 0 })
    let none = try gradients(2, 7, 0)
    #expect(none.0 == 0 && none.1.values.joined().allSatisfy { $0 == 0 })
  }

  // MARK: - Answers

  /// The error of a row's own tuples is that of x̂ against what they say, and nobody's is the mean.
  @Test func answersByHand() throws {
    let trainer = try problem.trainer()
    for number in 0..<20 { step(trainer, number) }
    let model = try model(trainer)
    let validation = problem.dataset.validation
    let executor = trainer.forward(validation.batch(from: 0, rows: validation.count))
    let errors = try #require(executor.output(.logit("said")))
    let ratings = try #require(executor.output(.logit("stars")))
    let scores = try #require(executor.output(.logit("next")))
    for row in 0..<validation.count {
      let (item, user) = (Int(validation.ids[2 * row]), Int(validation.ids[2 * row + 1]))
      let numbers = MTERNumbers(model, store: trainer.store, user: user, item: item)
      let rating: Double = numbers.quality(model.overall)
      let allowed: Double = 1e-4 * max(1, rating)
      let deviation: Double = Double(ratings[row]) - (rating - 3) / 1.5
      let distance: Double = Double(scores[row]) - rating
      #expect(abs(deviation) < allowed && abs(distance) < allowed, "row \(row)")
      let own = problem.dataset.opinions?.validation.filter {
        $0.user == Int32(user) && $0.item == Int32(item)
      }
      let squares = try #require(own).map { tuple in
        let value = MTERTensors.quality(Int(tuple.sentiment), greatestRating: 5)
        let error = numbers.quality(Int(tuple.feature)) - value
        return error * error
      }
      let mean = squares.reduce(0, +) / Double(squares.count)
      #expect(abs(Double(errors[row]) - mean) < 1e-3 * max(1, mean), "row \(row)")
    }
    let ids = Storage<Int32>([0, 3, 2, 0])
    let nobody = Batch(
      rows: 2, ids: UnsafePointer(ids.base), fields: 2, dense: nil, denseCount: 0, labels: nil,
      spaces: nil, tasks: 3, index: nil)
    let answered = trainer.forward(nobody)
    let unknown = try #require(answered.output(.logit("stars")))
    let score = try #require(answered.output(.logit("next")))
    #expect(unknown[0] == 0 && unknown[1] == 0 && score[0] == 0 && score[1] == 0)
  }

  /// Reasons name features that the item is mentioned for, with their words, and make a sentence.
  @Test func itExplains() throws {
    let trainer = try problem.trainer(threads: 2)
    for number in 0..<200 { step(trainer, number) }
    let model = try model(trainer)
    let opinions = try #require(problem.dataset.opinions)
    let numbers = MTERNumbers(model, store: trainer.store, user: 5, item: 3)
    let found = numbers.explanation(
      ofItem: 3, Mentions(opinions), length: .init(features: 2, opinions: 1))
    #expect(found.reasons.count == 2)
    for reason in found.reasons {
      let said = Set(
        opinions.training.filter { Int($0.feature) == reason.feature && $0.sentiment > 0 }
          .map { Int($0.opinion) })
      #expect(reason.opinions.allSatisfy(said.contains) && reason.opinions.count == 1)
      #expect(numbers.quality(reason.feature) == reason.score)
    }
    let sentence = try #require(model.sentence(found))
    let best = found.reasons[0]
    #expect(
      sentence.hasPrefix(
        "Its \(OpinionProblem.words.features[best.feature]) is "
          + "\(OpinionProblem.words.opinions[best.opinions[0]])."))
  }

  @Test func itShowsItself() throws {
    let trainer = try problem.trainer()
    for number in 0..<3 { step(trainer, number) }
    let shown = trainer.inspect(
      problem.dataset.validation.batch(from: 0, rows: 8), schema: problem.dataset.features)
    #expect(
      shown.views.map(\.name) == [
        "mter.reasons", "mter.core.quality", "mter.core.user", "mter.core.item",
      ])
    #expect(shown.traces.map(\.name) == ["mter.errors", "mter.pairs", "mter.zeros"])
    #expect(shown.traces[0].isLogarithmic && shown.traces[0].values.allSatisfy { $0 > 0 })
    let roots = [trainer.sums[0], trainer.terms[1], trainer.sums[2], trainer.terms[0]].map {
      Float(($0.loss / $0.rows).squareRoot())
    }
    // The loss of a rating is counted in deviations, its error in stars.
    #expect(shown.traces[0].values == [1.5 * roots[0], roots[1], roots[2], roots[3]])
    #expect(shown.traces[1].values.allSatisfy { (0...1).contains($0) })
  }
}
