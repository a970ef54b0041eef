import Foundation
import Runs

extension CorrelationTable {
  /// The table, the plot of it, and what they mean.
  var text: String {
    [
      "mean squared error on test rows, mean ± standard deviation over the seeds", table.text,
      plot.text, plot.legend,
      "label r: correlation of the two labels, lower than the weights' since the sines bend it",
      "gate overlap: what the two tasks' gates give to the same experts, 0 to 1, on validation rows",
    ].joined(separator: "\n\n")
  }

  private var table: TextTable {
    var table = TextTable(
      ["correlation"] + correlations.map { String(format: "%g", $0) } + ["parameters"])
    for row in rows {
      table.add(
        [row.title] + row.cells.map(\.words) + [row.parameterCount.map { "\($0)" } ?? "–"])
    }
    table.add(["label r"] + labelCorrelations.map(Self.rounded))
    for row in rows where row.cells.contains(where: { $0.gateOverlap != nil }) {
      table.add(
        ["\(row.title) gate overlap"] + row.cells.map { $0.gateOverlap.map(Self.rounded) ?? "–" })
    }
    return table
  }

  /// Two decimals, without a minus before zero.
  private static func rounded(_ value: Double) -> String {
    let text = String(format: "%.2f", value)
    return text == "-0.00" ? "0.00" : text
  }

  private var plot: LetterPlot {
    LetterPlot(
      x: correlations, series: rows.map { (name: $0.title, y: $0.cells.map(\.mean)) })
  }

  /// The whole table as one document.
  func json(isInterrupted: Bool) -> String {
    object([
      ("study", quoted("correlation")), ("interrupted", "\(isInterrupted)"),
      ("correlations", "[" + correlations.map(number).joined(separator: ",") + "]"),
      ("label_correlations", "[" + labelCorrelations.map(number).joined(separator: ",") + "]"),
      ("models", "[" + rows.map(\.json).joined(separator: ",") + "]"),
    ])
  }
}

extension CorrelationTable.Cell {
  fileprivate var words: String {
    guard mean.isFinite else { return "–" }
    return fixed(mean) + (deviation.map { " ± \(fixed($0))" } ?? "")
  }

  fileprivate var json: String {
    object([
      ("mean", number(mean)), ("deviation", deviation.map(number) ?? "null"),
      ("gate_overlaps", "[" + gateOverlaps.map(number).joined(separator: ",") + "]"),
      ("losses", "[" + losses.map(number).joined(separator: ",") + "]"),
    ])
  }
}

extension CorrelationTable.Row {
  fileprivate var json: String {
    object([
      ("title", quoted(title)), ("parameters", parameterCount.map { "\($0)" } ?? "null"),
      ("cells", "[" + cells.map(\.json).joined(separator: ",") + "]"),
    ])
  }
}
