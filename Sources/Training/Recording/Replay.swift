import Datasets
import Foundation
import Graph
public import Runs
public import Store
import Tensors

/// A run that is repeated from its configuration and the commands of its journal, and compared with what
/// was kept of it: the parameters of every checkpoint, and the numbers that it ended with.
public struct Replay {
  /// What came of it.
  public struct Outcome: Sendable, Equatable {
    /// The steps of checkpoints that were compared and are equal to the bit.
    public var equalSteps: [Int] = []
    /// Where both differ first, in words; nil: nowhere.
    public var difference: String?
    /// The fingerprint of the repetition's end.
    public var fingerprint: String?
  }

  /// The run.
  public let folder: RunFolder
  /// How it is repeated.
  public let configuration: TrainingConfiguration
  /// How it ended; nil: it did not, and is repeated up to its last checkpoint.
  public let summary: RunSummary?
  private let steps: [Int]
  /// The checkpoint that it began with, where only that tells what it began with.
  private let start: Checkpoint?
  private let past: RunPast
  /// Why the repetition cannot have the run's bits, in words; nil: it must.
  private let hindrance: String?

  /// Reads what a run was.
  ///
  /// - Throws: `StoreError` for what cannot be read, `CommandError` for a command that this program does
  ///   not know.
  public init(_ folder: RunFolder, _ configuration: RunConfiguration) throws {
    self.folder = folder
    summary = try folder.decoded(.summary, RunSummary.self)
    steps = folder.checkpointSteps
    guard summary != nil || !steps.isEmpty else {
      throw StoreError.noCheckpoint(path: folder.path, damaged: [])
    }
    let journal = try folder.journal()
    let end = summary?.step ?? steps.last ?? 0
    past = RunPast(journal.valid, until: end)
    start = try folder.startStep.map { step throws(StoreError) in try folder.checkpoint(step) }
    hindrance = start == nil ? Self.hindrance(try folder.card(), journal) : nil
    self.configuration = try Self.repeated(
      configuration, journal, until: end, isCutOff: [nil, .timeLimit].contains(summary?.reason))
  }

  /// The configuration with the commands of the journal, waiting for nothing.
  private static func repeated(
    _ configuration: RunConfiguration, _ journal: Journal, until end: Int, isCutOff: Bool
  ) throws -> RunConfiguration {
    var configuration = configuration
    // A stop at which the run did not end is one that it was resumed after.
    configuration.schedule.removeAll { $0.command == .stop && $0.step < end }
    for (step, text) in journal.commands {
      let command = try Command(parsing: text)
      guard command.decidesBits else { continue }
      configuration.schedule.append(.init(step: step, command: command))
    }
    // Where a run ended by the clock only its own end says.
    if isCutOff { configuration.schedule.append(.init(step: end, command: .stop)) }
    configuration.timeLimitSeconds = nil
    configuration.startsPaused = false
    configuration.stepsPerSecondLimit = nil
    return configuration
  }

  /// Repeats the run.
  ///
  /// - Parameters:
  ///   - data: Reads its data.
  ///   - watch: Is handed the newest snapshot, if there is one, again and again until the repetition has
  ///     ended; what it throws ends it.
  /// - Returns: what came of the comparison.
  /// - Throws: ``Failure`` where the run cannot begin, and what `watch` throws.
  public func run(
    _ data: @escaping TrainingSession.DataSource, watch: (Snapshot?) throws -> Void = { _ in }
  ) throws -> Outcome {
    if let hindrance { return Outcome(difference: hindrance) }
    let found = Latest<Outcome>()
    let session = TrainingSession(
      configuration,
      recording: { [folder, steps, past, start] in
        var recording = Recording(
          ReplayRecorder(folder, steps: steps) { found.publish($0) },
          resuming: start.map {
            Resumption($0, epochsBefore: nil, hasMoreEpochs: false, remarks: [])
          })
        recording.past = past
        return recording
      }, data: data)
    defer { session.close() }
    let summary = try Self.follow(session, watch)
    session.close()
    return judge(found.peek() ?? Outcome(), summary)
  }

  /// What hindered a repetition from beginning.
  public struct Failure: Error, CustomStringConvertible {
    /// In words for a person.
    public let description: String
  }

