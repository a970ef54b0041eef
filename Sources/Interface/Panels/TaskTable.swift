import Runs
import Terminal

/// The tasks with toggles, weights and rates, and what became of the last change.
struct TaskTable {
  let run: RunState
  let control: Control
  /// `[x]` on, `[ ]` off, `[~]` on its way, by task.
  let boxes: [String]
  /// The tasks that are listed, by index.
  let tasks: [Int]
  let selected: Int
  /// How much losses are smoothed, an index into ``LossSeries/smoothings``; nil for not at all.
  let smoothing: Int?
  let charset: Charset

  /// The rows that it fills at a width, its frame included.
  func rows(columns: Int) -> Int { tasks.count + taskNotes(columns: columns - 22).count + 4 }

  func draw(in body: Rect, on canvas: inout Canvas) {
    let all = run.snapshot.tasks
    let on = all.count(where: \.isOn)
    let title = [
      Span("tasks  \(all.count) (\(on) on)", .title), Span("   \(scoredWords)", .dim),
    ]
    let inner = canvas.frame(body, title: title, isFocused: true)
    let notes = taskNotes(columns: inner.size.columns - 20)
    let scores = run.evaluation?.tasks.compactMap { $0.scores.first?.text } ?? []
    let columns = TaskColumns(width: inner.size.columns, names: run.taskNames, scores: scores)
    canvas.write(columns.header, row: inner.row, column: inner.column, style: .dim)
    let list = window(in: inner, notes: notes.count)
    for (line, index) in list.places.enumerated() {
      drawTask(tasks[index], columns, row: inner.row + 1 + line, in: inner, on: &canvas)
    }
    list.drawMore(in: body, on: &canvas)
    let top = inner.row + list.places.count + 2
    for (line, note) in notes.enumerated() where top + line < inner.row + inner.size.rows {
      canvas.write(
        [Span(padded(note.name, to: 15), .dim)] + note.spans,
        row: top + line,
        column: inner.column + 3, limit: inner.size.columns - 4)
    }
  }

  /// The tasks that are listed above so many notes: in half of the room at least, and those notes
  /// that stand there always give way to them.
  private func window(in inner: Rect, notes: Int) -> ListWindow {
    ListWindow(
      count: tasks.count, selected: tasks.firstIndex(of: selected) ?? 0,
      rows: max(
        1,
        min(
          tasks.count,
          max(inner.size.rows - (notes - standing.count) - 2, inner.size.rows / 2 - 1))))
  }

  /// The task in a row of the screen; nil for none.
  func task(atRow row: Int, in body: Rect) -> Int? {
    let notes = taskNotes(columns: body.inner.size.columns - 20).count
    let list = window(in: body.inner, notes: notes)
    let index = list.places.lowerBound + row - body.inner.row - 1
    return row > body.inner.row && list.places.contains(index) ? tasks[index] : nil
  }

  private func drawTask(
    _ task: Int, _ columns: TaskColumns, row: Int, in area: Rect, on canvas: inout Canvas
  ) {
    let isSelected = task == selected
    var spans = [
      Span(isSelected ? " > " : "   ", .hint), Span(boxes[task] + " "),
      Span("\(seriesGlyph(task)) ", .series(task)),
      Span(
        padded(run.taskNames[task], to: columns.nameColumns), style: isSelected ? .bold : .plain),
    ]
    spans.append(Span(columns.cells(cells(of: task))))
    canvas.write(spans, row: row, column: area.column, limit: area.size.columns)
    guard columns.historyColumns > 0, run.losses.indices.contains(task) else { return }
    let values = run.losses[task].recentMeans(count: columns.historyColumns)
    canvas.write(
      sparkline(values, charset: charset), row: row,
      column: area.column + columns.historyStart, style: Style(.series(task)),
      limit: columns.historyColumns)
  }

