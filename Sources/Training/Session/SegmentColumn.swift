import Datasets
import Foundation

/// What segments are made of: a column's value, or the range that it lies in, of some rows.
struct SegmentColumn {
  let name: String
  let isNumeric: Bool
  /// The values' names.
  let names: [String]
  /// By row, the value's place among the names.
  let values: [UInt16]

  /// Ranges that a column of numbers is cut into at most.
  static let ranges = 8

  /// The values of a categorical column, in the order of their ids.
  init(_ field: CategoricalField, ids: [Int]) {
    let found = Array(Set(ids)).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(found, found.indices))
    name = field.name
    isNumeric = false
    names = found.map { field.name(of: $0) }
    values = ids.map { UInt16(places[$0] ?? 0) }
  }

  /// Ranges of a column of numbers that hold about equally many rows; equal numbers stay together.
  ///
  /// A number belongs to the range of its middle rank: with n rows, of which b have smaller numbers
  /// and e the same, to ⌊8 · (b + e/2) / n⌋. Ranges without rows fall away.
  init(_ name: String, numbers: [Double], ranges: Int = Self.ranges) {
    let order = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var values = [UInt16](repeating: 0, count: numbers.count)
    var bounds: [(range: Int, low: Double, high: Double)] = []
    var first = 0
    while first < order.count {
      let number = numbers[order[first]]
      let end = order[first...].firstIndex { numbers[$0] != number } ?? order.count
      let range = ranges * (first + end) / (2 * order.count)
      if bounds.last?.range != range { bounds.append((range, number, number)) }
      bounds[bounds.count - 1].high = number
      for index in order[first..<end] { values[index] = UInt16(bounds.count - 1) }
      first = end
    }
    self.name = name
    isNumeric = true
    self.values = values
    names = bounds.map {
      $0.low == $0.high ? Self.text($0.low) : "\(Self.text($0.low)) to \(Self.text($0.high))"
    }
  }

  /// A number of at most four digits that say something.
  private static func text(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e6
      ? String(format: "%.0f", number == 0 ? 0 : number) : String(format: "%.4g", number)
  }
}

extension SegmentColumn {
  /// All columns of a data set that segments can be made of, of some of its validation rows.
  ///
  /// A row with a list has no one value by which it could be counted.
  static func all(of dataset: Dataset, rows: [Int32]) -> [SegmentColumn] {
    let (features, examples) = (dataset.features, dataset.validation)
    let categorical = features.fields.indices.filter { features.fields[$0].list == nil }.map {
      field in
      SegmentColumn(
        features.fields[field],
        ids: rows.map { Int(examples.ids.base[Int($0) * features.fields.count + field]) })
    }
    return categorical
      + features.numbers.map { index in
        SegmentColumn(
          features.dense[index].column,
          numbers: rows.map { row in
            let scaled = examples.dense.base[Int(row) * features.dense.count + index]
            return features.dense[index].form.original(Double(scaled))
          })
      }
  }
}

extension FeatureSchema {
  /// The dense features that stand for columns of numbers, one a column.
  var numbers: [Int] {
    dense.indices.filter { index in
      dense[index].form != .indicator
        && !dense[..<index].contains {
          $0.column == dense[index].column && $0.form != .indicator
        }
    }
  }
}

extension DenseFeature.Form {
  /// The number that a scaled one was made from, rounded to the seven digits that are kept.
  func original(_ scaled: Double) -> Double {
    switch self {
    case .value(let mean, let deviation): rounded(scaled * deviation + mean)
    case .logarithm(let mean, let deviation): rounded(unsigned(scaled * deviation + mean))
    case .indicator: scaled
    }
  }

  /// The inverse of sign(x) ln(1 + |x|).
  private func unsigned(_ logarithm: Double) -> Double {
    logarithm >= 0 ? expm1(logarithm) : -expm1(-logarithm)
  }

  private func rounded(_ number: Double) -> Double {
    let whole = number.rounded()
    return abs(number - whole) < 1e-5 * max(1, abs(whole)) ? whole : number
  }
}
