import Tensors
import Testing

@testable import Graph

/// Rows with as many entries as they have, packed.
@Suite struct RaggedTests {
  private static func near(
    _ a: [Float], _ b: [Float], _ tolerance: Float, _ what: String
  ) {
    #expect(a.count == b.count, "\(what)")
    let largest = max(1, b.map(abs).max() ?? 0)
    for (k, (a, b)) in zip(a, b).enumerated() {
      #expect(abs(a - b) <= tolerance * largest, "\(what), number \(k): \(a), expected \(b)")
    }
  }

  /// Lengths of so many rows, of which some have none and one has the most.
  private static func lengths(_ rows: Int, longest: Int, seed: UInt64) -> [Int] {
    let random = RandomSource(seed: seed, .test)
    return (0..<rows).map { row in
      switch row % 5 {
      case 1: 0
      case 2: 1
      case 3: row == 3 ? longest : random.index(below: 3, UInt64(row), 8)
      default: random.index(below: longest + 1, UInt64(row), 9)
      }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func aBatchIsEachRowAlone(seed: UInt64) {
    let run = RaggedRun(lengths: Self.lengths(7, longest: 9, seed: seed), seed: seed)
    let whole = run.whole()
    var sums = whole.gradients.map { $0.map { _ in Float(0) } }
    for row in 0..<7 {
      let alone = run.part(row, of: 7)
      let own = (row * RaggedRun.columns)..<((row + 1) * RaggedRun.columns)
      Self.near(alone.y, Array(whole.y[own]), 1e-6, "seed \(seed), row \(row)")
      for place in sums.indices {
        for k in sums[place].indices { sums[place][k] += alone.gradients[place][k] }
      }
    }
    for place in sums.indices {
      Self.near(whole.gradients[place], sums[place], 1e-5, "seed \(seed), parameter \(place)")
    }
  }

  @Test(arguments: [UInt64(4), 5]) func packedIsWhatSlotsAre(seed: UInt64) {
    let lengths = Self.lengths(150, longest: 12, seed: seed)
    let packed = RaggedRun(lengths: lengths, seed: seed).whole()
    let slots = RaggedRun(lengths: lengths, isPacked: false, seed: seed).whole()
    Self.near(packed.y, slots.y, 1e-6, "seed \(seed)")
    for place in packed.gradients.indices {
      Self.near(
        packed.gradients[place], slots.gradients[place], 1e-5, "seed \(seed), parameter \(place)")
    }
    #expect(packed.gradients.allSatisfy { $0.contains { $0 != 0 } })
  }

  /// Where all rows have one entry nothing is packed that is not a row already.
  @Test func oneEntryEachIsAField() {
    let lengths = [Int](repeating: 1, count: 100)
    let packed = RaggedRun(lengths: lengths, seed: 6).whole()
    let field = RaggedRun(lengths: lengths, isPacked: false, seed: 6).whole()
    #expect(packed == field)
  }

  @Test(arguments: [UInt64(7), 8]) func threadsChangeNoBit(seed: UInt64) {
    let lengths = Self.lengths(300, longest: 40, seed: seed)
    let one = RaggedRun(lengths: lengths, seed: seed, threads: 1).whole()
    for threads in 2...3 {
      let other = RaggedRun(lengths: lengths, seed: seed, threads: threads).whole()
      #expect(other == one, "seed \(seed), \(threads) threads")
    }
  }

  /// Lanes of like work are the same for every process.
  @Test(arguments: 2...3) func sharesTogetherAreTheWhole(ranks: Int) {
    let lengths = Self.lengths(300, longest: 40, seed: 11)
    let whole = RaggedRun(lengths: lengths, seed: 11, threads: 1).whole()
    let shared = RaggedRun(lengths: lengths, seed: 11).shared(among: ranks)
    #expect(shared == whole, "\(ranks) ranks")
    #expect(whole.gradients.allSatisfy { $0.contains { $0 != 0 } })
  }

  /// Several backward passes read what one forward pass has kept; only the last may write over it.
  @Test(arguments: [true, false]) func sectionsFindWhatForwardHasKept(isPacked: Bool) {
    let lengths = Self.lengths(7, longest: 9, seed: 12)
    let alone = RaggedRun(lengths: lengths, isPacked: isPacked, seed: 12).bySection()
    let three = RaggedRun(lengths: lengths, isPacked: isPacked, seed: 12, sections: 3).bySection()
    #expect(alone[0].allSatisfy { $0.contains { $0 != 0 } })
    for section in three { #expect(section == alone[0]) }
  }

  /// What a long batch has left in memory is not read by a short one, and nothing is no number.
  @Test func rowsWithoutEntriesAreZero() {
    let lengths = [8, 8, 8, 8, 0, 0, 0, 0]
    let run = RaggedRun(lengths: lengths, seed: 9)
    _ = run.part(0, of: 2)
    let none = run.part(1, of: 2)
    #expect(none.y.count == 4 * RaggedRun.columns && none.y.allSatisfy { $0 == 0 })
    #expect(none.gradients.allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  /// Words of texts of rows: 3 5 | nothing, no text, 4 6 8.
  @Test func entriesHaveEntries() {
    let texts = RaggedColumn(index: 0, longest: 2, typical: 1)
    let words = RaggedColumn(index: 1, of: .entries(texts), longest: 3, typical: 2)
    let graph = Graph()
    let means = graph.ids(of: words).mean(of: .packed(words))
    #expect(means.extent == .entries(texts))
    let y = means.sum(of: .packed(texts))
    #expect(y.extent == .rows)
    let plan = Plan(
      graph, purpose: .evaluation, roots: [],
      outputs: [(name: .value("means"), value: means), (name: .value("y"), value: y)], capacity: 3)
    let store = ParameterStore([], tasks: 1, seed: 1)
    let workspace = Workspace(store: store, pool: WorkerPool(threads: 1))
    let executor = Executor(plan, store: store, workspace: workspace)
    let (ofRows, ofTexts) = (Storage<Int32>([0, 2, 2, 3]), Storage<Int32>([0, 2, 2, 5]))
    let values = Storage<Int32>([3, 5, 4, 6, 8])
    let columns = Storage(
      count: 2, filling: RaggedRows(starts: UnsafePointer(ofRows.base)))
    columns[1] = RaggedRows(
      starts: UnsafePointer(ofTexts.base), values: UnsafePointer(values.base))
    var batch = Batch(rows: 3)
    (batch.ragged, batch.raggedCount) = (UnsafePointer(columns.base), 2)
    func output(_ name: String, _ count: Int) -> [Float] {
      executor.output(.value(name)).map {
        Array(UnsafeBufferPointer(start: $0, count: count))
      } ?? []
    }
    withExtendedLifetime((ofRows, ofTexts, values)) {
      executor.run(batch)
      #expect(output("y", 3) == [4, 0, 6])
      #expect(output("means", 3) == [4, 0, 6])
      executor.run(batch.part(2, of: 3))
      #expect(output("y", 1) == [6])
      #expect(output("means", 1) == [6])
    }
    batch.raggedCount = 1
    #expect(plan.unmet(by: batch) == "the plan reads 2 ragged columns, the batch has 1")
  }

  /// A run that stops between forward and backward keeps the entries of the whole batch.
  @Test func partedRunsKeepEntries() {
    let lengths = Self.lengths(200, longest: 15, seed: 10)
    let run = RaggedRun(lengths: lengths, seed: 10, isParted: true)
    let parted = run.parted()
    let plain = RaggedRun(lengths: lengths, seed: 10).whole()
    #expect(parted.y == plain.y)
    for place in plain.gradients.indices {
      Self.near(parted.gradients[place], plain.gradients[place], 1e-5, "parameter \(place)")
    }
  }
}

/// How a batch of ragged rows is cut.
@Suite struct BatchCutsTests {
  private func plan(_ lengths: [Int], typical: Double, sections: Int = 1) -> Plan {
    let graph = Graph()
    let column = RaggedColumn(index: 0, longest: lengths.max() ?? 1, typical: typical)
    let ids = graph.ids(of: column)
    // Wide, so that few rows are a block.
    let wide = ids.graph.concatenation([Variable](repeating: ids, count: 3_000))
    let y = wide.sum(of: .packed(column))
    return Plan(
      graph, purpose: .evaluation, roots: [], outputs: [(name: .value("y"), value: y)],
      capacity: lengths.count)
  }

  private func cuts(_ plan: Plan, _ pattern: RaggedPattern, rows: Int) -> BatchCuts {
    var batch = Batch(rows: rows)
    pattern.fill(&batch)
    var cuts = BatchCuts(plan)
    cuts.cut(batch)
    return cuts
  }

  @Test(arguments: [
    (rows: 64, skew: 1), (rows: 200, skew: 7), (rows: 700, skew: 40), (rows: 33, skew: 500),
  ]) func everyRowOnceAndNoBlockTooLarge(rows: Int, skew: Int) {
    let lengths = (0..<rows).map { $0 % 11 == 0 ? skew : $0 % 3 }
    let pattern = RaggedPattern(lengths: lengths)
    let plan = plan(lengths, typical: 1)
    let cuts = cuts(plan, pattern, rows: rows)
    let lanes = Lanes.count(of: rows, sections: plan.sections.count)
    var next = 0
    for lane in 0..<lanes {
      #expect(!cuts.rows(ofLane: lane).isEmpty && cuts.rows(ofLane: lane).lowerBound == next)
      for number in 0..<cuts.blockCount(ofLane: lane) {
        let block = cuts.rows(ofBlock: number, lane: lane)
        #expect(block.lowerBound == next && !block.isEmpty && block.count <= plan.blockRows)
        let entries = lengths[block].reduce(0, +)
        #expect(entries <= plan.room(of: plan.columns[0]))
        next = block.upperBound
      }
      #expect(cuts.rows(ofLane: lane).upperBound == next)
    }
    #expect(next == rows)
  }

  /// Lanes have like work, where rows alone would give one of them almost all of it.
  @Test func lanesHaveLikeWork() {
    let lengths = (0..<80).map { $0 < 40 ? 0 : 20 }
    let plan = plan(lengths, typical: 10)
    let cuts = cuts(plan, RaggedPattern(lengths: lengths), rows: 80)
    let work = (0..<4).map { lane in
      cuts.rows(ofLane: lane).reduce(0) { $0 + 1 + lengths[$1] }
    }
    #expect(work == [229, 210, 231, 210])
  }
}
