internal import Foundation
public import Graph

/// Bayesian personalised ranking of pairs of which either item may be the better one, a sum and not a
/// mean.
///
///     L = Σ −ln σ(s g),   dg = −ω s σ(−s g)        g = x̂_i − x̂_j [B, 1]
///
/// s is the row's label: the sign of what the first item is rated above the second, 1, −1, or 0 for a
/// pair that does not count. Its sums count the pairs: the predictions those in the right order.
///
/// Rendle et al. "BPR: Bayesian Personalized Ranking from Implicit Feedback." UAI 2009.
/// arXiv:1205.2618; with the sign as in MTER (doi:10.1145/3209978.3210010).
public struct SignedPairLoss: RowLoss {
  /// The task's place.
  public let task: Int

  /// The name in profiles and messages.
  public var name: String { "pair loss" }
  /// Pairs with an order.
  public func counts(_ label: Float) -> Bool { label != 0 }
  /// 1: it is a sum.
  public func rowCount(of batch: Batch) -> Float { 1 }

  /// The loss of a pair, its derivative by g, and 1 if the pair is in order.
  public func value(
    _ answer: Float, label: Float
  ) -> (loss: Float, slope: Float, prediction: Float) {
    let gap = label * answer
    let tail = exp(-abs(gap))  // e^−|g|
    let loss = max(-gap, 0) + log1p(tail)
    let wrong = gap > 0 ? tail / (1 + tail) : 1 / (1 + tail)  // σ(−gap)
    return (loss, -label * wrong, gap > 0 ? 1 : 0)
  }
}

extension Variable {
  /// The loss of pairs whose scores differ so; see ``SignedPairLoss``.
  public func signedPairLoss(task: Int) -> Variable {
    graph.record(SignedPairLoss(task: task), [self])
  }
}
