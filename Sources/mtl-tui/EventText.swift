import Datasets
import Foundation
import Runs

// Events in words, for people.

extension RunDescription {
  var sentence: String {
    """
    \(modelTitle) on \(printable(data)): \(tasks.map { printable($0.name) }.joined(separator: ", ")) · \
    \(trainingRows) rows train, \(validationRows) validate, \(testRows) test · \
    \(parameterCount) parameters
    """
  }

  /// What the data are, which task plays which part, and what looks wrong, a line each.
  var said: [String] { facts.sentences.map { printable($0) } }
}

extension Acknowledgement {
  var sentence: String {
    switch outcome {
    case .applied: "step \(step): \(printable("\(effect)"))"
    case .refused(let reason):
      "step \(step): \(printable("\(command)")) refused: \(printable(reason))"
    }
  }
}

extension Evaluation {
  var table: String {
    let parts = tasks.map { task in
      let scores = task.scores.map { "\($0.name) \(String(format: "%.4f", $0.value))" }
      return "\(printable(task.task)) \(scores.joined(separator: " "))"
        + (task.isCalibrated ? "" : " (not calibrated)")
    }
    return "step \(step)  \(split.rawValue)  \(parts.joined(separator: "  |  "))"
      + (isBest ? "  *" : "")
  }
}

extension KnockOut {
  var sentence: String {
    let tasks = zip(with, without).map { full, part in
      String(
        format: "%@ %.4f (%+.4f)", printable(full.name), part.value, part.value - full.value)
    }
    return "step \(step)  without \(printable(expert))  \(tasks.joined(separator: "  |  "))"
  }
}

extension Divergence {
  var sentence: String {
    "the loss of task '\(printable(task))' is \(loss.isNaN ? "NaN" : "\(loss)") at step \(step); "
      + (parameter.map { "parameter \(printable($0)) is no longer a number" } ?? largestInWords)
  }

  private var largestInWords: String {
    guard let largest else { return "every parameter is still a number" }
    return "the largest parameter is \(largest.magnitude), in \(printable(largest.path))"
  }
}

extension RunSummary {
  var paragraph: String {
    """
    ended at step \(step) (\(reason.rawValue)); the parameters of step \(bestStep) were kept
    \(Int(examplesPerSecond)) examples/s, \(String(format: "%.1f", seconds)) s, \
    \(parameterCount) parameters, fingerprint \(fingerprint)
    """
  }
}
