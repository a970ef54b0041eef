import Runs
import Terminal

/// What became of the scores since something was changed.
struct ChangeEffect: Sendable, Equatable {
  /// What was changed: `purchase OFF`.
  var words: String
  /// The step at which it took effect.
  var step: Int
  /// The newest scores on the validation rows before it; nil if there were none.
  var before: Evaluation?
  /// The newest ones since; nil before they are scored.
  var after: Evaluation?

  /// The main score of a task before and after.
  struct Difference: Equatable {
    var task: Int
    var name: String
    var change: Double
    var isBetter: Bool
  }

  /// By task, for those that were scored both times.
  var differences: [Difference] {
    guard let before, let after else { return [] }
    return after.tasks.enumerated().compactMap { index, result in
      let earlier = before.tasks.first { $0.task == result.task }?.scores.first
      guard let score = result.scores.first, let earlier, earlier.name == score.name else {
        return nil
      }
      let change = score.value - earlier.value
      return Difference(
        task: index, name: result.task, change: change,
        isBetter: (change > 0) == score.higherIsBetter)
    }
  }

  /// In lines of so many columns: `purchase OFF at 757: click +.0021, cart -.0004 after 300 steps`.
  func lines(columns: Int) -> [[Span]] {
    var pieces: [[Span]] = [[Span("\(words) at \(grouped(step)):", style: .bold)]]
    guard let after else {
      let text = before == nil ? "not scored yet" : "not scored since; E scores now"
      return flow(pieces + [[Span(text, .dim)]], columns: columns)
    }
    guard let before else {
      let text = "nothing was scored before it"
      return flow(pieces + [[Span(text, .dim)]], columns: columns)
    }
    let differences = differences
    for (place, difference) in differences.enumerated() {
      let comma = place + 1 < differences.count ? "," : ""
      let role: Role =
        abs(difference.change) < 0.0005 ? .dim : difference.isBetter ? .good : .warning
      pieces.append([
        Span(fit(difference.name, into: 16) + " "), Span(shortSigned(difference.change), role),
        Span(comma),
      ])
    }
    // The scores before it may be much older than the change: whoever reads must know.
    pieces.append([Span("after \(counted(after.step - step, "step"))", .dim)])
    pieces.append([Span("(steps \(grouped(before.step)) → \(grouped(after.step)))", .dim)])
    return flow(pieces, columns: columns)
  }

  /// Pieces in lines, broken between them.
  private func flow(_ pieces: [[Span]], columns: Int) -> [[Span]] {
    var lines: [[Span]] = []
    var used = 0
    for piece in pieces {
      let width = piece.reduce(0) { $0 + columnsTaken(by: $1.text) }
      if used > 0, used + 1 + width <= columns {
        lines[lines.count - 1] += [Span(" ")] + piece
        used += 1 + width
      } else {
        lines.append(piece)
        used = width
      }
    }
    return lines
  }
}
