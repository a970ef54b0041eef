import Datasets
import Foundation
import Models
public import Runs

/// Runs a comparison: one run after the other, each on all threads, each kept as soon as it ends.
///
/// It knows of no screen: whoever runs it hears of everything through one closure, and may stop it
/// from any thread.
public final class Comparison: Sendable {
  /// What is compared.
  public let plan: ComparisonPlan
  private let source: TrainingSession.DataSource
  private let journal: ResultsJournal?
  private let stopping = Latest<Bool>()
  private let tellsFacts: Bool
  private let isInterrupted: @Sendable () -> Bool

  /// Plans to run; without a journal nothing is kept and nothing is found.
  ///
  /// `isInterrupted` is asked while runs go on, and ends the comparison as ``stop()`` does. What the
  /// data are is said first, unless `tellsFacts` is false: of data that the program has made.
  public init(
    _ plan: ComparisonPlan, data: @escaping TrainingSession.DataSource, journal: ResultsJournal?,
    tellsFacts: Bool = true, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.tellsFacts = tellsFacts
    self.isInterrupted = isInterrupted
    self.plan = plan
    source = data
    self.journal = journal
  }

  /// Ends the comparison after the current step; the run that goes on is not kept.
  public func stop() { stopping.publish(true) }

  /// Whether somebody stopped it.
  public var isStopped: Bool { stopping.peek() ?? false || isInterrupted() }

  /// Reads the data once, then does every run that is not in the journal.
  ///
  /// - Parameter observe: Hears of everything, on the thread of this call.
  /// - Returns: The table, with what is there if it was stopped.
  /// - Throws: What the reader throws, ``JournalError``, ``Runs/KeepError``, ``Models/ModelError``, and
  ///   ``UnfinishedComparison`` if a run could not be kept.
  public func run(_ observe: (CompareEvent) -> Void) throws -> ComparisonTable {
    try work(observe).table
  }

  /// Does every run that is not in the journal, and returns all that is known then.
  func work(_ observe: (CompareEvent) -> Void) throws -> ComparisonWork {
    // Before the data are read: a folder that cannot be written should not take minutes to say so.
    let found = try journal?.read() ?? ResultsJournal.Contents()
    try journal?.prepare(after: found)
    let dataset = try source { share, what in observe(.loading(share, what)) }
    try plan.training.keep.check(on: dataset)
    try plan.training.stop?.checkStop(on: dataset)
    var work = try ComparisonWork(plan, dataset: dataset, found: found.records)
    if tellsFacts { dataset.facts.sentences.forEach { observe(.notice(printable($0))) } }
    if let journal {
      found.notices(path: journal.path, refused: work.refusedLines).forEach {
        observe(.notice($0))
      }
    }
    if let notice = dataset.boundNotice { observe(.notice(notice)) }
    observe(.planned(runs: work.runs.count, found: work.foundCount))
    observe(.table(work.table))
    while !isStopped, let next = work.next {
      try run(next, of: &work, observe)
      observe(.table(work.table))
    }
    return work
  }

  /// Does a run and keeps it, unless it is stopped.
  private func run(
    _ planned: ComparisonWork.Planned, of work: inout ComparisonWork,
    _ observe: (CompareEvent) -> Void
  ) throws {
    observe(.began(planned.place))
    let dataset = work.dataset
    let session = TrainingSession(plan.configuration(of: planned.run)) { _ in dataset }
    defer { session.close() }
    session.show(WantedViews())
    var follower = RunFollower(planned.place, began: .now)
    while !isStopped {
      if let run = follower.follow(session, work, observe) {
        let kept = work.keep(run, of: planned)
        if let record = RunRecord(run, identity: planned.identity) {
          do { try journal?.append(record) } catch {
            throw UnfinishedComparison(work: work, reason: error)
          }
        }
        return observe(.ended(planned.place, kept))
      }
      Thread.sleep(forTimeInterval: 0.005)
    }
  }
}

/// A comparison that ended because a run could not be kept.
public struct UnfinishedComparison: Error {
  /// What was done, that run among it.
  public var table: ComparisonTable { work.table }
  let work: ComparisonWork
  /// Why it could not be kept.
  public let reason: JournalError
}

extension ResultsJournal.Contents {
  /// What a person should know about a results file, line by line; `refused` are records that do not
  /// fit the data.
  func notices(path: String, refused: [Int: String] = [:]) -> [String] {
    let words = refusedLines.merging(
      refused.mapValues { "has \(printable($0)); the run is done anew" }
    ) { $1 }
    return words.sorted { $0.key < $1.key }.map { "\(printable(path)): line \($0.key) \($0.value)" }
  }
}

/// Follows the session of one run.
struct RunFollower {
  private let place: ComparedPlace
  private let began: ContinuousClock.Instant
  private var parameterCount = 0

  /// Follows from now on.
  init(_ place: ComparedPlace, began: ContinuousClock.Instant) {
    self.place = place
    self.began = began
  }

  /// Passes on what has happened; the run, if it has ended.
  mutating func follow(
    _ session: some TrainingLink, _ work: ComparisonWork, _ observe: (CompareEvent) -> Void
  ) -> ComparedRun? {
    _ = session.drainLosses()
    for event in session.drainEvents() {
      observe(.run(place, event))
      if let run = ended(by: event) { return run }
    }
    if let snapshot = session.takeSnapshot() {
      let seconds = (ContinuousClock.now - began).seconds
      observe(
        .progress(
          place, snapshot, secondsLeft: work.secondsLeft(seconds, snapshot, place)))
    }
    return nil
  }

  private mutating func ended(by event: Event) -> ComparedRun? {
    var run = ComparedRun(
      model: place.model, seed: place.seed, outcome: .finished, parameterCount: parameterCount,
      seconds: (ContinuousClock.now - began).seconds)
    switch event {
    case .prepared(let description): parameterCount = description.parameterCount
    case .diverged(let found):
      run.outcome = .diverged(task: found.task, step: found.step)
      run.step = found.step
      return run
    case .failed(let message):
      run.outcome = .failed(message)
      return run
    case .finished(let summary):
      run.tasks = summary.test?.tasks ?? []
      run.validation = summary.validation?.tasks ?? []
      run.taskBests = summary.taskBests
      run.parameterCount = summary.parameterCount
      run.seconds = summary.seconds
      run.step = summary.step
      run.bestStep = summary.bestStep
      run.fingerprint = summary.fingerprint
      run.gateOverlap = summary.gateOverlap
      return run
    default: break
    }
    return nil
  }
}
