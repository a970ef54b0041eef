import Foundation

/// The mean negative log likelihood of binary labels, in nats; NaN without rows.
///
///     −mean(y · ln p + (1 − y) · ln(1 − p))
public enum LogLoss {
  /// The loss of rows whose predictions are logits z, with p = σ(z).
  ///
  ///     softplus(z) − y · z,  softplus(z) = max(z, 0) + ln(1 + e^−|z|)
  ///
  /// No exponential can overflow, so a logit of ±800 costs 0 or 800 and not infinity.
  public static func ofLogits(_ rows: LabelledRows) -> Double {
    rows.mean(ofLogit)
  }

  /// The loss of one row.
  public static func ofLogit(_ logit: Double, label: Double) -> Double {
    // The two pure labels by themselves: an infinite logit would give ∞ − ∞ in the common form.
    switch label {
    case 0: softplus(logit)
    case 1: softplus(-logit)
    default: softplus(logit) - label * logit
    }
  }

  /// The loss of rows whose predictions are probabilities.
  ///
  /// Probabilities are kept 2⁻⁵³ away from 0 and 1, where the loss would be infinite; outside
  /// [0, 1] the loss is NaN. Logits, where there are any, are more exact.
  public static func ofProbabilities(_ rows: LabelledRows) -> Double {
    rows.mean { probability, label in
      guard (0...1).contains(probability) else { return .nan }
      let p = min(max(probability, 0x1p-53), 1 - 0x1p-53)
      return -(label * log(p) + (1 - label) * log1p(-p))
    }
  }

  /// A mean log loss over that of the rows' own base rate b for every one of them.
  ///
  ///     NE = loss / −(b ln b + (1 − b) ln(1 − b))
  ///
  /// 1 says no more than the base rate, less is better. Undefined, NaN, where the rows have one
  /// class. (He et al. "Practical Lessons from Predicting Clicks on Ads at Facebook." ADKDD 2014.
  /// doi:10.1145/2648584.2648589)
  public static func normalised(_ loss: Double, baseRate: Double) -> Double {
    guard baseRate > 0, baseRate < 1 else { return .nan }
    return loss / -(baseRate * log(baseRate) + (1 - baseRate) * log1p(-baseRate))
  }

  private static func softplus(_ x: Double) -> Double {
    // Not max(x, 0), which may drop a NaN.
    (x < 0 ? 0 : x) + log1p(exp(-abs(x)))
  }
}

/// Turns logits into probabilities without overflow.
public enum Sigmoid {
  /// The rows with p = 1 / (1 + e^−z) in place of each prediction z.
  public static func of(_ rows: LabelledRows) -> LabelledRows {
    LabelledRows(predictions: rows.predictions.map(of), labels: rows.labels)
  }

  /// One probability.
  public static func of(_ logit: Double) -> Double {
    let small = exp(-abs(logit))
    return logit < 0 ? small / (1 + small) : 1 / (1 + small)
  }
}
