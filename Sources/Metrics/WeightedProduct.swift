import Foundation

/// One score from the answers of several tasks: their product, each to the power of its weight.
///
///     s = Π_k max(ŷ_k, ε)^{w_k}
///
/// It is the "weighted multiplication" that ranks candidates by engagement and satisfaction
/// together; weights are tuned by hand, and a weight of 0 leaves a task out. Answers of a
/// regression may be 0 or below: they count as ε. Only the order of scores means something.
///
/// Zhao et al. "Recommending What Video to Watch Next." RecSys 2019. doi:10.1145/3298689.3346997
public struct WeightedProduct: Sendable, Hashable {
  /// w_k by task.
  public var weights: [Double]
  /// The least that an answer counts as.
  public var least: Double

  /// A product with these weights.
  public init(weights: [Double], least: Double = 1e-9) {
    precondition(least > 0, "weighted product: the least answer is \(least), not above 0")
    self.weights = weights
    self.least = least
  }

  /// The score of one row's answers: probabilities and values by task.
  public func callAsFunction(_ answers: [Double]) -> Double {
    precondition(
      answers.count == weights.count,
      "weighted product: \(answers.count) answers for \(weights.count) weights")
    let sum = zip(answers, weights).reduce(0) { sum, one in
      // A weight of 0 counts for nothing, whatever the answer is.
      one.1 == 0 ? sum : sum + one.1 * log(max(one.0, least))
    }
    return exp(sum)
  }
}
