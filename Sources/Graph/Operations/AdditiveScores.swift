internal import CKernels

/// How well each of K queries fits each of F tokens, by a small network over their sum.
///
///     s_kf = ⟨u, tanh(p_k + t_f)⟩              p [B, K·q], t [B, F·q], u [q], s [B, K·F]
///     dp_k = Σ_f ds_kf u ∘ (1 − tanh²),  dt_f = Σ_k …,  du = Σ ds_kf tanh(p_k + t_f)
///
/// Bahdanau, Cho, Bengio. "Neural Machine Translation by Jointly Learning to Align and Translate."
/// ICLR 2015. arXiv:1409.0473
public struct AdditiveScores: Operation {
  /// u.
  public let weight: Parameter
  /// q.
  public let hidden: Int

  /// Scores by a network of q hidden numbers.
  public init(weight: Parameter, hidden: Int) {
    self.weight = weight
    self.hidden = hidden
  }

  /// The name in profiles and messages.
  public var name: String { "additive scores" }
  /// Queries and tokens.
  public var keeps: Keeps { .inputs }
  /// u.
  public var parameters: [Parameter] { [weight] }
  /// K·F; stops the program unless the inputs are [B, K·q] and [B, F·q].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 2 && inputs.allSatisfy { $0 > 0 && $0 % hidden == 0 },
      "additive scores: queries and tokens of \(hidden), found \(inputs)")
    return inputs[0] / hidden * (inputs[1] / hidden)
  }
  /// The hidden numbers of one query with some tokens.
  public func scratch(rows: Int) -> Int { Self.tokensAtOnce * hidden }
  /// K·F·q.
  public func multiplyAdds(inputs: [Int]) -> Int { width(of: inputs) * hidden }

  /// Tokens whose hidden numbers lie in scratch together.
  private static let tokensAtOnce = 64

  /// Computes every score.
  public func forward(_ call: Call) {
    let (u, y) = (call.value(0), call.output)
    forEachPart(call) { row, k, tokens in
      let to = y.base + row * y.stride + k * (call.inputWidth(1) / hidden)
      for f in tokens {
        to[f] = RowArithmetic.dot(u, call.scratch + (f - tokens.lowerBound) * hidden, hidden)
      }
    }
  }

  /// Adds to the gradients of queries, tokens and u.
  public func backward(_ call: Call) {
    let (dp, dt) = (call.inputGradient(0), call.inputGradient(1))
    clear(dp, 0, call)
    clear(dt, 1, call)
    let (u, du) = (call.value(0), call.gradient(0))
    if !call.accumulatesParameters { du.update(repeating: 0, count: hidden) }
    let dy = call.outputGradient
    forEachPart(call) { row, k, tokens in
      let slopes = dy.base + row * dy.stride + k * (call.inputWidth(1) / hidden)
      for f in tokens {
        let tanh = call.scratch + (f - tokens.lowerBound) * hidden
        RowArithmetic.add(slopes[f], tanh, to: du, hidden)
        for j in 0..<hidden { tanh[j] = slopes[f] * u[j] * (1 - tanh[j] * tanh[j]) }
        if let dp {
          RowArithmetic.add(1, tanh, to: dp.base + row * dp.stride + k * hidden, hidden)
        }
        if let dt {
          RowArithmetic.add(1, tanh, to: dt.base + row * dt.stride + f * hidden, hidden)
        }
      }
    }
  }

  private func clear(_ gradient: GradientRows?, _ input: Int, _ call: Call) {
    guard let gradient, !gradient.accumulates else { return }
    for row in 0..<call.rows {
      (gradient.base + row * gradient.stride).update(
        repeating: 0, count: call.inputWidth(input))
    }
  }

  /// Fills the scratch with tanh(p_k + t_f) of some tokens, for every row and query.
  @inline(__always) private func forEachPart(
    _ call: Call, _ body: (_ row: Int, _ query: Int, _ tokens: Range<Int>) -> Void
  ) {
    let (p, t) = (call.input(0), call.input(1))
    let count = call.inputWidth(1) / hidden
    for row in 0..<call.rows {
      let (queries, all) = (p.base + row * p.stride, t.base + row * t.stride)
      for k in 0..<(call.inputWidth(0) / hidden) {
        for first in stride(from: 0, to: count, by: Self.tokensAtOnce) {
          let tokens = first..<min(count, first + Self.tokensAtOnce)
          fill(call.scratch, queries + k * hidden, all + first * hidden, tokens.count)
          body(row, k, tokens)
        }
      }
    }
  }

  /// tanh x = 2σ(2x) − 1, so that the kernel of the sigmoid does the work.
  private func fill(
    _ y: UnsafeMutablePointer<Float>, _ query: UnsafePointer<Float>,
    _ tokens: UnsafePointer<Float>, _ count: Int
  ) {
    for f in 0..<count {
      for j in 0..<hidden { y[f * hidden + j] = 2 * (query[j] + tokens[f * hidden + j]) }
    }
    ck_sigmoid(1, Int64(count * hidden), y, 0, y, 0)
    for index in 0..<(count * hidden) { y[index] = 2 * y[index] - 1 }
  }
}

extension Variable {
  /// How well each of these queries fits each token; see ``AdditiveScores``.
  public func additiveScores(of tokens: Variable, _ weight: Parameter, hidden: Int) -> Variable {
    graph.record(AdditiveScores(weight: weight, hidden: hidden), [self, tokens])
  }
}
