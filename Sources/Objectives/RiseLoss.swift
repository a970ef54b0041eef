internal import Foundation
public import Graph

/// What a later step of a chain is predicted above an earlier one, from the logits a and b.
///
///     ℓ = γ max(σ(b) − σ(a), 0)                 da = −γ σ′(a),  db = γ σ′(b)  where it rises
///
/// The mean is over all rows: predictions are compared, not labels. γ is given.
/// Forward leaves (da, db) in the output and backward hands them on, as in ``TaskLoss``.
///
/// Xi et al. "Modeling the Sequential Dependence among Audience Multi-step Conversions with
/// Multi-task Learning in Targeted Display Advertising." KDD 2021. doi:10.1145/3447548.3467071
public struct RiseLoss: Loss {
  /// The place of its sums.
  public let task: Int
  /// γ.
  public let strength: Parameter

  /// A loss at a place of the sums.
  public init(at place: Int, strength: Parameter) {
    task = place
    self.strength = strength
  }

  /// The name in profiles and messages.
  public var name: String { "rise" }
  /// The output, which holds da and db.
  public var keeps: Keeps { .output }
  /// γ.
  public var givens: [Parameter] { [strength] }
  /// 2, the derivatives by both logits.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1, 1], "rise: a logit is one number, found \(inputs)")
    return 2
  }

  /// All rows.
  public func rowCount(of batch: Batch) -> Float { Float(batch.rows) }

  /// Adds the losses to the sums and leaves da and db in the output.
  public func forward(_ call: Call) {
    let (a, b, dz) = (call.input(0), call.input(1), call.output)
    let strength = call.given(0)[0]
    let scale = strength * call.lossScales[task]
    var sum: Float = 0
    for row in 0..<call.rows {
      let p = 1 / (1 + exp(-a.base[row * a.stride]))
      let q = 1 / (1 + exp(-b.base[row * b.stride]))
      let to = dz.base + row * dz.stride
      let rises = q > p
      if rises { sum += strength * (q - p) }
      to[0] = rises ? -scale * p * (1 - p) : 0
      to[1] = rises ? scale * q * (1 - q) : 0
    }
    call.lossSums[task].loss += Double(sum)
    call.lossSums[task].rows += Double(call.rows)
  }

  /// Hands da and db on to the logits.
  public func backward(_ call: Call) {
    call.handOn(column: 0, toInput: 0)
    call.handOn(column: 1, toInput: 1)
  }
}

extension Variable {
  /// What this logit's probability lies above another's; see ``RiseLoss``.
  public func rise(above other: Variable, strength: Parameter, at place: Int) -> Variable {
    graph.record(RiseLoss(at: place, strength: strength), [other, self])
  }
}
