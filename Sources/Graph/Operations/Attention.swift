internal import CKernels

/// How self-attention cuts a row: T tokens, each with queries, keys and values of width d side by
/// side, in h heads of d/h numbers.
public struct AttentionShape: Sendable, Hashable {
  /// T.
  public let tokens: Int
  /// d.
  public let width: Int
  /// h.
  public let heads: Int

  /// Cuts a row; stops the program unless the heads divide the width.
  public init(tokens: Int, width: Int, heads: Int) {
    precondition(
      tokens > 0 && heads > 0 && width % heads == 0,
      "attention: \(heads) heads do not divide a width of \(width)")
    self.tokens = tokens
    self.width = width
    self.heads = heads
  }

  /// d/h.
  var headWidth: Int { width / heads }
  /// Numbers of a token: query, key and value.
  var tokenStride: Int { 3 * width }
  /// h·T·T.
  var pairs: Int { heads * tokens * tokens }

  /// The columns of one head of every token, as rows.
  func transpose(
    _ x: UnsafePointer<Float>, stride: Int, into y: UnsafeMutablePointer<Float>
  ) {
    for t in 0..<tokens {
      for c in 0..<headWidth { y[c * tokens + t] = x[t * stride + c] }
    }
  }
}

/// How much each token heeds each other one, before the softmax.
///
///     S_h,ij = ⟨q_h,i, k_h,j⟩ / √(d/h)         [q, k, v] [B, T·3d], S [B, h·T·T]
///     dq_i = Σ_j dS_ij k_j / √(d/h),  dk_j = Σ_i dS_ij q_i / √(d/h),  dv = 0
///
/// Vaswani et al. "Attention Is All You Need." NeurIPS 2017, section 3.2.
public struct AttentionScores: Operation {
  /// How a row is cut.
  public let shape: AttentionShape

  /// Scores of tokens.
  public init(_ shape: AttentionShape) { self.shape = shape }

  /// The name in profiles and messages.
  public var name: String { "attention scores" }
  /// Queries and keys.
  public var keeps: Keeps { .inputs }
  /// h·T·T; stops the program unless the input is [B, T·3d].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs == [shape.tokens * shape.tokenStride],
      "attention scores: \(shape.tokens) tokens of \(shape.tokenStride), found [B, \(inputs)]")
    return shape.pairs
  }
  /// A head's keys, transposed.
  public func scratch(rows: Int) -> Int { shape.tokens * shape.headWidth }
  /// T·T·d.
  public func multiplyAdds(inputs: [Int]) -> Int { shape.tokens * shape.tokens * shape.width }

  private var scale: Float { 1 / Float(shape.headWidth).squareRoot() }

  /// Multiplies every query with every key.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    let (tokens, stride) = (Int64(shape.tokens), Int64(shape.tokenStride))
    for row in 0..<call.rows {
      for head in 0..<shape.heads {
        let queries = x.base + row * x.stride + head * shape.headWidth
        shape.transpose(queries + shape.width, stride: shape.tokenStride, into: call.scratch)
        ck_small_product(
          tokens, tokens, Int64(shape.headWidth), scale, queries, stride, 1, call.scratch, tokens,
          y.base + row * y.stride + head * shape.tokens * shape.tokens, tokens, 0)
      }
    }
  }

  /// Adds to the gradients of queries and keys.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let (x, dy) = (call.input(0), call.outputGradient)
    for row in 0..<call.rows {
      let (from, to) = (x.base + row * x.stride, dx.base + row * dx.stride)
      if !dx.accumulates { to.update(repeating: 0, count: call.inputWidth(0)) }
      for head in 0..<shape.heads {
        let slopes = dy.base + row * dy.stride + head * shape.tokens * shape.tokens
        let column = head * shape.headWidth
        addProduct(slopes, Int64(shape.tokens), 1, from + shape.width + column, to + column)
        addProduct(slopes, 1, Int64(shape.tokens), from + column, to + shape.width + column)
      }
    }
  }

  /// Adds dS·b, or dSᵀ·b, of one head.
  private func addProduct(
    _ slopes: UnsafePointer<Float>, _ row: Int64, _ column: Int64, _ b: UnsafePointer<Float>,
    _ sum: UnsafeMutablePointer<Float>
  ) {
    let (tokens, stride) = (Int64(shape.tokens), Int64(shape.tokenStride))
    ck_small_product(
      tokens, Int64(shape.headWidth), tokens, scale, slopes, row, column, b, stride, sum, stride,
      1)
  }
}

extension Variable {
  /// How much each token heeds each other one; see ``AttentionScores``.
  public func attentionScores(_ shape: AttentionShape) -> Variable {
    graph.record(AttentionScores(shape), [self])
  }
}