  private func cells(of task: Int) -> [String] {
    let numbers = run.task(task)
    let description = run.description.flatMap {
      $0.tasks.indices.contains(task) ? $0.tasks[task] : nil
    }
    let result = run.evaluation.flatMap { evaluation in
      evaluation.tasks.first { $0.task == numbers?.name }
    }
    let score = result?.scores.first
    let answer = description?.answer ?? .chance
    return [
      score.map { $0.text + (run.isAtBest ? "★" : "") } ?? "-",
      run.task(task)?.isOn ?? true
        ? run.lossCell(of: task, smoothing: smoothing) : run.hasUnits ? "off  " : "off",
      weightText(numbers?.weight ?? 1),
      run.ownBest(of: task).map { bestText($0, isKept: $0.step == run.best?.step) } ?? "-",
      labelMeanText(description?.labelMean ?? .nan, of: answer),
      numbers.map { fixed($0.calibration, 2) } ?? "-",
      numbers.map { grouped($0.rows) } ?? "-",
      answer.words.labels,
    ]
  }

  /// A task's own best score and its step, with a star where the run keeps that step.
  private func bestText(_ best: ScoreHistory.Entry, isKept: Bool) -> String {
    let step = best.step < 10_000 ? grouped(best.step) : abbreviated(Double(best.step))
    return "\(scoreText(best.score))\(isKept ? "★" : " ")\(rightAligned(step, to: 6))"
  }

  private func taskNotes(columns: Int) -> [Note] {
    let snapshot = run.snapshot
    return scoreNotes(columns: columns) + [
      Note(name: "last action", text: lastActionText),
      Note(
        name: "pending", text: pendingText,
        style: control.pending.isEmpty ? .dim : Style(.warning)),
    ] + effectNotes(columns: columns) + [
      Note(name: "learning rate", text: rateText(of: snapshot))
    ] + lossNotes + standing
  }

  /// What the notes end with, whatever happens.
  private var standing: [Note] {
    [
      Note(
        name: "pred÷obs", text: "mean prediction ÷ mean label, on the validation rows",
        style: .dim),
      Note(
        name: "while off",
        text: "its tower and gate stay, to the bit; it is still scored",
        style: .dim),
      Note(
        name: "safety", text: "the last task that is on asks first; u undoes any change",
        style: .dim),
    ]
  }

  /// The rate, and how it is changed; a model that is fitted as a whole has none.
  private func rateText(of snapshot: Snapshot) -> String {
    let (rate, factor) = (snapshot.learningRate, snapshot.learningRateFactor)
    if rate == 0, factor != 0, snapshot.step > 0 {
      return "none: it is fitted, and finds its own steps"
    }
    let change = factor == 1 ? "" : ", ×\(sixDigits(factor)) of the schedule"
    return abbreviated(rate) + change + "   (r changes it)"
  }

  /// The step of the scores in the table.
  private var scoredWords: String {
    guard let evaluation = run.evaluation else { return "changes apply at the next step" }
    return "scores of step \(grouped(evaluation.step))" + (run.isAtBest ? ", ★ the best" : "")
  }

  /// The scores that are kept, and those on the test rows, with the steps of their parameters; what
  /// was said of the run last.
  private func scoreNotes(columns: Int) -> [Note] {
    var notes: [Note] = []
    if let test = run.test, let step = run.testStep {
      notes += Note.lines("test", step, test, columns: columns, style: Style(.good))
    }
    if let best = run.best, !run.isAtBest {
      notes += Note.lines("kept ★", best.step, best, columns: columns)
    }
    for task in run.evaluation?.tasks ?? [] {
      guard let around = task.surroundings(scoreText) else { continue }
      let lines = wrapped("\(task.task): \(around)", columns: columns, lines: 2)
      notes += Note.lines("scored on", lines, style: .dim)
    }
    if let said = run.notices.last {
      let lines = wrapped(said, columns: columns, lines: 2)
      notes += Note.lines("note", lines, style: Style(.warning))
    }
    return notes
  }

  /// What a loss is where it is no cross-entropy.
  private var lossNotes: [Note] {
    let losses = (run.description?.tasks ?? []).compactMap { task in
      task.hasOwnLoss
        ? "\(task.name): \(task.lossName)" : task.lossUnit.map { "\(task.name) σ²: \($0)" }
    }
    return losses.isEmpty ? [] : [Note(name: "loss", text: losses.joined(separator: ", "))]
  }

