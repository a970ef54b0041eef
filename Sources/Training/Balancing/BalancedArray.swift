import Graph
import Tensors

/// A named array of a dense block as equally long runs of floats.
struct BalancedArray {
  let parameter: Parameter
  /// Its place among the block's named arrays.
  let piece: Int
  let isShared: Bool
  /// Where its first float lies among all dense floats.
  let offset: Int
  let runs: Int
  let length: Int64
  /// From run to run.
  let distance: Int
  /// The sections whose loss reaches it.
  let sections: [Int]

  /// Every dense array of the owners of a store.
  static func all(of store: ParameterStore, executor: Executor) -> [BalancedArray] {
    store.specifications.indices.flatMap { index -> [BalancedArray] in
      let one = store.specifications[index]
      guard case .dense = one.kind else { return [] }
      let parameter = Parameter(index: index)
      let sections = (0..<executor.sectionCount).filter {
        executor.reaches(parameter, in: $0)
      }
      return one.pieces.enumerated().map { place, piece in
        let (runs, length, distance) = Self.runs(of: piece)
        return BalancedArray(
          parameter: parameter, piece: place, isShared: one.owner == .shared,
          offset: store.offsets[index] + piece.offset, runs: runs, length: Int64(length),
          distance: distance, sections: sections)
      }
    }
  }

  /// The longest runs of neighbours that an array is made of, and how far apart they begin.
  static func runs(of piece: ParameterPiece) -> (count: Int, length: Int, distance: Int) {
    let columns = piece.shape.dropFirst().reduce(1, *)
    let extents = [
      (count: piece.shape[0], stride: piece.strides.first),
      (count: columns, stride: piece.strides.second),
    ].filter { $0.count > 1 }
    guard let first = extents.first, let last = extents.last else { return (1, piece.count, 0) }
    if extents.count == 1 {
      return first.stride == 1 ? (1, first.count, 0) : (first.count, 1, first.stride)
    }
    let (inner, outer) = first.stride == 1 ? (first, last) : (last, first)
    precondition(inner.stride == 1, "\(piece.path): no two numbers lie side by side")
    return outer.stride == inner.count
      ? (1, piece.count, 0) : (outer.count, inner.count, outer.stride)
  }
}
