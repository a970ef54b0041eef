import Datasets
import Foundation
import Metrics
import Runs

/// The weights of all gates for some rows, kept so that any column can be looked at.
struct GateRows {
  /// One gate.
  struct Gate {
    let name: String
    let experts: [String]
    /// [rows, E], row by row.
    var weights: [Float] = []
  }

  /// The step of the parameters.
  let step: Int
  /// How many rows were looked at.
  var count = 0
  /// Every gate.
  var gates: [Gate]
}

/// Mean gates by the values of a column.
struct SegmentMeans {
  private let column: SegmentColumn
  private let gates: GateRows
  /// Rows by value.
  private let rows: [Int]
  /// By gate sums [V, E].
  private let sums: [[Double]]

  /// Sums the weights up by value.
  init(_ column: SegmentColumn, _ gates: GateRows) {
    self.column = column
    self.gates = gates
    var rows = [Int](repeating: 0, count: column.names.count)
    for row in 0..<gates.count { rows[Int(column.values[row])] += 1 }
    self.rows = rows
    sums = gates.gates.map { gate in
      let width = gate.experts.count
      var sums = [Double](repeating: 0, count: column.names.count * width)
      for row in 0..<gates.count {
        let first = Int(column.values[row]) * width
        for e in 0..<width { sums[first + e] += Double(gate.weights[row * width + e]) }
      }
      return sums
    }
  }

  private func mean(_ gate: Int, of value: Int) -> [Float] {
    let width = gates.gates[gate].experts.count
    let count = Double(max(1, rows[value]))
    return (0..<width).map { Float(sums[gate][value * width + $0] / count) }
  }

  private func total(_ gate: Int) -> [Float] {
    let width = gates.gates[gate].experts.count
    let count = Double(max(1, gates.count))
    return (0..<width).map { e in
      Float(rows.indices.reduce(0) { $0 + sums[gate][$1 * width + e] } / count)
    }
  }

  // MARK: - One column as a table

  /// The table of the most frequent values, or of all ranges; nil without gates.
  func table(atMost most: Int) -> SegmentTable? {
    guard let first = gates.gates.first else { return nil }
    let total = gates.gates.indices.map(self.total)
    let found = rows.indices.filter { rows[$0] > 0 }
    let byCount = found.sorted { rows[$0] == rows[$1] ? $0 < $1 : rows[$0] > rows[$1] }
    let shown = column.isNumeric ? found : Array(byCount.prefix(most))
    return SegmentTable(
      column: column.name, gates: gates.gates.map(\.name), experts: first.experts,
      step: gates.step,
      total: SegmentTable.Segment(
        name: "all", rows: gates.count, means: total, divergence: total.map { _ in 0 }),
      segments: shown.map { value in
        let own = gates.gates.indices.map { mean($0, of: value) }
        return SegmentTable.Segment(
          name: column.names[value], rows: rows[value], means: own,
          divergence: zip(own, total).map { jensenShannon($0, $1) })
      })
  }

  // MARK: - How much the column says

  /// The column's line of a ranking.
  var ranked: SegmentRanking.Column {
    SegmentRanking.Column(
      name: column.name, isNumeric: column.isNumeric, values: rows.count { $0 > 0 },
      divergence: gates.gates.indices.map(divergence))
  }

  /// How much the column changes a gate, in bits, beyond what chance shows.
  ///
  ///     D = Σ_v n_v/n · KL(mean_v ‖ mean),    chance = 1/(2 ln 2) · Σ_e (V − 1)/n · s²_e / mean_e
  ///
  /// with s²_e the variance of the rows' weights within values: of n rows that are dealt into V groups
  /// by luck the means differ by that much.
  private func divergence(_ gate: Int) -> Float {
    let found = rows.indices.filter { rows[$0] > 0 }
    let (n, groups) = (Double(gates.count), Double(found.count))
    guard found.count > 1, n > groups else { return 0 }
    let total = self.total(gate).map(Double.init)
    var bits = 0.0
    var between = [Double](repeating: 0, count: total.count)
    for value in found {
      let share = Double(rows[value]) / n
      for (e, p) in mean(gate, of: value).enumerated() {
        let p = Double(p)
        if p > 0, total[e] > 0 { bits += share * p * log2(p / total[e]) }
        between[e] += share * p * p
      }
    }
    let chance = total.indices.reduce(0.0) { sum, e in
      guard total[e] > 0 else { return sum }
      let within = max(0, squares(gate, e) - n * between[e]) / (n - groups)
      return sum + (groups - 1) / n * within / total[e]
    }
    return Float(max(0, bits - chance / (2 * log(2))))
  }

  /// Σ g² over the rows.
  private func squares(_ gate: Int, _ e: Int) -> Double {
    let (weights, width) = (gates.gates[gate].weights, gates.gates[gate].experts.count)
    return (0..<gates.count).reduce(0) { sum, row in
      let g = Double(weights[row * width + e])
      return sum + g * g
    }
  }
}
