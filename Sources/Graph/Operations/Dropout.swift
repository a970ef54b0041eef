internal import Tensors

/// Inverted dropout: units are dropped at random, anew in every step, and the others scaled up.
///
///     y_ij  = x_ij · m_ij / (1 − p),   m_ij = [u(draw, number, i, j) < 1 − p]        x, y [B, n]
///     dx_ij = dy_ij · m_ij / (1 − p)
///
/// E[y] = x (Srivastava et al. 2014, JMLR 15:1929–1958). A draw depends on the step, the operation's
/// number, the row's index in the batch and the unit's in the row alone, so that any number of threads draws the
/// same; the gradient draws it again. The input has one row an example.
public struct Dropout: Operation {
  /// p, in [0, 1).
  public let share: Double
  /// Keeps the draws of a trace's operations apart.
  public let number: Int

  /// Drops a share of the units.
  public init(share: Double, number: Int) {
    self.share = share
    self.number = number
  }

  /// The name in profiles and messages.
  public var name: String { "dropout" }
  /// Nothing: the mask is drawn again.
  public var keeps: Keeps { [] }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Drops or scales every unit of the block.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    forEachUnit(of: call) { row, unit, factor in
      y.base[row * y.stride + unit] = x.base[row * x.stride + unit] * factor
    }
  }

  /// Drops or scales the gradient as the value was.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    forEachUnit(of: call) { row, unit, factor in
      let at = row * dx.stride + unit
      let value = dy.base[row * dy.stride + unit] * factor
      dx.base[at] = dx.accumulates ? dx.base[at] + value : value
    }
  }

  /// Calls `body` with m / (1 − p) of every unit of the block.
  @inline(__always) private func forEachUnit(
    of call: Call, _ body: (_ row: Int, _ unit: Int, _ factor: Float) -> Void
  ) {
    let random = RandomSource(seed: call.batch.draw, stream: UInt64(number))
    let kept = 1 - share
    let factor = Float(1 / kept)
    for row in 0..<call.rows {
      for unit in 0..<call.outputWidth {
        let number = call.entry * call.outputWidth + unit
        let u = random.uniform(UInt64(call.firstRow + row), UInt64(number))
        body(row, unit, u < kept ? factor : 0)
      }
    }
  }
}

extension Variable {
  /// Units dropped at random in every step; see ``Dropout``.
  ///
  /// Its number is how many of the trace were recorded before it.
  public func dropout(_ share: Double) -> Variable {
    let number = graph.nodes.count { $0.operation is Dropout }
    return graph.record(Dropout(share: share, number: number), [self])
  }
}
