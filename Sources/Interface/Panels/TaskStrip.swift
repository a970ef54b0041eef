import Runs
import Terminal

/// The tasks on the dashboard: one line each, more where there is room.
struct TaskStrip {
  let run: RunState
  /// `[x]` on, `[ ]` off, `[~]` on its way, by task.
  let boxes: [String]
  /// The tasks that are listed, by index.
  let tasks: [Int]
  let selected: Int
  /// How much losses are smoothed, an index into ``LossSeries/smoothings``; nil for not at all.
  let smoothing: Int?
  let charset: Charset
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let columns = TaskStripColumns(
      area.size.columns - 2, names: run.taskNames,
      hasUnits: run.hasUnits)
    let title = [Span("tasks", .title), Span("  " + columns.words, .dim)]
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    let rows = rows(in: inner, columns)
    for (line, index) in rows.list.places.enumerated() {
      let card = card(tasks[index], columns, historyRows: rows.history)
      for (row, spans) in card.prefix(rows.each).enumerated() {
        canvas.write(
          spans, row: inner.row + line * rows.each + row, column: inner.column,
          limit: inner.size.columns)
      }
    }
    for (row, spans) in rows.effect.enumerated() {
      canvas.write(
        spans, row: inner.row + inner.size.rows - rows.effect.count + row,
        column: inner.column + 1, limit: inner.size.columns - 2)
    }
    rows.list.drawMore(in: area, on: &canvas)
  }

  /// The task whose lines a row of the screen belongs to; nil for none.
  func task(atRow row: Int, in area: Rect) -> Int? {
    let columns = TaskStripColumns(
      area.size.columns - 2, names: run.taskNames, hasUnits: run.hasUnits)
    let rows = rows(in: area.inner, columns)
    guard row >= area.inner.row else { return nil }
    let index = rows.list.places.lowerBound + (row - area.inner.row) / rows.each
    return rows.list.places.contains(index) ? tasks[index] : nil
  }

  /// How the rows are shared out: so many a task, of these so many for its picture, and at the foot
  /// what became of the last change, where that hides no task.
  private func rows(
    in inner: Rect, _ columns: TaskStripColumns
  ) -> (list: ListWindow, each: Int, history: Int, effect: [[Span]]) {
    let lines = (run.lastChange?.lines(columns: inner.size.columns - 2) ?? []).prefix(5)
    let effect = lines.count + 1 <= inner.size.rows - tasks.count ? Array(lines) : []
    let height = inner.size.rows - effect.count
    let room = height / max(1, tasks.count)
    let least = 3 + (tasks.map { details(of: $0, columns).count }.max() ?? 0)
    // What is left is for the pictures.
    let history = max(1, min(8, room - least))
    // A blank line between tasks, where every line that there is fits.
    let each = max(1, min(room, least + history))
    let list = ListWindow(
      count: tasks.count, selected: tasks.firstIndex(of: selected) ?? 0, rows: height / each)
    return (list, each, history, effect)
  }

  /// What is known of a task, the most wanted first.
  private func card(
    _ task: Int, _ columns: TaskStripColumns, historyRows: Int
  ) -> [[Span]] {
    [mainLine(task, columns)] + history(task, columns, rows: historyRows)
      + [bestLine(task, columns)]
      + details(of: task, columns)
  }

  /// What is known beside the main score, as far as there is any.
  private func details(of task: Int, _ columns: TaskStripColumns) -> [[Span]] {
    ([otherScores(of: task, columns)] + basisLines(task, columns) + [testLine(task)])
      .filter { !$0.isEmpty }
  }

  private func mainLine(_ task: Int, _ columns: TaskStripColumns) -> [Span] {
    let numbers = run.task(task)
    let score = run.scores.indices.contains(task) ? run.scores[task].newest?.score : nil
    let isSelected = task == selected
    let cells = columns.cells(
      score: score.map { scoreText($0) + (run.isAtBest ? "★" : " ") } ?? "- ",
      loss: run.lossCell(of: task, smoothing: smoothing),
      weight: "×" + weightText(numbers?.weight ?? 1))
    return [
      Span(isSelected ? ">" : " ", .hint), Span(boxes[task], .plain),
      Span(" \(seriesGlyph(task)) ", .series(task)),
      Span(
        padded(run.taskNames[task], to: columns.name),
        style: isFocused && isSelected ? .bold : .plain), Span(cells),
    ]
  }

  /// The loss over the whole run as a picture, and predicted over observed.
  private func history(_ task: Int, _ columns: TaskStripColumns, rows: Int) -> [[Span]] {
    let width = max(4, columns.total - 21)
    let values =
      run.losses.indices.contains(task) ? run.losses[task].recentMeans(count: width) : []
    let ratio = run.task(task)?.calibration ?? .nan
    let text = ratio.isFinite ? "pred÷obs \(fixed(ratio, 2))" : ""
    return sparklines(values, rows: rows, charset: charset).enumerated().map { row, picture in
      [
        Span("     "), Span(padded(picture, to: width), style: Style(.series(task))),
        Span(row == 0 ? rightAligned(text, to: columns.total - 5 - width) : "", .dim),
      ]
    }
  }

  /// The task's own best score and its step, with a star where the run keeps that step; the kept one
  /// beside it where that is another and there is room; and how often the label is one.
  private func bestLine(_ task: Int, _ columns: TaskStripColumns) -> [Span] {
    let (own, kept) = (run.ownBest(of: task), run.best(of: task))
    let isKept = own?.step == kept?.step
    var best = ""
    if let own {
      best = "best \(scoreText(own.score))\(isKept ? "★" : "") at \(grouped(own.step))  "
    }
    let star = kept.map { "★ \(scoreText($0.score)) at \(grouped($0.step))  " } ?? ""
    let label = labelWords(task)
    let hasRoom = columnsTaken(by: best + star + label) + 5 <= columns.total
    let isOther = kept?.score.isFinite == true && !isKept
    return [
      Span("     " + best), Span(isOther && (own == nil || hasRoom) ? star : "", .hint),
      Span(label, .dim),
    ]
  }

  /// `label 27%`, `mean 2.9`; nothing where rows have no label, and while the data are not known.
  private func labelWords(_ task: Int) -> String {
    let tasks = run.description?.tasks ?? []
    guard tasks.indices.contains(task) else { return "" }
    let (answer, mean) = (tasks[task].answer, tasks[task].labelMean)
    guard answer.rowLoss.isOfRow else { return "" }
    let isRare = answer.isChance && abs(mean) < 0.01
    return "\(answer.words.mean) \(isRare ? rateText(mean) : labelMeanText(mean, of: answer))"
  }

  /// The scores beside the main one, as far as they fit.
  private func otherScores(of task: Int, _ columns: TaskStripColumns) -> [Span] {
    let all = run.evaluation?.tasks ?? []
    guard all.indices.contains(task) else { return [] }
    var text = ""
    for score in all[task].scores.dropFirst() {
      guard columnsTaken(by: text + score.text) + 7 <= columns.total else { break }
      text += score.text + "  "
    }
    return text.isEmpty ? [] : [Span("     " + text, .dim)]
  }

  /// What is reached without a model, and what candidates the scores are of, over two lines where they
  /// need them: `popularity 0.0431  of all 900`; nothing where nobody says it.
  private func basisLines(_ task: Int, _ columns: TaskStripColumns) -> [[Span]] {
    let all = run.evaluation?.tasks ?? []
    guard all.indices.contains(task) else { return [] }
    let basis = all[task].basis?.first { $0.name == "candidates" }.map { "of \($0.text)" }
    let baseline = all[task].baseline.flatMap { baseline in
      baseline.scores.first.map { "\(baseline.name) \(scoreText($0.value))" }
    }
    // The number first: less of it would be another one.
    let number = baseline.map { basis == nil ? $0 : $0 + " " }
    let words = (basis ?? "").split(separator: " ").map(String.init)
    let pieces = [number].compactMap(\.self) + words
    return wrapped(pieces, by: " ", columns: columns.total - 5, lines: 2)
      .map { [Span("     " + $0, .dim)] }
  }

  /// The main score on the test rows, once there is one.
  private func testLine(_ task: Int) -> [Span] {
    guard let test = run.test, test.tasks.indices.contains(task), let step = run.testStep,
      let score = test.tasks[task].scores.first
    else { return [] }
    return [Span("     test \(score.text) at \(grouped(step))", .good)]
  }
}

