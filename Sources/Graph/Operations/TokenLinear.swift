internal import CKernels
public import Tensors

/// One affine map for every token of a row.
///
///     y_t = x_t·W + b, t < T                   x [B, T·inputs], W [inputs, outputs], y [B, T·outputs]
///     dx_t = dy_t·Wᵀ,  dW = Σ_t x_tᵀ·dy_t,  db = Σ dy
public struct TokenLinear: Operation {
  /// W.
  public let weight: Parameter
  /// b; nil for none.
  public let bias: Parameter?
  /// T.
  public let tokens: Int
  /// Rows of W.
  public let inputs: Int
  /// Columns of W.
  public let outputs: Int

  /// An affine map of T tokens.
  public init(weight: Parameter, bias: Parameter?, tokens: Int, inputs: Int, outputs: Int) {
    self.weight = weight
    self.bias = bias
    self.tokens = tokens
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The name in profiles and messages.
  public var name: String { "token linear" }
  /// Counts as a product.
  public var kind: WorkKind { .product }
  /// The input.
  public var keeps: Keeps { .inputs }
  /// W, and b if there is one.
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }
  /// W, packed once a step.
  public var packed: [PackedWeight] {
    [PackedWeight(parameter: weight, mask: nil, offset: 0, inputs: inputs, outputs: outputs)]
  }
  /// T·outputs; stops the program unless the input has T·inputs.
  public func width(of widths: [Int]) -> Int {
    precondition(
      widths == [tokens * inputs],
      "token linear: [B, \(widths)] · [\(inputs), \(outputs)] for \(tokens) tokens")
    return tokens * outputs
  }
  /// T·inputs·outputs.
  public func multiplyAdds(inputs widths: [Int]) -> Int { tokens * inputs * outputs }

  /// Columns of dy that are packed at a time for the weight gradient; a multiple of every panel.
  private static let stripe = 256

  /// What a transposed product packs dy into.
  public func scratch(rows: Int) -> Int { rows * min(Self.stripe, (outputs + 63) & ~63) }

  /// Maps token after token.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    for t in 0..<tokens {
      ck_product(
        Int64(call.rows), Int64(outputs), Int64(inputs), x.base + t * inputs, Int64(x.stride),
        call.packed(0), y.base + t * outputs, Int64(y.stride),
        bias == nil ? nil : UnsafePointer(call.value(1)), Int32(bias == nil ? 0 : CK_BIAS))
    }
  }

  /// Adds to the gradients of W, b and x, token after token.
  public func backward(_ call: Call) {
    for t in 0..<tokens {
      var column = 0
      while column < outputs {
        let columns = min(Self.stripe, outputs - column)
        weightGradient(of: t, column, columns, call)
        column += columns
      }
      inputGradient(of: t, call)
    }
  }

  private func weightGradient(of t: Int, _ column: Int, _ columns: Int, _ call: Call) {
    let (x, dy) = (call.input(0), call.outputGradient)
    let accumulates = t > 0 || call.accumulatesParameters
    ck_pack_gradient(
      Int64(call.rows), Int64(columns), dy.base + t * outputs + column, Int64(dy.stride), nil, 0,
      bias == nil ? nil : call.gradient(1) + column, accumulates ? 1 : 0, call.scratch)
    ck_product_transposed(
      Int64(inputs), Int64(columns), Int64(call.rows), x.base + t * inputs, Int64(x.stride),
      call.scratch, call.gradient(0) + column, Int64(outputs), nil,
      accumulates ? Int32(CK_ACCUMULATE) : 0)
  }

  private func inputGradient(of t: Int, _ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    ck_product(
      Int64(call.rows), Int64(inputs), Int64(outputs), dy.base + t * outputs, Int64(dy.stride),
      call.packedTransposed(0), dx.base + t * inputs, Int64(dx.stride), nil,
      dx.accumulates ? Int32(CK_ACCUMULATE) : 0)
  }
}

extension Variable {
  /// x_t·W + b for every token; see ``TokenLinear``.
  public func tokenLinear(
    _ weight: Parameter, bias: Parameter?, tokens: Int, inputs: Int, outputs: Int
  ) -> Variable {
    graph.record(
      TokenLinear(
        weight: weight, bias: bias, tokens: tokens, inputs: inputs, outputs: outputs), [self])
  }
}
