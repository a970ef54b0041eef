import Runs
import Terminal

// What a model shows of itself, as files: its numbers as a table, curves as a picture and text besides.
extension ModelView {
  /// The files of this view, of its step.
  func files(_ ink: ViewInk) -> [ExportedFile] {
    guard case .curves(let curves) = content else {
      return [ExportedFile(name, ending: "csv", text: table.text)]
    }
    let picture = LinePicture(
      title: "\(title), step \(grouped(step))", axis: curves.axis,
      lines: curves.curves.enumerated().map { index, curve in
        LinePicture.Line(
          name: curve.name, color: ink.series(curve.name, at: index),
          points: zip(curve.x, curve.y).map { (Double($0), Double($1)) })
      }, startsAtZero: curves.areShares,
      level: curves.level.map { ($0.name, Double($0.y)) })
    return picture.files(named: name, charset: ink.charset) {
      draw(in: $0.area, ink: ink, isFocused: false, on: &$0)
    }
  }

  /// The numbers of what is no chart.
  private var table: CSVTable {
    switch content {
    case .matrix(let matrix), .history(let matrix): table(of: matrix)
    case .bitmap(let bitmap): table(of: bitmap)
    case .bars(let bars): table(of: bars)
    case .table(let texts):
      CSVTable(
        head: texts.columns + ["step"],
        rows: texts.rows.map { $0.map { .text($0) } + [stepField] })
    case .passages(let texts):
      CSVTable(
        head: ["name", "text", "marked", "step"],
        rows: texts.passages.map {
          [.text($0.name), .text($0.text), .number($0.isMarked ? 1 : 0), stepField]
        })
    case .scatter(let scatter):
      CSVTable(
        head: [scatter.x, scatter.y, "step"],
        rows: scatter.points.map {
          [.number(Double($0.x)), .number(Double($0.y)), stepField]
        })
    case .curves: CSVTable(head: [])
    }
  }

  private var stepField: CSVTable.Field { .number(Double(step)) }

  private func table(of matrix: Matrix) -> CSVTable {
    var table = CSVTable(head: ["row", "column", "value", "step"])
    for (row, name) in matrix.rows.enumerated() {
      for (column, head) in matrix.columns.enumerated() {
        table.rows.append([
          .text(name), .text(head), .number(Double(matrix[row, column])), stepField,
        ])
      }
    }
    return table
  }

  /// How many entries of the whole are of each kind; the picture itself is in the screen's text.
  private func table(of bitmap: Bitmap) -> CSVTable {
    var table = CSVTable(head: ["kind", "count", "rows", "columns", "step"])
    table.rows = bitmap.kinds.map {
      [
        .text($0.name), .number(Double($0.count)), .number(Double(bitmap.whole.rows)),
        .number(Double(bitmap.whole.columns)), stepField,
      ]
    }
    return table
  }

  private func table(of bars: Bars) -> CSVTable {
    var table = CSVTable(head: ["bar", "part", "value", "mark", "step"])
    for bar in bars.bars {
      for (part, value) in zip(bars.parts, bar.values) {
        table.rows.append([
          .text(bar.name), .text(part), .number(Double(value)),
          .number(bar.mark.map(Double.init) ?? .nan), stepField,
        ])
      }
    }
    return table
  }
}

extension MaskSummary {
  /// A row for each task and layer; the layer `all` is all of them together.
  var file: ExportedFile {
    var table = CSVTable(head: ["task", "layer", "sparsity", "margin", "step"])
    for task in tasks {
      let layers = zip(self.layers.map(\.name), task.sparsityByLayer)
      for (name, sparsity) in Array(layers) + [("all", task.sparsity)] {
        table.rows.append([
          .text(task.name), .text(name), .number(sparsity), .number(task.margin ?? .nan),
          .number(Double(step)),
        ])
      }
    }
    return ExportedFile("masks", ending: "csv", text: table.text)
  }

  /// Weights that two tasks both keep among those that either keeps.
  var overlapFile: ExportedFile {
    var table = CSVTable(head: ["task", "other", "overlap", "step"])
    for (a, task) in tasks.enumerated() {
      for (b, other) in tasks.enumerated() where overlap.indices.contains(a * tasks.count + b) {
        table.rows.append([
          .text(task.name), .text(other.name), .number(overlap[a * tasks.count + b]),
          .number(Double(step)),
        ])
      }
    }
    return ExportedFile("mask-overlap", ending: "csv", text: table.text)
  }
}

extension MaskMap {
  /// A row a weight of the part that is shown: who keeps it.
  func file(tasks: [String]) -> ExportedFile {
    let task = window.task.flatMap { tasks.indices.contains($0) ? tasks[$0] : nil }
    let kept = task.map { ["kept_by_\($0)"] } ?? []
    var table = CSVTable(head: ["unit", "input", "kind"] + kept + ["step"])
    for row in 0..<bitmap.rows {
      for column in 0..<bitmap.columns {
        let cell = row * bitmap.columns + column
        guard let kind = bitmap.kind(row, column), bitmap.kinds.indices.contains(kind) else {
          continue
        }
        let isKept = isKept.indices.contains(cell) ? isKept[cell] ? 1.0 : 0 : .nan
        table.rows.append(
          [
            .number(Double(window.row + row)), .number(Double(window.column + column)),
            .text(bitmap.kinds[kind].name),
          ] + (task == nil ? [] : [.number(isKept)]) + [.number(Double(step))])
      }
    }
    return ExportedFile("mask-map-layer-\(window.layer)", ending: "csv", text: table.text)
  }
}

extension PruningCost {
  /// What pruning more would cost.
  var file: ExportedFile {
    var table = CSVTable(head: [
      "task", "pruned_more", "kept_before", "kept_after", "score", "with", "without", "rows",
      "step",
    ])
    table.rows = zip(with, without).map { full, thin in
      [.text(task)]
        + [share, keptBefore, keptAfter].map { .number($0) } + [.text(full.name)]
        + [full.value, thin.value, Double(rows), Double(step)].map { .number($0) }
    }
    return ExportedFile("pruning-\(task)", ending: "csv", text: table.text)
  }
}
