/// Predictions and labels of one task, for the rows that lie in its sample space.
///
/// Rows are appended batch by batch; `removeAll()` keeps the memory for the next evaluation. What a
/// prediction is (logit, probability, value) is for the metric to say. Metrics of no rows are NaN.
public struct LabelledRows: Sendable {
  /// One prediction a row.
  public private(set) var predictions: [Double] = []
  /// One label a row.
  public private(set) var labels: [Double] = []

  /// Starts without rows.
  public init() {}

  /// Takes whole columns; `space` above 0 keeps a row.
  public init(predictions: [Double], labels: [Double], space: [Double]? = nil) {
    append(predictions: predictions, labels: labels, space: space)
  }

  /// How many rows count.
  public var count: Int { labels.count }

  /// Forgets the rows and keeps the memory.
  public mutating func removeAll() {
    predictions.removeAll(keepingCapacity: true)
    labels.removeAll(keepingCapacity: true)
  }

  /// Makes room for so many rows altogether.
  public mutating func reserveCapacity(_ count: Int) {
    predictions.reserveCapacity(count)
    labels.reserveCapacity(count)
  }

  /// Adds one row.
  public mutating func append(prediction: Double, label: Double) {
    predictions.append(prediction)
    labels.append(label)
  }

  /// Adds the rows of a batch whose `space` is above 0; all of them if there is no space.
  public mutating func append(
    predictions: Strided<Float>, labels: Strided<Float>, space: Strided<Float>? = nil
  ) {
    requireEqualCounts(predictions.count, labels.count, space?.count)
    for row in 0..<predictions.count where space.map({ $0[row] > 0 }) ?? true {
      append(prediction: Double(predictions[row]), label: Double(labels[row]))
    }
  }

  /// Adds the rows of whole columns whose `space` is above 0; all of them if there is no space.
  public mutating func append<Scalar: BinaryFloatingPoint>(
    predictions: [Scalar], labels: [Scalar], space: [Scalar]? = nil
  ) {
    requireEqualCounts(predictions.count, labels.count, space?.count)
    for row in predictions.indices where space.map({ $0[row] > 0 }) ?? true {
      append(prediction: Double(predictions[row]), label: Double(labels[row]))
    }
  }

  /// The average of a number made from every row; NaN without rows.
  func mean(_ value: (_ prediction: Double, _ label: Double) -> Double) -> Double {
    var sum = 0.0
    for row in labels.indices { sum += value(predictions[row], labels[row]) }
    return sum / Double(count)
  }

  private func requireEqualCounts(_ predictions: Int, _ labels: Int, _ space: Int?) {
    precondition(
      predictions == labels && predictions == space ?? predictions,
      "metrics: \(predictions) predictions, \(labels) labels, \(space ?? predictions) in the space")
  }
}
