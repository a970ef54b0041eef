import Tensors

/// Which training rows a window has, and in which order they train.
///
/// Rows lie in blocks, as a file has them. An epoch goes through windows of as many blocks as memory is
/// given for; blocks are cut into stretches of as many blocks as there are windows W, and a window has
/// one block of every stretch:
///
///     window w of epoch e: block π(w) of stretch j for every j,    π = π_{e,j}, a permutation of 0 ..< W
///
/// So a file that is sorted by label gives windows whose share of a label is that of all rows, but for a
/// block. Within a window rows are shuffled (Fisher–Yates over its rows in the order of the file). All of
/// it follows from seed and epoch. One window of everything is the plain shuffle of all rows.
struct WindowOrder: Sendable {
  /// Rows of a block.
  static let usualBlockRows = 1024

  /// Rows of an epoch.
  let rows: Int
  /// Rows of every block but the last.
  let blockRows: Int
  /// W.
  let windowCount: Int
  private let shuffle: RandomSource

  /// Orders rows; a window has `windowRows` at most, but one block at least; nil: everything.
  init(rows: Int, windowRows: Int?, blockRows: Int = usualBlockRows, seed: UInt64) {
    self.rows = rows
    self.blockRows = blockRows
    let blocks = (rows + blockRows - 1) / blockRows
    let most = windowRows.map { $0 >= rows ? blocks : $0 / blockRows } ?? blocks
    windowCount = most == 0 ? max(1, blocks) : max(1, (blocks + most - 1) / most)
    shuffle = RandomSource(seed: seed, .shuffle)
  }

  /// The windows of an epoch, counted from 1.
  ///
  /// O(blocks).
  func windows(ofEpoch epoch: Int) -> EpochWindows {
    let count = (rows + blockRows - 1) / blockRows
    var blocks = [[Int]](repeating: [], count: windowCount)
    // Besides the draws of rows, whose second number is a row.
    let random = RandomSource(seed: shuffle.bits(0, 1 << 63), .shuffle)
    for (stretch, first) in stride(from: 0, to: count, by: windowCount).enumerated() {
      var order = Array(0..<windowCount)
      for last in stride(from: windowCount - 1, to: 0, by: -1) {
        let draw = UInt64(stretch) << 32 | UInt64(last)
        order.swapAt(last, random.index(below: last + 1, UInt64(epoch), draw))
      }
      // The last stretch may be short: some windows have no block of it.
      for (window, block) in order.enumerated() where first + block < count {
        blocks[window].append(first + block)
      }
    }
    return EpochWindows(epoch: epoch, blocks: blocks, rows: blocks.map { rows(of: $0) })
  }

  /// Rows of the largest window.
  var mostRows: Int {
    let blocks = (rows + blockRows - 1) / blockRows
    return min(rows, (blocks + windowCount - 1) / windowCount * blockRows)
  }

  /// What a person should know of the order; nil where all rows are shuffled together.
  var notice: String? {
    windowCount == 1
      ? nil
      : "training rows are shuffled within \(windowCount) windows an epoch, of \(mostRows) rows at most"
  }

  /// The rows of a block.
  func rows(ofBlock block: Int) -> Range<Int> {
    let first = block * blockRows
    return first..<min(rows, first + blockRows)
  }

  private func rows(of blocks: [Int]) -> Int {
    blocks.reduce(0) { $0 + rows(ofBlock: $1).count }
  }

  /// Writes the rows of a window in the order in which they train.
  ///
  /// The first window has the draws of the plain shuffle, every other one a stream of its own.
  func fill(_ order: UnsafeMutablePointer<Int32>, _ window: Int, of windows: EpochWindows) {
    var count = 0
    for block in windows.blocks[window] {
      for row in rows(ofBlock: block) {
        order[count] = Int32(row)
        count += 1
      }
    }
    put(order, count, inOrderOf: window, epoch: windows.epoch)
  }

  /// Writes the indices of a window's rows in memory, where they lie in the order of the file, in the order
  /// in which they train.
  func fillIndices(_ order: UnsafeMutablePointer<Int32>, _ window: Int, of windows: EpochWindows) {
    let count = windows.starts[window + 1] - windows.starts[window]
    for index in 0..<count { order[index] = Int32(index) }
    put(order, count, inOrderOf: window, epoch: windows.epoch)
  }

  private func put(
    _ order: UnsafeMutablePointer<Int32>, _ count: Int, inOrderOf window: Int, epoch: Int
  ) {
    let random =
      window == 0
      ? shuffle : RandomSource(seed: shuffle.bits(UInt64(window), 1 << 63), .shuffle)
    for last in stride(from: count - 1, to: 0, by: -1) {
      let other = random.index(below: last + 1, UInt64(epoch), UInt64(last))
      (order[last], order[other]) = (order[other], order[last])
    }
  }
}

/// The windows of one epoch.
struct EpochWindows: Equatable {
  /// The epoch, counted from 1.
  let epoch: Int
  /// By window its blocks, rising.
  let blocks: [[Int]]
  /// By window its first row in the order of the epoch, one more than there are windows.
  let starts: [Int]

  init(epoch: Int, blocks: [[Int]], rows: [Int]) {
    self.epoch = epoch
    self.blocks = blocks
    starts = rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
  }
}
