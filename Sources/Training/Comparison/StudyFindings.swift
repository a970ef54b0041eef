import Datasets
import Models
import Runs

/// What the runs of a study have come to, from which its table is made.
struct StudyFindings {
  /// What one model came to on one draw at one correlation with one rate.
  private struct Trial {
    let model: String
    let part: CorrelationStudy.Part
    /// The mean squared error over tasks and seeds on validation rows.
    let validation: Double
    let loss: Double
    let gateOverlap: Double?
    let parameterCount: Int
  }

  let rates: [Double]
  private var trials: [Trial] = []
  private var labels: [CorrelatedTasks: Double] = [:]
  private var failures: [String] = []

  init(rates: [Double]) { self.rates = rates }

  /// Takes in the runs of a comparison, as far as they are done.
  mutating func add(_ runs: [ComparedRun], of part: CorrelationStudy.Part, labels: Double) {
    self.labels[part.problem] = labels
    for run in runs {
      guard case .failed(let reason) = run.outcome, !failures.contains(reason) else { continue }
      failures.append(reason)
    }
    for (model, own) in Dictionary(grouping: runs.filter(\.isFinished), by: \.model) {
      let overlaps = own.compactMap(\.gateOverlap)
      trials.append(
        Trial(
          model: model, part: part, validation: Self.error(own.map(\.validation)),
          loss: Self.error(own.map(\.tasks)),
          gateOverlap: overlaps.isEmpty
            ? nil : overlaps.reduce(0, +) / Double(overlaps.count),
          parameterCount: own.first?.parameterCount ?? 0))
    }
  }

  /// The mean over runs and tasks of the squared error; NaN without any.
  private static func error(_ runs: [[TaskScores]]) -> Double {
    let squares = runs.flatMap {
      $0.map { task in task[.rootMeanSquaredError].map { $0 * $0 } ?? .nan }
    }
    return squares.reduce(0, +) / Double(squares.count)
  }

  /// The table of what is there: at every draw and correlation the rate of the least validation
  /// error.
  var table: CorrelationTable {
    let problems = Set(trials.map(\.part.problem)).union(labels.keys)
    let correlations = Set(problems.map(\.correlation)).sorted()
    var table = CorrelationTable(
      correlations: correlations,
      labelCorrelations: correlations.map { correlation in
        labels.filter { $0.key.correlation == correlation }.map(\.value).median
      },
      floor: problems.first.map { $0.noise * $0.noise } ?? .nan, rates: rates,
      rows: CorrelationStudy.models.map { row(of: $0.name, correlations) })
    table.failures = failures
    return table
  }

  private func row(of model: String, _ correlations: [Double]) -> CorrelationTable.Row {
    let own = trials.filter { $0.model == model }
    return CorrelationTable.Row(
      title: ModelRegistry.entries.first { $0.name == model }?.title ?? model,
      parameterCount: own.first?.parameterCount,
      cells: correlations.map { correlation in
        let there = own.filter { $0.part.problem.correlation == correlation }
        let draws = Dictionary(grouping: there, by: \.part.problem.seed)
        return CorrelationTable.Cell(
          draws.sorted { $0.key < $1.key }.compactMap { Self.best($0.value, draw: $0.key) })
      })
  }

  /// The trial of the least validation error; without validation there is only one to choose.
  private static func best(_ trials: [Trial], draw: UInt64) -> CorrelationTable.Found? {
    let defined = trials.filter { !$0.validation.isNaN }
    let best = defined.min { $0.validation < $1.validation } ?? trials.first
    return best.map {
      CorrelationTable.Found(
        draw: draw, loss: $0.loss, rate: $0.part.rate, gateOverlap: $0.gateOverlap)
    }
  }
}
