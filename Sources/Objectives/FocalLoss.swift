internal import Foundation
public import Graph

/// Cross-entropy in which rows that are already right count little.
///
///     ℓ = −α y (1 − p)^γ log p − (1 − α)(1 − y) p^γ log(1 − p),   p = σ(z)
///     positive:  dz = α (1 − p)^γ (γ p log p − (1 − p))
///     negative:  dz = (1 − α) p^γ (p − γ (1 − p) log(1 − p))
///
/// Lin, Goyal, Girshick, He, Dollár. "Focal Loss for Dense Object Detection." ICCV 2017.
/// doi:10.1109/ICCV.2017.324
public struct FocalLoss: RowLoss {
  /// The task's place.
  public let task: Int
  /// α, the weight of positives.
  public let alpha: Float
  /// γ, how little a row counts that is already right.
  public let gamma: Float

  /// A task's focal loss.
  public init(task: Int, alpha: Double, gamma: Double) {
    self.task = task
    self.alpha = Float(alpha)
    self.gamma = Float(gamma)
  }

  /// The name in profiles and messages.
  public var name: String { "focal loss" }

  /// They are not: a row that is right already counts little, and positives count by α.
  public var isCalibrating: Bool { false }

  /// The loss of a logit.
  public func value(
    _ answer: Float, label: Float
  ) -> (loss: Float, slope: Float, prediction: Float) {
    let p = 1 / (1 + exp(-answer))
    let base = log1p(exp(-abs(answer)))
    let (yes, no) = (max(-answer, 0) + base, max(answer, 0) + base)  // −log p, −log(1 − p)
    let (hard, easy) = (pow(1 - p, gamma), pow(p, gamma))
    let (positive, negative) = (alpha * label, (1 - alpha) * (1 - label))
    return (
      positive * hard * yes + negative * easy * no,
      positive * hard * (-gamma * p * yes - (1 - p))
        + negative * easy * (p + gamma * (1 - p) * no), p
    )
  }
}

extension Variable {
  /// The focal loss of a task from its logit; see ``FocalLoss``.
  public func focalLoss(task: Int, alpha: Double, gamma: Double) -> Variable {
    graph.record(FocalLoss(task: task, alpha: alpha, gamma: gamma), [self])
  }
}
