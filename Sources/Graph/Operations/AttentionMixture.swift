internal import CKernels

/// Every token as a sum of all tokens' values, weighted by attention.
///
///     y_h,i = Σ_j A_h,ij v_h,j                 A [B, h·T·T], [q, k, v] [B, T·3d], y [B, T·d]
///     dA_ij = ⟨dy_i, v_j⟩,  dv_j = Σ_i A_ij dy_i,  dq = dk = 0
public struct AttentionMixture: Operation {
  /// How a row is cut.
  public let shape: AttentionShape

  /// Sums of tokens.
  public init(_ shape: AttentionShape) { self.shape = shape }

  /// The name in profiles and messages.
  public var name: String { "attention mixture" }
  /// Weights and values.
  public var keeps: Keeps { .inputs }
  /// T·d; stops the program unless the inputs are [B, h·T·T] and [B, T·3d].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs == [shape.pairs, shape.tokens * shape.tokenStride],
      "attention mixture: weights of \(shape.pairs), \(shape.tokens) tokens of "
        + "\(shape.tokenStride), found \(inputs)")
    return shape.tokens * shape.width
  }
  /// A head's values, transposed.
  public func scratch(rows: Int) -> Int { shape.tokens * shape.headWidth }
  /// T·T·d.
  public func multiplyAdds(inputs: [Int]) -> Int { shape.tokens * shape.tokens * shape.width }

  /// Adds the values up.
  public func forward(_ call: Call) {
    let (a, x, y) = (call.input(0), call.input(1), call.output)
    let tokens = Int64(shape.tokens)
    for row in 0..<call.rows {
      for head in 0..<shape.heads {
        let column = head * shape.headWidth
        ck_small_product(
          tokens, Int64(shape.headWidth), tokens, 1,
          a.base + row * a.stride + head * shape.tokens * shape.tokens, tokens, 1,
          x.base + row * x.stride + 2 * shape.width + column, Int64(shape.tokenStride),
          y.base + row * y.stride + column, Int64(shape.width), 0)
      }
    }
  }

  /// Adds to the gradients of weights and values.
  public func backward(_ call: Call) {
    weightGradient(call)
    valueGradient(call)
  }

  private func weightGradient(_ call: Call) {
    guard let da = call.inputGradient(0) else { return }
    let (x, dy) = (call.input(1), call.outputGradient)
    let tokens = Int64(shape.tokens)
    for row in 0..<call.rows {
      for head in 0..<shape.heads {
        let column = head * shape.headWidth
        shape.transpose(
          x.base + row * x.stride + 2 * shape.width + column, stride: shape.tokenStride,
          into: call.scratch)
        ck_small_product(
          tokens, tokens, Int64(shape.headWidth), 1, dy.base + row * dy.stride + column,
          Int64(shape.width), 1, call.scratch, tokens,
          da.base + row * da.stride + head * shape.tokens * shape.tokens, tokens,
          da.accumulates ? 1 : 0)
      }
    }
  }

  private func valueGradient(_ call: Call) {
    guard let dx = call.inputGradient(1) else { return }
    let (a, dy) = (call.input(0), call.outputGradient)
    let tokens = Int64(shape.tokens)
    for row in 0..<call.rows {
      let to = dx.base + row * dx.stride
      if !dx.accumulates { to.update(repeating: 0, count: call.inputWidth(1)) }
      for head in 0..<shape.heads {
        let column = head * shape.headWidth
        ck_small_product(
          tokens, Int64(shape.headWidth), tokens, 1,
          a.base + row * a.stride + head * shape.tokens * shape.tokens, 1, tokens,
          dy.base + row * dy.stride + column, Int64(shape.width), to + 2 * shape.width + column,
          Int64(shape.tokenStride), 1)
      }
    }
  }
}

extension Variable {
  /// Sums of these tokens, weighted by attention; see ``AttentionMixture``.
  public func attended(by weights: Variable, _ shape: AttentionShape) -> Variable {
    graph.record(AttentionMixture(shape), [weights, self])
  }
}
