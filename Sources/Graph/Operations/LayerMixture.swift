/// A trained combination of the layers of K equal columns.
///
///     y_k  = Σ_l β[k, l] x_k^l                 x^l, y [B, K·H], L inputs; β [K, L]
///     dx_k^l = β[k, l] dy_k,  dβ[k, l] = Σ_i ⟨dy_k,i, x_k,i^l⟩
public struct LayerMixture: Operation {
  /// β, row by row.
  public let weights: Parameter
  /// K.
  public let columns: Int

  /// A combination of layers.
  public init(weights: Parameter, columns: Int) {
    self.weights = weights
    self.columns = columns
  }

  /// The name in profiles and messages.
  public var name: String { "layer mixture" }
  /// The layers.
  public var keeps: Keeps { .inputs }
  /// β.
  public var parameters: [Parameter] { [weights] }
  /// K·H; stops the program unless all layers are as wide, a multiple of K.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.allSatisfy { $0 == inputs[0] && $0 % columns == 0 },
      "layer mixture: layers of one width, \(columns) columns, found \(inputs)")
    return inputs[0]
  }
  /// L·K·H.
  public func multiplyAdds(inputs: [Int]) -> Int { inputs.reduce(0, +) }

  /// Adds the weighted layers.
  public func forward(_ call: Call) {
    let (y, width) = (call.output, call.outputWidth / columns)
    for layer in 0..<call.inputCount {
      let x = call.input(layer)
      for row in 0..<call.rows {
        for k in 0..<columns {
          let factor = call.value(0)[k * call.inputCount + layer]
          let from = x.base + row * x.stride + k * width
          let to = y.base + row * y.stride + k * width
          if layer == 0 {
            for h in 0..<width { to[h] = factor * from[h] }
          } else {
            for h in 0..<width { to[h] += factor * from[h] }
          }
        }
      }
    }
  }

  /// Hands each layer its share, and adds to β's gradient.
  public func backward(_ call: Call) {
    let count = call.inputCount
    let gradient = call.gradient(0)
    if !call.accumulatesParameters { gradient.update(repeating: 0, count: columns * count) }
    for layer in 0..<count {
      for k in 0..<columns {
        gradient[k * count + layer] += product(layer, k, call)
        handOn(layer, k, call)
      }
    }
  }

  /// Σ_i ⟨dy_k,i, x_k,i^l⟩.
  private func product(_ layer: Int, _ k: Int, _ call: Call) -> Float {
    let (x, dy, width) = (call.input(layer), call.outputGradient, call.outputWidth / columns)
    var sum: Float = 0
    for row in 0..<call.rows {
      let (a, b) = (dy.base + row * dy.stride + k * width, x.base + row * x.stride + k * width)
      for h in 0..<width { sum += a[h] * b[h] }
    }
    return sum
  }

  private func handOn(_ layer: Int, _ k: Int, _ call: Call) {
    guard let dx = call.inputGradient(layer) else { return }
    let (dy, width) = (call.outputGradient, call.outputWidth / columns)
    let factor = call.value(0)[k * call.inputCount + layer]
    for row in 0..<call.rows {
      let from = dy.base + row * dy.stride + k * width
      let to = dx.base + row * dx.stride + k * width
      if dx.accumulates {
        for h in 0..<width { to[h] += factor * from[h] }
      } else {
        for h in 0..<width { to[h] = factor * from[h] }
      }
    }
  }
}

extension Graph {
  /// A trained combination of layers of K columns; see ``LayerMixture``.
  public func layerMixture(
    of layers: [Variable], weights: Parameter, columns: Int
  ) -> Variable {
    record(LayerMixture(weights: weights, columns: columns), layers)
  }
}
