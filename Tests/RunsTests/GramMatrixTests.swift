import Runs
import Testing

/// What follows from inner products of gradients, by hand on (3, 4), (8, −6), (−6, −8) and 0.
@Suite struct GramMatrixTests {
  private let vectors: [[Double]] = [[3, 4], [8, -6], [-6, -8], [0, 0]]

  private func gram(_ vectors: [[Double]]) -> GramMatrix {
    var gram = GramMatrix(count: vectors.count)
    for (i, a) in vectors.enumerated() {
      for (j, b) in vectors.enumerated() { for (x, y) in zip(a, b) { gram[i, j] += x * y } }
    }
    return gram
  }

  @Test func normsAndCosines() {
    let gram = gram(vectors)
    #expect((0..<4).map { gram.norm($0) } == [5, 10, 10, 0])
    #expect(gram.cosine(0, 0) == 1 && gram.cosine(0, 1) == 0 && gram.cosine(0, 2) == -1)
    #expect(gram.cosine(0, 3).isNaN && gram.cosine(3, 3).isNaN)
  }

  @Test func conflictsAreThePairsBelowZero() {
    let gram = gram(vectors)
    // (0, 1) and (1, 2) are at right angles: no conflict. Task 3 has no gradient: no pair.
    #expect(gram.pairs.count == 3)
    #expect(gram.conflicts == [GramMatrix.Pair(0, 2)])
    #expect(gram.conflictRate == 1.0 / 3)
    #expect(gram.worstPair == GramMatrix.Pair(0, 2))
    #expect(self.gram([[1, 1]]).conflictRate.isNaN)
    #expect(self.gram([[1, 1]]).worstPair == nil)
    #expect(GramMatrix(count: 0).pairs.isEmpty)
  }

  /// A step of task 0, of length η·5 along (3, 4), changes the loss of task 1 by −η g_0·g_1.
  @Test func affinityIsDirected() {
    let gram = gram([[3, 4], [1, 2]])
    let found = gram.affinities(losses: [2, 0.5], rate: 0.1)
    let expected = [0.1 * 25 / 2, 0.1 * 11 / 0.5, 0.1 * 11 / 2, 0.1 * 5 / 0.5]
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12) }
    let unknown = gram.affinities(losses: [0, .nan], rate: 1)
    #expect(unknown.allSatisfy { $0.isNaN })
  }

  /// The loss after a plain step differs from what the affinity says by a term in η²: quadratic losses
  /// L_j = ½ Σ_k a_jk (x_k − c_jk)².
  @Test func theErrorOfAffinityFallsWithTheSquareOfTheRate() {
    let curvature = [[1.0, 3.0], [2.0, 0.5]]
    let centre = [[1.0, -2.0], [-0.5, 2.0]]
    let point = [0.3, 0.7]
    func loss(_ j: Int, _ x: [Double]) -> Double {
      var sum = 0.0
      for k in 0..<2 {
        let distance = x[k] - centre[j][k]
        sum += 0.5 * curvature[j][k] * distance * distance
      }
      return sum
    }
    func gradient(_ j: Int) -> [Double] {
      (0..<2).map { curvature[j][$0] * (point[$0] - centre[j][$0]) }
    }
    let gram = gram([gradient(0), gradient(1)])
    func error(_ rate: Double) -> Double {
      let stepped = (0..<2).map { point[$0] - rate * gradient(0)[$0] }
      let exact = 1 - loss(1, stepped) / loss(1, point)
      return abs(gram.affinities(losses: [loss(0, point), loss(1, point)], rate: rate)[1] - exact)
    }
    #expect(error(0.01) > 0)
    #expect(abs(error(0.01) / error(0.005) - 4) < 1e-6)
  }

  @Test func theMatrixOfTwoPartsIsTheSum() {
    var sum = gram([[3, 4], [1, 2]])
    sum += gram([[1], [-1]])
    #expect(sum == gram([[3, 4, 1], [1, 2, -1]]))
  }
}

