public import Runs

/// A run as its folder keeps it: what charts, tables and the report are made of.
public struct ReportedRun: Sendable {
  /// The run's id.
  public var id: String
  /// Names and sizes.
  public var description: RunDescription
  /// The losses, as they were drained.
  public var bins: [LossBin]
  /// What happened, oldest first.
  public var events: [Event]
  /// How it ended; nil of a run that did not.
  public var summary: RunSummary?
  /// How the gates weigh their experts for validation rows, at the step that is exported.
  public var gates: [GateSnapshot]
  /// What determines the run, by key, in the order in which it is shown.
  public var configuration: [(key: String, value: String)]

  /// Puts a run together.
  public init(
    id: String, description: RunDescription, bins: [LossBin] = [], events: [Event] = [],
    summary: RunSummary? = nil, gates: [GateSnapshot] = [],
    configuration: [(key: String, value: String)] = []
  ) {
    self.id = id
    self.description = description
    self.bins = bins
    self.events = events
    self.summary = summary
    self.gates = gates
    self.configuration = configuration
  }

  /// The evaluations on the validation rows, oldest first.
  public var evaluations: [Evaluation] {
    events.compactMap { event in
      if case .evaluated(let evaluation) = event, evaluation.split == .validation {
        return evaluation
      }
      return nil
    }
  }

  /// The evaluation whose parameters are kept; nil before there is one.
  var best: Evaluation? { evaluations.last { $0.isBest } }

  /// The scores on the test rows; nil if there are none.
  public var test: Evaluation? {
    summary?.test
      ?? events.reversed().lazy.compactMap { event -> Evaluation? in
        if case .evaluated(let evaluation) = event, evaluation.split == .test { return evaluation }
        return nil
      }.first
  }

  /// The run as screens know it.
  func state(number: Int) -> RunState {
    var state = RunState()
    state.number = number
    state.take(.prepared(description))
    for event in events { state.take(event) }
    if let summary { state.take(.finished(summary)) }
    state.take(bins)
    state.snapshot.gates = gates
    return state
  }
}
