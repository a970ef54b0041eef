import Runs

extension ComparisonTable {
  /// The whole table as one document.
  func json(isInterrupted: Bool) -> String {
    object([
      ("data", quoted(data)), ("split", quoted("test")),
      ("seeds", "[" + seeds.map { "\($0)" }.joined(separator: ",") + "]"),
      ("reference", reference.map(quoted) ?? "null"),
      ("complete", "\(isComplete)"), ("interrupted", "\(isInterrupted)"),
      ("tasks", "[" + tasks.map(\.json).joined(separator: ",") + "]"),
      ("rows", "[" + rows.map { $0.json(tasks) }.joined(separator: ",") + "]"),
      ("notes", "[" + notes.map(quoted).joined(separator: ",") + "]"),
    ])
  }
}

extension ComparedTask {
  fileprivate var json: String {
    let pairs: [(String, String)] = [
      ("name", quoted(name)), ("score", quoted(score)),
      ("higher_is_better", "\(higherIsBetter)"), ("bound", bound.map(number) ?? "null"),
      ("best_baseline", bestBaseline.map(quoted) ?? "null"),
      ("positive_test_rows", positives.map { "\($0)" } ?? "null"),
      ("too_few_positives", "\(hasFewPositives)"),
    ]
    return object(pairs + (surroundings?.surroundingsJSON ?? []))
  }
}

extension ComparisonRow {
  fileprivate func json(_ tasks: [ComparedTask]) -> String {
    object([
      ("model", quoted(model)), ("title", quoted(title)),
      (
        "options",
        object(options.sorted { $0.key < $1.key }.map { ($0.key, quoted($0.value)) })
      ),
      ("status", quoted(statusName)), ("reason", reason.map(quoted) ?? "null"),
      ("parameters", parameterCount.map { "\($0)" } ?? "null"),
      ("seconds", seconds.map(number) ?? "null"), ("runs_planned", "\(runsPlanned)"),
      ("runs_finished", "\(runsFinished)"), ("runs_diverged", "\(runsDiverged)"),
      ("incomparable", "[" + incomparable.map(quoted).joined(separator: ",") + "]"),
      ("kept_steps", "[" + keptSteps.map { "\($0)" }.joined(separator: ",") + "]"),
      ("gate_overlaps", "[" + gateOverlaps.map(number).joined(separator: ",") + "]"),
      ("tasks", object(zip(tasks, cells).map { ($0.name, $1.json($0)) })),
    ])
  }

  private var statusName: String {
    switch status {
    case .waiting: "waiting"
    case .running: "running"
    case .done: "done"
    case .unfit: "unfit"
    case .failed: "failed"
    }
  }
}

extension ComparisonCell {
  fileprivate func json(_ task: ComparedTask) -> String {
    object([
      ("mean", number(mean)), ("deviation", deviation.map(number) ?? "null"),
      ("gain", gain.map(number) ?? "null"), ("test", test?.json ?? "null"),
      ("share_of_bound", task.shareOfBound(mean).map(number) ?? "null"),
      ("test_rows_error", rowError.map(number) ?? "null"),
      ("test_rows_95", rowInterval?.json ?? "null"),
      ("scores", object(summaries.map { ($0.name, $0.json) })),
      ("values", "[" + values.map(number).joined(separator: ",") + "]"),
    ])
  }
}

extension ClosedRange<Double> {
  fileprivate var json: String { "[\(number(lowerBound)),\(number(upperBound))]" }
}

extension ComparisonCell.Summary {
  fileprivate var json: String {
    object([("mean", number(mean)), ("deviation", deviation.map(number) ?? "null")])
  }
}

extension ComparisonCell.Test {
  fileprivate var json: String {
    object([
      ("mean_difference", number(meanDifference)), ("t", number(t)), ("p", number(p)),
      ("p_holm", number(corrected)), ("pairs", "\(pairs)"),
    ])
  }
}