  /// What became of the scores since the last change.
  private func effectNotes(columns: Int) -> [Note] {
    (run.lastChange?.lines(columns: columns) ?? []).prefix(3).enumerated().map { line, spans in
      Note(name: line == 0 ? "effect" : "", spans: spans)
    }
  }

  private var lastActionText: String {
    guard let answer = control.lastAnswer else { return "none yet; Space turns a task off or on" }
    switch answer.outcome {
    case .applied:
      return "\(answer.words(run.expertNames)) at step \(grouped(answer.step))   (u to undo)"
    case .refused(let reason): return "\(answer.command.words(run.expertNames)) refused: \(reason)"
    }
  }

  private var pendingText: String {
    control.pending.isEmpty
      ? "none" : control.pending.map { $0.command.words(run.expertNames) }.joined(separator: ", ")
  }
}

/// A line below the table of tasks.
private struct Note {
  var name: String
  var spans: [Span]

  init(name: String, spans: [Span]) {
    self.name = name
    self.spans = spans
  }

  init(name: String, text: String, style: Style = .plain) {
    self.init(name: name, spans: [Span(text, style: style)])
  }

  /// The main scores of a step, over two lines where they need them.
  static func lines(
    _ name: String, _ step: Int, _ scores: Evaluation, columns: Int, style: Style = .plain
  ) -> [Note] {
    var pieces = scores.mainScoreOfTasks
    if let first = pieces.first { pieces[0] = "step \(grouped(step)): \(first)" }
    return lines(name, wrapped(pieces, by: "  ", columns: columns, lines: 2), style: style)
  }

  /// Lines of which the first has the name.
  static func lines(_ name: String, _ lines: [String], style: Style) -> [Note] {
    lines.enumerated().map { Note(name: $0 == 0 ? name : "", text: $1, style: style) }
  }
}

/// Which columns of the task table fit, and how wide they are.
struct TaskColumns {
  let nameColumns: Int
  /// Columns of the last part, a picture of the loss over all that is left; 0 if there is no room.
  let historyColumns: Int
  private let shown: ArraySlice<(name: String, columns: Int)>

  private static let usual: [(name: String, columns: Int)] = [
    ("score", 13), ("loss", 10), ("weight", 7), ("best at step", 14), ("label", 7), ("pred÷obs", 9),
    ("rows", 8), ("kind", 7),
  ]

  /// Fits columns for these names, and for main scores with a ★ where they are wider than most.
  init(width: Int, names: [String], scores: [String] = []) {
    var all = Self.usual
    let longest = scores.map(columnsTaken).max() ?? 0
    if longest >= all[0].columns { all[0].columns = longest + 2 }
    let widest = names.map(columnsTaken).max() ?? 0
    let fixedColumns = 9
    let needed = all.reduce(0) { $0 + $1.columns }
    nameColumns = max(8, min(widest, max(14, width - fixedColumns - needed)))
    var room = width - fixedColumns - nameColumns
    var count = 0
    // Behind a column that does not fit none is shown: they are taken in their order.
    while count < all.count, all[count].columns <= room {
      room -= all[count].columns
      count += 1
    }
    shown = all.prefix(count)
    historyColumns = room >= 14 && count == all.count ? room - 3 : 0
  }

  /// The first column of the picture.
  var historyStart: Int { 9 + nameColumns + shown.reduce(0) { $0 + $1.columns } + 2 }

  var header: String {
    let names = shown.map { rightAligned($0.name, to: $0.columns) }.joined()
    let start = String(repeating: " ", count: 3) + "on  " + padded("  task", to: nameColumns + 2)
    return start + names + (historyColumns > 0 ? "  history" : "")
  }

  /// The cells of a line, each at the right of its column.
  func cells(_ texts: [String]) -> String {
    zip(texts, shown).map { rightAligned($0, to: $1.columns) }.joined()
  }
}
