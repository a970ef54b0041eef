internal import CKernels

/// The rectifier, elementwise; the derivative at 0 is 0.
///
///     y  = max(x, 0)
///     dx = y > 0 ? dy : 0
///
/// The gradient needs `y` only. Right behind an affine map nobody else reads, the plan joins the two.
public struct Relu: RowMap {
  /// The rectifier.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "relu" }
  /// max(x, 0).
  public static var forwardKernel: ForwardKernel { ck_relu }
  /// dy where y > 0.
  public static var backwardKernel: BackwardKernel { ck_relu_backward }
}

/// The logistic sigmoid, elementwise.
///
///     y  = 1 / (1 + e⁻ˣ)
///     dx = dy · y · (1 − y)
///
/// The gradient needs `y` only; the plan may release the input.
public struct Sigmoid: RowMap {
  /// The logistic sigmoid.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "sigmoid" }
  /// 1 / (1 + e⁻ˣ).
  public static var forwardKernel: ForwardKernel { ck_sigmoid }
  /// dy · y · (1 − y).
  public static var backwardKernel: BackwardKernel { ck_sigmoid_backward }
}

/// The softmax of every row.
///
///     y  = e^(x − max x) / Σ e^(x − max x)
///     dx = y ∘ (dy − ⟨y, dy⟩)
///
/// The gradient needs `y` only.
public struct Softmax: RowMap {
  /// The softmax of every row.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "softmax" }
  /// e^(x − max x) / Σ e^(x − max x).
  public static var forwardKernel: ForwardKernel { ck_softmax }
  /// y ∘ (dy − ⟨y, dy⟩).
  public static var backwardKernel: BackwardKernel { ck_softmax_backward }
}

extension Variable {
  /// max(x, 0); see ``Relu``.
  public func relu() -> Variable { graph.record(Relu(), [self]) }
  /// 1 / (1 + e⁻ˣ); see ``Sigmoid``.
  public func sigmoid() -> Variable { graph.record(Sigmoid(), [self]) }
  /// The softmax of every row; see ``Softmax``.
  public func softmax() -> Variable { graph.record(Softmax(), [self]) }
}
