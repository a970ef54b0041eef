import Runs
import Terminal

/// What each task gains or loses by what is different in the shadow: losses on the same rows, with their
/// noise, then validation scores; while the two are in different phases, in which.
///
///     F shadow without like since 1,200: ● click loss -0.0012±.0004 gains · ■ follow +0.0003±.0005
struct ShadowLine {
  let shadow: ShadowSnapshot
  /// The tasks of the run, for glyphs and colours.
  let tasks: [String]

  /// The line, or as many as are needed up to some; where they are too few, without cost and scores.
  func lines(columns: Int, most: Int) -> [[Span]] {
    let (full, isWhole) = wrappedPieces(pieces(isShort: false), columns: columns, most: most)
    return isWhole ? full : wrappedPieces(pieces(isShort: true), columns: columns, most: most).lines
  }

  func draw(in area: Rect, on canvas: inout Canvas) {
    for (line, spans) in lines(columns: area.size.columns - 2, most: area.size.rows).enumerated() {
      canvas.write(
        spans, row: area.row + line, column: area.column + 1, limit: area.size.columns - 2)
    }
  }

  private func pieces(isShort: Bool) -> [[Span]] {
    let cost =
      isShort ? ", loss" : shadow.share.isFinite ? ", \(percent(shadow.share)) of the time" : ""
    let head = [
      Span("╌ shadow \(shadow.change)", style: Style(.title, bold: true)),
      Span(" since \(grouped(shadow.fork))\(cost)", .dim),
    ]
    if let phases = shadow.phases {
      let words = "in \(phases.shadow), the run in \(phases.main): not compared"
      return [head, [Span(words, .warning)]]
    }
    return [head] + shadow.tasks.filter(\.isOn).map { piece($0, isShort: isShort) }
  }

  /// One task: a loss that is clearly lower in the shadow is a gain.
  private func piece(_ task: ShadowSnapshot.Task, isShort: Bool) -> [Span] {
    let series = tasks.firstIndex(of: task.name) ?? 0
    var spans = [
      Span("\(seriesGlyph(series)) ", .series(series)), Span(fit(task.name, into: 16) + " "),
    ]
    guard let found = task.difference else {
      return spans + [Span("too few steps yet", .dim)]
    }
    let role: Role = !found.isClear ? .plain : found.mean < 0 ? .good : .warning
    spans += [
      Span((isShort ? "" : "loss ") + signedFixed(found.mean, 4), role),
      Span("±\(fixed(found.error, 4))", .dim),
      Span(found.isClear ? found.mean < 0 ? " gains" : " loses" : " within noise", role),
    ]
    if !isShort, let score = task.score, (score.shadow - score.main).isFinite {
      let error = score.error.map { "±\(fixed($0, 4))" } ?? ""
      spans.append(
        Span(" (\(score.name) \(signedFixed(score.shadow - score.main, 4))\(error))", .dim))
    }
    return spans
  }
}

extension ShadowSnapshot {
  /// A task's losses in the shadow, as a curve.
  func series(of task: Int) -> LossSeries? {
    guard tasks.indices.contains(task), tasks[task].losses.contains(where: \.isFinite) else {
      return nil
    }
    var series = LossSeries()
    for (step, loss) in zip(steps, tasks[task].losses) where loss.isFinite {
      var bin = LossBin(task: task, step: step - 1)
      bin.add(loss, step: step - 1)
      series.push(bin)
    }
    return series
  }

  /// What each task gains or loses, as a table.
  var file: ExportedFile {
    var table = CSVTable(head: [
      "shadow", "fork", "step", "task", "loss_difference", "standard_error", "steps", "score",
      "score_step", "main", "shadow_score",
    ])
    for task in tasks {
      let (found, score) = (task.difference, task.score)
      table.rows.append([
        .text(change), .number(Double(fork)), .number(Double(step)), .text(task.name),
        .number(found?.mean ?? .nan), .number(found?.error ?? .nan),
        .number(found.map { Double($0.steps) } ?? .nan), .text(score?.name ?? ""),
        .number(score.map { Double($0.step) } ?? .nan), .number(score?.main ?? .nan),
        .number(score?.shadow ?? .nan),
      ])
    }
    return ExportedFile("shadow", ending: "csv", text: table.text)
  }
}
