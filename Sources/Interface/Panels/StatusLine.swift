import Runs
import Terminal

/// The last row: a word for the state, then figures that drop off from the right.
struct StatusLine {
  let run: RunState
  let frozen: RunState?
  let control: Control
  /// Why what was typed was not taken.
  let complaint: String?
  /// A number that is being typed before a key.
  let count: Int?
  /// The first key of a chord that is not complete.
  let chord: Key?
  /// What the list of the screen is filtered by; empty for nothing.
  let filter: String
  let charset: Charset

  func draw(row: Int, on canvas: inout Canvas) {
    let columns = canvas.size.columns
    let state = stateSpan
    var used = canvas.write(
      [Span(" "), state], row: row, column: 0, limit: columns)
    if let message = statusMessage {
      canvas.write(
        message.text, row: row, column: used + 2, style: Style(message.role, bold: true),
        limit: columns - used - 3)
      return
    }
    for field in statusFields(columns: columns) {
      let width = columnsTaken(by: field) + 2
      guard used + width < columns else { break }
      canvas.write(field, row: row, column: used + 2, style: Style(.status))
      used += width
    }
  }

  private var statusMessage: Control.Message? {
    complaint.map { Control.Message(text: $0, role: .error, until: nil) } ?? control.message
  }

  /// The state as a glyph, a word and a colour.
  private var stateSpan: Span {
    if run.divergence != nil { return Span("✖ NAN", style: Style(.error, bold: true)) }
    if run.isFinished { return Span("■ DONE", style: Style(.good, bold: true)) }
    switch run.snapshot.phase {
    case .loading: return Span("… LOAD", style: Style(.status, bold: true))
    case .running: return Span("● TRAIN", style: Style(.good, bold: true))
    case .paused: return Span("❚❚ PAUSE", style: Style(.warning, bold: true))
    case .evaluating: return Span("◆ EVAL", style: Style(.status, bold: true))
    case .finished: return Span("■ DONE", style: Style(.good, bold: true))
    }
  }

  /// In the order of weight: the last ones are dropped first.
  private func statusFields(columns: Int) -> [String] {
    let snapshot = run.snapshot
    if case .loading(let share, let what) = snapshot.phase { return [percent(share), what] }
    var fields: [String] = []
    if let count { fields.append("\(count)_") }
    if let chord { fields.append("\(chord.name)_") }
    if !filter.isEmpty { fields.append("with '\(fit(filter, into: 20))' (Esc: all)") }
    if let frozen {
      fields.append("FROZEN \(grouped(snapshot.step - frozen.snapshot.step)) steps ago")
    }
    if let question = snapshot.question {
      fields.append("\(question.title): \(percent(question.share))")
    }
    fields.append(stepField(snapshot))
    if let phase = snapshot.trainingPhase {
      fields.append(phaseField(phase, most: min(60, columns - 30)))
    }
    fields += progressFields(snapshot, barColumns: columns < 100 ? 8 : 20)
    if !control.pending.isEmpty { fields.append("\(control.pending.count) pending") }
    if case .paused(let reason) = snapshot.phase, !reason.isEmpty { fields.append(reason) }
    if snapshot.stepsPerSecond > 0, run.isMoving {
      fields.append("\(abbreviated(snapshot.stepsPerSecond)) st/s")
      if let left = secondsLeft(snapshot) { fields.append("ETA \(clock(left))") }
    }
    fields.append("\(snapshot.tasks.count(where: \.isOn))/\(snapshot.tasks.count) tasks")
    if snapshot.epoch > 0 { fields.append("epoch \(snapshot.epoch)") }
    if snapshot.learningRate > 0 { fields.append("lr \(abbreviated(snapshot.learningRate))") }
    return fields
  }

  private func stepField(_ snapshot: Snapshot) -> String {
    let total = snapshot.totalSteps > 0 ? "/\(grouped(snapshot.totalSteps))" : ""
    return "step \(grouped(snapshot.step))\(total)"
  }

  /// The part of the run, `2/5 pruning income · round 3 of 10`; its place may be unknown.
  private func phaseField(_ phase: TrainingPhase, most columns: Int) -> String {
    let place = phase.count > 1 ? "\(phase.place + 1)/\(phase.count) " : ""
    return fit(place + phase.line, into: columns)
  }

  private func progressFields(_ snapshot: Snapshot, barColumns: Int) -> [String] {
    guard snapshot.totalSteps > 0 else { return [] }
    let share = Double(snapshot.step) / Double(snapshot.totalSteps)
    let drawn = bar(share, columns: barColumns, charset: charset)
    return ["\(drawn) \(rightAligned(percent(min(1, share)), to: 4))"]
  }

  private func secondsLeft(_ snapshot: Snapshot) -> Double? {
    guard snapshot.totalSteps > snapshot.step else { return nil }
    return Double(snapshot.totalSteps - snapshot.step) / snapshot.stepsPerSecond
  }
}

extension RunState {
  /// Whether steps are being taken.
  var isMoving: Bool {
    !isFinished && (snapshot.phase == .running || snapshot.phase == .evaluating)
  }
}
