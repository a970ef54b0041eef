import Datasets
import Foundation
import Graph
import Synchronization
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Rows that are read window by window are those in memory, in the same order and with the same bits.
@Suite(.timeLimit(.minutes(1))) struct RowWindowsTests {
  /// Rows of memory, read as if they lay elsewhere.
  private struct Blocks: RowBlocks {
    let rows: Examples
    var delay = 0.0
    /// A block that cannot be read.
    var torn: Int?
    let reads = Reads()

    /// Which blocks were read, and whether the thread is held in the one that it reads.
    final class Reads: Sendable {
      private let state = Mutex((blocks: [Int](), isHeld: false))

      var blocks: [Int] { state.withLock { $0.blocks } }

      func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

      func note(_ block: Int) {
        state.withLock { $0.blocks.append(block) }
        while state.withLock({ $0.isHeld }) { Thread.sleep(forTimeInterval: 0.000_5) }
      }
    }

    struct Torn: Error, CustomStringConvertible {
      let block: Int
      var description: String { "training/ids.i32: block \(block) is torn" }
    }

    var count: Int { rows.count }

    func memory(rows count: Int) -> Examples {
      func some<Number: BitwiseCopyable & ExpressibleByIntegerLiteral>(_ numbers: Storage<Number>)
        -> Storage<Number>
      {
        Storage(count: numbers.count / rows.count * count, filling: 0)
      }
      return Examples(
        count: count, ids: some(rows.ids), dense: some(rows.dense), labels: some(rows.labels),
        spaces: rows.spaces.map { some($0) }, lists: rows.lists)
    }

    func read(block: Int, into memory: Examples, at row: Int) throws {
      if delay > 0 { Thread.sleep(forTimeInterval: delay) }
      reads.note(block)
      if block == torn { throw Torn(block: block) }
      let own = 1_024 * block..<min(rows.count, 1_024 * (block + 1))
      func copy<Number: BitwiseCopyable>(_ from: Storage<Number>, _ to: Storage<Number>) {
        let width = from.count / rows.count
        for place in 0..<own.count * width {
          to.base[row * width + place] = from.base[own.lowerBound * width + place]
        }
      }
      copy(rows.ids, memory.ids)
      copy(rows.dense, memory.dense)
      copy(rows.labels, memory.labels)
      if let from = rows.spaces, let to = memory.spaces { copy(from, to) }
    }
  }

  /// Rows that count differently for the two tasks, each row in its own way.
  private static let problem = TinyProblem(rows: 3_500).counting(
    (0..<7_000).map { Float($0) / 7_000 })
  private static var examples: Examples { problem.dataset().training }

  /// What a step reads of a batch, row by row.
  private static func contents(_ batch: Batch) -> [[Float]] {
    (0..<batch.rows).map { row in
      let at = batch.index.map { Int($0[row]) } ?? row
      let ids = (0..<batch.fields).map { Float(batch.ids?[at * batch.fields + $0] ?? -1) }
      let dense = (0..<batch.denseCount).map { batch.dense?[at * batch.denseCount + $0] ?? -1 }
      let labels = (0..<batch.tasks).map { batch.labels?[at * batch.tasks + $0] ?? -1 }
      let spaces = (0..<batch.tasks).map { batch.spaces?[at * batch.tasks + $0] ?? -1 }
      return ids + dense + labels + spaces
    }
  }

  /// Two epochs in batches, from a row of the first one on.
  private static func epochs(
    _ rows: any TrainingRows, batch size: Int, from start: Int = 0, _ take: (Batch) -> Void
  ) throws {
    for epoch in [1, 2] {
      rows.begin(epoch: epoch)
      let first = epoch == 1 ? start : 0
      for first in stride(from: first, to: rows.count, by: size) {
        take(try rows.batch(from: first, rows: min(size, rows.count - first)))
      }
    }
  }

  /// Batches within a window, over two, and over more than two; windows of one block, of two, of all.
  @Test(arguments: [(1_024, 100), (1_024, 300), (2_048, 300), (1_024, 2_500), (4_000, 333)])
  func rowsAreThoseInMemory(window: Int, size: Int) throws {
    let memory = RowsInMemory(Self.examples, windowRows: window, seed: 7)
    let windows = try RowWindows(
      Blocks(rows: Self.examples), windowRows: window, batchRows: size, seed: 7)
    var (expected, found): ([[[Float]]], [[[Float]]]) = ([], [])
    try Self.epochs(memory, batch: size) { expected.append(Self.contents($0)) }
    try Self.epochs(windows, batch: size) { found.append(Self.contents($0)) }
    #expect(found == expected)
  }

  @Test func stepsHaveTheSameBits() throws {
    let trainers = try (0..<2).map { _ in
      try Self.problem.trainer("mmoe", ["experts": "2", "expert": "8", "tower": "4"])
    }
    let sources: [any TrainingRows] = [
      RowsInMemory(Self.examples, windowRows: 1_024, seed: 3),
      try RowWindows(
        Blocks(rows: Self.examples), windowRows: 1_024, batchRows: 30, seed: 3),
    ]
    for (trainer, rows) in zip(trainers, sources) {
      var hasMoved = true
      try Self.epochs(rows, batch: 30) { hasMoved = trainer.step($0, rate: 0.01) && hasMoved }
      #expect(hasMoved && trainer.step == 234)
    }
    #expect(trainers[0].fingerprint == trainers[1].fingerprint)
  }

  /// A run that goes on begins in the middle of an epoch, and of a window.
  @Test func readingBeginsAnywhere() throws {
    let memory = RowsInMemory(Self.examples, windowRows: 1_024, seed: 7)
    let windows = try RowWindows(
      Blocks(rows: Self.examples), windowRows: 1_024, batchRows: 200, seed: 7)
    for (epoch, first) in [(5, 1_400), (5, 1_600), (2, 3_400), (9, 0), (9, 2_950), (9, 100)] {
      memory.begin(epoch: epoch)
      windows.begin(epoch: epoch)
      let rows = min(200, 3_500 - first)
      let found = Self.contents(try windows.batch(from: first, rows: rows))
      #expect(found == Self.contents(try memory.batch(from: first, rows: rows)))
      // What is asked for again is there again.
      #expect(Self.contents(try windows.batch(from: first, rows: rows)) == found)
    }
  }

  /// Steps wait for a slow reader, and it is counted.
  @Test func aSlowReaderIsWaitedFor() throws {
    let memory = RowsInMemory(Self.examples, windowRows: 1_024, seed: 7)
    let windows = try RowWindows(
      Blocks(rows: Self.examples, delay: 0.01), windowRows: 1_024, batchRows: 700, seed: 7)
    var (expected, found): ([[[Float]]], [[[Float]]]) = ([], [])
    try Self.epochs(memory, batch: 700) { expected.append(Self.contents($0)) }
    try Self.epochs(windows, batch: 700) { found.append(Self.contents($0)) }
    #expect(found == expected)
    #expect(windows.waited > .milliseconds(20), "\(windows.waited)")
    #expect(memory.waited == .zero)
  }

  /// A block that cannot be read ends the rows at its window, with its own words; those before are had.
  @Test func aTornBlockIsSaid() throws {
    let order = WindowOrder(rows: 3_500, windowRows: 1_024, seed: 7).windows(ofEpoch: 1)
    let torn = order.blocks[2][0]
    let windows = try RowWindows(
      Blocks(rows: Self.examples, torn: torn), windowRows: 1_024, batchRows: 100, seed: 7)
    windows.begin(epoch: 1)
    var had = 0
    let error = #expect(throws: WindowError.self) {
      for first in stride(from: 0, to: 3_500, by: 100) {
        _ = try windows.batch(from: first, rows: min(100, 3_500 - first))
        had += 1
      }
    }
    let starts = order.starts
    #expect(had == starts[2] / 100)
    #expect(error?.description == "training/ids.i32: block \(torn) is torn")
    #expect(throws: WindowError.self) { _ = try windows.batch(from: starts[2], rows: 10) }
    // Rows of other windows can be read still.
    #expect(try windows.batch(from: 0, rows: 10).rows == 10)
    let kept = WindowError(reason: "x", step: 12).description
    #expect(kept.contains("behind step 12, which is kept"))
  }

  /// The reader reads ahead of the steps, but no more than there is memory for.
  @Test func readsNoFurtherThanItsMemory() throws {
    let blocks = Blocks(rows: Self.examples)
    let windows = try RowWindows(blocks, windowRows: 1_024, batchRows: 100, seed: 7)
    windows.begin(epoch: 1)
    _ = try windows.batch(from: 0, rows: 100)
    let deadline = ContinuousClock.now + .seconds(20)
    while blocks.reads.blocks.count < WindowReader.slots, ContinuousClock.now < deadline {
      Thread.sleep(forTimeInterval: 0.002)
    }
    Thread.sleep(forTimeInterval: 0.01)
    #expect(blocks.reads.blocks.count == WindowReader.slots)
    withExtendedLifetime(windows) {}
  }

  /// Nothing is read before it is asked for; a run that goes on in epoch 5 reads nothing of the first.
  @Test func readsFromTheFirstRequestOn() throws {
    let blocks = Blocks(rows: Self.examples)
    let windows = try RowWindows(blocks, windowRows: 1_024, batchRows: 100, seed: 7)
    let epoch = WindowOrder(rows: 3_500, windowRows: 1_024, seed: 7).windows(ofEpoch: 5)
    windows.begin(epoch: 5)
    Thread.sleep(forTimeInterval: 0.02)
    #expect(blocks.reads.blocks == [])
    _ = try windows.batch(from: epoch.starts[2], rows: 100)
    #expect(blocks.reads.blocks.first == epoch.blocks[2][0])
  }

  /// What is not wanted any more ends behind the block that is read: here the first of two of a window.
  @Test func readingEndsBehindABlock() throws {
    let blocks = Blocks(rows: Self.examples)
    let order = WindowOrder(rows: 3_500, windowRows: 2_048, seed: 7)
    let (first, second) = (order.windows(ofEpoch: 1), order.windows(ofEpoch: 2))
    try #require(first.blocks[0].count == 2)
    blocks.reads.hold(true)
    do {
      let windows = try RowWindows(blocks, windowRows: 2_048, batchRows: 100, seed: 7)
      windows.begin(epoch: 1)
      let none = try windows.batch(from: 0, rows: 100) { !blocks.reads.blocks.isEmpty }
      #expect(none == nil && blocks.reads.blocks == [first.blocks[0][0]])
      // Reading begins elsewhere.
      windows.begin(epoch: 2)
      let still = try windows.batch(from: 0, rows: 100) { true }
      #expect(still == nil)
      blocks.reads.hold(false)
      _ = try windows.batch(from: 0, rows: 100)
      #expect(Array(blocks.reads.blocks.prefix(3)) == [first.blocks[0][0]] + second.blocks[0])
    }
  }

  @Test func closingEndsBehindABlock() throws {
    let blocks = Blocks(rows: Self.examples)
    blocks.reads.hold(true)
    do {
      let windows = try RowWindows(blocks, windowRows: nil, batchRows: 100, seed: 7)
      windows.begin(epoch: 1)
      let none = try windows.batch(from: 0, rows: 100) { !blocks.reads.blocks.isEmpty }
      #expect(none == nil)
    }
    blocks.reads.hold(false)
    Thread.sleep(forTimeInterval: 0.02)
    #expect(blocks.reads.blocks == [0])
  }

  /// Behind the rows of a run their thread ends, and gives up windows and files.
  @Test func theThreadEndsWithItsRows() throws {
    weak var kept: Blocks.Reads?
    do {
      let blocks = Blocks(rows: Self.examples)
      let windows = try RowWindows(blocks, windowRows: 1_024, batchRows: 100, seed: 7)
      windows.begin(epoch: 1)
      _ = try windows.batch(from: 0, rows: 100)
      kept = blocks.reads
      withExtendedLifetime((blocks, windows)) { #expect(kept != nil) }
    }
    let deadline = ContinuousClock.now + .seconds(10)
    while kept != nil, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.001) }
    #expect(kept == nil)
  }

  /// Rows that were not waited for are asked for again, those of a batch over several windows too.
  @Test(arguments: [(1_024, 300), (1_024, 2_500)])
  func othersWorkMeanwhile(window: Int, size: Int) throws {
    let memory = RowsInMemory(Self.examples, windowRows: window, seed: 7)
    let windows = try RowWindows(
      Blocks(rows: Self.examples, delay: 0.002), windowRows: window, batchRows: size, seed: 7)
    var waits = 0
    for epoch in [1, 2] {
      memory.begin(epoch: epoch)
      windows.begin(epoch: epoch)
      for first in stride(from: 0, to: 3_500, by: size) {
        let rows = min(size, 3_500 - first)
        var batch: Batch?
        while batch == nil {
          batch = try windows.batch(from: first, rows: rows) { true }
          guard batch == nil else { break }
          waits += 1
          Thread.sleep(forTimeInterval: 0.000_5)
        }
        let found = try Self.contents(#require(batch))
        #expect(found == Self.contents(try memory.batch(from: first, rows: rows)))
      }
    }
    #expect(waits > 0)
  }
}

extension TrainingRows {
  /// So many rows, waited for whatever else is to be done.
  func batch(from first: Int, rows: Int) throws -> Batch {
    try #require(try batch(from: first, rows: rows, unless: { false }))
  }
}