/// Parts and the update, by hand.
@Suite struct GradientSnapshotTests {
  private func gram(_ a: [Double], _ b: [Double]) -> GramMatrix {
    func dot(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0.0) { sum, pair in sum + pair.0 * pair.1 }
    }
    return GramMatrix([dot(a, a), dot(a, b), dot(a, b), dot(b, b)], count: 2)
  }

  private func snapshot(
    weights: [Double] = [1, 1], own: [Double]? = nil
  ) -> GradientSnapshot {
    GradientSnapshot(
      step: 7, rows: 4, tasks: ["click", "like"], losses: [0.5, 0.25], rate: 0.1,
      weights: weights,
      tensors: [
        .init(name: "user", isTable: true, count: 8, gram: gram([1, 0], [0, 2])),
        .init(name: "trunk", isTable: false, count: 2, gram: gram([2], [-3]), weights: own),
      ], cost: .init(seconds: 0.01))
  }

  @Test func partsAddUp() {
    let snapshot = snapshot()
    #expect(snapshot.parts == [.all, .trunk, .tables, .tensor(0), .tensor(1)])
    #expect(snapshot.gram(of: .tables) == gram([1, 0], [0, 2]))
    #expect(snapshot.gram(of: .trunk) == gram([2], [-3]))
    #expect(snapshot.gram() == gram([1, 0, 2], [0, 2, -3]))
    #expect(snapshot.name(of: .tensor(1)) == "trunk" && snapshot.name(of: .tables) == "tables")
    var flat = snapshot
    flat.tensors.removeFirst()
    #expect(flat.parts == [.all, .tensor(0)])
  }

  /// u = 2·(1, 0, 2) + (0, 2, −3) = (2, 2, 1), ḡ = (½, 1, −½).
  @Test func theUpdateIsTheWeightedSum() {
    let update = snapshot(weights: [2, 1]).update()
    #expect(update.norm == 3)
    #expect(update.products == [2 + 2, 4 - 3])
    #expect(abs(update.cosines[0] - 4 / (3 * 5.0.squareRoot())) < 1e-12)
    #expect(abs(update.cosines[1] - 1 / (3 * 13.0.squareRoot())) < 1e-12)
    #expect(abs(update.meanCosine - 2.5 / (3 * 1.5.squareRoot())) < 1e-12)
    #expect(abs(update.ratio - 3 / 1.5.squareRoot()) < 1e-12)
  }

  @Test func equalWeightsLieAlongTheMean() {
    let update = snapshot().update()
    #expect(abs(update.meanCosine - 1) < 1e-12)
    #expect(abs(update.ratio - 2) < 1e-12)
  }

  /// The table goes by (2, 1), the trunk by (0, 3): u = (2, 2, −9).
  @Test func arraysMayHaveWeightsOfTheirOwn() {
    let update = snapshot(weights: [2, 1], own: [0, 3]).update()
    #expect(abs(update.norm - 89.0.squareRoot()) < 1e-12)
    #expect(update.products == [2 - 18, 4 + 27])
    #expect(snapshot(weights: [2, 1], own: [0, 3]).update(of: .tables).products == [2, 4])
  }
}

/// Which tasks belong together.
@Suite struct TaskGroupingTests {
  @Test func theMostAlikeAreJoinedFirst() {
    let grouping = TaskGrouping(
      [
        1, 0.1, 0.8, -0.5,
        0.1, 1, 0.3, 0.4,
        0.8, 0.3, 1, -0.1,
        -0.5, 0.4, -0.1, 1,
      ], count: 4)
    #expect(grouping.joins.map(\.first) == [[0], [1], [0, 2]])
    #expect(grouping.joins.map(\.second) == [[2], [3], [1, 3]])
    #expect(grouping.joins[0].similarity == 0.8 && grouping.joins[1].similarity == 0.4)
    #expect(abs(grouping.joins[2].similarity - (0.1 - 0.5 + 0.3 - 0.1) / 4) < 1e-12)
    #expect(grouping.order == [0, 2, 1, 3])
    #expect(grouping.groups() == [[0, 2], [1, 3]])
    #expect(grouping.groups(above: 0.5) == [[0, 2], [1], [3]])
    #expect(grouping.groups(above: -1) == [[0, 2, 1, 3]])
  }

  @Test func unknownSimilaritiesComeLast() {
    let nan = Double.nan
    let grouping = TaskGrouping([1, nan, -0.2, nan, nan, nan, -0.2, nan, 1], count: 3)
    #expect(grouping.joins[0].first == [0] && grouping.joins[0].second == [2])
    #expect(grouping.joins[1].similarity.isNaN)
    #expect(grouping.groups(above: -1) == [[0, 2], [1]])
    #expect(TaskGrouping([], count: 0).order == [])
    #expect(TaskGrouping([1], count: 1).groups() == [[0]])
  }
}
