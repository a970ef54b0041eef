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
      let scores = task.scores.map { "\($0.title) \(numberText($0.value))" }
      let calibration = task.isCalibrated ? "" : " (not calibrated)"
      let around = task.surroundings(numberText).map { " (\(printable($0)))" } ?? ""
      return "\(printable(task.task)) \(scores.joined(separator: " "))" + calibration + around
    }
    return "step \(step)  \(split.rawValue)  \(parts.joined(separator: "  |  "))"
      + (isBest ? "  ★" : "")
  }
}

extension KnockOut {
  var sentence: String {
    let tasks = zip(with, without).map { full, part in
      let change = part.value - full.value
      return "\(printable(full.name)) \(numberText(part.value)) "
        + "(\(change > 0 ? "+" : "")\(numberText(change)))"
    }
    return "step \(step)  without \(printable(expert))  \(tasks.joined(separator: "  |  "))"
  }
}

extension KnockOutMatrix {
  /// What every task loses without each expert, a line a task.
  var paragraph: String {
    let lines = lines.map { line in
      let changes = experts.indices.map { expert in
        let change = line.change(without: expert)
        let first = line.firstChoices[expert]
        return "\(printable(experts[expert])) \(change > 0 ? "+" : "")\(numberText(change))"
          + (first.isNaN ? "" : " (first choice of \(Int((100 * first).rounded())) %)")
      }
      return "  \(printable(line.task)) \(line.score) \(numberText(line.full)): "
        + changes.joined(separator: "  ")
    }
    return (["step \(step)  change without each expert, \(rows) validation rows"] + lines)
      .joined(separator: "\n")
  }
}

extension PruningCost {
  /// What the task would score with a thinner mask.
  var sentence: String {
    let scores = zip(with, without).prefix(3).map { full, thin in
      let change = thin.value - full.value
      return "\(full.title) \(numberText(thin.value)) "
        + "(\(change > 0 ? "+" : "")\(numberText(change)))"
    }
    func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
    return "step \(step)  \(printable(task)) with \(percent(share)) of its mask pruned "
      + "(\(percent(keptBefore)) → \(percent(keptAfter)) of the weights kept): "
      + scores.joined(separator: "  ")
  }
}

extension Divergence {
  var sentence: String {
    guard loss.isFinite else {
      return "the loss of task '\(printable(task))' is \(loss.isNaN ? "NaN" : "\(loss)") "
        + "at step \(step); "
        + (parameter.map { "parameter \(printable($0)) is no longer a number" } ?? largestInWords)
    }
    // The loss was still a number, and the update that followed it broke the model.
    return "parameter \(parameter.map(printable) ?? "(unknown)") is no longer a number after step "
      + "\(step); the loss of task '\(printable(task))' was \(numberText(loss)) there"
  }

  private var largestInWords: String {
    guard let largest else { return "every parameter is still a number" }
    return
      "the largest parameter is \(numberText(largest.magnitude)), in \(printable(largest.path))"
  }
}

extension RunSummary {
  var paragraph: String {
    """
    ended at step \(step) (\(reason.rawValue)); the parameters of step \(bestStep) were kept
    \(bestsInWords)\(Int(examplesPerSecond)) examples/s, \(String(format: "%.1f", seconds)) s, \
    \(parameterCount) parameters, fingerprint \(fingerprint)
    """
  }

  /// `validation at step 750 ★, and each task's own best: click auc 0.7999, best 0.8012 at step 1000; …`.
  private var bestsInWords: String {
    guard let validation, !taskBests.isEmpty else { return "" }
    let tasks = taskBests.map { best in
      let kept = validation.tasks.first { $0.task == best.task }?[best.score.name] ?? .nan
      let start = "\(printable(best.task)) \(best.score.title) \(numberText(kept))"
      return best.step == bestStep
        ? start + ", its best"
        : start + ", best \(numberText(best.score.value)) at step \(best.step)"
    }
    return "validation at step \(bestStep) ★, and each task's own best: "
      + tasks.joined(separator: "; ") + "\n"
  }
}
