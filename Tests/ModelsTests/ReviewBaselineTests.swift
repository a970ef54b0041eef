import Datasets
import Graph
import Layers
import Runs
import Tensors
import Testing
import Training

@testable import Models

/// What holds of the baselines that read or write reviews, NRT and the one like NARRE.
@Suite struct ReviewBaselineTests {
  /// λ_c is the authors' ¼ twice, with which the perplexity can come near its bound; NARRE's λ is the best
  /// of three on made reviews.
  @Test func `defaults are the derived and the measured ones`() {
    #expect(CAML.Configuration().conceptStrength == 0.0625)
    #expect(NARRE.Configuration().l2 == 2e-3)
  }

  @Test(arguments: UInt64(1)...3) func `the order of reviews says nothing`(_ seed: UInt64) throws {
    let made = try MadeReviews("narre", seed: seed)
    let before = made.answers("rating")
    made.permute([2, 0, 1])
    let after = made.answers("rating")
    #expect(before.count == made.rows && Set(before).count > 1)
    for row in 0..<made.rows { #expect(abs(before[row] - after[row]) <= 1e-5, "seed \(seed)") }
  }

  @Test func `weights are on reviews that exist and sum to one`() throws {
    let made = try MadeReviews("narre", seed: 2)
    let executor = made.trainer.forward(made.batch)
    // The last review of a user is missing.
    for (side, count) in [("user", 2), ("item", 3)] {
      let weights = try #require(executor.output(NARRE.weights(side)))
      for row in 0..<made.rows {
        let own = (0..<count).map { weights[row * count + $0] }
        #expect(abs(own.reduce(0, +) - 1) < 1e-5 && own.allSatisfy { $0 > 0 }, "\(side)")
      }
    }
  }

  /// Where nobody has a review, words learn nothing, and ids learn.
  @Test func `without reviews the rating is that of the ids`() throws {
    let made = try MadeReviews("narre", seed: 3)
    made.forgetReviews()
    #expect(made.answers("rating").allSatisfy { $0.isFinite })
    #expect(made.isLearned("embeddings.word.weight") == false)
    #expect(made.isLearned("embeddings.user.weight") == true)
  }

  /// A review of the user says the rating: it is found, and the weight goes to what says it.
  @Test func `a rating that reviews tell is learned`() throws {
    let made = try MadeReviews("narre", seed: 4, rows: 64, optimizer: .adam())
    made.tellRatings()
    func error() -> Float {
      let errors = zip(made.answers("rating"), made.ratings).map { $0 - $1 }
      return errors.reduce(0) { $0 + $1 * $1 } / Float(made.rows)
    }
    let before = error()
    for _ in 0..<200 {
      let isFinite = made.trainer.step(made.batch, rate: 0.02)
      #expect(isFinite)
    }
    let after = error()
    #expect(before > 0.5 && after < 0.1, "\(before) to \(after)")
  }

  @Test func `what is shown of a pair are its reviews by weight`() throws {
    let made = try MadeReviews("narre", seed: 5)
    let shown = made.show()
    guard case .passages(let passages)? = shown.views.first?.content else {
      Issue.record("no passages")
      return
    }
    #expect(passages.passages.count == 5)
    #expect(passages.passages.count { $0.isMarked } == 2)
    let largest = try #require(shown.traces.first)
    #expect(largest.series == ["user", "item"])
    #expect(largest.values.allSatisfy { $0 > 0.3 && $0 <= 1 })
  }

  @Test func `NRT says sentences that it has learned by heart`() throws {
    let made = try MadeReviews("nrt", seed: 6, optimizer: .adam())
    let model = try #require(made.model as? any TextModel)
    made.trainer.isOn = [false, true]
    let before = made.answers("explanation").reduce(0, +)
    for _ in 0..<300 {
      let isFinite = made.trainer.step(made.batch, rate: 0.02)
      #expect(isFinite)
    }
    let after = made.answers("explanation").reduce(0, +)
    #expect(after < 0.05 * before, "\(before) to \(after)")
    let decoder = Decoder(
      model, store: made.trainer.store, tasks: 2, workspace: made.trainer.workspace,
      rows: made.rows, longest: 5)
    decoder.generate(made.batch, .greedy)
    for row in 0..<made.rows {
      #expect(Array(decoder.sentence(ofRow: row)) == Array(made.target(row).prefix(4)))
    }
  }

  /// Both tasks share users and items; the text's own numbers are no business of the rating.
  @Test func `NRT's tasks share the pair and nothing else`() throws {
    let made = try MadeReviews("nrt", seed: 7)
    made.trainer.isOn = [true, false]
    #expect(made.isLearned("embeddings.user.weight") == true)
    #expect(made.isLearned("rate.0.weight") == true)
    #expect(made.isLearned("decoder.output.weight") == false)
    made.trainer.isOn = [false, true]
    #expect(made.isLearned("embeddings.user.weight") == true)
    #expect(made.isLearned("rate.0.weight") == false)
    #expect(made.isLearned("decoder.output.weight") == true)
  }

  /// Who is judged by texts or tuples, or reads texts, is given them again when it answers for others.
  @Test func `a kept model that reads texts asks for them`() {
    let reading = ModelRegistry.entries.filter(\.readsReviews).map(\.name)
    #expect(Set(reading).isSuperset(of: ["caml", "mter", "narre", "nrt"]))
    for entry in ModelRegistry.entries
    where entry.kinds.contains(.text) || entry.kinds.contains(.tuples) {
      #expect(entry.readsReviews, "\(entry.name)")
    }
  }

  /// Rows in turn look at one of their reviews alone and at all alike: both count in the mean.
  @Test func `a row that looks at one review counts`() throws {
    let made = try MadeReviews("narre", seed: 8)
    // The last review of a user is missing.
    let third: Float = 1 / 3
    let user: [[Float]] = [[1, 0], [0.5, 0.5]]
    let item: [[Float]] = [[0, 1, 0], [third, third, third]]
    let sides = [user, item].map { kinds in
      Storage<Float>((0..<made.rows).flatMap { kinds[$0 % 2] })
    }
    let shown = made.show { name in
      for (side, weights) in zip(["user", "item"], sides) where name == NARRE.weights(side) {
        return (UnsafePointer(weights.base), 1)
      }
      return nil
    }
    let largest = try #require(shown.traces.first).values
    #expect(largest.count == 2)
    let expected: [Float] = [0.75, 2 * third]
    for side in largest.indices {
      #expect(abs(largest[side] - expected[side]) < 1e-6)
    }
  }
}
