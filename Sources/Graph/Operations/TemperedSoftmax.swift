internal import CKernels

/// The softmax of every row at a temperature that is given.
///
///     y  = softmax(x / T)
///     dx = y ∘ (dy − ⟨y, dy⟩) / T
///
/// A large T makes the shares alike, a small one chooses the largest x. At T = 1 it is ``Softmax``,
/// to the bit and at the same cost.
///
/// Hinton, Vinyals, Dean. "Distilling the Knowledge in a Neural Network." arXiv:1503.02531, eq. 1.
public struct TemperedSoftmax: Operation {
  /// T, more than 0.
  public let temperature: Parameter

  /// The softmax at a temperature.
  public init(temperature: Parameter) { self.temperature = temperature }

  /// The name in profiles and messages.
  public var name: String { "softmax" }
  /// The output alone.
  public var keeps: Keeps { .output }
  /// T.
  public var givens: [Parameter] { [temperature] }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Scales the rows where T is not 1, then normalises.
  public func forward(_ call: Call) {
    let (x, y, scale) = (call.input(0), call.output, 1 / call.given(0)[0])
    let (rows, width) = (Int64(call.rows), Int64(call.outputWidth))
    guard scale != 1 else {
      return ck_softmax(rows, width, x.base, Int64(x.stride), y.base, Int64(y.stride))
    }
    for row in 0..<call.rows {
      let (from, to) = (x.base + row * x.stride, y.base + row * y.stride)
      // From the largest one on, so that a small T makes no infinities.
      var largest = from[0]
      for k in 1..<max(1, call.outputWidth) { largest = max(largest, from[k]) }
      for k in 0..<call.outputWidth { to[k] = (from[k] - largest) * scale }
    }
    ck_softmax(rows, width, y.base, Int64(y.stride), y.base, Int64(y.stride))
  }

  /// The softmax's gradient over T.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let (y, dy, scale) = (call.output, call.outputGradient, 1 / call.given(0)[0])
    let (rows, width) = (Int64(call.rows), Int64(call.outputWidth))
    guard scale != 1 else {
      return ck_softmax_backward(
        rows, width, y.base, Int64(y.stride), dy.base, Int64(dy.stride), dx.base,
        Int64(dx.stride), dx.accumulates ? 1 : 0)
    }
    for row in 0..<call.rows {
      let (share, from, to) = (
        y.base + row * y.stride, dy.base + row * dy.stride, dx.base + row * dx.stride
      )
      var mean: Float = 0
      for k in 0..<call.outputWidth { mean += share[k] * from[k] }
      for k in 0..<call.outputWidth {
        let value = share[k] * (from[k] - mean) * scale
        to[k] = dx.accumulates ? to[k] + value : value
      }
    }
  }
}

extension Variable {
  /// The softmax of every row at a given temperature; see ``TemperedSoftmax``.
  public func softmax(temperature: Parameter) -> Variable {
    graph.record(TemperedSoftmax(temperature: temperature), [self])
  }
}
