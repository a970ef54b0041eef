import Foundation

/// The dense features of a schema: which column each comes from, with mean and deviation of the
/// training rows.
struct DenseColumns {
  private(set) var features: [DenseFeature] = []
  /// By feature, the place among the number columns.
  private(set) var sources: [Int] = []

  init(_ schema: DatasetSchema, columns: UsedColumns, parts: [TablePart], plan: SplitPlan) {
    for column in schema.columns {
      guard case .numeric(let log1p, let indicator) = column.role,
        let place = columns.numbers.firstIndex(of: column.name)
      else { continue }
      let plain = Self.moments(of: place, parts, plan) { $0 }
      add(column.name, place, .value(mean: plain.mean, deviation: plain.deviation))
      if log1p {
        let logarithm = Self.moments(of: place, parts, plan, DenseFeature.Form.signedLogarithm)
        add(column.name, place, .logarithm(mean: logarithm.mean, deviation: logarithm.deviation))
      }
      if indicator { add(column.name, place, .indicator) }
    }
  }

  private mutating func add(_ column: String, _ place: Int, _ form: DenseFeature.Form) {
    features.append(DenseFeature(column: column, form: form))
    sources.append(place)
  }

  /// Mean and deviation (population) over the training rows that have a number; a column that does
  /// not vary has deviation 1.
  private static func moments(
    of column: Int, _ parts: [TablePart], _ plan: SplitPlan, _ form: (Double) -> Double
  ) -> (mean: Double, deviation: Double) {
    var count = 0.0
    var sum = 0.0
    var squares = 0.0
    for pass in 0..<2 {
      let mean = count > 0 ? sum / count : 0
      for part in parts.indices {
        for place in parts[part].chunks.indices {
          let numbers = parts[part].chunks[place].numbers[column]
          let splits = plan.splits[part][place]
          for row in numbers.indices where splits[row] == 0 && !numbers[row].isNaN {
            let value = form(Double(numbers[row]))
            if pass == 0 {
              count += 1
              sum += value
            } else {
              squares += (value - mean) * (value - mean)
            }
          }
        }
      }
    }
    guard count > 0 else { return (0, 1) }
    let deviation = (squares / count).squareRoot()
    return (sum / count, deviation > 1e-7 * abs(sum / count) ? deviation : 1)
  }
}

extension DenseFeature.Form {
  /// The feature of a column's value; a missing one counts as the mean.
  func apply(_ value: Float) -> Float {
    switch self {
    case .value(let mean, let deviation):
      value.isNaN ? 0 : Float((Double(value) - mean) / deviation)
    case .logarithm(let mean, let deviation):
      value.isNaN ? 0 : Float((Self.signedLogarithm(Double(value)) - mean) / deviation)
    case .indicator: value > 0 ? 1 : 0
    }
  }

  /// log(1 + v), continued to negative numbers as −log(1 − v).
  static func signedLogarithm(_ value: Double) -> Double {
    value >= 0 ? log1p(value) : -log1p(-value)
  }
}
