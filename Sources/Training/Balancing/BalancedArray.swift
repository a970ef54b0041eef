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
        let runs = piece.shape.count > 1 ? piece.shape[1] : 1
        precondition(piece.strides.first == 1, "\(piece.path): outputs do not lie side by side")
        let isWhole = runs == 1 || piece.strides.second == piece.shape[0]
        return BalancedArray(
          parameter: parameter, piece: place, isShared: one.owner == .shared,
          offset: store.offsets[index] + piece.offset, runs: isWhole ? 1 : runs,
          length: Int64(isWhole ? piece.count : piece.shape[0]),
          distance: piece.strides.second, sections: sections)
      }
    }
  }
}

/// m_k of every array and task: what MetaBalance remembers from step to step.
final class NormAverages {
  private let values: Storage<Double>
  private let starts: [Int]
  private let tasks: Int

  init(_ store: ParameterStore, tasks: Int) {
    self.tasks = tasks
    var starts: [Int] = []
    var count = 0
    for one in store.specifications {
      starts.append(count)
      count += one.pieces.count
    }
    self.starts = starts
    values = Storage(count: count * tasks, filling: 0)
  }

  /// m_k of an array, [T].
  func row(_ parameter: Parameter, piece: Int) -> UnsafeMutablePointer<Double> {
    values.base + (starts[parameter.index] + piece) * tasks
  }
}
