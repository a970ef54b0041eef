import Tensors

/// The order of an epoch's rows as training has it where all rows are one window, written down once more:
/// Fisher–Yates from the seed and the epoch alone.
final class EpochShuffle {
  let order: Storage<Int32>
  private let random: RandomSource

  init(count: Int, seed: UInt64) {
    order = Storage(count: count, filling: 0)
    random = RandomSource(seed: seed, .shuffle)
  }

  /// Makes the order of an epoch, counted from 1.
  func shuffle(epoch: Int) {
    for row in 0..<order.count { order.base[row] = Int32(row) }
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      let other = random.index(below: last + 1, UInt64(epoch), UInt64(last))
      (order.base[last], order.base[other]) = (order.base[other], order.base[last])
    }
  }
}
