import Datasets
import Foundation
import Models
public import Runs
import Store

/// Runs a comparison: one run after the other, each on all threads, each kept as soon as it ends.
///
/// It knows of no screen: whoever runs it hears of everything through one closure, and may stop it
/// from any thread.
public final class Comparison: Sendable {
  /// What is compared.
  public let plan: ComparisonPlan
  private let source: TrainingSession.DataSource
  private let journal: ResultsJournal?
  private let folders: ComparisonFolders?
  private let stopping = Latest<Bool>()
  private let tellsFacts: Bool
  private let isInterrupted: @Sendable () -> Bool

  /// Plans to run; without a journal nothing is kept and nothing is found, without `folders` no run has
  /// a folder of its own.
  ///
  /// `isInterrupted` is asked while runs go on, and ends the comparison as ``stop()`` does. What the
  /// data are is said first, unless `tellsFacts` is false: of data that the program has made.
  public init(
    _ plan: ComparisonPlan, data: @escaping TrainingSession.DataSource, journal: ResultsJournal?,
    folders: ComparisonFolders? = nil, tellsFacts: Bool = true,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.folders = folders
    self.tellsFacts = tellsFacts
    self.isInterrupted = isInterrupted
    self.plan = plan
    source = data
    self.journal = journal
  }

  /// Ends the comparison after the current step.
  ///
  /// The run that goes on is not among the results; where
  /// it has a folder, the comparison goes on with it another time.
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
    try plan.training.checkScores(on: dataset)
    var work = try ComparisonWork(plan, dataset: dataset, found: found.records)
    if tellsFacts { dataset.facts.sentences.forEach { observe(.notice(printable($0))) } }
    if let journal {
      found.notices(path: journal.path, refused: work.refusedLines).forEach {
        observe(.notice($0))
      }
    }
    work.notices.forEach { observe(.notice($0)) }
    if let notice = dataset.boundNotice { observe(.notice(notice)) }
    dataset.readingNotices.forEach { observe(.notice($0)) }
    if tellsFacts, let folders { observe(.notice(folders.words)) }
    var begun = folders?.begun() ?? ComparisonFolders.Begun()
    begun.notices.forEach { observe(.notice($0)) }
    var trouble: String?
    observe(.planned(runs: work.runs.count, found: work.foundCount))
    observe(.table(work.table))
    while !isStopped, let next = work.next {
      let folder = begun.folders.removeValue(forKey: next.identity.configuration)
      try run(next, goingOnIn: folder, of: &work, &trouble, observe)
      observe(.table(work.table))
    }
    return work
  }

  /// Does a run and keeps it, unless it is stopped: from where it was in the folder of its beginning, if
  /// there is one, with what was said last of why runs are not saved.
  ///
  /// - Throws: ``UnfinishedComparison`` if what it came to cannot be kept.
  private func run(
    _ planned: ComparisonWork.Planned, goingOnIn folder: RunFolder?, of work: inout ComparisonWork,
    _ trouble: inout String?, _ observe: (CompareEvent) -> Void
  ) throws {
    observe(.began(planned.place))
    var ended = follow(planned, goingOnIn: folder, work, &trouble, observe)
    if let folder, case .failed(let reason)? = ended?.outcome {
      observe(.notice("\(folder.id) cannot be gone on with, and is begun anew: \(reason)"))
      ended = follow(planned, goingOnIn: nil, work, &trouble, observe)
    }
    guard let ended else { return }
    let kept = work.keep(ended, of: planned)
    if let record = RunRecord(ended, identity: planned.identity) {
      do { try journal?.append(record) } catch {
        throw UnfinishedComparison(work: work, reason: error)
      }
    }
    observe(.ended(planned.place, kept))
  }

  /// Trains a run to its end; nil if it is stopped before.
  private func follow(
    _ planned: ComparisonWork.Planned, goingOnIn folder: RunFolder?, _ work: ComparisonWork,
    _ trouble: inout String?, _ observe: (CompareEvent) -> Void
  ) -> ComparedRun? {
    let dataset = work.dataset
    let session = TrainingSession(
      planned.configuration, recording: folders?.recording(goingOnIn: folder)
    ) { _ in dataset }
    defer { session.close() }
    session.show(WantedViews())
    var follower = RunFollower(
      planned.place, began: .now, isResumed: folder != nil, trouble: trouble)
    defer { trouble = follower.trouble }
    while !isStopped {
      if let run = follower.follow(session, work, observe) { return run }
      Thread.sleep(forTimeInterval: 0.005)
    }
    return nil
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
  private let isResumed: Bool
  private var parameterCount = 0
  /// The share of its steps that it had when it began here; nil: nothing is known of it yet.
  private var begunShare: Double?
  /// Why runs are not saved, as it was said last; nil: they are.
  private(set) var trouble: String?

  /// Follows from now on; of a run that is resumed everything is passed on that it says.
  init(
    _ place: ComparedPlace, began: ContinuousClock.Instant, isResumed: Bool, trouble: String?
  ) {
    self.place = place
    self.began = began
    self.isResumed = isResumed
    self.trouble = trouble
  }

  /// Passes on what has happened; the run, if it has ended.
  mutating func follow(
    _ session: some TrainingLink, _ work: ComparisonWork, _ observe: (CompareEvent) -> Void
  ) -> ComparedRun? {
    _ = session.drainLosses()
    let events = session.drainEvents()
    let snapshot = session.takeSnapshot()
    if let saving = snapshot?.saving { say(saving, observe) }
    for event in events {
      observe(.run(place, event))
      if isResumed, case .noticed(let sentence, _) = event { observe(.notice(sentence)) }
      if let run = ended(by: event) { return run }
    }
    if let snapshot {
      let seconds = (ContinuousClock.now - began).seconds
      if begunShare == nil { begunShare = isResumed ? snapshot.share : 0 }
      let left = work.secondsLeft(seconds, snapshot, place, begun: begunShare ?? 0)
      observe(.progress(place, snapshot, secondsLeft: left))
    }
    return nil
  }

  /// Says that the run is not saved, or is again, unless that was said of this run or one before.
  private mutating func say(_ saving: SavingSnapshot, _ observe: (CompareEvent) -> Void) {
    guard saving.problem != trouble else { return }
    observe(.notice(saving.problem.map { "runs are \($0)" } ?? "runs are saved again"))
    trouble = saving.problem
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
