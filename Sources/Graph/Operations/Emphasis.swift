/// Tokens, those more that a task attends to.
///
///     y_f = h_f (1 + F·α_f)                    h [B, F·e], α [B, F], y [B, F·e]
///     dh_f = dy_f (1 + F·α_f),  dα_f = F ⟨dy_f, h_f⟩
///
/// The factor F makes it 2h where attention is even.
public struct Emphasis: Operation {
  /// Tokens, some of them more.
  public init() {}

  /// The name in profiles and messages.
  public var name: String { "emphasis" }
  /// Tokens and attention.
  public var keeps: Keeps { .inputs }
  /// F·e; stops the program unless the inputs are [B, F·e] and [B, F].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 2 && inputs[0] % inputs[1] == 0,
      "emphasis: tokens [B, F·e] and attention [B, F], found \(inputs)")
    return inputs[0]
  }

  /// Scales every token.
  public func forward(_ call: Call) {
    let (h, a, y) = (call.input(0), call.input(1), call.output)
    let tokens = call.inputWidth(1)
    let width = call.outputWidth / tokens
    for row in 0..<call.rows {
      let (from, to) = (h.base + row * h.stride, y.base + row * y.stride)
      for f in 0..<tokens {
        let factor = 1 + Float(tokens) * a.base[row * a.stride + f]
        for k in (f * width)..<((f + 1) * width) { to[k] = from[k] * factor }
      }
    }
  }

  /// Adds to the gradients of tokens and attention.
  public func backward(_ call: Call) {
    let (h, a, dy) = (call.input(0), call.input(1), call.outputGradient)
    let (dh, da) = (call.inputGradient(0), call.inputGradient(1))
    let tokens = call.inputWidth(1)
    let width = call.outputWidth / tokens
    for row in 0..<call.rows {
      let slopes = dy.base + row * dy.stride
      if let dh, !dh.accumulates {
        (dh.base + row * dh.stride).update(repeating: 0, count: call.outputWidth)
      }
      for f in 0..<tokens {
        let factor = 1 + Float(tokens) * a.base[row * a.stride + f]
        if let dh {
          RowArithmetic.add(
            factor, slopes + f * width, to: dh.base + row * dh.stride + f * width, width)
        }
        guard let da else { continue }
        let at = row * da.stride + f
        let slope =
          Float(tokens)
          * RowArithmetic.dot(slopes + f * width, h.base + row * h.stride + f * width, width)
        da.base[at] = da.accumulates ? da.base[at] + slope : slope
      }
    }
  }
}

extension Variable {
  /// These tokens, those more that attention [B, F] is on; see ``Emphasis``.
  public func emphasised(by attention: Variable) -> Variable {
    graph.record(Emphasis(), [self, attention])
  }
}
