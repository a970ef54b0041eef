import Runs
import Terminal

/// What happened in a run, in words, and the steps at which something was changed.
struct EventLog: Sendable {
  /// One line.
  struct Line: Sendable, Equatable {
    var step: Int
    /// One word for the kind: `eval`, `change`, `epoch`.
    var kind: String
    var text: String
    var role: Role
    /// The main scores of an evaluation, by task; empty for another event.
    var cells: [Cell] = []
    /// Whether the parameters of this step are the best so far.
    var isBest = false
  }

  /// A task's main score, as a cell of a table.
  struct Cell: Sendable, Equatable {
    var task: String
    /// Its short name: `auc`.
    var score: String
    var value: Double
    /// The difference to the evaluation before; nil if there is none to compare with.
    var change: Double?
    var higherIsBetter: Bool
  }

  /// Lines and marks at most; the oldest are dropped.
  static let capacity = 500

  /// Oldest first.
  private(set) var lines: [Line] = []
  /// What a person changed, in order, and at which step.
  private(set) var marks: [CurveChart.Mark] = []
  /// Steps at which the program did something by itself, in order: an epoch ended, a phase began.
  private(set) var ticks: [Int] = []
  private var lastStep = 0
  /// The experts' names, once they are known.
  private var experts: [String] = []

  /// Notes what a person changed; changes of one step share a mark.
  mutating func mark(_ step: Int, _ words: String) {
    if let last = marks.last, last.step == step {
      marks[marks.count - 1].label = "\(last.label), \(words)"
      return
    }
    marks.append(CurveChart.Mark(step: step, label: words))
    if marks.count > Self.capacity { marks.removeFirst() }
  }

  /// Notes a step at which the program did something by itself.
  private mutating func tick(_ step: Int) {
    guard ticks.last != step, step > 0 else { return }
    ticks.append(step)
    // Where there are too many to tell apart anyway, every second one goes.
    guard ticks.count > 2 * Self.capacity else { return }
    ticks = ticks.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
  }

  /// Notes an event; `earlier` is the evaluation to compare with.
  mutating func add(_ event: Event, before earlier: Evaluation?) {
    if case .prepared(let run) = event { experts = run.experts.map(\.name) }
    let line = self.line(for: event, at: lastStep, earlier: earlier)
    lastStep = max(lastStep, line.step)
    lines.append(line)
    switch event {
    case .epochEnded(_, let step, _), .phaseBegan(_, let step): tick(step)
    default: break
    }
    if case .prepared(let run) = event { lines += Self.lines(for: run.facts) }
    lines.removeFirst(max(0, lines.count - Self.capacity))
  }

  /// What the data are, behind the line that says that they are read.
  private static func lines(for facts: DataFacts) -> [Line] {
    (facts.tasks.map(\.sentence) + facts.roles).map {
      Line(step: 0, kind: "data", text: $0, role: .plain)
    } + facts.notices.map { Line(step: 0, kind: "note", text: $0, role: .warning) }
  }

  private func line(for event: Event, at step: Int, earlier: Evaluation?) -> Line {
    switch event {
    case .prepared(let run):
      return Line(step: 0, kind: "ready", text: Self.words(for: run), role: .plain)
    case .acknowledged(let answer):
      return line(for: answer)
    case .evaluated(let evaluation):
      return Self.line(for: evaluation, earlier: earlier)
    case .epochEnded(let epoch, let step, _):
      return Line(step: step, kind: "epoch", text: "epoch \(epoch) ended", role: .plain)
    case .phaseBegan(let phase, let step):
      return Line(step: step, kind: "phase", text: "began: \(phase.line)", role: .plain)
    case .knockedOut(let found):
      return Line(step: found.step, kind: "without", text: found.words, role: .plain)
    case .knockedOutAll(let matrix):
      return Line(step: matrix.step, kind: "without", text: matrix.words, role: .plain)
    case .thinned(let cost):
      return Line(step: cost.step, kind: "pruning", text: cost.words, role: .plain)
    case .noticed(let text, let step):
      return Line(step: step, kind: "note", text: text, role: .warning)
    case .diverged(let found):
      return Line(step: found.step, kind: "nan", text: Self.words(for: found), role: .error)
    case .finished(let summary):
      return Line(step: summary.step, kind: "done", text: Self.words(for: summary), role: .good)
    case .failed(let message):
      return Line(step: step, kind: "error", text: message, role: .error)
    case .dropped(let count):
      let text = "\(grouped(count)) events were lost: the screen was too slow to read them"
      return Line(step: step, kind: "lost", text: text, role: .warning)
    }
  }
}

// MARK: - Wording

extension EventLog {
  private func line(for answer: Acknowledgement) -> Line {
    if case .refused(let reason) = answer.outcome {
      let text = "\(answer.command.words(experts)) refused: \(reason)"
      return Line(step: answer.step, kind: "refused", text: text, role: .warning)
    }
    let kind = answer.effect.isChange ? "change" : "run"
    return Line(step: answer.step, kind: kind, text: answer.words(experts), role: .plain)
  }

