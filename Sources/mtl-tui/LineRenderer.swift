import Datasets
import Foundation
import Runs
import Training

/// Follows a run line by line: results on stdout, progress on stderr where that is a terminal.
struct LineRenderer {
  private let isJSON: Bool
  private var progress = ProgressLine()
  private var description: RunDescription?
  private var isStopping = false

  /// What is done before an end that a signal asks for before the first step.
  private let endEarly: () -> Void

  init(json: Bool, endingEarly endEarly: @escaping () -> Void = {}) {
    isJSON = json
    self.endEarly = endEarly
  }

  /// Follows a run to its end and returns the program's exit code.
  ///
  /// - Throws: ``Failure`` if results cannot be written.
  mutating func follow(_ session: some TrainingLink) throws(Failure) -> Int32 {
    while true {
      if let code = try turn(session) { return code }
      if let snapshot = session.takeSnapshot() { progress.show(snapshot.progressLine) }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  /// Shows what has happened since the last turn, and stops the run if somebody asked for it; an exit
  /// code if the run has ended.
  mutating func turn(_ session: any TrainingLink) throws(Failure) -> Int32? {
    for event in session.drainEvents() {
      if let code = try show(event, session) { return code }
    }
    if !isStopping, TerminationRequest.received != nil {
      progress.clear()
      if description == nil { TerminationRequest.endIfAsked(behind: endEarly) }
      session.send(.stop)
      isStopping = true
    }
    _ = session.drainLosses()
    return nil
  }

  /// Shows an event; an exit code if it ends the run.
  private mutating func show(
    _ event: Event, _ session: any TrainingLink
  ) throws(Failure) -> Int32? {
    progress.clear()
    if isJSON { try StandardOutput.writeLine(event.json) } else { try showText(event) }
    switch event {
    case .prepared(let found): description = found
    case .failed(let message):
      StandardError.writeLine("mtl-tui: \(printableLines(message))")
      return 2
    case .diverged(let found):
      StandardError.writeLine(
        "mtl-tui: \(found.sentence)\n  fix:   lower --lr, or clip the gradient with --clip 1")
      return 1
    // Ctrl-C is a wish to end a run; other signals are somebody else's, and say so.
    case .finished: return TerminationRequest.received.map { $0 == SIGINT ? 0 : 128 + $0 } ?? 0
    default: break
    }
    return nil
  }

  private func showText(_ event: Event) throws(Failure) {
    switch event {
    case .prepared(let run): try print(([run.sentence] + run.said).joined(separator: "\n"))
    case .acknowledged(let answer): try print(answer.sentence)
    case .evaluated(let evaluation): try print(evaluation.table)
    case .finished(let summary): try print(summary.paragraph)
    case .phaseBegan(let phase, let step): try print("step \(step)  \(printable(phase.line))")
    case .knockedOut(let found): try print(found.sentence)
    case .knockedOutAll(let found): try print(found.paragraph)
    case .thinned(let found): try print(found.sentence)
    case .noticed(let text, let step): try print("step \(step)  \(printable(text))")
    case .dropped(let count): try print("\(count) events were not shown")
    case .epochEnded(let epoch, let step, let speed):
      try print("step \(step)  epoch \(epoch)" + (speed.map { "  \(Int($0)) examples/s" } ?? ""))
    case .diverged, .failed: break
    }
  }

  private func print(_ line: String) throws(Failure) { try StandardOutput.writeLine(line) }
}

extension Snapshot {
  /// The line that moves on stderr.
  var progressLine: String {
    if case .loading(let share, let what) = phase {
      return "\(bar(share)) \(what)"
    }
    let losses = tasks.map { task in
      "\(printable(task.name)) "
        + (task.isOn ? String(format: "%.4f", task.smoothedLoss) : "off")
    }
    return "\(bar(totalSteps == 0 ? 0 : Double(step) / Double(totalSteps))) "
      + "step \(step)/\(totalSteps)\(timeLeft)  \(Int(examplesPerSecond)) ex/s  "
      + losses.joined(separator: "  ")
  }

  /// The time until the last step at the speed of now; early stopping may make it less.
  private var timeLeft: String {
    guard stepsPerSecond > 0, totalSteps > step else { return "" }
    return "  ETA \(clock(Double(totalSteps - step) / stepsPerSecond))"
  }

  private func bar(_ share: Double) -> String {
    let full = Int(min(1, max(0, share)) * 20)
    return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: 20 - full)
      + "]"
  }
}
