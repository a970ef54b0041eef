import Runs

/// A run whose events are written into a log as they are taken; all else goes through.
final class LoggedLink: TrainingLink {
  private let link: any TrainingLink
  private let log: EventLog

  /// Logs a run.
  init(_ link: any TrainingLink, into log: EventLog) {
    self.link = link
    self.log = log
  }

  @discardableResult func send(_ command: Command) -> CommandTicket { link.send(command) }

  func show(_ views: WantedViews) { link.show(views) }

  func takeSnapshot() -> Snapshot? { link.takeSnapshot() }

  /// The events since the last call; before one that could not be written it is said.
  func drainEvents() -> [Event] {
    link.drainEvents().flatMap { event -> [Event] in
      guard let sentence = log.write(event) else { return [event] }
      return [.noticed(sentence, step: event.step ?? 0), event]
    }
  }

  func drainLosses() -> [LossBin] { link.drainLosses() }
}

extension Event {
  /// The step that it is of; nil where it has none.
  var step: Int? {
    switch self {
    case .acknowledged(let answer): answer.step
    case .evaluated(let evaluation): evaluation.step
    case .epochEnded(_, let step, _), .phaseBegan(_, let step), .noticed(_, let step): step
    case .knockedOut(let found): found.step
    case .knockedOutAll(let found): found.step
    case .thinned(let found): found.step
    case .diverged(let found): found.step
    case .finished(let summary): summary.step
    case .prepared, .failed, .dropped: nil
    }
  }
}
