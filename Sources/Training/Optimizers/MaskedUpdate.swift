import Graph
import Models
import Tensors

/// Keeps an update from moving masked weights that the task of the turn leaves out.
///
/// Their gradient is 0, but momentum and decay would move them all the same: after the update they
/// and their moments are put back to what they were.
final class MaskedUpdate {
  /// Some dense floats and the masks of which one at least must be 1 for a float to move.
  private struct Block {
    let range: Range<Int>
    let masks: [UnsafePointer<Float>]
  }

  private let blocks: [Block]
  private let scratch: [Storage<Float>]
  private let piece: Int

  /// The masked weights of a store; `piece` is the most that an update moves at a time.
  init(_ held: [HeldWeight], store: ParameterStore, threads: Int, piece: Int) {
    blocks = held.map { one in
      let start = store.offsets[one.weight.index]
      return Block(
        range: start..<(start + store.count(of: one.weight)),
        masks: one.masks.map { store.base(of: $0) })
    }
    self.piece = piece
    scratch = (0..<threads).map { _ in Storage(count: 3 * piece, filling: 0) }
  }

  /// Notes the numbers of a range before its update: values and moments.
  func save(_ range: Range<Int>, _ arrays: [UnsafeMutablePointer<Float>], thread: Int) {
    guard blocks.contains(where: { $0.range.overlaps(range) }) else { return }
    for (place, array) in arrays.enumerated() {
      (scratch[thread].base + place * piece).update(
        from: array + range.lowerBound, count: range.count)
    }
  }

  /// Puts back what no mask keeps.
  func restore(_ range: Range<Int>, _ arrays: [UnsafeMutablePointer<Float>], thread: Int) {
    for block in blocks where block.range.overlaps(range) {
      let common = block.range.clamped(to: range)
      for at in common where !isKept(at - block.range.lowerBound, block) {
        for (place, array) in arrays.enumerated() {
          array[at] = scratch[thread][place * piece + at - range.lowerBound]
        }
      }
    }
  }

  private func isKept(_ place: Int, _ block: Block) -> Bool {
    block.masks.contains { $0[place] != 0 }
  }
}
