internal import CKernels

/// The hyperbolic tangent, elementwise.
///
///     y  = tanh x
///     dx = dy · (1 − y²)
///
/// The gradient needs `y` only; the plan may release the input.
public struct Tanh: RowMap {
  /// The hyperbolic tangent.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "tanh" }
  /// tanh x.
  public static var forwardKernel: ForwardKernel { ck_tanh }
  /// dy · (1 − y²).
  public static var backwardKernel: BackwardKernel { ck_tanh_backward }
}

extension Variable {
  /// tanh x; see ``Tanh``.
  public func tanh() -> Variable { graph.record(Tanh(), [self]) }
}