  private static func words(for run: RunDescription) -> String {
    "\(run.modelTitle) on \(run.data): \(grouped(run.trainingRows)) rows, "
      + "\(grouped(run.parameterCount)) parameters, \(run.tasks.count) tasks"
  }

  private static func line(for evaluation: Evaluation, earlier: Evaluation?) -> Line {
    let comparable = earlier.flatMap { $0.split == evaluation.split ? $0 : nil }
    let cells = evaluation.tasks.compactMap { result -> Cell? in
      guard let score = result.scores.first else { return nil }
      let before = comparable?.tasks.first { $0.task == result.task }?.scores.first?.value
      return Cell(
        task: result.task, score: score.shortTitle, value: score.value,
        change: before.map { score.value - $0 }, higherIsBetter: score.higherIsBetter)
    }
    let words = cells.map { cell in
      let change = cell.change.map { " (\(signed($0)))" } ?? ""
      return "\(cell.task) \(cell.score) \(scoreText(cell.value))\(change)"
    }
    let star = evaluation.isBest ? "  ★ best so far" : ""
    return Line(
      step: evaluation.step, kind: evaluation.split.shortName,
      text: words.joined(separator: "  ") + star, role: evaluation.isBest ? .good : .plain,
      cells: cells, isBest: evaluation.isBest)
  }

  private static func words(for found: Divergence) -> String {
    "the loss of \(found.task) is \(found.lossInWords), \(found.place)"
  }

  private static func words(for summary: RunSummary) -> String {
    "ended (\(summary.reason.rawValue)) after \(clock(summary.seconds)), ★ best at step "
      + grouped(summary.bestStep)
  }
}

extension KnockOut {
  /// What every task loses without the expert: `without E3: click auc 0.8121 (-0.0100)`.
  var words: String {
    let tasks = zip(with, without).map { full, part in
      "\(full.name) \(scoreText(part.value)) (\(signed(part.value - full.value)))"
    }
    return "without \(expert): " + tasks.joined(separator: "  ")
  }
}

extension KnockOutMatrix {
  /// Which expert each task misses most: `most missed: click E2 auc -0.0100`.
  var words: String {
    let tasks = lines.compactMap { line -> String? in
      let known = experts.indices.filter { !line.change(without: $0).isNaN }
      guard let worst = known.max(by: { line.cost(without: $0) < line.cost(without: $1) }) else {
        return nil
      }
      let change = signed(line.change(without: worst))
      return "\(line.task) \(experts[worst]) (\(line.score) \(change))"
    }
    return "without each expert, most missed: " + tasks.joined(separator: "  ")
  }
}

extension PruningCost {
  /// What pruning more would cost: `click: 20% more pruned, 45% kept: auc 0.8101 (-0.0020)`.
  var words: String {
    let start = "\(task): \(percent(share)) more pruned, \(percent(keptAfter)) kept: "
    guard let full = with.first, let thin = without.first else { return start + "no score" }
    return start + "\(full.name) \(scoreText(thin.value)) (\(signed(thin.value - full.value)))"
  }
}

extension Evaluation.Split {
  /// The split in a word that fits into a column of the event list.
  var shortName: String { self == .validation ? "eval" : "test" }
}

extension Command {
  /// The command in plain words, with the experts by their names as far as these are known.
  func words(_ experts: [String]) -> String {
    switch self {
    case .pause: "pause"
    case .resume: "resume"
    case .step(let count): count == 1 ? "one step" : "\(grouped(count)) steps"
    case .setPace(let pace):
      pace > 0 ? "\(sixDigits(pace)) steps a second at most" : "as many steps as can be"
    case .stop: "stop"
    case .setTask(let task, let isOn): "\(task) \(isOn ? "ON" : "OFF")"
    case .setTaskWeight(let task, let weight): "weight of \(task) \(sixDigits(weight))"
    case .setLearningRateFactor(let factor): "learning rate ×\(sixDigits(factor))"
    case .setDial(let dial, let value): "\(dial) \(sixDigits(value))"
    case .setBalancer(let balancer): "balancer \(balancer)"
    case .together(let changes): changes.map { $0.words(experts) }.joined(separator: ", ")
    case .knockOut(let expert):
      "scores without \(experts.indices.contains(expert) ? experts[expert] : "expert \(expert)")"
    case .knockOutAll: "scores without each expert"
    case .thinMask(let task, let share): "score of \(task) with \(percent(share)) pruned"
    case .shadow(let task): "a shadow without \(task)"
    case .shadowUnder(let balancer): "a shadow under \(balancer)"
    case .dropShadow: "give up the shadow"
    case .cancel: "give up the question"
    case .evaluate: "evaluate"
    case .undo: "undo"
    case .redo: "redo"
    }
  }
}

extension Acknowledgement {
  /// What was done, in plain words.
  func words(_ experts: [String]) -> String {
    switch command {
    case .undo, .redo: "\(command.words(experts)): \(effect.words(experts))"
    default: effect.words(experts)
    }
  }
}
