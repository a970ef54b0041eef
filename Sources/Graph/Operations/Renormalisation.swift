/// Shares of which some are dropped and the others scaled up to sum to 1.
///
///     y = (g ∘ m) / Σ (g ∘ m)                   g, m, y [B, n]; y = g where nothing is left
///     dg = m ∘ (dy − ⟨dy, y⟩) / Σ (g ∘ m)
///
/// The mask m is a value of the pass, or n numbers that are given for all rows. It has no gradient.
/// Given numbers that are all 1 leave every share as it is, to the bit.
public struct Renormalisation: Operation {
  /// m for all rows; nil: it is the second input.
  public let mask: Parameter?

  /// Drops shares.
  public init(mask: Parameter?) { self.mask = mask }

  /// The name in profiles and messages.
  public var name: String { "renormalisation" }
  /// Shares and mask, and the result.
  public var keeps: Keeps { [.inputs, .output] }
  /// m, if it is the same for all rows.
  public var givens: [Parameter] { mask.map { [$0] } ?? [] }
  /// n; stops the program unless the mask is as wide as the shares.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == (mask == nil ? 2 : 1) && inputs.allSatisfy { $0 == inputs[0] },
      "renormalisation: shares and mask of one width, found \(inputs)")
    return inputs[0]
  }

  private func mask(_ row: Int, _ call: Call) -> UnsafePointer<Float> {
    if mask != nil { return call.given(0) }
    let m = call.input(1)
    return UnsafePointer(m.base + row * m.stride)
  }

  /// Σ g ∘ m of a row.
  private func sum(_ g: UnsafePointer<Float>, _ m: UnsafePointer<Float>, _ count: Int) -> Float {
    (0..<count).reduce(0) { $0 + g[$1] * m[$1] }
  }

  /// Drops and scales.
  public func forward(_ call: Call) {
    let (g, y, count) = (call.input(0), call.output, call.outputWidth)
    if mask != nil, (0..<count).allSatisfy({ call.given(0)[$0] == 1 }) {
      for row in 0..<call.rows {
        (y.base + row * y.stride).update(from: g.base + row * g.stride, count: count)
      }
      return
    }
    for row in 0..<call.rows {
      let (from, to) = (UnsafePointer(g.base + row * g.stride), y.base + row * y.stride)
      let m = mask(row, call)
      let left = sum(from, m, count)
      for k in 0..<count { to[k] = left > 0 ? from[k] * m[k] / left : from[k] }
    }
  }

  /// Hands the gradient to the shares that are left.
  public func backward(_ call: Call) {
    guard let dg = call.inputGradient(0) else { return }
    let (g, y, dy) = (call.input(0), call.output, call.outputGradient)
    let count = call.outputWidth
    for row in 0..<call.rows {
      let m = mask(row, call)
      let left = sum(UnsafePointer(g.base + row * g.stride), m, count)
      let (to, result, from) = (
        dg.base + row * dg.stride, y.base + row * y.stride, dy.base + row * dy.stride
      )
      let mean = (0..<count).reduce(Float(0)) { $0 + from[$1] * result[$1] }
      for k in 0..<count {
        let value = left > 0 ? m[k] * (from[k] - mean) / left : from[k]
        to[k] = dg.accumulates ? to[k] + value : value
      }
    }
  }
}

extension Variable {
  /// The shares that a mask of the pass leaves; see ``Renormalisation``.
  public func renormalised(keeping mask: Variable) -> Variable {
    graph.record(Renormalisation(mask: nil), [self, mask])
  }

  /// The shares that given numbers leave; see ``Renormalisation``.
  public func renormalised(keeping mask: Parameter) -> Variable {
    graph.record(Renormalisation(mask: mask), [self])
  }
}