/// The columns of a task's line: the score is the last that is dropped.
private struct TaskStripColumns {
  let total: Int
  let name: Int
  /// Columns of a loss, and of its unit where some task has one.
  private let loss: Int
  private let hasLoss: Bool
  private let hasWeight: Bool

  init(_ total: Int, names: [String], hasUnits: Bool) {
    self.total = total
    loss = hasUnits ? 10 : 8
    let widest = min(16, names.map(columnsTaken).max() ?? 0)
    let room = total - Self.head - widest - Self.score
    hasLoss = room >= loss
    hasWeight = room >= loss + Self.weight
    let cells = Self.score + (hasLoss ? loss : 0) + (hasWeight ? Self.weight : 0)
    name = max(4, total - Self.head - cells)
  }

  private static let (head, score, weight) = (7, 8, 7)

  /// What the columns are.
  var words: String {
    "score" + (hasLoss ? " · loss" : "") + (hasWeight ? " · weight" : "")
  }

  func cells(score: String, loss: String, weight: String) -> String {
    rightAligned(score, to: Self.score) + (hasLoss ? rightAligned(loss, to: self.loss) : "")
      + (hasWeight ? rightAligned(weight, to: Self.weight) : "")
  }
}

/// A weight in at most five columns.
func weightText(_ weight: Double) -> String {
  weight < 100 ? fixed(weight, 2) : abbreviated(weight)
}

extension LossSeries {
  /// The means of equal parts of the whole run, oldest first, at most `count`.
  func recentMeans(count: Int) -> [Double] {
    guard count > 0, !history.isEmpty else { return [] }
    let parts = min(count, history.count)
    return (0..<parts).map { part in
      let bins = history[(history.count * part / parts)..<(history.count * (part + 1) / parts)]
      let steps = bins.reduce(0) { $0 + Double($1.count) }
      return bins.reduce(0) { $0 + $1.sum } / steps
    }
  }
}
