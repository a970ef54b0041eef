import Runs

// Scores, losses and changes of them in words; at most six digits that count.

/// A score with four decimals: `0.9481`.
func scoreText(_ value: Double) -> String { abs(value) < 100 ? fixed(value, 4) : lossText(value) }

/// A difference with its sign: `+0.0009`.
func signed(_ difference: Double) -> String {
  guard difference.isFinite else { return "-" }
  return (difference < 0 ? "" : "+") + scoreText(difference)
}

/// A difference with its sign and without a 0 that says nothing: `+.0009`.
func shortSigned(_ difference: Double) -> String {
  let text = signed(difference)
  guard text.dropFirst().hasPrefix("0.") else { return text }
  return String(text.prefix(1) + text.dropFirst(2))
}

/// A number with its first six digits, without zeros that say nothing: `0.25`, `2000`, `1.23457e6`.
func sixDigits(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
  var exponent = Int(logarithm10(abs(value)).rounded(.down))
  if exponent >= -4, abs(value) < 999_999.5 { return trimmed(fixed(value, max(0, 5 - exponent))) }
  var mantissa = (value * power10(-exponent) * 1e5).rounded() / 1e5
  if abs(mantissa) >= 10 {
    mantissa /= 10
    exponent += 1
  }
  return trimmed(fixed(mantissa, 5)) + "e\(exponent)"
}

extension Score {
  /// The name as it stands beside its number: `auc`, `pred÷obs`.
  var shortTitle: String {
    name == "calibration" || name == "predicted_over_observed" ? "pred÷obs" : name
  }

  /// Name and number: `auc 0.8121`.
  var text: String { "\(shortTitle) \(scoreText(value))" }
}

extension Evaluation {
  /// The main score of every task: `click auc 0.8121  like auc 0.7921`.
  var mainScores: String { mainScoreOfTasks.joined(separator: "  ") }

  /// The main score of every task: `click auc 0.8121`.
  var mainScoreOfTasks: [String] {
    tasks.compactMap { result in result.scores.first.map { "\(result.task) \($0.text)" } }
  }
}
