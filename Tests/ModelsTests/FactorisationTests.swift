import Datasets
import Foundation
import Tensors
import Testing

@testable import Models

/// Alternating least squares by hand and by its properties.
@Suite struct AlternatingLeastSquaresTests {
  private typealias Rating = AlternatingLeastSquares.Rating

  /// One factor: U = (Σ r v + λ p) ⁄ (Σ v² + λ), then V of the new U.
  @Test func solvesOneFactorByHand() {
    let squares = AlternatingLeastSquares(
      [Rating(user: 0, item: 0, value: 5), Rating(user: 0, item: 1, value: 1)],
      users: 2, items: 2, userStrength: 3, itemStrength: 0.5)
    var users = FactorMatrix(rows: 2, width: 1, values: [9, 9])
    var items = FactorMatrix(rows: 2, width: 1, values: [3, 2])
    let priors = (
      FactorMatrix(rows: 2, width: 1, values: [0.5, -7]),
      FactorMatrix(rows: 2, width: 1, values: [1, 4])
    )
    squares.sweep(users: &users, items: &items, priors: priors, pool: WorkerPool(threads: 1))
    // (3 · 5 + 2 · 1 + 3 · 0.5) ⁄ (9 + 4 + 3)
    let user: Double = 18.5 / 16
    #expect(abs(users.values[0] - user) < 1e-12)
    // Who rates nothing has the prior.
    #expect(abs(users.values[1] + 7) < 1e-12)
    let square: Double = user * user + 0.5
    let found: [Double] = [(user * 5 + 0.5) / square, (user + 2) / square]
    #expect(abs(items.values[0] - found[0]) < 1e-12)
    #expect(abs(items.values[1] - found[1]) < 1e-12)
    let errors: [Double] = [5 - user * found[0], 1 - user * found[1]]
    let moves: [Double] = [found[0] - 1, found[1] - 4]
    let sum = { (values: [Double]) in values.reduce(0) { $0 + $1 * $1 } }
    let loss: Double = 0.5 * sum(errors) + 1.5 * sum([user - 0.5]) + 0.25 * sum(moves)
    let own = squares.loss(users: users, items: items, priors: priors)
    #expect(abs(own - loss) < 1e-12)
  }

  private struct Problem {
    let squares: AlternatingLeastSquares
    var users: FactorMatrix
    var items: FactorMatrix
    let priors: (FactorMatrix, FactorMatrix)

    init(seed: UInt64, strength: Double) {
      let random = RandomSource(seed: seed, .test)
      let (users, items, width) = (70, 41, 1 + Int(seed % 6))
      func draw(_ rows: Int, _ stream: UInt64) -> FactorMatrix {
        FactorMatrix(
          rows: rows, width: width,
          values: (0..<rows * width).map {
            Double(random.index(below: 2001, UInt64($0), stream)) / 1000 - 1
          })
      }
      let ratings = (0..<500).map { row -> Rating in
        let i = UInt64(row)
        return Rating(
          user: random.index(below: users, i, 1), item: random.index(below: items, i, 2),
          value: Double(1 + random.index(below: 5, i, 3)))
      }
      squares = AlternatingLeastSquares(
        ratings, users: users, items: items, userStrength: strength, itemStrength: 2 * strength)
      (self.users, self.items) = (draw(users, 4), draw(items, 5))
      priors = (draw(users, 6), draw(items, 7))
    }

    mutating func sweep(threads: Int) {
      squares.sweep(
        users: &users, items: &items, priors: priors, pool: WorkerPool(threads: threads))
    }

    var loss: Double { squares.loss(users: users, items: items, priors: priors) }
  }

  @Test(arguments: 1...6) func noSweepRaisesTheLoss(seed: UInt64) {
    var problem = Problem(seed: seed, strength: 0.3)
    var last = problem.loss
    for sweep in 0..<8 {
      problem.sweep(threads: 2)
      let loss = problem.loss
      #expect(loss <= last * (1 + 1e-12), "seed \(seed), sweep \(sweep)")
      last = loss
    }
  }

