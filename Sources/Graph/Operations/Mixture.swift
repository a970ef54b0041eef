internal import CKernels

/// The softmax of every row.
///
///     y  = e^(x − max x) / Σ e^(x − max x)
///     dx = y ∘ (dy − ⟨y, dy⟩)
///
/// The gradient needs `y` only.
public struct Softmax: Operation {
  /// The softmax of every row.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "softmax" }
  /// The output alone.
  public var keeps: Keeps { .output }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }
  /// Computes the softmax of every row.
  public func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    ck_softmax(
      Int64(call.rows), Int64(call.outputWidth), x.base, Int64(x.stride), y.base, Int64(y.stride))
  }
  /// Adds y ∘ (dy − ⟨y, dy⟩) to the gradient of x.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let y = call.output
    let dy = call.outputGradient
    ck_softmax_backward(
      Int64(call.rows), Int64(call.outputWidth), y.base, Int64(y.stride), dy.base,
      Int64(dy.stride), dx.base, Int64(dx.stride), dx.accumulates ? 1 : 0)
  }
}

/// A weighted sum of experts, one pass over them in each direction.
///
///     y_ih   = Σ_e g_ie · f_i,eh               g [B, E], f [B, E·H], y [B, H]
///     dg_ie  = ⟨dy_i, f_i,e⟩
///     df_ieh = g_ie · dy_ih
public struct Mixture: Operation {
  /// A weighted sum of experts.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "mixture" }
  /// Gates and experts.
  public var keeps: Keeps { .inputs }
  /// H; stops the program unless the inputs are [B, E] and [B, E·H].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 2 && inputs[1] % inputs[0] == 0,
      "mixture: gates [B, E], experts [B, E·H], found \(inputs)")
    return inputs[1] / inputs[0]
  }
  /// E·H.
  public func multiplyAdds(inputs: [Int]) -> Int { inputs[1] }
  /// Computes the weighted sum of experts.
  public func forward(_ call: Call) {
    let g = call.input(0)
    let f = call.input(1)
    let y = call.output
    ck_mixture(
      Int64(call.rows), Int64(call.inputWidth(0)), Int64(call.outputWidth), g.base,
      Int64(g.stride), f.base, Int64(f.stride), y.base, Int64(y.stride))
  }
  /// Adds to the gradients of the gates and of the experts.
  public func backward(_ call: Call) {
    let g = call.input(0)
    let f = call.input(1)
    let dy = call.outputGradient
    let dg = call.inputGradient(0)
    let df = call.inputGradient(1)
    ck_mixture_backward(
      Int64(call.rows), Int64(call.inputWidth(0)), Int64(call.outputWidth), g.base,
      Int64(g.stride), f.base, Int64(f.stride), dy.base, Int64(dy.stride), dg?.base,
      Int64(dg?.stride ?? 0), dg?.accumulates == true ? 1 : 0, df?.base,
      Int64(df?.stride ?? 0), df?.accumulates == true ? 1 : 0)
  }
}

extension Variable {
  /// The softmax of every row; see ``Softmax``.
  public func softmax() -> Variable { graph.record(Softmax(), [self]) }

  /// The sum of these experts [B, E·H] weighted by gates [B, E]; see ``Mixture``.
  public func mixture(_ weights: Variable) -> Variable {
    graph.record(Mixture(), [weights, self])
  }
}
