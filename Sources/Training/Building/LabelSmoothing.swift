import Datasets
import Objectives
import Runs

extension [TaskDefinition] {
  /// The tasks with the labels smoothed of those whose chance is answered, as the model declares.
  func smoothed(by share: Double) -> [TaskDefinition] {
    map { task in
      var task = task
      if task.answer.rowLoss == .crossEntropy { task.labelSmoothing = share }
      return task
    }
  }
}

extension [TaskDefinition] {
  /// Checks that the loss of every binary task is the cross-entropy that is smoothed, and that there
  /// is one; `losses` are those of the tasks with the labels smoothed.
  func checkSmoothing(
    _ share: Double, losses: [any Loss], model: String
  ) throws(LabelSmoothingError) {
    guard share > 0 else { return }
    let binary = zip(self, losses).filter { task, _ in task.answer.rowLoss == .crossEntropy }
    guard !binary.isEmpty else {
      throw LabelSmoothingError(share: share, model: model, problem: .noBinaryTask)
    }
    for (task, loss) in binary {
      guard let plain = loss as? TaskLoss, plain.smoothing == Float(share) else {
        throw LabelSmoothingError(
          share: share, model: model, problem: .otherLoss(task: task.name, loss.title))
      }
    }
  }
}

/// Why labels cannot be smoothed.
struct LabelSmoothingError: Error, Equatable {
  /// What is wrong.
  enum Problem: Equatable {
    /// A binary task has another loss than the plain cross-entropy.
    case otherLoss(task: String, String)
    /// Every task is a regression.
    case noBinaryTask
    /// The model is fitted, by a loss of its own.
    case fitted
  }

  /// ε.
  let share: Double
  /// The model's name.
  let model: String
  /// What is wrong.
  let problem: Problem
}

extension LabelSmoothingError: CustomStringConvertible {
  /// What is wrong, what was found, how to mend it.
  var description: String {
    "label-smoothing: \(what)\n  found: \(found)\n  fix:   \(fix)"
  }

  private var what: String {
    switch problem {
    case .otherLoss(let task, _):
      "the loss of task '\(printable(task))' is not the plain cross-entropy, which alone is smoothed."
    case .noBinaryTask: "only binary tasks have labels to smooth, and these data have none."
    case .fitted: "the model '\(model)' is fitted to the labels as they are."
    }
  }

  private var found: String {
    switch problem {
    case .otherLoss(_, let loss): "label-smoothing=\(share) with \(loss) of model \(model)"
    case .noBinaryTask, .fitted: "label-smoothing=\(share)"
    }
  }

  private var fix: String {
    switch problem {
    case .otherLoss:
      "leave label-smoothing out, or take a model or model options that train this task by plain "
        + "cross-entropy, such as --model mmoe"
    case .noBinaryTask: "leave label-smoothing out"
    case .fitted: "leave label-smoothing out, or take a model that is trained, such as --model mmoe"
    }
  }
}