  @Test(arguments: 1...3) func isTheSameOnAnyThreads(seed: UInt64) {
    var (single, several) = (
      Problem(seed: seed, strength: 1), Problem(seed: seed, strength: 1)
    )
    for _ in 0..<3 {
      single.sweep(threads: 1)
      several.sweep(threads: 3)
    }
    #expect(single.users == several.users && single.items == several.items, "seed \(seed)")
  }

  @Test func aStrongPriorIsTheSolution() {
    var problem = Problem(seed: 5, strength: 1e9)
    problem.sweep(threads: 1)
    for (found, prior) in zip(
      problem.users.values + problem.items.values,
      problem.priors.0.values + problem.priors.1.values)
    {
      #expect(abs(found - prior) < 1e-5)
    }
  }
}

/// MTER's tensors and explanations by hand.
@Suite struct MTERTests {
  @Test func countsByHand() {
    let said: [(Int32, Int32, Int32, Int32, Int32)] = [
      (0, 1, 0, 2, 1), (0, 1, 0, 2, 1), (0, 1, 0, 1, -1), (1, 1, 0, 2, 1), (1, 0, 1, 0, -1),
    ]
    let tensors = MTERTensors(
      said.map {
        OpinionTuple(
          user: $0.0, item: $0.1, feature: $0.2, opinion: $0.3, sentiment: $0.4)
      }, ratings: [(0, 1, 4), (1, 0, 0), (0, 1, 3)], features: 2, greatestRating: 5)
    let sigma = { (x: Double) in 1 / (1 + exp(-x)) }
    let x = tensors.userItemFeature
    #expect(x.map(\.index) == [[0, 1, 0], [0, 1, 2], [1, 0, 1], [1, 0, 2], [1, 1, 0]])
    let values: [Double] = [1 + 4 * sigma(1), 3, 1 + 4 * sigma(-1), 1, 1 + 4 * sigma(1)]
    for (entry, value) in zip(x, values) { #expect(abs(entry.value - value) < 1e-12) }
    #expect(tensors.userFeatureOpinion.map(\.index) == [[0, 0, 2], [1, 0, 2]])
    #expect(tensors.itemFeatureOpinion.map(\.index) == [[1, 0, 2]])
    let attention: Double = 1 + 4 * (2 * sigma(3) - 1)
    #expect(abs(tensors.itemFeatureOpinion[0].value - attention) < 1e-12)
  }

  /// Quality lies in (1, N) and is half-way at 0; attention begins at 1 and stays below N.
  @Test func transformsKeepToTheirBounds() {
    #expect(MTERTensors.quality(0, greatestRating: 5) == 3)
    #expect(MTERTensors.attention(0, greatestRating: 5) == 1)
    for count in 1...30 {
      let quality = [-count, count].map { MTERTensors.quality($0, greatestRating: 5) }
      #expect(quality[0] > 1 && quality[0] < 3 && quality[1] > 3 && quality[1] < 5)
      #expect(abs(quality[0] + quality[1] - 6) < 1e-12)
      let attention = MTERTensors.attention(count, greatestRating: 5)
      #expect(attention > MTERTensors.attention(count - 1, greatestRating: 5) && attention < 5)
    }
  }

  /// Two mentioned features are not more than are shown, so all count; three are.
  @Test func onlyManyMentionsNarrowTheFeatures() {
    func features(_ mentioned: [Int]) -> [Int] {
      MTERExplanation(
        features: 5, mentioned: mentioned, seen: { [$0, 0] },
        length: .init(features: 2, opinions: 1), quality: { $0 == 1 ? 3 : Double($0) },
        agreement: { $0 == $1 ? 2 : 1 }
      ).reasons.map(\.feature)
    }
    #expect(features([0, 2]) == [4, 1])
    #expect(features([0, 1, 2]) == [1, 2])
    #expect(features([]) == [4, 1])
    let ties = MTERExplanation(
      features: 4, mentioned: [], seen: { _ in [3, 1, 2] }, length: .init(features: 3, opinions: 2),
      quality: { _ in 1 }, agreement: { _, word in word == 2 ? 5 : 1 })
    #expect(ties.reasons.map(\.feature) == [0, 1, 2])
    #expect(ties.reasons.map(\.opinions) == [[2, 1], [2, 1], [2, 1]])
    #expect(ties.reasons[0].opinionScores == [5, 1])
  }
}
