import Datasets
import Graph
import Models
import Objectives
import Tensors
import Testing

/// Items that are drawn beside rows: none that the user has met, evenly, and by seed, step and row alone.
@Suite struct NegativeSamplerTests {
  /// Rows of (user, item) in the data's memory, item before user, and who met what.
  private struct Met {
    let pairs: [(user: Int32, item: Int32)]
    let examples: Examples
    let interactions: Interactions

    init(
      _ pairs: [(user: Int32, item: Int32)], users: Int, items: Int,
      missing: (user: Int32, item: Int32)? = nil
    ) {
      self.pairs = pairs
      examples = Examples(
        count: pairs.count, ids: Storage(pairs.flatMap { [$0.item, $0.user] }),
        dense: Storage([]), labels: Storage(pairs.map { _ in Float(1) }))
      var features = FeatureSchema(
        fields: [
          CategoricalField(name: "item", vocabulary: items + 1),
          CategoricalField(name: "user", vocabulary: users + 1),
        ], dense: [])
      var fields = InteractionFields(user: 1, item: 0)
      (fields.missingUser, fields.missingItem) = (missing?.user, missing?.item)
      features.interactions = fields
      interactions = Interactions(examples, features, user: 1, item: 0)
    }

    func batch(from first: Int = 0, rows: Int) -> Batch {
      Batch(
        rows: rows, ids: UnsafePointer(examples.ids.base + 2 * first), fields: 2, dense: nil,
        denseCount: 0, labels: UnsafePointer(examples.labels.base + first), spaces: nil, tasks: 1,
        index: nil)
    }

    func sampler(_ count: Int, _ purpose: RowPurpose = .turn(0), seed: UInt64 = 3)
      -> NegativeSampler
    {
      NegativeSampler(
        interactions, count: count, for: purpose, seed: seed, batchRows: pairs.count)
    }
  }

  /// Twelve users of whom each met some of 20 items.
  private static let some: Met = {
    let random = RandomSource(seed: 5, .test)
    let pairs = (0..<90).map { row -> (user: Int32, item: Int32) in
      (
        Int32(1 + random.index(below: 12, UInt64(row), 1)),
        Int32(1 + random.index(below: 20, UInt64(row), 2))
      )
    }
    return Met(pairs, users: 12, items: 20)
  }()

  /// What a sampler draws, which lies in its memory.
  private func drawn(
    by sampler: NegativeSampler, at step: Int, beside batch: Batch
  ) -> [Int32] {
    withExtendedLifetime(sampler) {
      let rows = sampler.rows(at: step, beside: batch)
      return Array(UnsafeBufferPointer(start: rows.drawn, count: rows.rows * rows.drawnCount))
    }
  }

  @Test func nothingThatWasMetIsDrawn() {
    let met = Set(Self.some.pairs.map { "\($0.user) \($0.item)" })
    let sampler = Self.some.sampler(4)
    for step in 0..<200 {
      let items = drawn(by: sampler, at: step, beside: Self.some.batch(rows: 90))
      #expect(items.count == 90 * 4)
      for (place, item) in items.enumerated() {
        let user = Self.some.pairs[place / 4].user
        #expect(!met.contains("\(user) \(item)"), "step \(step), user \(user): \(item)")
        #expect((1...20).contains(item))
      }
    }
  }

