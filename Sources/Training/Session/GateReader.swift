import Datasets
import Graph
import Metrics
import Runs

/// Reads how the gates of a model weigh its experts, and what these give.
struct GateReader {
  let directory: GateDirectory
  /// The newest statistics of each gate that was read, in the order of the model.
  private(set) var gates: [GateSnapshot] = []
  private let dataset: Dataset
  private let trainer: Trainer
  private var surveyed = CostlyView<Survey>(every: .seconds(1))

  /// What the experts give, and how alike the tasks' gates are.
  struct Survey {
    var experts: [ExpertSnapshot] = []
    var pairs: [GatePair] = []
  }

  /// Rows over which gates are compared at most.
  private static let comparedRows = 64

  init(dataset: Dataset, trainer: Trainer) {
    self.dataset = dataset
    self.trainer = trainer
    directory = GateDirectory(trainer.gateDeclarations, tasks: dataset.tasks.map(\.name))
  }

  /// Reads the gates of the newest training step; those of tasks that are off stay as they were.
  mutating func read(rows: Int) {
    for index in gates.indices { gates[index].isStale = true }
    // The newest batch was answered before the step that it led to.
    read(trainer.trainingExecutor(), rows: rows, step: max(0, trainer.step - 1))
  }

  /// Reads the gates of validation rows.
  mutating func readValidation() {
    let rows = min(trainer.evaluationRows, dataset.validation.count)
    guard rows > 0, !directory.gates.isEmpty else { return }
    read(
      trainer.forward(dataset.validation.batch(from: 0, rows: rows)), rows: rows,
      step: trainer.parameterStep)
  }

  private mutating func read(_ executor: Executor, rows: Int, step: Int) {
    for gate in directory.gates {
      guard let values = executor.output(gate.watched) else { continue }
      let statistics = GateStatistics(values, rows: rows, experts: gate.members.count)
      replace(GateSnapshot(gate, statistics, tasks: dataset.tasks, step: step))
    }
  }

  private mutating func replace(_ gate: GateSnapshot) {
    if let index = gates.firstIndex(where: { $0.name == gate.name }) {
      gates[index] = gate
    } else {
      gates.append(gate)
    }
  }

  // MARK: - Experts and pairs

  /// What the experts give for some validation rows, looked at once a second at most.
  mutating func survey(isIdle: Bool) -> Survey {
    let (step, start) = (trainer.parameterStep, ContinuousClock.now)
    if let survey = surveyed.fresh(at: step, isIdle: isIdle) { return survey }
    let rows = min(GateSurvey.capacity, dataset.validation.count)
    guard rows > 0, let seen = trainer.survey(dataset.validation.batch(from: 0, rows: rows))
    else { return Survey() }
    let survey = Survey(
      experts: Self.experts(seen, directory, rows: rows, step: step),
      pairs: Self.pairs(seen.executor, directory, rows: min(rows, Self.comparedRows)))
    surveyed.keep(survey, at: step, since: start)
    return survey
  }

  private static func experts(
    _ survey: GateSurvey, _ directory: GateDirectory, rows: Int, step: Int
  ) -> [ExpertSnapshot] {
    var experts = directory.experts.map {
      ExpertSnapshot(name: $0.name, zeroShare: .nan, rows: rows, step: step)
    }
    for group in survey.groups {
      guard let values = survey.executor.output(group.name),
        let width = survey.executor.plan.outputs.first(where: { $0.name == group.name })?.width
      else { continue }
      let shares = zeroShares(values, rows: rows, width: width, experts: group.experts.count)
      for (expert, share) in zip(group.experts, shares) { experts[expert].zeroShare = share }
    }
    return experts
  }

  private static func pairs(
    _ executor: Executor, _ directory: GateDirectory, rows: Int
  ) -> [GatePair] {
    let gates = directory.gates.filter { $0.task != nil && $0.members.count > 1 }
    return gates.indices.flatMap { a in
      gates.indices.filter { $0 > a && gates[$0].pool == gates[a].pool }.compactMap { b in
        guard let first = executor.output(gates[a].watched),
          let second = executor.output(gates[b].watched)
        else { return nil }
        let bits = gateDivergence(
          first, second, rows: rows, experts: gates[a].members.count)
        return GatePair(first: gates[a].name, second: gates[b].name, divergence: Float(bits))
      }
    }
  }
}

extension GateSnapshot {
  /// The statistics of a gate's weights at a step.
  init(
    _ gate: GateDirectory.Gate, _ statistics: GateStatistics, tasks: [TaskDefinition], step: Int
  ) {
    self.init(
      name: gate.name, experts: [], mean: statistics.mean, deviation: statistics.deviation,
      low: statistics.low, high: statistics.high, topShare: statistics.topShare,
      entropy: statistics.entropy, rows: statistics.rows, step: step)
    task = gate.task.map { tasks[$0].name }
    level = gate.level
    members = gate.members
  }
}
