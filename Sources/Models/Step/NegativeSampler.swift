public import Datasets
public import Graph
import Tensors

/// Draws items beside each row that the row's user has not met: what a ranking compares with.
///
///     j uniform over all items but those of the user's training rows and the row's own
///
/// A draw that the user has met is refused; after 50 refusals the next item from the last draw on
/// counts that was not met. Beside the row of a user who has met everything stands the row's own item,
/// which is no pair (``Objectives/PairLoss``). In training a draw follows from seed, turn, step and the row's
/// number in the batch, where answers are asked for from seed, user and item.
public final class NegativeSampler: RowSource {
  /// Refusals before the draw goes on in order.
  static let mostRefusals = 50

  /// Rows of a batch at most.
  public let capacity: Int
  /// n.
  public let drawnCount: Int
  private let interactions: Interactions
  private let random: RandomSource
  private let isAnswering: Bool
  private let drawn: Storage<Int32>

  /// A sampler of n items a row.
  public init(
    _ interactions: Interactions, count: Int, for purpose: RowPurpose, seed: UInt64,
    batchRows: Int
  ) {
    self.interactions = interactions
    capacity = batchRows
    drawnCount = count
    drawn = Storage(count: batchRows * count, filling: 0)
    let root = RandomSource(seed: seed, .negatives)
    switch purpose {
    case .turn(let turn):
      isAnswering = false
      random = RandomSource(seed: root.bits(UInt64(turn) + 1), .negatives)
    case .answering:
      isAnswering = true
      random = RandomSource(seed: root.bits(0), .negatives)
    }
  }

  /// The batch, with items drawn beside its rows.
  public func rows(at step: Int, beside batch: Batch) -> Batch {
    guard let ids = batch.ids else { return batch }
    var rows = batch
    for row in 0..<batch.rows {
      let own = ids + (batch.index.map { Int($0[row]) } ?? row) * batch.fields
      let (user, item) = (own[interactions.userField], own[interactions.itemField])
      let counter =
        isAnswering
        ? (UInt64(UInt32(bitPattern: user)), UInt64(UInt32(bitPattern: item)) << 32)
        : (UInt64(step), UInt64(row) << 32)
      for number in 0..<drawnCount {
        drawn.base[row * drawnCount + number] = draw(
          beside: item, of: user, counter.0, counter.1 | UInt64(number) << 8)
      }
    }
    rows.drawn = UnsafePointer(drawn.base)
    rows.drawnCount = drawnCount
    return rows
  }

  private func draw(beside own: Int32, of user: Int32, _ i: UInt64, _ j: UInt64) -> Int32 {
    let items = interactions.items
    guard !items.isEmpty else { return own }
    func isFree(_ item: Int32) -> Bool {
      item != own && !interactions.hasSeen(item, by: user)
    }
    var index = 0
    for refusals in 0..<UInt64(Self.mostRefusals) {
      index = random.index(below: items.count, i, j | refusals)
      if isFree(items[index]) { return items[index] }
    }
    for _ in 0..<items.count {
      index = index + 1 < items.count ? index + 1 : 0
      if isFree(items[index]) { return items[index] }
    }
    return own
  }
}
