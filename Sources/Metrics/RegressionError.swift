/// How far predicted values lie from the labels; NaN without rows.
public enum RegressionError {
  /// The root of the mean squared error.
  public static func rootMeanSquare(_ rows: LabelledRows) -> Double {
    rows.mean { value, label in (value - label) * (value - label) }.squareRoot()
  }

  /// The mean absolute error.
  public static func meanAbsolute(_ rows: LabelledRows) -> Double {
    rows.mean { value, label in abs(value - label) }
  }
}
