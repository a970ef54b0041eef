/// rows, n, x and its stride, y and its stride.
public typealias ForwardKernel =
  @Sendable (
    Int64, Int64, UnsafePointer<Float>?, Int64, UnsafeMutablePointer<Float>?, Int64
  ) -> Void
/// rows, n, y, dy and dx with their strides, and whether dx is added to.
public typealias BackwardKernel =
  @Sendable (
    Int64, Int64, UnsafePointer<Float>?, Int64, UnsafePointer<Float>?, Int64,
    UnsafeMutablePointer<Float>?, Int64, Int32
  ) -> Void

/// An operation of one input whose output is as wide, and whose gradient needs the output only.
///
///     y = f(x),  dx (+)= f′(y, dy)             [B, n] each
///
/// What is left to say is the two kernels.
public protocol RowMap: RowByRow {
  /// Computes y from x.
  static var forwardKernel: ForwardKernel { get }
  /// Adds to dx, or overwrites it, from y and dy.
  static var backwardKernel: BackwardKernel { get }
}

extension RowMap {
  /// The output alone.
  public var keeps: Keeps { .output }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }
  /// Runs the kernel on the block's rows.
  public func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    Self.forwardKernel(
      Int64(call.rows), Int64(call.outputWidth), x.base, Int64(x.stride), y.base, Int64(y.stride))
  }
  /// Runs the gradient's kernel on the block's rows.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let y = call.output
    let dy = call.outputGradient
    Self.backwardKernel(
      Int64(call.rows), Int64(call.outputWidth), y.base, Int64(y.stride), dy.base,
      Int64(dy.stride), dx.base, Int64(dx.stride), dx.accumulates ? 1 : 0)
  }
}
