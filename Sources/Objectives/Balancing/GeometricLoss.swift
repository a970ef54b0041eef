internal import Foundation

/// The geometric mean of the losses (GLS), whose gradient does not know the losses' scales.
///
///     L = (Π_k L_k)^(1/n)      w_k = ∂L/∂L_k = L / (n·L_k)
///
/// A loss below 1e-20 counts as that.
///
/// Chennupati, Sistu, Yogamani, Rawashdeh. "MultiNet++: Multi-Stream Feature Aggregation and Geometric
/// Loss Strategy for Multi-Task Learning." CVPR Workshops 2019. doi:10.1109/CVPRW.2019.00159
public struct GeometricLoss: Balancer {
  /// The geometric mean.
  public static let about = BalancerDescription(
    name: "geometric", title: "GLS",
    paper: "Chennupati et al. MultiNet++ … CVPR Workshops 2019. doi:10.1109/CVPRW.2019.00159",
    summary: "descends from the geometric mean of the losses")
  /// Nothing to choose.
  public static let options: [BalancerOption<Self>] = []

  /// The geometric mean.
  public init() {}

  /// The losses.
  public var sees: BalancerSight { .losses }

  /// The derivatives of the geometric mean.
  public func weigh(
    _ step: BalancingStep, memory: inout NoMemory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    let count = Double(step.count)
    var logarithms = 0.0
    for loss in step.losses { logarithms += log(max(loss, smallestLoss)) }
    let mean = exp(logarithms / count)
    for index in 0..<step.count {
      weights.setBoth(index, to: mean / (count * max(step.losses[index], smallestLoss)))
    }
  }
}

/// What a loss counts at least where it is divided by.
let smallestLoss = 1e-20
