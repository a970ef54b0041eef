internal import CKernels

/// The softmax of every n neighbouring numbers of a row.
///
///     y_g = softmax(x_g),  dx_g = y_g ∘ (dy_g − ⟨y_g, dy_g⟩)         x, y [B, G·n]
///
/// The gradient needs `y` only.
public struct GroupSoftmax: Operation {
  /// n.
  public let groupWidth: Int

  /// Softmaxes of n numbers each.
  public init(groupWidth: Int) { self.groupWidth = groupWidth }

  /// The name in profiles and messages.
  public var name: String { "softmax" }
  /// The output.
  public var keeps: Keeps { .output }
  /// As wide as the input; stops the program unless it is groups of n.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      groupWidth > 0 && inputs[0] % groupWidth == 0,
      "softmax: [B, \(inputs)] is not groups of \(groupWidth)")
    return inputs[0]
  }

  /// Runs the kernel on every row's groups.
  public func forward(_ call: Call) {
    let (x, y, n) = (call.input(0), call.output, Int64(groupWidth))
    let groups = Int64(call.outputWidth / groupWidth)
    for row in 0..<call.rows {
      ck_softmax(groups, n, x.base + row * x.stride, n, y.base + row * y.stride, n)
    }
  }

  /// Runs the gradient's kernel on every row's groups.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let (y, dy, n) = (call.output, call.outputGradient, Int64(groupWidth))
    let groups = Int64(call.outputWidth / groupWidth)
    for row in 0..<call.rows {
      ck_softmax_backward(
        groups, n, y.base + row * y.stride, n, dy.base + row * dy.stride, n,
        dx.base + row * dx.stride, n, dx.accumulates ? 1 : 0)
    }
  }
}

extension Variable {
  /// The softmax of every n neighbouring numbers; see ``GroupSoftmax``.
  public func softmax(groupsOf width: Int) -> Variable {
    graph.record(GroupSoftmax(groupWidth: width), [self])
  }
}
