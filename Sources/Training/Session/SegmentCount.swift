import Datasets
import Foundation
import Runs

/// Sums of gate weights by the value of a column, on the way to a ``SegmentTable``.
struct SegmentCount {
  private var names: [String] = []
  /// By gate: sums [V, E].
  private var sums: [[Double]] = []
  private var widths: [Int] = []
  private var rows: [Int]

  init(vocabulary: Int) { rows = [Int](repeating: 0, count: vocabulary) }

  /// Adds rows of a gate's weights; `id` gives the value of a row.
  mutating func add(
    _ gate: String, _ weights: UnsafePointer<Float>, width: Int, rows count: Int,
    id: (Int) -> Int
  ) {
    let place = names.firstIndex(of: gate) ?? append(gate, width: width)
    for row in 0..<count {
      let value = id(row)
      if place == 0 { rows[value] += 1 }
      for e in 0..<width { sums[place][value * width + e] += Double(weights[row * width + e]) }
    }
  }

  private mutating func append(_ gate: String, width: Int) -> Int {
    names.append(gate)
    widths.append(width)
    sums.append([Double](repeating: 0, count: rows.count * width))
    return names.count - 1
  }

  /// The table of the most frequent values; nil without gates.
  func table(of field: CategoricalField, step: Int, atMost most: Int) -> SegmentTable? {
    guard !names.isEmpty else { return nil }
    let total = means(of: Array(rows.indices))
    let found = rows.indices.filter { rows[$0] > 0 }
      .sorted { rows[$0] == rows[$1] ? $0 < $1 : rows[$0] > rows[$1] }
    return SegmentTable(
      column: field.name, gates: names,
      experts: (0..<(widths.first ?? 0)).map { "E\($0)" }, step: step,
      total: SegmentTable.Segment(
        name: "all", rows: rows.reduce(0, +), means: total,
        divergence: names.map { _ in 0 }),
      segments: found.prefix(most).map { value in
        let own = means(of: [value])
        return SegmentTable.Segment(
          name: name(of: value, field), rows: rows[value], means: own,
          divergence: zip(own, total).map(jensenShannon))
      })
  }

  private func name(of value: Int, _ field: CategoricalField) -> String {
    if value == 0 { return "(rare or unseen)" }
    return field.categories.indices.contains(value) ? field.categories[value] : "\(value)"
  }

  private func means(of values: [Int]) -> [[Float]] {
    let count = Double(max(1, values.reduce(0) { $0 + rows[$1] }))
    return names.indices.map { gate in
      (0..<widths[gate]).map { e in
        Float(values.reduce(0) { $0 + sums[gate][$1 * widths[gate] + e] } / count)
      }
    }
  }
}

/// Jensen–Shannon divergence of two distributions in bits, 0...1.
func jensenShannon(_ p: [Float], _ q: [Float]) -> Float {
  var sum = 0.0
  for (p, q) in zip(p, q) {
    let p = Double(p)
    let q = Double(q)
    let middle = (p + q) / 2
    if p > 0 { sum += 0.5 * p * log2(p / middle) }
    if q > 0 { sum += 0.5 * q * log2(q / middle) }
  }
  return Float(max(0, sum))
}
