/// Numbers of mean 0 and variance 1 in every group of a row, then scaled and shifted.
///
///     x̂ = (x − μ) / √(σ² + ε),  y = x̂ ∘ w + b       x, y [B, G·n], w, b [n], σ² of the group
///     dx = (g − mean g − x̂ · mean(g ∘ x̂)) / √(σ² + ε),  g = dy ∘ w
///     dw = Σ dy ∘ x̂,  db = Σ dy
///
/// Ba, Kiros, Hinton. "Layer Normalization." 2016. arXiv:1607.06450
public struct LayerNorm: Operation {
  /// w.
  public let weight: Parameter
  /// b.
  public let bias: Parameter
  /// n.
  public let groupWidth: Int
  /// ε.
  public let epsilon: Float

  /// Normalises groups of n numbers.
  public init(weight: Parameter, bias: Parameter, groupWidth: Int, epsilon: Float = 1e-5) {
    self.weight = weight
    self.bias = bias
    self.groupWidth = groupWidth
    self.epsilon = epsilon
  }

  /// The name in profiles and messages.
  public var name: String { "layer norm" }
  /// The input.
  public var keeps: Keeps { .inputs }
  /// w and b.
  public var parameters: [Parameter] { [weight, bias] }
  /// As wide as the input; stops the program unless it is groups of n.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      groupWidth > 0 && inputs[0] % groupWidth == 0,
      "layer norm: [B, \(inputs)] is not groups of \(groupWidth)")
    return inputs[0]
  }
  /// x̂ and g of one group.
  public func scratch(rows: Int) -> Int { 2 * groupWidth }

  /// Normalises group after group.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    let (w, b) = (call.value(0), call.value(1))
    for row in 0..<call.rows {
      for first in stride(from: 0, to: call.outputWidth, by: groupWidth) {
        let to = y.base + row * y.stride + first
        _ = normalise(x.base + row * x.stride + first, into: to)
        for k in 0..<groupWidth { to[k] = to[k] * w[k] + b[k] }
      }
    }
  }

  /// x̂, and 1/√(σ² + ε).
  private func normalise(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) -> Float {
    let mean = RowArithmetic.sum(x, groupWidth) / Float(groupWidth)
    for k in 0..<groupWidth { y[k] = x[k] - mean }
    let variance = RowArithmetic.dot(y, y, groupWidth) / Float(groupWidth)
    let inverse = 1 / (variance + epsilon).squareRoot()
    for k in 0..<groupWidth { y[k] *= inverse }
    return inverse
  }

  /// Adds to the gradients of w, b and x.
  public func backward(_ call: Call) {
    let (x, dy) = (call.input(0), call.outputGradient)
    if !call.accumulatesParameters {
      for place in 0..<2 { call.gradient(place).update(repeating: 0, count: groupWidth) }
    }
    let dx = call.inputGradient(0)
    for row in 0..<call.rows {
      for first in stride(from: 0, to: call.outputWidth, by: groupWidth) {
        let slopes = dy.base + row * dy.stride + first
        let inverse = normalise(x.base + row * x.stride + first, into: call.scratch)
        addParameters(slopes, call)
        guard let dx else { continue }
        addInput(
          slopes, inverse, to: dx.base + row * dx.stride + first, accumulates: dx.accumulates,
          call)
      }
    }
  }

  private func addParameters(_ dy: UnsafePointer<Float>, _ call: Call) {
    let (normalised, dw, db) = (call.scratch, call.gradient(0), call.gradient(1))
    for k in 0..<groupWidth {
      dw[k] += dy[k] * normalised[k]
      db[k] += dy[k]
    }
  }

  private func addInput(
    _ dy: UnsafePointer<Float>, _ inverse: Float, to dx: UnsafeMutablePointer<Float>,
    accumulates: Bool, _ call: Call
  ) {
    let (normalised, g, w) = (call.scratch, call.scratch + groupWidth, call.value(0))
    for k in 0..<groupWidth { g[k] = dy[k] * w[k] }
    let mean = RowArithmetic.sum(g, groupWidth) / Float(groupWidth)
    let share = RowArithmetic.dot(g, normalised, groupWidth) / Float(groupWidth)
    if !accumulates { dx.update(repeating: 0, count: groupWidth) }
    for k in 0..<groupWidth { dx[k] += inverse * (g[k] - mean - normalised[k] * share) }
  }
}

extension Variable {
  /// Normalised groups of n numbers; see ``LayerNorm``.
  public func layerNorm(_ weight: Parameter, _ bias: Parameter, groupsOf width: Int) -> Variable {
    graph.record(LayerNorm(weight: weight, bias: bias, groupWidth: width), [self])
  }
}
