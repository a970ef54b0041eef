import Datasets
import Foundation
import Graph
import Metrics
import Models
import Runs
import Tensors

/// Fills the expensive views of a snapshot, and only those that a screen wants.
struct Inspector {
  private let dataset: Dataset
  private let trainer: Trainer
  private let lottery: Lottery?
  /// The newest statistics of each gate, by name, in the order of the model.
  private var gates: [GateSnapshot] = []
  private var segments: (table: SegmentTable, made: ContinuousClock.Instant)?
  private var history = ViewHistory()
  private var inspected: (views: [ModelView], step: Int, made: ContinuousClock.Instant)?
  private var example: (view: ExampleView, made: ContinuousClock.Instant)?

  /// Validation rows that segments are counted over at most.
  private static let segmentRows = 2048
  /// Values of a column that are listed at most.
  private static let segmentsAtMost = 64

  init(dataset: Dataset, trainer: Trainer, lottery: Lottery?) {
    self.lottery = lottery
    self.dataset = dataset
    self.trainer = trainer
  }

  /// Reads the gates of the newest training step.
  mutating func readGates(rows: Int) {
    for place in gates.indices { gates[place].isStale = true }
    for output in trainer.trainingExecutor().plan.outputs where output.name.hasPrefix("gates.") {
      guard let values = trainer.watched(output.name)?.values else { continue }
      let statistics = GateStatistics(values, rows: rows, experts: output.width)
      replace(snapshot(of: output.name, statistics))
    }
  }

  /// Adds the wanted views.
  ///
  /// While the run is idle everything is up to date; while it trains,
  /// segments and examples are made anew once a second at most.
  mutating func fill(_ snapshot: inout Snapshot, views: WantedViews, isIdle: Bool) {
    if views.gates {
      if gates.isEmpty || isIdle { readGatesOfValidation() }
      snapshot.gates = gates
    }
    if !views.subjects.isDisjoint(with: trainer.subjects) {
      snapshot.views = modelViews(views.subjects, isIdle: isIdle)
    }
    let now = ContinuousClock.now
    if let column = views.segmentColumn {
      let isFresh =
        segments.map {
          $0.table.column == column
            && ($0.table.step == trainer.parameterStep || !isIdle && now - $0.made < .seconds(1))
        } ?? false
      if !isFresh { segments = segmentTable(column).map { ($0, now) } }
      snapshot.segments = segments?.table
    }
    if let row = views.example, dataset.validation.count > 0 {
      let row = min(max(0, row), dataset.validation.count - 1)
      let isFresh =
        example.map {
          $0.view.row == row
            && ($0.view.step == trainer.parameterStep
              || !isIdle && now - $0.made < .milliseconds(250))
        } ?? false
      if !isFresh { example = (exampleView(row), now) }
      snapshot.example = example?.view
    }
  }

  // MARK: - The model's own views

  /// Notes how the model's traces stand, whether or not they are shown.
  mutating func noteTraces() {
    guard !trainer.subjects.isEmpty else { return }
    inspect()
  }

  private mutating func modelViews(
    _ subjects: Set<ModelView.Subject>, isIdle: Bool
  ) -> [ModelView] {
    let isFresh =
      inspected.map {
        $0.step == trainer.parameterStep || !isIdle && ContinuousClock.now - $0.made < .seconds(1)
      } ?? false
    if !isFresh { inspect() }
    let now = inspected?.views.filter { subjects.contains($0.subject) } ?? []
    return now + history.views(subjects)
  }

  private mutating func inspect() {
    let rows = min(trainer.evaluationRows, dataset.validation.count)
    guard rows > 0 else { return }
    let batch = dataset.validation.batch(from: 0, rows: rows)
    // Forward and backward for every task: few rows, so that a look stays cheap.
    let surveyed = min(256, rows, trainer.capacity)
    var inspection = trainer.inspect(batch, schema: dataset.features)
    if let masks = lottery?.inspect(
      tasks: dataset.tasks.map(\.name), batch: dataset.validation.batch(from: 0, rows: surveyed))
    {
      inspection.views += masks.views
      inspection.traces += masks.traces
    }
    let step = trainer.parameterStep
    let views = inspection.views.map { view in
      var view = view
      view.step = step
      return view
    }
    inspected = (views, step, .now)
    history.note(inspection.traces, step: step)
  }

  // MARK: - Gates

