import Foundation
import Runs

// Events as JSON, for programs: one object, keys in a fixed order, undefined numbers as null.

extension Event {
  var json: String {
    switch self {
    case .prepared(let run): run.json
    case .acknowledged(let answer): answer.json
    case .evaluated(let evaluation): evaluation.json
    case .epochEnded(let epoch, let step, let speed):
      object([
        ("event", quoted("epoch")), ("epoch", "\(epoch)"), ("step", "\(step)"),
        ("examples_per_second", number(speed ?? .nan)),
      ])
    case .phaseBegan(let phase, let step):
      object([
        ("event", quoted("phase")), ("title", quoted(phase.title)),
        ("detail", quoted(phase.detail)), ("place", "\(phase.place)"),
        ("count", "\(phase.count)"), ("step", "\(step)"),
      ])
    case .knockedOut(let found): found.json
    case .knockedOutAll(let found): found.json
    case .thinned(let found): found.json
    case .noticed(let text, let step):
      object([("event", quoted("note")), ("message", quoted(text)), ("step", "\(step)")])
    case .diverged(let found): found.json
    case .finished(let summary): summary.json
    case .failed(let message):
      object([("event", quoted("failed")), ("message", quoted(message))])
    case .dropped(let count): object([("event", quoted("dropped")), ("count", "\(count)")])
    }
  }
}

extension KnockOut {
  fileprivate var json: String {
    func scores(_ all: [Score]) -> String {
      object(all.map { ($0.name, number($0.value)) })
    }
    return object([
      ("event", quoted("knock_out")), ("expert", quoted(expert)), ("step", "\(step)"),
      ("with", scores(with)), ("without", scores(without)),
    ])
  }
}

extension KnockOutMatrix {
  fileprivate var json: String {
    let tasks = lines.map { line in
      (
        line.task,
        object([
          ("score", quoted(line.score)), ("full", number(line.full)),
          ("without", array(line.without.map(number))),
          ("first_choices", array(line.firstChoices.map { number(Double($0)) })),
        ])
      )
    }
    return object([
      ("event", quoted("knock_out_matrix")), ("step", "\(step)"), ("rows", "\(rows)"),
      ("experts", array(experts.map(quoted))), ("tasks", object(tasks)),
    ])
  }
}

extension PruningCost {
  fileprivate var json: String {
    func scores(_ all: [Score]) -> String { object(all.map { ($0.name, number($0.value)) }) }
    return object([
      ("event", quoted("thinned")), ("task", quoted(task)), ("step", "\(step)"),
      ("share", number(share)), ("kept_before", number(keptBefore)),
      ("kept_after", number(keptAfter)), ("rows", "\(rows)"), ("with", scores(with)),
      ("without", scores(without)),
    ])
  }
}

extension RunDescription {
  fileprivate var json: String {
    object([
      ("event", quoted("prepared")), ("model", quoted(model)), ("data", quoted(data)),
      ("tasks", "[" + tasks.map { quoted($0.name) }.joined(separator: ",") + "]"),
      ("losses", "[" + tasks.map { quoted($0.lossName) }.joined(separator: ",") + "]"),
      ("training_rows", "\(trainingRows)"), ("validation_rows", "\(validationRows)"),
      ("test_rows", "\(testRows)"), ("parameters", "\(parameterCount)"),
      ("batch", "\(batchSize)"), ("accumulate", "\(accumulate ?? 1)"),
      ("step_rows", "\(stepRows)"), ("steps_per_epoch", "\(stepsPerEpoch)"), ("seed", "\(seed)"),
      ("keep", quoted("\(keep)")),
      ("group", group.map(quoted) ?? "null"), ("facts", facts.json),
    ])
  }
}

extension Acknowledgement {
  fileprivate var json: String {
    var pairs = [
      ("event", quoted("command")), ("step", "\(step)"), ("command", quoted("\(command)")),
      ("effect", quoted("\(effect)")),
    ]
    if case .refused(let reason) = outcome { pairs.append(("refused", quoted(reason))) }
    return object(pairs)
  }
}

extension Evaluation {
  fileprivate var json: String {
    object([
      ("event", quoted("evaluation")), ("step", "\(step)"), ("split", quoted(split.rawValue)),
      ("tasks", scores), ("score", number(score)), ("best", "\(isBest)"),
      ("best_of_tasks", "[" + ownBests.map(quoted).joined(separator: ",") + "]"),
      ("broken_rows", object(tasks.map { ($0.task, "\($0.brokenRows)") })),
    ])
  }

  /// The tasks whose own best it is.
  private var ownBests: [String] { tasks.filter(\.isBest).map(\.task) }

  /// `{"income":{"auc":…}}`.
  fileprivate var scores: String { object(tasks.map { ($0.task, $0.json) }) }
}

extension TaskScores {
  /// `{"auc":…,"calibrated":false}`, with what the scores are of where that is not every row.
  var json: String {
    let scores = scores.map { ($0.name, number($0.value)) }
    let calibration = isCalibrated ? [] : [("calibrated", "false")]
    return object(scores + calibration + surroundingsJSON)
  }

  /// `"basis":{"candidates":"all 900"},"baseline":{"popularity":{"ndcg@10":…}}`; nothing for most.
  var surroundingsJSON: [(String, String)] {
    var pairs: [(String, String)] = []
    if let basis { pairs.append(("basis", object(basis.map { ($0.name, quoted($0.text)) }))) }
    if let baseline { pairs.append(("baseline", baseline.json)) }
    return pairs
  }
}

extension TaskScores.Baseline {
  /// `{"popularity":{"ndcg@10":…}}`.
  var json: String {
    object([(name, object(scores.map { ($0.name, number($0.value)) }))])
  }
}

extension Divergence {
  fileprivate var json: String {
    object([
      ("event", quoted("diverged")), ("step", "\(step)"), ("task", quoted(task)),
      ("parameter", parameter.map(quoted) ?? "null"), ("loss", number(loss)),
      ("largest_parameter", largest.map { quoted($0.path) } ?? "null"),
    ])
  }
}

extension RunSummary {
  fileprivate var json: String {
    object([
      ("event", quoted("finished")), ("reason", quoted(reason.rawValue)), ("step", "\(step)"),
      ("best_step", "\(bestStep)"), ("test", test?.scores ?? "null"),
      ("validation", validation?.scores ?? "null"),
      ("task_bests", object(taskBests.map { ($0.task, $0.json) })),
      ("examples_per_second", number(examplesPerSecond)), ("seconds", number(seconds)),
      ("parameters", "\(parameterCount)"), ("fingerprint", quoted(fingerprint)),
      ("gate_overlap", gateOverlap.map(number) ?? "null"),
      ("waiting_share", waitingShare.map(number) ?? "null"),
    ])
  }
}

extension TaskBest {
  fileprivate var json: String {
    object([
      ("score", quoted(score.name)), ("value", number(score.value)), ("step", "\(step)"),
    ])
  }
}

/// An object with its keys in this order.
func object(_ pairs: [(String, String)]) -> String {
  "{" + pairs.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
}

/// A number; null where it is undefined.
func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

/// A text with everything escaped that JSON or a terminal might misread.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case _ where scalar.isObeyed: result += scalar.jsonEscape
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
