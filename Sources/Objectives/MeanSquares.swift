internal import CKernels
public import Graph

/// Values that are to stay small: λ times the mean over all rows of their squares.
///
///     ℓ_i = λ Σ_j ‖x_ij‖²,  dx_ij = 2 λ x_ij       x_j [B, n_j]; λ is given
public struct MeanSquares: Loss {
  /// The place of its sums and its scale.
  public let place: Int
  /// λ.
  public let strength: Parameter

  /// No task's.
  public var task: Int { place }
  /// The name in profiles and messages.
  public var name: String { "squares" }
  /// The values.
  public var keeps: Keeps { .inputs }
  /// λ.
  public var givens: [Parameter] { [strength] }
  /// 1; nobody reads it.
  public func width(of inputs: [Int]) -> Int { 1 }
  /// All rows.
  public func rowCount(of batch: Batch) -> Float { Float(batch.rows) }

  /// Adds the squares to the sums.
  public func forward(_ call: Call) {
    let strength = Double(call.given(0)[0])
    call.lossSums[place].rows += Double(call.rows)
    guard strength != 0 else { return }
    var sum = 0.0
    for place in 0..<call.inputCount {
      let (x, width) = (call.input(place), Int64(call.inputWidth(place)))
      for row in 0..<call.rows { sum += ck_sum_of_squares(width, x.base + row * x.stride) }
    }
    call.lossSums[place].loss += strength * sum
  }

  /// Hands 2 λ x on.
  public func backward(_ call: Call) {
    let factor = 2 * call.given(0)[0] * call.lossScales[place]
    for place in 0..<call.inputCount {
      guard let dx = call.inputGradient(place) else { continue }
      let (x, width) = (call.input(place), Int64(call.inputWidth(place)))
      for row in 0..<call.rows {
        ck_add_scaled(
          width, factor, x.base + row * x.stride, dx.base + row * dx.stride,
          dx.accumulates ? 1 : 0)
      }
    }
  }
}

extension Graph {
  /// The squares of these values; see ``MeanSquares``.
  public func meanSquares(of values: [Variable], place: Int, strength: Parameter) -> Variable {
    record(MeanSquares(place: place, strength: strength), values)
  }
}
