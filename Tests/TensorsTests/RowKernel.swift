import CKernels
import Tensors

/// A kernel that computes each row by itself: how it is called, and one row of it in Double.
struct RowKernel: CustomStringConvertible, Sendable {
  /// What a kernel is tried on.
  struct Shape: Sendable, CustomStringConvertible {
    let rows: Int
    let columns: Int
    /// Blocks of `columns` numbers in a row, for kernels that have blocks.
    let blocks: Int
    var description: String { "\(rows) × \(columns) in \(blocks) blocks" }
  }

  /// A call: an output that is not wanted is nil.
  struct Call {
    let kernels: ck_table
    let shape: Shape
    let inputs: [Grid]
    let outputs: [Grid?]
    let accumulate: Int32
    var rows: Int64 { Int64(shape.rows) }
    var columns: Int64 { Int64(shape.columns) }
    var blocks: Int64 { Int64(shape.blocks) }
  }

  let description: String
  /// Columns of each input and of each output.
  let widths: @Sendable (Shape) -> (inputs: [Int], outputs: [Int])
  /// Whether it can add to its outputs, and leave one of them out.
  let accumulates: Bool
  /// The spreads of its inputs.
  let scales: [Double]
  let tolerance: Double
  let call: @Sendable (Call) -> Void
  /// One row of each output from one row of each input.
  let row: @Sendable ([[Double]]) -> [[Double]]
}

extension RowKernel {
  typealias Forward =
    @convention(c) (
      Int64, Int64, UnsafePointer<Float>?, Int64, UnsafeMutablePointer<Float>?, Int64
    ) -> Void
  typealias Backward =
    @convention(c) (
      Int64, Int64, UnsafePointer<Float>?, Int64, UnsafePointer<Float>?, Int64,
      UnsafeMutablePointer<Float>?, Int64, Int32
    ) -> Void

  /// y from x.
  static func forward(
    _ name: String, _ kernel: @escaping @Sendable (ck_table) -> Forward, scales: [Double] = [1],
    within tolerance: Double = 1e-6, row: @escaping @Sendable ([Double]) -> [Double]
  ) -> RowKernel {
    RowKernel(
      description: name, widths: { ([$0.columns], [$0.columns]) }, accumulates: false,
      scales: scales, tolerance: tolerance,
      call: {
        let x = $0.inputs[0]
        kernel($0.kernels)(
          $0.rows, $0.columns, x.base, x.distance, $0.outputs[0].base, $0.outputs[0].distance)
      }, row: { [row($0[0])] })
  }

  /// dx from y and dy.
  static func backward(
    _ name: String, _ kernel: @escaping @Sendable (ck_table) -> Backward,
    within tolerance: Double = 1e-6, row: @escaping @Sendable ([Double], [Double]) -> [Double]
  ) -> RowKernel {
    RowKernel(
      description: name, widths: { ([$0.columns, $0.columns], [$0.columns]) }, accumulates: true,
      scales: [1], tolerance: tolerance,
      call: {
        let (y, dy, dx) = ($0.inputs[0], $0.inputs[1], $0.outputs[0])
        kernel($0.kernels)(
          $0.rows, $0.columns, y.base, y.distance, dy.base, dy.distance, dx.base, dx.distance,
          $0.accumulate)
      }, row: { [row($0[0], $0[1])] })
  }
}

extension Grid? {
  /// NULL for an output that is not wanted.
  var base: UnsafeMutablePointer<Float>? { self?.base }
  var distance: Int64 { self?.distance ?? 0 }
}
