internal import CKernels

/// The rectifier, elementwise; the derivative at 0 is 0.
///
///     y  = max(x, 0)
///     dx = y > 0 ? dy : 0
///
/// The gradient needs `y` only. Right behind an affine map nobody else reads, the plan joins the two.
public struct Relu: Operation {
  /// The rectifier.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "relu" }
  /// The output alone.
  public var keeps: Keeps { .output }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }
  /// Computes max(x, 0).
  public func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    ck_relu(
      Int64(call.rows), Int64(call.outputWidth), x.base, Int64(x.stride), y.base, Int64(y.stride))
  }
  /// Adds dy where y > 0 to the gradient of x.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let y = call.output
    let dy = call.outputGradient
    ck_relu_backward(
      Int64(call.rows), Int64(call.outputWidth), y.base, Int64(y.stride), dy.base,
      Int64(dy.stride), dx.base, Int64(dx.stride), dx.accumulates ? 1 : 0)
  }
}

/// The logistic sigmoid, elementwise.
///
///     y  = 1 / (1 + e⁻ˣ)
///     dx = dy · y · (1 − y)
///
/// The gradient needs `y` only; the plan may release the input.
public struct Sigmoid: Operation {
  /// The logistic sigmoid.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "sigmoid" }
  /// The output alone.
  public var keeps: Keeps { .output }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }
  /// Computes 1 / (1 + e⁻ˣ).
  public func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    ck_sigmoid(
      Int64(call.rows), Int64(call.outputWidth), x.base, Int64(x.stride), y.base, Int64(y.stride))
  }
  /// Adds dy·y·(1 − y) to the gradient of x.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let y = call.output
    let dy = call.outputGradient
    ck_sigmoid_backward(
      Int64(call.rows), Int64(call.outputWidth), y.base, Int64(y.stride), dy.base,
      Int64(dy.stride), dx.base, Int64(dx.stride), dx.accumulates ? 1 : 0)
  }
}

extension Variable {
  /// max(x, 0); see ``Relu``.
  public func relu() -> Variable { graph.record(Relu(), [self]) }
  /// 1 / (1 + e⁻ˣ); see ``Sigmoid``.
  public func sigmoid() -> Variable { graph.record(Sigmoid(), [self]) }
}
