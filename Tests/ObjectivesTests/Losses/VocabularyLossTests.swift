import Graph
import Objectives
import Tensors
import Testing

/// The loss of words over several tiles and lanes, in every kind of run.
@Suite struct VocabularyLossTests {
  /// 20 words a row: a lane of 16 rows has more than the 256 of a tile.
  @Test(arguments: WordRun.Kind.allCases) func everyRunHasTheSameSumsAndGradients(
    _ kind: WordRun.Kind
  ) {
    let run = WordRun(kind, seed: 3)
    let found = run.found()
    let expected = run.expected()
    #expect(abs(found.sums.loss - expected.loss) <= 1e-5 * expected.loss, "\(kind)")
    #expect(found.sums.labels == Double(expected.words) && found.sums.rows == found.sums.labels)
    #expect(found.first == nil || found.first == found.sums)
    #expect((found.first != nil) == (kind == .parted))
    #expect(found.sums.predictions == Double(expected.hits), "\(kind)")
    if kind.showsRows {
      for row in 0..<WordRun.rows {
        #expect(abs(Double(found.rows[row]) - expected.rows[row]) <= 1e-4, "\(kind), row \(row)")
      }
    }
    guard kind != .evaluation else { return }
    for (place, (a, b)) in zip(found.gradients, expected.gradients).enumerated() {
      #expect(a.count == b.count)
      let largest = b.map(abs).max() ?? 0
      let error = zip(a, b).map { abs(Double($0) - $1) }.max() ?? .infinity
      #expect(largest > 0 && error <= 1e-4 * largest, "\(kind), argument \(place): \(error)")
    }
  }

  @Test func oneAndThreeThreadsHaveTheSameBits() {
    let (one, three) = (
      WordRun(.plain, seed: 5, threads: 1).found(), WordRun(.plain, seed: 5, threads: 3).found()
    )
    #expect(one.gradients == three.gradients && one.sums == three.sums)
  }

  /// A strength of 0 leaves no trace, whatever the scale of the concepts' place is.
  @Test func conceptsOfNoStrengthAreNone() {
    let plain = WordRun(.plain, seed: 7).found()
    let weightless = WordRun(.plain, seed: 7, conceptStrength: 0).found()
    #expect(plain.gradients == weightless.gradients && plain.sums == weightless.sums)
    let strong = WordRun(.plain, seed: 7, conceptStrength: 1).found()
    #expect(strong.gradients != plain.gradients && strong.sums == plain.sums)
  }

  /// Concepts are counted and summed over the words of all tiles, as the words themselves are.
  @Test func sumsOfConceptsAreOfAllTiles() {
    let run = WordRun(.plain, seed: 13, conceptStrength: 0.5)
    let found = run.found()
    let expected = run.expected()
    #expect(expected.words > 3 * 256 && found.sums.rows == Double(expected.words))
    #expect(run.conceptSums.rows == found.sums.rows)
    #expect(
      abs(run.conceptSums.loss - 0.5 * expected.conceptLoss) <= 1e-5 * expected.conceptLoss)
  }

  /// What stands for the concepts' sums has their place, and the count of the loss that adds them up.
  @Test func sharedSumsAreThoseOfTheLoss() throws {
    let states = Graph().lookup([Parameter(index: 0)], widths: [6], dense: 0)
    let loss = states.vocabularyLoss(
      task: 1, target: 1..<4, weight: Parameter(index: 1), bias: Parameter(index: 2),
      vocabulary: 7, mean: .tokens)
    let shared = loss.sums(at: 3)
    let operation = try #require(shared.graph.nodes[shared.node].operation as? any Loss)
    #expect(operation.place == 3 && operation.task == 1 && !operation.handsOnGradient)
    let drawn = Storage<Int32>([9, 1, 0, 2, 9, 0, 0, 0, 9, 3, 4, 5])
    var batch = Batch(rows: 3)
    (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), 4)
    let count = withExtendedLifetime(drawn) { operation.rowCount(of: batch) }
    #expect(count == 5)
  }

  /// Without a word nothing is learned, and gradients are zeros, not what lay there.
  @Test func noWordsNoGradient() {
    let run = WordRun(.plain, seed: 9, hasWords: false)
    for _ in 0..<2 {
      let found = run.found()
      #expect(found.sums == LossSums())
      let isZero = found.gradients.allSatisfy { $0.allSatisfy { $0 == 0 } }
      #expect(isZero)
    }
  }

  /// A state that is no number is seen in the sums.
  @Test func noNumberIsSeen() {
    let run = WordRun(.plain, seed: 11)
    run.spoil()
    #expect(run.found().sums.loss.isNaN)
  }
}
