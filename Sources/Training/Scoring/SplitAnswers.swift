import Datasets

/// What a model puts out for the rows of a split: all of it, or the scores of rows that are too many.
enum SplitAnswers {
  case kept([[Float]])
  case streamed(StreamedScores)

  /// Puts rows through a model, as a scorer wants to have them.
  init(of trainer: Trainer, for examples: Examples, by scorer: Scorer) {
    guard scorer.streams(examples) else {
      self = .kept(trainer.outputs(for: examples))
      return
    }
    let scores = StreamedScores(scorer, isGrouped: examples.groups != nil)
    trainer.visitOutputs(for: examples) { first, rows, logits in
      let all = logits.compactMap { $0 }
      precondition(all.count == logits.count, "a task without an output cannot be scored")
      scores.add(all, rows: rows, of: examples, from: first)
    }
    self = .streamed(scores)
  }

  /// By task what the model puts out; nil where that was not kept.
  var columns: [[Float]]? {
    guard case .kept(let columns) = self else { return nil }
    return columns
  }

  /// What is new about answers that are the same for all rows.
  func notices(
    _ constant: inout ConstantAnswers, of tasks: [TaskDefinition], isOn: [Bool]
  ) -> [String] {
    switch self {
    case .kept(let columns): constant.notices(columns, of: tasks, isOn: isOn)
    case .streamed(let scores):
      constant.notices(
        deviations: scores.deviations, rows: scores.count, of: tasks, isOn: isOn)
    }
  }
}
