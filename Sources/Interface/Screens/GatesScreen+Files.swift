import Runs
import Terminal

// What of the gates is kept as files: every number with the step that it is of.
extension GatesScreen {
  func files(_ desk: Desk) -> [ExportedFile] {
    switch mode {
    case .mean: meanFiles(desk)
    case .segment: segmentFiles(desk)
    case .example: shownExample(desk)?.files ?? []
    }
  }

  /// All gates, the selected one over time, and what the tasks score without experts.
  private func meanFiles(_ desk: Desk) -> [ExportedFile] {
    let run = desk.shown
    guard let gate = selectedGate(of: run) else { return [] }
    let scores = run.shownMatrix.map(\.file) ?? run.knockOut.map(\.file)
    return [desk.gateFile, scores].compactMap { $0 } + historyFiles(of: gate, desk)
  }

  private func historyFiles(of gate: GateSnapshot, _ desk: Desk) -> [ExportedFile] {
    let run = desk.shown
    guard let index = run.snapshot.gates.firstIndex(where: { $0.name == gate.name }),
      !run.gateHistory.samples.isEmpty
    else { return [] }
    let lines = gate.mean.indices.map { expert in
      LinePicture.Line(
        name: gate.nameOfExpert(expert), color: expert,
        points: run.gateHistory.samples.compactMap { sample in
          guard sample.means.indices.contains(index), sample.means[index].indices.contains(expert)
          else { return nil }
          return (Double(sample.step), Double(sample.means[index][expert]))
        })
    }
    let picture = LinePicture(
      title: "\(gate.name): mean weight of each expert, \(run.title), run \(run.number)",
      axis: "step", lines: lines, startsAtZero: true)
    let panel = GateHistoryPanel(
      run: run, gateIndex: index, expert: expert, charset: desk.settings.charset)
    return picture.files(named: "gate-\(gate.name)", charset: desk.settings.charset) {
      panel.draw(in: $0.area, on: &$0)
    }
  }

  /// The values of the column, and what columns change the gates.
  private func segmentFiles(_ desk: Desk) -> [ExportedFile] {
    let column = segmentColumn(desk)
    let table = [desk.shown, desk.run].compactMap(\.snapshot.segments)
      .first { $0.column == column }
    return [table?.file(desk.shown.snapshot.gates), desk.shown.snapshot.segmentRanking?.file]
      .compactMap { $0 }
  }
}

extension KnockOut {
  /// A row a task.
  fileprivate var file: ExportedFile {
    var table = CSVTable(head: ["expert", "score", "with", "without", "change", "step"])
    table.rows = zip(with, without).map { full, part in
      [
        .text(expert), .text(full.name), .number(full.value), .number(part.value),
        .number(part.value - full.value), .number(Double(step)),
      ]
    }
    return ExportedFile("without-\(expert)", ending: "csv", text: table.text)
  }
}

extension KnockOutMatrix {
  /// A row for each task and expert.
  fileprivate var file: ExportedFile {
    var table = CSVTable(head: [
      "task", "score", "expert", "with", "without", "change", "first_choices", "rows", "step",
    ])
    for line in lines {
      for (index, expert) in experts.enumerated() {
        let first = line.firstChoices.indices.contains(index) ? line.firstChoices[index] : .nan
        table.rows.append(
          [.text(line.task), .text(line.score), .text(expert)]
            + [
              line.full, line.without.indices.contains(index) ? line.without[index] : .nan,
              line.change(without: index), Double(first), Double(rows), Double(step),
            ].map { .number($0) })
      }
    }
    return ExportedFile("without-each-expert", ending: "csv", text: table.text)
  }
}

extension SegmentTable {
  /// A row for each segment, gate and expert; all rows together first.
  ///
  /// Gates may weigh other experts each: their names are those that the gates themselves have.
  fileprivate func file(_ known: [GateSnapshot]) -> ExportedFile {
    var csv = CSVTable(head: [
      "column", "segment", "rows", "gate", "expert", "mean", "js_from_all_rows", "step",
    ])
    for segment in [total] + segments {
      for (gate, name) in gates.enumerated() where segment.means.indices.contains(gate) {
        let bits =
          segment.divergence.indices.contains(gate) ? Double(segment.divergence[gate]) : .nan
        let own = known.first { $0.name == name }
        for (expert, mean) in segment.means[gate].enumerated() {
          csv.rows.append([
            .text(column), .text(segment.name), .number(Double(segment.rows)), .text(name),
            .text(own?.nameOfExpert(expert) ?? "E\(expert)"), .number(Double(mean)),
            .number(bits), .number(Double(step)),
          ])
        }
      }
    }
    return ExportedFile("segments-\(column)", ending: "csv", text: csv.text)
  }
}

extension SegmentRanking {
  /// A row for each column and gate.
  fileprivate var file: ExportedFile {
    var csv = CSVTable(head: [
      "column", "values", "gate", "js_of_all_values", "rows", "step",
    ])
    for column in columns {
      for (gate, bits) in zip(gates, column.divergence) {
        csv.rows.append([
          .text(column.name), .number(Double(column.values)), .text(gate), .number(Double(bits)),
          .number(Double(rows)), .number(Double(step)),
        ])
      }
    }
    return ExportedFile("columns", ending: "csv", text: csv.text)
  }
}

extension ExampleView {
  /// The row's inputs, the tasks' answers and the gates' weights, as they are and as they are asked.
  fileprivate var files: [ExportedFile] {
    [("inputs", inputTable), ("answers", answerTable), ("gates", gateTable)].map {
      ExportedFile("row-\(row)-\($0.0)", ending: "csv", text: $0.1.text)
    }
  }

  private var inputTable: CSVTable {
    var table = CSVTable(head: ["row", "input", "value", "changed_to"])
    table.rows = inputs.map { input in
      let changed = altered?.change?.column == input.name ? altered?.value : nil
      return [.number(Double(row)), .text(input.name), .text(input.value), .text(changed ?? "")]
    }
    return table
  }

  private var answerTable: CSVTable {
    var table = CSVTable(head: [
      "row", "task", "label", "prediction", "loss", "altered_prediction", "altered_loss", "step",
    ])
    for (index, answer) in answers.enumerated() {
      let other = altered.flatMap {
        $0.isAnswered && $0.answers.indices.contains(index) ? $0.answers[index] : nil
      }
      table.rows.append(
        [.number(Double(row)), .text(answer.task)]
          + [
            answer.label ?? .nan, answer.prediction, answer.loss, other?.prediction ?? .nan,
            other?.loss ?? .nan, Double(step),
          ].map { .number($0) })
    }
    return table
  }

  private var gateTable: CSVTable {
    var table = CSVTable(head: [
      "row", "gate", "expert", "weight", "altered_weight", "step", "mean", "mean_step",
    ])
    for (index, gate) in gates.enumerated() {
      let other = altered.flatMap {
        $0.isAnswered && $0.gates.indices.contains(index) ? $0.gates[index] : nil
      }
      for (expert, weight) in gate.weights.enumerated() {
        func number(_ byExpert: [Float]?) -> CSVTable.Field {
          .number(
            byExpert.flatMap { $0.indices.contains(expert) ? Double($0[expert]) : nil } ?? .nan)
        }
        let name = gate.experts.indices.contains(expert) ? gate.experts[expert] : "E\(expert)"
        table.rows.append([
          .number(Double(row)), .text(gate.name), .text(name), .number(Double(weight)),
          number(other?.weights), .number(Double(step)), number(gate.mean),
          .number(gate.meanStep.map(Double.init) ?? .nan),
        ])
      }
    }
    return table
  }
}
