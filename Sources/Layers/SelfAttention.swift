public import Graph

/// An affine map that all tokens share: y_t = x_t · W + b, from [B, T·inputs] to [B, T·outputs].
///
/// Named `weight` [outputs, inputs] and, if there is one, `bias` [outputs].
public struct TokenDense: Sendable {
  /// W.
  public let weight: Parameter
  private let bias: Parameter?
  private let inputs: Int
  private let outputs: Int

  /// Declares the map in a scope.
  public init(_ inputs: Int, _ outputs: Int, bias: Bool, in scope: Scope) {
    self.inputs = inputs
    self.outputs = outputs
    weight = scope.matrix("weight", inputs, outputs, .glorotUniform)
    self.bias = bias ? scope.vector("bias", outputs, .zeros) : nil
  }

  /// The map of every token, side by side or packed.
  public func callAsFunction(_ x: Variable) -> Variable {
    func mapped(_ x: Variable) -> Variable {
      x.linear(weight, bias: bias, inputs: inputs, outputs: outputs)
    }
    return x.extent.isPacked ? mapped(x) : x.each(of: x.width / inputs, mapped)
  }
}

/// Self-attention of h heads over the tokens of a row: every token becomes a mixture of all tokens'
/// values, by how its query fits their keys; [B, T·d] to itself.
///
///     S_h = Q_h K_hᵀ / √(d/h),  A_h = softmax(S_h),  y = [A_1 V_1, …, A_h V_h]
///
/// Without biases and output map. Named `query.weight`, `key.weight` and `value.weight`, [d, d].
public struct SelfAttention: Sendable {
  /// What attention makes of a row.
  public struct Result {
    /// The mixtures, [B, T·d].
    public let mixture: Variable
    /// A, [B, h·T·T].
    public let weights: Variable
    /// S, [B, h·T·T].
    public let scores: Variable
  }

  private let weight: Parameter
  private let shape: AttentionShape

  /// Declares the maps in a scope; the heads must divide the width.
  public init(tokens: Int, width: Int, heads: Int, in scope: Scope) {
    shape = AttentionShape(tokens: tokens, width: width, heads: heads)
    weight = scope.block(
      count: 3 * width * width,
      ["query", "key", "value"].enumerated().map { place, role in
        scope.piece(
          (scope / role).named("weight"), width, width, offset: place * width,
          stride: 3 * width, .glorotUniform)
      })
  }

  /// Mixes tokens.
  public func callAsFunction(_ x: Variable) -> Result {
    let roles = x.each(of: shape.tokens) {
      $0.linear(weight, bias: nil, inputs: shape.width, outputs: 3 * shape.width)
    }
    let scores = roles.attentionScores(shape)
    let weights = scores.softmax(groupsOf: shape.tokens)
    return Result(mixture: roles.attended(by: weights, shape), weights: weights, scores: scores)
  }
}
