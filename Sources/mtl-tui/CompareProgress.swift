import Datasets
import Foundation
import Runs

/// Tells on stderr how a comparison goes: a line for every run, and where that is a terminal a line
/// that moves.
struct CompareProgress {
  private var line = ProgressLine()

  /// Shows what has happened.
  mutating func show(_ event: CompareEvent) {
    switch event {
    case .loading(let share, let what):
      TerminationRequest.endIfAsked()
      move("[\(Int(100 * share)) %] \(what)")
    case .planned(let runs, let found):
      let earlier = found == 0 ? "" : ", \(found) of them done earlier and not run again"
      say("\(runs) run\(runs == 1 ? "" : "s")\(earlier)")
    case .notice(let text): say("note: \(text)")
    case .began(let place): move("\(place.words)  preparing")
    case .progress(let place, let snapshot, let secondsLeft):
      move("\(place.words)  \(snapshot.words)" + (secondsLeft.map { "  ETA \(clock($0))" } ?? ""))
    case .ended(let place, let run): say("\(place.words)  \(run.words)")
    case .run, .table: break
    }
  }

  /// Takes the moving line away.
  mutating func clear() { line.clear() }

  private mutating func say(_ text: String) {
    clear()
    StandardError.writeLine(text)
  }

  private mutating func move(_ text: String) { line.show(text) }
}

extension ComparedPlace {
  /// `3/11  MMoE seed 2`.
  var words: String { "\(number)/\(count)  \(title)" + (seed.map { " seed \($0)" } ?? "") }
}

extension Snapshot {
  fileprivate var words: String {
    guard totalSteps > 0 else { return "step \(step)" }
    return "epoch \(epoch)  step \(step)/\(totalSteps)"
  }
}

extension ComparedRun {
  /// What it came to, on one line.
  var words: String {
    switch outcome {
    case .diverged(let task, let step):
      return "diverged: the loss of '\(printable(task))' is no number at step \(step)"
    case .failed(let message):
      return "failed: " + printable(String(message.prefix { !$0.isNewline }))
    case .finished:
      let scores = zip(tasks, mainScores).map { "\(printable($0.task)) \(fixed($1))" }
      return scores.joined(separator: "  ") + "  at step \(bestStep)"
        + String(format: "  %.1f s", seconds)
    }
  }
}

/// Minutes and seconds, or hours, minutes and seconds.
func clock(_ seconds: Double) -> String {
  let whole = Int(max(0, min(seconds, 1e8)).rounded())
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  return hours > 0
    ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
    : String(format: "%d:%02d", minutes, whole % 60)
}

/// A score with four decimals, fewer where that would be more than six digits; a dash where it is
/// undefined.
func fixed(_ value: Double) -> String { fixed(value, beside: value) }

/// A number with as many decimals as ``fixed(_:)`` gives to another.
func fixed(_ value: Double, beside other: Double) -> String {
  guard value.isFinite, other.isFinite else { return "–" }
  if other != 0, abs(other) < 0.001 { return numberText(value) }
  let digits = abs(other) < 1 ? 1 : Int(log10(abs(other))) + 1
  return String(format: "%.\(max(0, min(4, 6 - digits)))f", value)
}
