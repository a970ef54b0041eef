import Runs
import Terminal

/// One row of the validation split: inputs, answers, and what the gates do with it.
struct ExamplePanel {
  let run: RunState
  /// The newest row that came.
  let example: ExampleView?
  /// The position that is wanted.
  let position: Int
  /// What is asked about rows.
  let asked: ExampleAsked
  let tabs: [Span]
  /// The selected gate.
  let gate: Int
  /// The expert that is kept in view.
  let expert: Int
  /// The selected input.
  let selected: Int
  /// Only inputs whose names contain it are listed.
  let filter: String

  func draw(in body: Rect, on canvas: inout Canvas) {
    guard let example else {
      let inner = canvas.frame(body, title: tabs, isFocused: true)
      canvas.write(
        waitingWords, row: inner.row + 1,
        column: inner.column + 2, style: .dim, limit: inner.size.columns - 3)
      return
    }
    let isNarrow = body.size.columns < 80
    let side = isNarrow ? 0 : min(44, body.size.columns * 4 / 10)
    let (left, right) = body.splitLeft(side)
    let words = example.altered?.remarks ?? []
    let answerRows = min(
      example.answers.count + 3 + words.count, max(4, body.size.rows / 2))
    let (answers, rest) = right.splitTop(answerRows)
    if isNarrow {
      drawAnswers(example, in: answers, title: tabs + rowTitle(example), on: &canvas)
    } else {
      drawInputs(example, in: left, on: &canvas)
      drawAnswers(example, in: answers, title: tabs, on: &canvas)
    }
    drawExampleGates(example, in: rest, on: &canvas)
  }

  /// What is waited for.
  private var waitingWords: String {
    guard let question = run.snapshot.question else {
      return "Row \(grouped(position)) is being looked up …"
    }
    return "\(question.title): \(percent(question.share)) …"
  }

  private func rowTitle(_ example: ExampleView) -> [Span] {
    let found = [Span("row \(grouped(example.row))", .title)]
    let ordering = example.ordering
    guard ordering.position == position, ordering.order == asked.order else {
      return found + [Span(" → \(waitingWords)", .warning)]
    }
    guard ordering.order != .file else {
      return found + [Span(" of \(grouped(example.rows))", .dim)]
    }
    return found + [
      Span("  \(grouped(ordering.position + 1)) of \(grouped(ordering.rows))", .dim)
    ]
  }

  /// What the rows are put in order by, with the number of this one; nil for the order of the data.
  private func orderWords(_ ordering: ExampleView.Ordering) -> String? {
    guard ordering.order != .file else { return nil }
    let step = ordering.step.map { ", step \(grouped($0))" } ?? ""
    let measure = ordering.measure.map { " \(lossText($0))" } ?? ""
    return "by \(ordering.order.words)\(measure)\(step)"
  }

  private func drawInputs(_ example: ExampleView, in area: Rect, on canvas: inout Canvas) {
    let frame = canvas.frame(area, title: rowTitle(example), isFocused: true)
    let words = orderWords(example.ordering)
    let (top, inner) = frame.splitTop(words == nil ? 0 : 1)
    canvas.write(
      words ?? "", row: top.row, column: top.column + 1, style: .dim,
      limit: top.size.columns - 2)
    let inputs = example.inputs.filter { $0.name.passes(filter) }
    let list = ListWindow(
      count: inputs.count, selected: max(0, min(selected, inputs.count - 1)),
      rows: inner.size.rows)
    let widest = example.inputs.map { columnsTaken(by: $0.name) }.max() ?? 0
    let name = min(widest, inner.size.columns / 2)
    for (line, index) in list.places.enumerated() {
      let input = inputs[index]
      let changed = example.altered.flatMap {
        $0.change?.column == input.name && $0.problem == nil ? $0.value : nil
      }
      canvas.write(
        [
          Span(index == selected ? ">" : " ", .hint),
          Span(padded(input.name, to: name) + "  ", .dim), Span(input.value),
          Span(changed.map { " → \($0)" } ?? "", style: Style(.hint, bold: true)),
        ], row: inner.row + line, column: inner.column, limit: inner.size.columns - 1)
    }
    list.drawMore(in: area, on: &canvas)
  }

  private func drawAnswers(
    _ example: ExampleView, in area: Rect, title: [Span], on canvas: inout Canvas
  ) {
    let step = Span("  step \(grouped(example.step))", .dim)
    let inner = canvas.frame(area, title: title + [step])
    let altered = example.altered.flatMap { $0.isAnswered ? $0 : nil }
    let name = max(6, min(20, inner.size.columns - (altered == nil ? 34 : 54)))
    let head = altered.map { rightAligned(fit($0.head(run), into: 11), to: 12) + "    loss" } ?? ""
    canvas.write(
      "   " + padded("task", to: name) + "   label  predicted    loss" + head, row: inner.row,
      column: inner.column, style: .dim, limit: inner.size.columns)
    let remarks = example.altered?.remarks ?? []
    let list = ListWindow(
      count: example.answers.count, from: 0, rows: inner.size.rows - 1 - remarks.count)
    for (line, remark) in remarks.enumerated() {
      canvas.write(
        remark, row: inner.row + inner.size.rows - remarks.count + line,
        column: inner.column + 1, style: Style(.warning), limit: inner.size.columns - 2)
    }
    for (line, index) in list.places.enumerated() {
      let answer = example.answers[index]
      let other = altered.flatMap {
        $0.answers.indices.contains(index) ? $0.answers[index] : nil
      }
      canvas.write(
        [
          Span(" "), run.glyph(ofGate: answer.task) ?? Span("  "),
          Span(padded(answer.task, to: name)), Span(answer.numbers),
          Span(other.map(\.alteredNumbers) ?? "", style: .bold),
          Span(other == nil ? lossName(of: answer.task) : "", .dim),
        ], row: inner.row + 1 + line, column: inner.column, limit: inner.size.columns)
    }
    list.drawMore(in: area, on: &canvas)
  }