  private mutating func readGatesOfValidation() {
    let rows = min(trainer.evaluationRows, dataset.validation.count)
    guard rows > 0 else { return }
    let executor = trainer.forward(dataset.validation.batch(from: 0, rows: rows))
    for output in executor.plan.outputs where output.name.hasPrefix("gates.") {
      guard let values = executor.output(output.name) else { continue }
      let statistics = GateStatistics(values, rows: rows, experts: output.width)
      replace(self.snapshot(of: output.name, statistics))
    }
  }

  private mutating func replace(_ gate: GateSnapshot) {
    if let place = gates.firstIndex(where: { $0.name == gate.name }) {
      gates[place] = gate
    } else {
      gates.append(gate)
    }
  }

  private func snapshot(of output: String, _ statistics: GateStatistics) -> GateSnapshot {
    GateSnapshot(
      name: String(output.dropFirst("gates.".count)), experts: Self.names(statistics.mean.count),
      mean: statistics.mean, deviation: statistics.deviation, low: statistics.low,
      high: statistics.high, topShare: statistics.topShare, entropy: statistics.entropy,
      rows: statistics.rows)
  }

  private static func names(_ experts: Int) -> [String] { (0..<experts).map { "E\($0)" } }

  // MARK: - Segments

  private func segmentTable(_ column: String) -> SegmentTable? {
    guard let field = dataset.features.fields.firstIndex(where: { $0.name == column }) else {
      return nil
    }
    var count = SegmentCount(vocabulary: dataset.features.fields[field].vocabulary)
    let examples = dataset.validation
    let fields = dataset.features.fields.count
    let most = min(Self.segmentRows, examples.count)
    for first in stride(from: 0, to: most, by: trainer.evaluationRows) {
      let rows = min(trainer.evaluationRows, most - first)
      let executor = trainer.forward(examples.batch(from: first, rows: rows))
      for output in executor.plan.outputs where output.name.hasPrefix("gates.") {
        guard let values = executor.output(output.name) else { continue }
        count.add(
          String(output.name.dropFirst("gates.".count)), values, width: output.width, rows: rows
        ) { Int(examples.ids.base[(first + $0) * fields + field]) }
      }
    }
    return count.table(
      of: dataset.features.fields[field], step: trainer.parameterStep, atMost: Self.segmentsAtMost)
  }

  // MARK: - One example

  private func exampleView(_ row: Int) -> ExampleView {
    let batch = dataset.validation.batch(from: row, rows: 1)
    let losses = trainer.losses(ofRow: batch)
    let executor = trainer.forward(batch)
    let answers = dataset.tasks.indices.map { task in
      answer(task: task, row: row, loss: losses[task], executor)
    }
    let outputs = executor.plan.outputs.filter { $0.name.hasPrefix("gates.") }
    let gates = outputs.map { output in
      let name = String(output.name.dropFirst("gates.".count))
      let weights = executor.output(output.name).map {
        Array(UnsafeBufferPointer(start: $0, count: output.width))
      }
      return ExampleView.Gate(
        name: name, weights: weights ?? [],
        mean: self.gates.first { $0.name == name }?.mean ?? [])
    }
    return ExampleView(
      row: row, rows: dataset.validation.count, step: trainer.parameterStep,
      inputs: dataset.inputs(ofRow: row, in: dataset.validation).map {
        ExampleView.Input(name: $0.name, value: $0.value)
      },
      answers: answers, gates: gates, experts: Self.names(outputs.first?.width ?? 0))
  }

  private func answer(
    task: Int, row: Int, loss: Double, _ executor: Executor
  ) -> ExampleView.Answer {
    let examples = dataset.validation
    let at = row * dataset.tasks.count + task
    let definition = dataset.tasks[task]
    let z = executor.output("logits.\(definition.name)").map { Double($0[0]) } ?? .nan
    let isInside =
      (examples.spaces.map { $0.base[at] > 0 } ?? true)
      && trainer.scorer.isGiven(examples, row: row, task: task)
    let y = isInside ? Double(examples.labels.base[at]) : nil
    guard definition.kind == .binary else {
      return ExampleView.Answer(
        task: definition.name, label: y.map(definition.scale.original),
        prediction: definition.scale.original(z), loss: loss)
    }
    return ExampleView.Answer(
      task: definition.name, label: y, prediction: 1 / (1 + exp(-z)), loss: loss)
  }
}
