import Datasets
import Tensors
import Testing

@testable import Training

/// Rows in windows: each once an epoch, every part of the file in every window, and the plain shuffle
/// where one window has all.
@Suite struct WindowOrderTests {
  /// The rows of an epoch in order.
  private static func rows(_ order: WindowOrder, epoch: Int) -> [Int32] {
    let windows = order.windows(ofEpoch: epoch)
    let memory = Storage<Int32>(count: order.rows, filling: -1)
    for window in windows.blocks.indices {
      order.fill(memory.base + windows.starts[window], window, of: windows)
    }
    return memory.array
  }

  /// Fisher–Yates as runs have had it ever since.
  private static func plain(_ rows: Int, seed: UInt64, epoch: Int) -> [Int32] {
    let random = RandomSource(seed: seed, .shuffle)
    var order = (0..<rows).map { Int32($0) }
    for last in stride(from: rows - 1, to: 0, by: -1) {
      order.swapAt(last, random.index(below: last + 1, UInt64(epoch), UInt64(last)))
    }
    return order
  }

  /// Ten rows in blocks of two and windows of four: five blocks in stretches 0 1 2 and 3 4, three windows
  /// with one block of the first stretch each, two of them with one of the second.
  @Test func tenRowsByHand() {
    for epoch in 1...20 {
      let order = WindowOrder(rows: 10, windowRows: 4, blockRows: 2, seed: 5)
      #expect(order.windowCount == 3 && order.mostRows == 4)
      let windows = order.windows(ofEpoch: epoch)
      #expect(windows.blocks.map { $0.first ?? 9 }.sorted() == [0, 1, 2])
      #expect(windows.blocks.flatMap { $0.dropFirst() }.sorted() == [3, 4])
      #expect(windows.blocks.allSatisfy { $0.count <= 2 })
      #expect(windows.starts.last == 10 && windows.starts.first == 0)
      let rows = Self.rows(order, epoch: epoch)
      for window in 0..<3 {
        let own = rows[windows.starts[window]..<windows.starts[window + 1]]
        let expected = windows.blocks[window].flatMap { [Int32(2 * $0), Int32(2 * $0 + 1)] }
        #expect(own.sorted() == expected.sorted(), "epoch \(epoch), window \(window)")
      }
    }
  }

  @Test(arguments: UInt64(1)...30) func everyRowOnceAnEpoch(seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    let rows = 1 + random.index(below: 3_000, 0)
    let block = 1 + random.index(below: 70, 1)
    let window = 1 + random.index(below: rows + 50, 2)
    let order = WindowOrder(rows: rows, windowRows: window, blockRows: block, seed: seed)
    let words = "seed \(seed): \(rows) rows, blocks of \(block), windows of \(window)"
    let own = Self.rows(order, epoch: 3)
    #expect(own.sorted() == (0..<Int32(rows)).map { $0 }, "\(words)")
    let windows = order.windows(ofEpoch: 3)
    let counts = (0..<order.windowCount).map { windows.starts[$0 + 1] - windows.starts[$0] }
    #expect(counts.allSatisfy { $0 > 0 && $0 <= max(window, block) }, "\(words): \(counts)")
    #expect((counts.max() ?? 0) <= order.mostRows, "\(words)")
    // Indices in a window's memory are its rows, in the order of the file.
    let indices = Storage<Int32>(count: order.mostRows, filling: 0)
    for index in windows.blocks.indices {
      order.fillIndices(indices.base, index, of: windows)
      let file = windows.blocks[index].flatMap { order.rows(ofBlock: $0).map { Int32($0) } }
      let found = (0..<counts[index]).map { file[Int(indices[$0])] }
      #expect(found == Array(own[windows.starts[index]..<windows.starts[index + 1]]), "\(words)")
    }
  }

  @Test(arguments: [1, 2, 7, 100, 1_024, 1_500])
  func oneWindowIsThePlainShuffle(rows: Int) {
    for (window, block) in [(nil, 1_024), (rows, 10), (5_000, 7), (nil, 3)] as [(Int?, Int)] {
      let order = WindowOrder(rows: rows, windowRows: window, blockRows: block, seed: 11)
      #expect(order.windowCount == 1 && order.mostRows == rows && order.notice == nil)
      for epoch in [1, 2] {
        #expect(
          Self.rows(order, epoch: epoch) == Self.plain(rows, seed: 11, epoch: epoch),
          "\(rows) rows, blocks of \(block)")
      }
    }
    #expect(Self.rows(WindowOrder(rows: 0, windowRows: 4, seed: 1), epoch: 1) == [])
  }

  /// Of rows that are sorted by label every window has as many of each, but for a block.
  @Test(arguments: UInt64(1)...5) func sortedLabelsAreSpread(seed: UInt64) {
    let order = WindowOrder(rows: 5_000, windowRows: 400, blockRows: 20, seed: seed)
    #expect(order.windowCount == 13)
    #expect(
      order.notice
        == "training rows are shuffled within 13 windows an epoch, of 400 rows at most")
    let rows = Self.rows(order, epoch: 1)
    let windows = order.windows(ofEpoch: 1)
    let zeros = (0..<13).map { window in
      rows[windows.starts[window]..<windows.starts[window + 1]].count { $0 < 2_345 }
    }
    let (least, most) = (zeros.min() ?? 0, zeros.max() ?? 0)
    #expect(most - least <= 20, "seed \(seed): \(zeros)")
  }

  @Test func epochsStretchesAndWindowsDiffer() {
    let order = WindowOrder(rows: 960, windowRows: 80, blockRows: 8, seed: 3)
    let (first, second) = (order.windows(ofEpoch: 1), order.windows(ofEpoch: 2))
    #expect(first.blocks != second.blocks && first.blocks == order.windows(ofEpoch: 1).blocks)
    // Windows do not take the same place of every stretch.
    let places = first.blocks[0].map { $0 % order.windowCount }
    #expect(Set(places).count > 1)
    #expect(
      order.windows(ofEpoch: 1).blocks
        != WindowOrder(rows: 960, windowRows: 80, blockRows: 8, seed: 4).windows(ofEpoch: 1).blocks)
    // Nor do rows lie alike in windows of equal size.
    let single = WindowOrder(rows: 80, windowRows: 8, blockRows: 8, seed: 3)
    let rows = Self.rows(single, epoch: 1)
    let alike = (0..<10).map { window in rows[8 * window..<8 * window + 8].map { $0 % 8 } }
    #expect(Set(alike).count > 5)
  }

  /// Batches go on from one window to the next.
  @Test func batchesCrossWindows() throws {
    let examples = Examples(
      count: 2_500, ids: Storage([]), dense: Storage([]),
      labels: Storage(count: 2_500, filling: 0))
    let order = WindowOrder(rows: 2_500, windowRows: 1_024, seed: 9)
    #expect(order.windowCount == 3)
    let rows = RowsInMemory(examples, windowRows: 1_024, seed: 9)
    var seen: [Int32] = []
    for epoch in [1, 2] {
      rows.begin(epoch: epoch)
      seen = []
      for first in stride(from: 0, to: 2_500, by: 300) {
        let batch = try rows.batch(from: first, rows: min(300, 2_500 - first))
        if let index = batch.index { seen += (0..<batch.rows).map { index[$0] } }
      }
      #expect(seen == Self.rows(order, epoch: epoch))
    }
    #expect(seen != Self.plain(2_500, seed: 9, epoch: 2))
  }
}
