import Foundation
import Runs

extension CorrelationTable {
  /// The tables, the plot of the first, and what they mean.
  var text: String {
    var parts = [
      "mean squared error on test rows: median over \(drawsInWords) (least–greatest)",
      lossTable.text,
    ]
    if wholeIndex != nil, correlations.count > 1 {
      parts += [
        "loss / loss at correlation 1 on the same draw, geometric mean over the draws",
        ratioTable.text,
      ]
    }
    return (parts + [plot.text, plot.legend, notes.joined(separator: "\n")])
      .joined(separator: "\n\n")
  }

  private var draws: Int { rows.flatMap(\.cells).map(\.found.count).max() ?? 0 }

  private var drawsInWords: String {
    draws == 1 ? "1 draw of the data" : "\(draws) draws of the data"
  }

  private var head: [String] { ["correlation"] + correlations.map { String(format: "%g", $0) } }

  private var lossTable: TextTable {
    var table = TextTable(head + ["parameters"])
    for row in rows {
      table.add(
        [row.title] + row.cells.map { words(of: $0) }
          + [row.parameterCount.map { "\($0)" } ?? "–"])
    }
    table.add(["label r"] + labelCorrelations.map(Self.rounded))
    for row in rows where row.cells.contains(where: { $0.gateOverlap != nil }) {
      table.add(
        ["\(row.title) gate overlap"] + row.cells.map { $0.gateOverlap.map(Self.rounded) ?? "–" })
    }
    if rates.count > 1 {
      for row in rows { table.add(["\(row.title) rate"] + row.cells.map(\.ratesInWords)) }
    }
    return table
  }

  /// `0.0480 (0.0312–0.0833)`, marked where training has not converged.
  private func words(of cell: Cell) -> String {
    guard cell.median.isFinite, let range = cell.range else { return "–" }
    let spread =
      cell.found.count < 2 ? "" : " (\(fixed(range.lowerBound))–\(fixed(range.upperBound)))"
    return fixed(cell.median) + (isUnconverged(cell) ? "!" : "") + spread
  }

  private var ratioTable: TextTable {
    var table = TextTable(head)
    for row in rows {
      table.add(
        [row.title]
          + correlations.indices.map { index in
            wholeIndex.flatMap { row.ratio(at: index, to: $0) }.map(Self.rounded) ?? "–"
          })
    }
    return table
  }

  /// Two decimals, without a minus before zero.
  private static func rounded(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let text = String(format: "%.2f", value)
    return text == "-0.00" ? "0.00" : text
  }

  private var plot: LetterPlot {
    LetterPlot(
      x: correlations, series: rows.map { (name: $0.title, y: $0.cells.map(\.median)) },
      line: floor.isFinite ? (name: "the labels' noise", y: floor) : nil)
  }

  /// What the numbers mean, and which of them are not to be trusted.
  var notes: [String] {
    var notes = [
      "label r: correlation of the two labels, lower than the weights' since the sines bend it",
      "gate overlap: what the two tasks' gates give to the same experts, 0 to 1, on validation rows",
    ]
    if rates.count > 1 {
      notes.append(
        "rate: of \(draws == 1 ? "the draw" : "the draws"), which did best on validation rows")
    }
    let open = rows.flatMap { row in
      zip(correlations, row.cells).filter { isUnconverged($0.1) }
        .map { "\(row.title) at \(String(format: "%g", $0.0))" }
    }
    if !open.isEmpty {
      notes.append(
        "! not converged: above \(String(format: "%g", Self.convergedTimes)) times the labels' noise "
          + "of \(String(format: "%g", floor)): \(open.joined(separator: ", ")); what is compared "
          + "there is how fast they learn (more --epochs, --rows or --rates)")
    }
    return notes
  }

  /// The whole table as one document.
  func json(isInterrupted: Bool) -> String {
    object([
      ("study", quoted("correlation")), ("interrupted", "\(isInterrupted)"),
      ("correlations", "[" + correlations.map(number).joined(separator: ",") + "]"),
      ("label_correlations", "[" + labelCorrelations.map(number).joined(separator: ",") + "]"),
      ("noise_floor", number(floor)),
      ("rates", "[" + rates.map(number).joined(separator: ",") + "]"),
      ("models", "[" + rows.map { $0.json(in: self) }.joined(separator: ",") + "]"),
    ])
  }
}

extension CorrelationTable.Cell {
  /// The rates that were chosen, each with how often: `0.001×5 0.003×3`.
  fileprivate var ratesInWords: String {
    let counts = Dictionary(grouping: found, by: \.rate).mapValues(\.count)
    let words = counts.sorted { $0.key < $1.key }.map {
      String(format: "%g", $0.key) + (found.count == 1 ? "" : "×\($0.value)")
    }
    return words.isEmpty ? "–" : words.joined(separator: " ")
  }
}

extension CorrelationTable.Found {
  fileprivate var json: String {
    object([
      ("draw", "\(draw)"), ("loss", number(loss)), ("rate", number(rate)),
      ("gate_overlap", gateOverlap.map(number) ?? "null"),
    ])
  }
}

extension CorrelationTable.Row {
  fileprivate func json(in table: CorrelationTable) -> String {
    let cells = cells.enumerated().map { index, cell in
      object([
        ("median", number(cell.median)),
        (
          "ratio_to_correlation_1",
          table.wholeIndex.flatMap { ratio(at: index, to: $0) }.map(number) ?? "null"
        ),
        ("converged", cell.median.isFinite ? "\(!table.isUnconverged(cell))" : "null"),
        ("draws", "[" + cell.found.map(\.json).joined(separator: ",") + "]"),
      ])
    }
    return object([
      ("title", quoted(title)), ("parameters", parameterCount.map { "\($0)" } ?? "null"),
      ("cells", "[" + cells.joined(separator: ",") + "]"),
    ])
  }
}
