import Runs
import Terminal

/// Every score of a run: the best on the validation rows, the newest if those are others, and the
/// test rows', each under the step of its parameters.
///
///     ┌ 1 MMoE  ended ────────────────────────┐
///     │ 214,613 parameters, step 1,800        │
///     │ validation at step 1,200 ★            │
///     │ ● click  auc 0.8161  logloss 0.3260   │
///     │          pred÷obs 1.0100              │
struct RunScores {
  let run: RunState
  let row: RunRow
  /// The task that is kept in view.
  let selected: Int

  func draw(in area: Rect, isFocused: Bool, on canvas: inout Canvas) {
    let title = [Span("\(run.number) \(row.title)", .title), Span("  \(row.state)", .dim)]
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    let lines = lines(columns: inner.size.columns - 2)
    let chosen = isFocused ? lines.firstIndex { $0.task == selected } ?? 0 : 0
    let list = ListWindow(
      count: lines.count, selected: chosen, rows: inner.size.rows)
    for (line, place) in list.places.enumerated() {
      canvas.write(
        lines[place].spans, row: inner.row + line, column: inner.column + 1,
        limit: inner.size.columns - 2)
    }
    list.drawMore(in: area, on: &canvas)
  }

  struct Line {
    var spans: [Span]
    /// The task whose scores begin here.
    var task: Int?
  }

  func lines(columns: Int) -> [Line] {
    var lines: [Line] = []
    if let known = run.description {
      let words = "\(grouped(known.parameterCount)) parameters, step \(grouped(run.snapshot.step))"
      lines.append(Line(spans: [Span(words)]))
    }
    if !row.options.isEmpty { lines.append(Line(spans: [Span(row.options)])) }
    if let best = run.best {
      lines += section("validation", best, step: best.step, isBest: true, columns)
    }
    if let newest = run.evaluation, !run.isAtBest {
      lines += section("validation", newest, step: newest.step, isBest: false, columns)
    }
    if let test = run.test, let step = run.testStep {
      lines += section("test", test, step: step, isBest: step == run.best?.step, columns)
    }
    if run.evaluation == nil, run.test == nil {
      lines.append(Line(spans: [Span("Not scored yet.", .dim)]))
    }
    return lines
  }

  /// Every score of every task, under a heading.
  private func section(
    _ split: String, _ evaluation: Evaluation, step: Int, isBest: Bool, _ columns: Int
  ) -> [Line] {
    let widest = evaluation.tasks.map { columnsTaken(by: $0.task) }.max() ?? 0
    let name = min(widest, max(6, min(18, columns - 24)))
    let heading = "\(split) at step \(grouped(step))" + (isBest ? " ★" : "")
    return [Line(spans: [Span(heading, .dim)])]
      + evaluation.tasks.enumerated().flatMap { index, task in
        lines(of: task, index, name: name, columns: columns)
      }
  }

  /// A task's scores, the main one first, over as many lines as they take.
  private func lines(of task: TaskScores, _ index: Int, name: Int, columns: Int) -> [Line] {
    let room = columns - name - 3
    var texts: [String] = []
    for text in task.scores.map(\.text) {
      if let last = texts.last, columnsTaken(by: last) + 2 + columnsTaken(by: text) <= room {
        texts[texts.count - 1] += "  " + text
      } else {
        texts.append(text)
      }
    }
    return texts.enumerated().map { line, text in
      let head =
        line == 0
        ? [Span("\(seriesGlyph(index)) ", .series(index)), Span(padded(task.task, to: name))]
        : [Span(String(repeating: " ", count: name + 2))]
      return Line(spans: head + [Span(" " + text)], task: line == 0 ? index : nil)
    }
  }
}
