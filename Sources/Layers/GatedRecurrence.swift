public import Graph

/// A gated recurrent unit over the entries of a row, with the map of its input: [B, T·n] and a state
/// [B, h] to the states behind every entry, [B, T·h], or packed, [entries, n] to [entries, h]; see ``GRU``.
///
/// Named `weight_ih` [3h, n], `weight_hh` [3h, h], `bias_ih` and `bias_hh` [3h], gates in the order
/// r, z, n.
public struct GatedRecurrence: Sendable {
  private let input: Parameter
  private let inputBias: Parameter
  private let state: Parameter
  private let stateBias: Parameter
  private let inputs: Int
  private let form: GRU.Form
  /// h.
  public let hidden: Int

  /// What it learns.
  public var parameters: [Parameter] { [input, inputBias, state, stateBias] }

  /// Declares the maps in a scope.
  public init(_ inputs: Int, hidden: Int, form: GRU.Form = .resetAfter, in scope: Scope) {
    self.inputs = inputs
    self.hidden = hidden
    self.form = form
    input = scope.matrix("weight_ih", inputs, 3 * hidden, .glorotUniform)
    inputBias = scope.vector("bias_ih", 3 * hidden, .zeros)
    state = scope.matrix("weight_hh", hidden, 3 * hidden, .glorotUniform)
    stateBias = scope.vector("bias_hh", 3 * hidden, .zeros)
  }

  /// The states behind the entries that exist, which stand side by side.
  public func callAsFunction(
    _ x: Variable, from start: Variable, isReversed: Bool = false, keeping mask: Variable? = nil
  ) -> Variable {
    self(
      x, of: .fixed(x.width / inputs), from: start, isReversed: isReversed, keeping: mask)
  }

  /// The states behind the entries that exist, side by side or packed.
  public func callAsFunction(
    _ x: Variable, of slots: Slots, from start: Variable, isReversed: Bool = false,
    keeping mask: Variable? = nil
  ) -> Variable {
    x.gru(
      from: start, GRU.Map(weight: input, bias: inputBias),
      GRU.Map(weight: state, bias: stateBias), of: slots, inputs: inputs, hidden: hidden,
      form: form, isReversed: isReversed, keeping: mask)
  }
}
