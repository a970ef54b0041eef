internal import CKernels

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
  /// The sum of these experts [B, E·H] weighted by gates [B, E]; see ``Mixture``.
  public func mixture(_ weights: Variable) -> Variable {
    graph.record(Mixture(), [weights, self])
  }
}