  /// Waits for the end; nil where the repetition waits for a person, as it does where it has diverged.
  private static func follow(
    _ session: TrainingSession, _ watch: (Snapshot?) throws -> Void
  ) throws -> RunSummary? {
    session.show(WantedViews())
    while true {
      for event in session.drainEvents() {
        switch event {
        case .finished(let summary): return summary
        case .failed(let message): throw Failure(description: message)
        default: break
        }
      }
      _ = session.drainLosses()
      let snapshot = session.takeSnapshot()
      // No command that pauses is repeated.
      if case .paused? = snapshot?.phase { return nil }
      try watch(snapshot)
      Thread.sleep(forTimeInterval: 0.002)
    }
  }

  /// What a run began with that is not kept.
  private static func hindrance(_ card: RunCard, _ journal: Journal) -> String? {
    let beganAnew = journal.valid.contains { $0.kind == .resumed && $0.step == 0 }
    guard let words = card.warmStart, !beganAnew else { return nil }
    return "this cannot be compared: what the run began with is not kept (\(words))"
  }

  private func judge(_ found: Outcome, _ repeated: RunSummary?) -> Outcome {
    var outcome = found
    outcome.fingerprint = repeated?.fingerprint
    guard outcome.difference == nil else { return outcome }
    guard let repeated else {
      outcome.difference = "the repetition did not come to its end: a loss is no number"
      return outcome
    }
    if let summary {
      let pairs: [(String, String, String)] = [
        ("last step", "\(summary.step)", "\(repeated.step)"),
        ("kept step", "\(summary.bestStep)", "\(repeated.bestStep)"),
        ("fingerprint", summary.fingerprint, repeated.fingerprint),
      ]
      outcome.difference = pairs.first { $0.1 != $0.2 }.map {
        "the \($0.0) was \($0.1) and is \($0.2)"
      }
    } else if let last = steps.last, !outcome.equalSteps.contains(last) {
      outcome.difference = "step \(last), whose checkpoint was to be compared, was not reached"
    }
    return outcome
  }
}

extension RunPast {
  /// What facts that hold say of a run that ended at a step.
  fileprivate init(_ facts: [JournalFact], until end: Int) {
    isRepeated = true
    let turns = facts.filter { $0.kind == .resumed || $0.kind == .branched }
    passedEnds = Set(turns.map(\.step).filter { $0 < end })
    epochs = turns.compactMap { fact in fact.epochsBefore.map { (fact.step, $0) } }
  }
}

extension Command {
  /// Whether the numbers of later steps, or the choice of those that are kept, depend on it.
  fileprivate var decidesBits: Bool {
    switch self {
    case .undo, .redo, .evaluate, .stop: true
    default: isChange
    }
  }
}

/// Compares the checkpoints of a run with the state of its repetition at their steps.
private final class ReplayRecorder: RunRecorder {
  private let folder: RunFolder
  private let steps: Set<Int>
  private let publish: (Replay.Outcome) -> Void
  private var outcome = Replay.Outcome()

  init(_ folder: RunFolder, steps: [Int], publish: @escaping (Replay.Outcome) -> Void) {
    (self.folder, self.steps, self.publish) = (folder, Set(steps), publish)
  }

  let trouble: String? = nil
  func takeNotices() -> [String] { [] }
  func begin(_ run: BegunRun) {}
  func record(_ event: Event) {}
  func record(_ losses: [LossBin]) {}
  func stepTaken(_ step: Int) {}
  func close() {}

  func isDue(after step: Int, since count: Int) -> Bool { steps.contains(step) }

  func save(_ checkpoint: RunCheckpoint) -> Bool {
    guard steps.contains(checkpoint.step), outcome.difference == nil else { return true }
    do throws(StoreError) {
      let kept = try folder.checkpoint(checkpoint.step)
      compare(checkpoint, kept)
    } catch {
      outcome.difference = "the checkpoint of step \(checkpoint.step) cannot be compared: \(error)"
    }
    publish(outcome)
    return true
  }

  private func compare(_ found: RunCheckpoint, _ kept: Checkpoint) {
    let known = Dictionary(kept.model.map { ($0.name, $0.entry) }) { $1 }
    for entry in found.parameters {
      let isEqual = known[entry.name].map { other in
        other.withBytes { first in entry.withBytes { first.elementsEqual($0) } }
      }
      guard isEqual != true else { continue }
      outcome.difference =
        "step \(found.step): \(entry.name) is not what its checkpoint has"
        + (isEqual == nil ? ", which has none" : "")
      return
    }
    // The end is saved once more where its scores have come since.
    if outcome.equalSteps.last != found.step { outcome.equalSteps.append(found.step) }
  }
}
