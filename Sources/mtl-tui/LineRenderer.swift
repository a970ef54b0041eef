import Datasets
import Foundation
import Runs
import Training

/// Follows a run line by line: results on stdout, progress on stderr where that is a terminal.
struct LineRenderer {
  private let isJSON: Bool
  private let showsProgress = isatty(STDERR_FILENO) == 1
  private var hasProgressLine = false
  private var description: RunDescription?

  init(json: Bool) { isJSON = json }

  /// Follows a run to its end and returns the program's exit code.
  mutating func follow(_ session: some TrainingLink) -> Int32 {
    while true {
      for event in session.drainEvents() {
        if let code = show(event, session) { return code }
      }
      if let snapshot = session.takeSnapshot() { showProgress(snapshot) }
      _ = session.drainLosses()
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  /// Shows an event; an exit code if it ends the run.
  private mutating func show(_ event: Event, _ session: some TrainingLink) -> Int32? {
    clearProgress()
    if isJSON { print(event.json) } else { showText(event) }
    fflush(nil)
    switch event {
    case .prepared(let found): description = found
    case .failed(let message):
      FileHandle.standardError.writeLine("mtl-tui: \(message)")
      return 2
    case .diverged(let found):
      FileHandle.standardError.writeLine(
        "mtl-tui: \(found.sentence)\n  fix:   lower --lr, or clip the gradient with --clip 1")
      return 1
    case .finished: return 0
    default: break
    }
    return nil
  }

  private func showText(_ event: Event) {
    switch event {
    case .prepared(let run): print(([run.sentence] + run.said).joined(separator: "\n"))
    case .acknowledged(let answer): print(answer.sentence)
    case .evaluated(let evaluation): print(evaluation.table)
    case .finished(let summary): print(summary.paragraph)
    case .phaseBegan(let phase, let step): print("step \(step)  \(printable(phase.line))")
    case .knockedOut(let found): print(found.sentence)
    case .noticed(let text, let step): print("step \(step)  \(printable(text))")
    case .dropped(let count): print("\(count) events were not shown")
    case .epochEnded(let epoch, let step, let speed):
      print("step \(step)  epoch \(epoch)" + (speed.map { "  \(Int($0)) examples/s" } ?? ""))
    case .diverged, .failed: break
    }
  }

  private mutating func showProgress(_ snapshot: Snapshot) {
    guard showsProgress else { return }
    let line = snapshot.progressLine
    FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
    hasProgressLine = true
  }

  private mutating func clearProgress() {
    guard hasProgressLine else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    hasProgressLine = false
  }
}

extension Snapshot {
  /// The line that moves on stderr.
  fileprivate var progressLine: String {
    if case .loading(let share, let what) = phase {
      return "\(bar(share)) \(what)"
    }
    let losses = tasks.map { task in
      "\(printable(task.name)) "
        + (task.isOn ? String(format: "%.4f", task.smoothedLoss) : "off")
    }
    return "\(bar(totalSteps == 0 ? 0 : Double(step) / Double(totalSteps))) "
      + "step \(step)/\(totalSteps)  \(Int(examplesPerSecond)) ex/s  "
      + losses.joined(separator: "  ")
  }

  private func bar(_ share: Double) -> String {
    let full = Int(min(1, max(0, share)) * 20)
    return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: 20 - full)
      + "]"
  }
}
