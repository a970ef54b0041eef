internal import CKernels

/// A weighted sum of experts, one pass over them in each direction.
///
///     y_ih   = Σ_e g_ie · f_i,eh               g [B, E], f [B, E·H], y [B, H]
///     dg_ie  = ⟨dy_i, f_i,e⟩
///     df_ieh = g_ie · dy_ih
///
/// The experts may come in groups, each [B, E_j·H] with Σ E_j = E, in the order of the weights.
public struct Mixture: Operation {
  /// A weighted sum of experts.
  public init() {}
  /// The name in profiles and messages.
  public var name: String { "mixture" }
  /// Gates and experts.
  public var keeps: Keeps { .inputs }
  /// H; stops the program unless the inputs are [B, E] and groups of experts, [B, E·H] together.
  public func width(of inputs: [Int]) -> Int {
    let experts = inputs.dropFirst().reduce(0, +)
    let width = experts / inputs[0]
    precondition(
      inputs.count >= 2 && experts % inputs[0] == 0
        && inputs.dropFirst().allSatisfy { $0 % width == 0 },
      "mixture: gates [B, E], experts [B, E·H] in groups, found \(inputs)")
    return width
  }
  /// E·H.
  public func multiplyAdds(inputs: [Int]) -> Int { inputs.dropFirst().reduce(0, +) }
  /// Computes the weighted sum of experts, group after group.
  public func forward(_ call: Call) {
    let g = call.input(0)
    let y = call.output
    var first = 0
    for group in 1..<call.inputCount {
      let f = call.input(group)
      let experts = call.inputWidth(group) / call.outputWidth
      ck_mixture(
        Int64(call.rows), Int64(experts), Int64(call.outputWidth), g.base + first,
        Int64(g.stride), f.base, Int64(f.stride), y.base, Int64(y.stride), first > 0 ? 1 : 0)
      first += experts
    }
  }
  /// Adds to the gradients of the gates and of the experts, group after group.
  public func backward(_ call: Call) {
    let g = call.input(0)
    let dy = call.outputGradient
    let dg = call.inputGradient(0)
    var first = 0
    for group in 1..<call.inputCount {
      let f = call.input(group)
      let df = call.inputGradient(group)
      let experts = call.inputWidth(group) / call.outputWidth
      ck_mixture_backward(
        Int64(call.rows), Int64(experts), Int64(call.outputWidth), g.base + first,
        Int64(g.stride), f.base, Int64(f.stride), dy.base, Int64(dy.stride),
        dg.map { $0.base + first }, Int64(dg?.stride ?? 0), dg?.accumulates == true ? 1 : 0,
        df?.base, Int64(df?.stride ?? 0), df?.accumulates == true ? 1 : 0)
      first += experts
    }
  }
}

extension Variable {
  /// The sum of these experts [B, E·H] weighted by gates [B, E]; see ``Mixture``.
  public func mixture(_ weights: Variable) -> Variable { weights.mixture(of: [self]) }

  /// The sum of groups of experts weighted by these gates [B, E]; see ``Mixture``.
  public func mixture(of groups: [Variable]) -> Variable {
    graph.record(Mixture(), [self] + groups)
  }
}
