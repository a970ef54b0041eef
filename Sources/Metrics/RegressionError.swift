/// How far predicted values lie from the labels; NaN without rows.
public enum RegressionError {
  /// The root of the mean squared error.
  public static func rootMeanSquare(_ rows: LabelledRows) -> Double {
    rows.mean { value, label in (value - label) * (value - label) }.squareRoot()
  }

  /// How far the root of the mean squared error would differ on other rows of the same kind.
  ///
  ///     sd(e²) / (2 · rmse · √n),  by the delta method; NaN below two rows and without any error.
  public static func standardError(_ rows: LabelledRows) -> Double {
    let mean = rows.mean { value, label in (value - label) * (value - label) }
    let spread = rows.mean { value, label in
      let square = (value - label) * (value - label)
      return (square - mean) * (square - mean)
    }
    guard rows.count > 1, mean > 0 else { return .nan }
    return (spread / Double(rows.count - 1) / mean).squareRoot() / 2
  }

  /// The mean absolute error.
  public static func meanAbsolute(_ rows: LabelledRows) -> Double {
    rows.mean { value, label in abs(value - label) }
  }

  /// The share of the labels' variance that the values explain.
  ///
  ///     R² = 1 − mean((v − y)²) / Var(y)
  ///
  /// 0 is no better than the mean of the labels; it has no lower bound. NaN where all labels are
  /// the same.
  public static func determination(_ rows: LabelledRows) -> Double {
    let mean = rows.mean { _, label in label }
    let variance = rows.mean { _, label in (label - mean) * (label - mean) }
    let error = rootMeanSquare(rows)
    return variance > 0 ? 1 - error * error / variance : .nan
  }
}