  /// What a task's loss is, where it is not the usual one of its kind.
  private func lossName(of task: String) -> String {
    let known = run.description?.tasks.first { $0.name == task }
    return known.map { $0.hasOwnLoss ? "  \($0.lossName)" : "" } ?? ""
  }

  private func drawExampleGates(_ example: ExampleView, in area: Rect, on canvas: inout Canvas) {
    let means = Set(example.gates.compactMap(\.meanStep))
    let step = means.max().map { " of step \(grouped($0))" } ?? ""
    let title = [Span("gates", .title), Span("  %, points to the mean\(step)", .dim)]
    let inner = canvas.frame(area, title: title)
    guard !example.gates.isEmpty else {
      canvas.write(
        "\(run.description?.modelTitle ?? "This model") has no gates.", row: inner.row,
        column: inner.column + 1, style: .dim, limit: inner.size.columns - 2)
      return
    }
    let lines = gateLines(example)
    let words = example.words(forGate: min(gate, example.gates.count - 1))
    let isRoomy = inner.size.rows >= lines.count * 2 + 1 + words.count
    let (list, note) = inner.splitTop(inner.size.rows - (isRoomy ? words.count : 0))
    let table = GateTable(
      lines: lines, experts: example.experts, header: ("gate", "", ""),
      selectedLine: min(gate, example.gates.count - 1) * (lines.count / example.gates.count),
      expert: expert)
    table.draw(in: list, frame: area, on: &canvas)
    for (index, line) in words.enumerated() where isRoomy {
      canvas.write(
        line, row: note.row + index, column: note.column + 1, limit: note.size.columns - 2)
    }
  }
}

extension ExamplePanel {
  /// A line a gate; where the row is altered, below each what the gate does then.
  fileprivate func gateLines(_ example: ExampleView) -> [GateTable.Line] {
    let newest = example.gates.compactMap(\.meanStep).max()
    return example.gates.enumerated().flatMap { index, gate -> [GateTable.Line] in
      let experts = run.experts(ofGate: gate.name)
      let own = gate.line(glyph: run.glyph(ofGate: gate.name), experts, newest: newest)
      guard let altered = example.altered, altered.isAnswered,
        altered.gates.indices.contains(index)
      else {
        return [own]
      }
      var other = altered.gates[index].line(
        glyph: Span("→ ", .hint), experts, newest: newest)
      other.name = altered.head(run)
      return [own, other]
    }
  }
}

extension ExampleView.Altered {
  /// Whether its answers are other ones than the row's own: not where a change could not be made.
  var isAnswered: Bool { problem == nil || without != nil }

  /// What was altered, in a word or two.
  fileprivate func head(_ run: RunState) -> String {
    let names = run.expertNames
    let expert = without.map { names.indices.contains($0) ? "no \(names[$0])" : "no E\($0)" }
    let text = problem == nil ? change?.text : nil
    return [text, expert].compactMap { $0 }.joined(separator: ", ")
  }

  /// What a person should know of it.
  fileprivate var remarks: [String] { [problem, note].compactMap { $0 } }
}

extension ExampleView.Answer {
  /// Prediction and loss behind those of the row as it is.
  fileprivate var alteredNumbers: String {
    rightAligned(lossText(prediction), to: 12) + rightAligned(lossText(loss), to: 8)
  }

  /// Label, prediction and loss in columns.
  fileprivate var numbers: String {
    let label = label.map(sixDigits) ?? "none"
    return rightAligned(label, to: 8) + rightAligned(lossText(prediction), to: 11)
      + rightAligned(lossText(loss), to: 8)
  }
}

extension ExampleView.Gate {
  /// The row's weights, and below them how far they are from the mean, which may be of another step
  /// than the means of other gates.
  fileprivate func line(
    glyph: Span?, _ experts: [GateExpert]?, newest: Int?
  ) -> GateTable.Line {
    let differences = zip(weights, mean).map { weight, mean in
      let points = fixed(Double(weight - mean) * 100, 0)
      return points == "0" ? "=" : points.hasPrefix("-") ? points : "+" + points
    }
    return GateTable.Line(
      glyph: glyph, name: name, weights: weights, experts: experts,
      remark: meanStep.flatMap {
        $0 == newest ? nil : [Span(" mean of \(grouped($0))", .dim)]
      } ?? [], below: ("to mean", differences))
  }
}

extension ExampleView {
  /// What a gate does with the row, in plain words made from the numbers.
  fileprivate func words(forGate index: Int) -> [String] {
    guard gates.indices.contains(index) else { return [] }
    let gate = gates[index]
    var lines: [String] = []
    if let answer = answers.first(where: { $0.task == gate.name }) {
      let label = answer.label.map { "the label is \(sixDigits($0))" }
      lines.append(
        "\(gate.name): the model says \(sixDigits(answer.prediction)), "
          + (label ?? "this row has no label for it") + ".")
    }
    guard let top = gate.weights.enumerated().max(by: { $0.element < $1.element }) else {
      return lines
    }
    let name =
      gate.experts.indices.contains(top.offset) ? gate.experts[top.offset] : "E\(top.offset)"
    let usual = gate.mean.indices.contains(top.offset) ? gate.mean[top.offset] : .nan
    let step = gate.meanStep.map { " at step \(grouped($0))" } ?? ""
    lines.append(
      "\(name) carries \(percent(Double(top.element))) of it; "
        + "its mean is \(percent(Double(usual)))\(step).")
    return lines
  }
}
