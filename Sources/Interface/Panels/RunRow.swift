import Runs

/// A run as a line of a table: what it was, how large, how long, and what it scored.
struct RunRow: Sendable, Equatable {
  /// One task's score.
  struct Cell: Sendable, Equatable {
    var task: String
    /// `auc`, `rmse`.
    var score: String
    /// NaN where there is none.
    var value: Double
    var higherIsBetter: Bool
    /// The deviation over several runs; nil for one run.
    var deviation: Double?
  }

  /// When a run's scores are taken.
  enum Moment: Sendable, Equatable {
    /// At its best step.
    case best
    /// At this step; nil if there is none at which all runs were scored.
    case step(Int?)

    fileprivate func step(ifBest best: Int?) -> Int? {
      if case .step(let step) = self { return best == nil ? nil : step }
      return best
    }
  }

  /// The place among the runs of the session, from 1; nil for a row of another table.
  var number: Int?
  /// The model's name as its paper writes it.
  var title: String
  /// What was set about it, `experts=4`.
  var options: String
  /// `runs`, `ended`, `2 of 5`.
  var state: String
  var parameterCount: Int?
  var seconds: Double?
  var cells: [Cell]
  /// The step of the parameters that the scores are of; nil for a row of another table.
  var step: Int?
  /// Whether that step is the one whose parameters are kept.
  var isBest = false

  /// The score of a task.
  func cell(of task: String) -> Cell? { cells.first { $0.task == task } }

  /// How much better a task's score is than that of another row: larger is better.
  func gain(of task: String, over other: RunRow) -> Double? {
    guard let own = cell(of: task), let base = other.cell(of: task), own.score == base.score else {
      return nil
    }
    let gain = own.higherIsBetter ? own.value - base.value : base.value - own.value
    return gain.isFinite ? gain : nil
  }
}

extension RunRow {
  /// A run of this session, as it stands at a time: its best scores, or before there are any its
  /// newest ones, or those of a moment.
  init(_ run: RunState, now: Double, at moment: Moment = .best) {
    number = run.number
    title = run.description?.modelTitle ?? run.request?.model ?? "?"
    options = (run.request?.choices ?? [:]).sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    state = run.divergence != nil ? "nan" : run.isFinished ? "ended" : "runs"
    parameterCount = run.description?.parameterCount
    seconds = run.summary?.seconds ?? run.began.map { (run.ended ?? now) - $0 }
    let scored = run.best ?? run.evaluation
    let step = moment.step(ifBest: scored?.step)
    self.step = step
    isBest = step != nil && step == run.best?.step
    cells = (scored?.tasks ?? []).enumerated().compactMap { index, task in
      task.scores.first.map {
        let value = moment == .best ? $0.value : run.score(of: index, at: step)
        return Cell(
          task: task.task, score: $0.name, value: value, higherIsBetter: $0.higherIsBetter)
      }
    }
  }

  /// A model of a comparison: the mean over its runs.
  init(_ row: ComparisonRow, tasks: [ComparedTask]) {
    title = row.title
    options = row.options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      .joined(separator: " ")
    state =
      switch row.status {
      case .waiting: "waits"
      case .running: "\(row.runsFinished) of \(row.runsPlanned)"
      case .done: counted(row.runsFinished, "run")
      case .unfit: "unfit"
      case .failed: "failed"
      }
    parameterCount = row.parameterCount
    seconds = row.seconds
    cells = zip(tasks, row.cells).map { task, cell in
      Cell(
        task: task.name, score: task.score, value: cell.mean,
        higherIsBetter: task.higherIsBetter, deviation: cell.deviation)
    }
  }
}