  /// χ² of seven items that are free: beyond 27.9 with a chance of 1 in 10,000.
  @Test(arguments: [UInt64(3), 4, 5]) func whatIsFreeIsDrawnEvenly(_ seed: UInt64) {
    let met = Met((1...5).map { (1, 2 * $0) }, users: 1, items: 12)
    let sampler = met.sampler(2, seed: seed)
    var counts: [Int32: Int] = [:]
    for step in 0..<1_000 {
      for item in drawn(by: sampler, at: step, beside: met.batch(rows: 5)) {
        counts[item, default: 0] += 1
      }
    }
    #expect(counts.keys.sorted() == [1, 3, 5, 7, 9, 11, 12])
    let expected = 10_000.0 / 7
    let squares = counts.values.reduce(0.0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    #expect(squares < 27.9, "seed \(seed): \(squares), \(counts)")
  }

  /// Where hardly anything is free refusals come to an end, and the next free item counts, around the
  /// end of the items.
  @Test func manyRefusalsEndAtTheNextFreeItem() {
    let almost = Met(
      (1...3_000).filter { $0 != 1_234 }.map { (1, $0) }, users: 1, items: 3_000)
    let sampler = almost.sampler(1)
    for step in 0..<5 {
      let found = Set(drawn(by: sampler, at: step, beside: almost.batch(rows: 100)))
      #expect(found == [1_234])
    }
    let first = Met((2...3_000).map { (1, $0) }, users: 1, items: 3_000)
    #expect(Set(drawn(by: first.sampler(2), at: 0, beside: first.batch(rows: 100))) == [1])
  }

  /// A user who has met everything has no pair: beside the row stands its own item, also where that is
  /// the only one that is free.
  @Test func whoHasMetEverythingHasNoPair() {
    let all = Met([(1, 1), (1, 2), (1, 3), (2, 3), (2, 1)], users: 2, items: 3)
    let rows = drawn(by: all.sampler(2), at: 7, beside: all.batch(rows: 5))
    #expect(rows == [1, 1, 2, 2, 3, 3, 2, 2, 2, 2])
    // A row that trains nobody: user 2 with item 2, which is the only free one.
    let ids = Storage<Int32>([2, 2])
    var batch = all.batch(rows: 1)
    batch.ids = UnsafePointer(ids.base)
    #expect(drawn(by: all.sampler(1, .answering), at: 0, beside: batch) == [2])
  }

  /// A held-out row's own item is never drawn beside it, though its user has not met it in training.
  ///
  /// Three of 5 items are free but for the own one: of 400 draws without that rule some 130 would be it.
  @Test func whatIsAnsweredIsNotDrawnBesideItself() {
    let met = Met([(1, 1), (2, 4)], users: 2, items: 5)
    let ids = Storage<Int32>((2...5).flatMap { [$0, 1] as [Int32] })
    var batch = met.batch(rows: 4)
    batch.ids = UnsafePointer(ids.base)
    for seed in UInt64(1)...50 {
      let sampler = NegativeSampler(
        met.interactions, count: 2, for: .answering, seed: seed, batchRows: 4)
      let items = drawn(by: sampler, at: 0, beside: batch)
      for (place, item) in items.enumerated() {
        let own = Int32(2 + place / 2)
        #expect(item != own && item != 1 && (2...5).contains(item), "seed \(seed), row of \(own)")
      }
    }
    withExtendedLifetime(ids) {}
  }

  /// Item 3 is the id of rows without an item, user 2 that of rows without a user: item 3 is drawn for
  /// nobody, and what nobody met is free for the row of nobody.
  @Test func nothingIsNoItemAndNobodyHasMetNothing() {
    let met = Met([(1, 1), (2, 2), (2, 4)], users: 2, items: 4, missing: (user: 2, item: 3))
    var found: [Set<Int32>] = [[], [], []]
    let sampler = met.sampler(2)
    for step in 0..<200 {
      for (place, item) in drawn(by: sampler, at: step, beside: met.batch(rows: 3)).enumerated() {
        found[place / 2].insert(item)
      }
    }
    #expect(found == [[2, 4], [1, 4], [1, 2]])
  }

  @Test func drawsFollowFromSeedStepAndRow() {
    let met = Self.some
    let (first, other) = (met.sampler(3), met.sampler(3))
    let rows = drawn(by: first, at: 4, beside: met.batch(rows: 60))
    _ = first.rows(at: 9, beside: met.batch(rows: 7))
    // The same whatever was asked before, and however many rows follow.
    #expect(drawn(by: first, at: 4, beside: met.batch(rows: 60)) == rows)
    #expect(drawn(by: other, at: 4, beside: met.batch(rows: 20)) == Array(rows.prefix(60)))
    #expect(drawn(by: other, at: 5, beside: met.batch(rows: 60)) != rows)
    let others = [met.sampler(3, .turn(1)), met.sampler(3, seed: 4)]
    for sampler in others {
      #expect(drawn(by: sampler, at: 4, beside: met.batch(rows: 60)) != rows)
    }
    // Draws of a row differ from each other.
    #expect((0..<60).contains { rows[3 * $0] != rows[3 * $0 + 1] })
  }

  /// Beside a row that is answered stands the same, whatever else is asked and wherever it lies.
  @Test func answersFollowFromUserAndItem() {
    let met = Self.some
    let sampler = met.sampler(2, .answering)
    let all = drawn(by: sampler, at: 0, beside: met.batch(rows: 90))
    let order = Storage<Int32>((0..<90).reversed().map { $0 })
    var batch = met.batch(rows: 90)
    batch.index = UnsafePointer(order.base)
    let turned = drawn(by: sampler, at: 3, beside: batch)
    for row in 0..<90 {
      #expect(
        Array(turned[(2 * row)..<(2 * row + 2)]) == Array(all[(178 - 2 * row)..<(180 - 2 * row)]))
    }
  }
}
