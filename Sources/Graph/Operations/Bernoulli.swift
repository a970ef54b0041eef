internal import Tensors

/// Zeros and ones, 1 with a given probability, drawn anew in every step.
///
///     m_ij = [u(draw, stream, i, j) < 1 − p]    m [B, n]; p, the share that is dropped, is given
///
/// A number depends on the step, the stream, the row's place in the batch and the column alone, so
/// that any number of threads draws the same.
public struct Bernoulli: Operation {
  /// p.
  public let dropped: Parameter
  /// n.
  public let columns: Int
  /// Keeps the draws of different places apart.
  public let stream: UInt64

  /// Zeros and ones.
  public init(dropped: Parameter, columns: Int, stream: UInt64) {
    self.dropped = dropped
    self.columns = columns
    self.stream = stream
  }

  /// The name in profiles and messages.
  public var name: String { "draw" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// p.
  public var givens: [Parameter] { [dropped] }
  /// It has no inputs.
  public var handsOnGradient: Bool { false }
  /// n.
  public func width(of inputs: [Int]) -> Int { columns }

  /// Draws the block's rows.
  public func forward(_ call: Call) {
    let m = call.output
    let random = RandomSource(seed: call.batch.draw, stream: stream)
    let probability = 1 - Double(call.given(0)[0])
    for row in 0..<call.rows {
      for column in 0..<columns {
        let u = random.uniform(UInt64(call.firstRow + row), UInt64(column))
        m.base[row * m.stride + column] = u < probability ? 1 : 0
      }
    }
  }

  /// Nothing to do.
  public func backward(_ call: Call) {}
}

extension Graph {
  /// Zeros and ones; see ``Bernoulli``.
  public func bernoulli(dropping share: Parameter, columns: Int, stream: UInt64) -> Variable {
    record(Bernoulli(dropped: share, columns: columns, stream: stream), [])
  }
}
