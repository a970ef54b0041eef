/// Every number of a row with a weight, and every pair of numbers with the product of its factors.
///
///     y = b + ⟨w, x⟩ + ½ Σ_f ((xV)_f² − (x²V²)_f)      x [B, n], w [n], V [n, k], y [B, 1]
///       = b + ⟨w, x⟩ + Σ_{i<j} ⟨V_i, V_j⟩ x_i x_j
///     dx_i = dy (w_i + ⟨V_i, s⟩ − x_i ⟨V_i, V_i⟩),  s = xV
///     dV_i = dy (x_i s − x_i² V_i),  dw = dy x,  db = dy
///
/// Rendle. "Factorization Machines." ICDM 2010, lemma 3.1. doi:10.1109/ICDM.2010.127
public struct FactorisationMachine: Operation {
  /// b, one number.
  public let bias: Parameter
  /// w.
  public let weight: Parameter
  /// V.
  public let factors: Parameter
  /// n.
  public let inputs: Int
  /// k.
  public let factorCount: Int

  /// Weights of numbers and pairs.
  public init(
    bias: Parameter, weight: Parameter, factors: Parameter, inputs: Int, factorCount: Int
  ) {
    self.bias = bias
    self.weight = weight
    self.factors = factors
    self.inputs = inputs
    self.factorCount = factorCount
  }

  /// The name in profiles and messages.
  public var name: String { "factorisation machine" }
  /// The input.
  public var keeps: Keeps { .inputs }
  /// b, w and V.
  public var parameters: [Parameter] { [bias, weight, factors] }
  /// 1; stops the program unless the input is [B, n].
  public func width(of widths: [Int]) -> Int {
    precondition(
      widths == [inputs], "factorisation machine: \(inputs) numbers, found [B, \(widths)]")
    return 1
  }
  /// s of a row.
  public func scratch(rows: Int) -> Int { factorCount }
  /// 2·n·k + n.
  public func multiplyAdds(inputs widths: [Int]) -> Int { (2 * factorCount + 1) * inputs }

  /// Computes every row's number.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    for row in 0..<call.rows {
      let from = x.base + row * x.stride
      fillSums(from, call)
      var pairs = RowArithmetic.dot(call.scratch, call.scratch, factorCount)
      for i in 0..<inputs { pairs -= from[i] * from[i] * squared(i, call) }
      y.base[row * y.stride] =
        call.value(0)[0] + RowArithmetic.dot(call.value(1), from, inputs) + 0.5 * pairs
    }
  }

  /// Adds to the gradients of b, w, V and x.
  public func backward(_ call: Call) {
    call.clearParameterGradient(0, count: 1)
    call.clearParameterGradient(1, count: inputs)
    call.clearParameterGradient(2, count: inputs * factorCount)
    let (x, dy) = (call.input(0), call.outputGradient)
    for row in 0..<call.rows {
      let (from, slope) = (x.base + row * x.stride, dy.base[row * dy.stride])
      fillSums(from, call)
      call.gradient(0)[0] += slope
      RowArithmetic.add(slope, from, to: call.gradient(1), inputs)
      for i in 0..<inputs {
        let to = call.gradient(2) + i * factorCount
        RowArithmetic.add(slope * from[i], call.scratch, to: to, factorCount)
        RowArithmetic.add(-slope * from[i] * from[i], factors(i, call), to: to, factorCount)
      }
      addInputGradient(row, from, slope, call)
    }
  }

  private func addInputGradient(
    _ row: Int, _ x: UnsafePointer<Float>, _ slope: Float, _ call: Call
  ) {
    guard let dx = call.inputGradient(0) else { return }
    let to = dx.base + row * dx.stride
    for i in 0..<inputs {
      let inner = RowArithmetic.dot(factors(i, call), call.scratch, factorCount)
      let gradient = slope * (call.value(1)[i] + inner - x[i] * squared(i, call))
      to[i] = dx.accumulates ? to[i] + gradient : gradient
    }
  }

  /// s = xV of a row.
  private func fillSums(_ x: UnsafePointer<Float>, _ call: Call) {
    call.scratch.update(repeating: 0, count: factorCount)
    for i in 0..<inputs { RowArithmetic.add(x[i], factors(i, call), to: call.scratch, factorCount) }
  }

  private func factors(_ i: Int, _ call: Call) -> UnsafePointer<Float> {
    call.value(2) + i * factorCount
  }

  private func squared(_ i: Int, _ call: Call) -> Float {
    RowArithmetic.dot(factors(i, call), factors(i, call), factorCount)
  }
}

extension Variable {
  /// A weight for every number and every pair of numbers; see ``FactorisationMachine``.
  public func factorisationMachine(
    bias: Parameter, weight: Parameter, factors: Parameter, factorCount: Int
  ) -> Variable {
    graph.record(
      FactorisationMachine(
        bias: bias, weight: weight, factors: factors, inputs: width, factorCount: factorCount),
      [self])
  }
}
