import Datasets
public import Runs

/// The synthetic study of the MMoE paper: how models fare as two tasks become less alike.
///
/// One comparison a correlation, on data that differ in nothing else; the models have about as many
/// parameters each. The sizes are the paper's where it names them (eight experts of 16, towers of 8).
/// The shared bottom has 126 units, which makes its parameters as many as MMoE's at d = 100.
public struct CorrelationStudy: Sendable {
  /// The models, with their sizes.
  public static let models = [
    ComparisonPlan.Model("hard-sharing", options: ["bottom": "126", "tower": "8"]),
    ComparisonPlan.Model("omoe", options: ["experts": "8", "expert": "16", "tower": "8"]),
    ComparisonPlan.Model("mmoe", options: ["experts": "8", "expert": "16", "tower": "8"]),
  ]

  /// The correlations, ascending, each with the data of it.
  public let problems: [CorrelatedTasks]
  private let plan: ComparisonPlan
  private let journal: ResultsJournal?
  private let stopping = Latest<Bool>()
  private let current = Latest<Comparison>()

  /// Plans the study.
  ///
  /// - Throws: ``Models/ModelError`` if a model does not take its sizes.
  public init(
    _ problems: [CorrelatedTasks], seeds: [UInt64], training: TrainingConfiguration,
    journal: ResultsJournal?
  ) throws {
    self.problems = problems.sorted { $0.correlation < $1.correlation }
    plan = try ComparisonPlan(
      Self.models, seeds: seeds, training: training, gains: false, line: false)
    self.journal = journal
  }

  /// Ends the study after the current step; the run that goes on is not kept.
  public func stop() {
    stopping.publish(true)
    current.peek()?.stop()
  }

  /// Whether somebody stopped it.
  public var isStopped: Bool { stopping.peek() ?? false }

  /// Does every run that is not in the journal.
  ///
  /// - Parameters:
  ///   - begin: Hears of each correlation before its comparison.
  ///   - observe: Hears of everything in the comparisons.
  /// - Returns: What was found, as far as it is done if the study was stopped.
  /// - Throws: ``JournalError``.
  public func run(
    begin: (CorrelatedTasks) -> Void = { _ in }, _ observe: (CompareEvent) -> Void
  ) throws -> CorrelationTable {
    var table = CorrelationTable(correlations: [], labelCorrelations: [], rows: [])
    for problem in problems where !isStopped {
      begin(problem)
      let dataset = problem.dataset()
      let comparison = Comparison(plan, data: { _ in dataset }, journal: journal)
      current.publish(comparison)
      if isStopped { comparison.stop() }
      let found = try comparison.run(observe)
      table.add(
        found, correlation: problem.correlation,
        labels: CorrelatedTasks.labelCorrelation(of: dataset))
    }
    return table
  }
}

extension CorrelationTable {
  /// Adds the column of a comparison of the same models.
  mutating func add(_ found: ComparisonTable, correlation: Double, labels: Double) {
    correlations.append(correlation)
    labelCorrelations.append(labels)
    if rows.isEmpty {
      rows = found.rows.map { Row(title: $0.title, parameterCount: nil, cells: []) }
    }
    for (place, row) in found.rows.enumerated() {
      rows[place].parameterCount = row.parameterCount ?? rows[place].parameterCount
      rows[place].cells.append(
        Cell(losses: Self.losses(of: row), gateOverlaps: row.gateOverlaps))
    }
  }

  /// By seed, the mean squared error over the tasks.
  private static func losses(of row: ComparisonRow) -> [Double] {
    (0..<row.runsFinished).map { run in
      let squares = row.cells.map { $0.values[run] * $0.values[run] }
      return squares.reduce(0, +) / Double(squares.count)
    }
  }
}
