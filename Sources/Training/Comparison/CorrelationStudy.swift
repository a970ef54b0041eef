import Datasets
public import Runs

/// The synthetic study of the MMoE paper: how models fare as two tasks become less alike.
///
/// On each of several draws of the data, one comparison a correlation and learning rate; data of a
/// draw differ in nothing but the correlation, and the models have about as many parameters each. Of
/// the rates the one with the least validation error counts, by model, draw and correlation. The
/// sizes are the paper's where it names them (eight experts of 16, towers of 8). The shared bottom
/// has 126 units, which makes its parameters as many as MMoE's at d = 100.
public struct CorrelationStudy: Sendable {
  /// The models, with their sizes.
  public static let models = [
    ComparisonPlan.Model("hard-sharing", options: ["bottom": "126", "tower": "8"]),
    ComparisonPlan.Model("omoe", options: ["experts": "8", "expert": "16", "tower": "8"]),
    ComparisonPlan.Model("mmoe", options: ["experts": "8", "expert": "16", "tower": "8"]),
  ]

  /// Which comparison of the study.
  public struct Part: Sendable, Hashable {
    /// The data.
    public let problem: CorrelatedTasks
    /// The learning rate.
    public let rate: Double
  }

  /// Every comparison, in the order in which they are done: draw by draw, so that a study that is
  /// interrupted has whole draws.
  public let parts: [Part]
  private let rates: [Double]
  private let plans: [Double: ComparisonPlan]
  private let journal: ResultsJournal?
  private let folders: ComparisonFolders?
  private let stopping = Latest<Bool>()
  private let current = Latest<Comparison>()
  private let isInterrupted: @Sendable () -> Bool

  /// Plans the study of some problems, which may differ in correlation and in seed only.
  ///
  /// `isInterrupted` is asked while runs go on, and ends the study as ``stop()`` does.
  ///
  /// - Throws: ``Models/ModelError`` if a model does not take its sizes.
  public init(
    _ problems: [CorrelatedTasks], rates: [Double], seeds: [UInt64],
    training: TrainingConfiguration, journal: ResultsJournal?,
    folders: ComparisonFolders? = nil,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws {
    self.folders = folders
    self.isInterrupted = isInterrupted
    let sorted = problems.sorted { ($0.seed, $0.correlation) < ($1.seed, $1.correlation) }
    parts = sorted.flatMap { problem in rates.map { Part(problem: problem, rate: $0) } }
    self.rates = rates
    var plans: [Double: ComparisonPlan] = [:]
    for rate in rates {
      var training = training
      training.learningRate = rate
      plans[rate] = try ComparisonPlan(
        Self.models, seeds: seeds, training: training, gains: false, line: false)
    }
    self.plans = plans
    self.journal = journal
  }

  /// Ends the study after the current step.
  ///
  /// The run that goes on is not among the results; where it
  /// has a folder, the study goes on with it another time.
  public func stop() {
    stopping.publish(true)
    current.peek()?.stop()
  }

  /// Whether somebody stopped it.
  public var isStopped: Bool { stopping.peek() ?? false || isInterrupted() }

  /// Does every run that is not in the journal.
  ///
  /// - Parameters:
  ///   - begin: Hears of each part before its comparison.
  ///   - observe: Hears of everything in the comparisons.
  /// - Returns: What was found, as far as it is done if the study was stopped.
  /// - Throws: ``JournalError``, and ``UnfinishedStudy`` if a run could not be kept.
  public func run(
    begin: (Part) -> Void = { _ in }, _ observe: (CompareEvent) -> Void
  ) throws -> CorrelationTable {
    var findings = StudyFindings(rates: rates)
    var dataset: (problem: CorrelatedTasks, data: Dataset)?
    for part in parts where !isStopped {
      guard let plan = plans[part.rate] else { continue }
      begin(part)
      if dataset?.problem != part.problem { dataset = (part.problem, part.problem.dataset()) }
      guard let data = dataset?.data else { continue }
      let labels = CorrelatedTasks.labelCorrelation(of: data)
      let comparison = Comparison(
        plan, data: { _ in data }, journal: journal, folders: folders, tellsFacts: false,
        isInterrupted: isInterrupted)
      current.publish(comparison)
      if isStopped { comparison.stop() }
      do {
        findings.add(try comparison.work(observe).doneRuns, of: part, labels: labels)
      } catch let unfinished as UnfinishedComparison {
        findings.add(unfinished.work.doneRuns, of: part, labels: labels)
        throw UnfinishedStudy(table: findings.table, reason: unfinished.reason)
      }
    }
    return findings.table
  }
}

/// A study that ended because a run could not be kept.
public struct UnfinishedStudy: Error {
  /// What was done, that run among it.
  public let table: CorrelationTable
  /// Why it could not be kept.
  public let reason: JournalError
}
