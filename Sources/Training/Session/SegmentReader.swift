import Datasets
import Runs

/// Splits the gates by the values of columns, over validation rows at even distances.
struct SegmentReader {
  private let dataset: Dataset
  private let trainer: Trainer
  private let directory: GateDirectory
  private var rows: [Int32] = []
  private var columns: [SegmentColumn]?
  private var gates = CostlyView<GateRows>(every: .seconds(1))
  private var table = CostlyView<SegmentTable>(every: .seconds(1))
  private var tableColumn: String?
  private var ranking = CostlyView<SegmentRanking>(every: .seconds(2))

  /// Validation rows that segments are counted over at most.
  private static let mostRows = 2048
  /// Values of a column that are listed at most.
  private static let segmentsAtMost = 64
  /// Weights that are added up for a ranking at most: some milliseconds.
  private static let additionsAtMost = 8_000_000

  init(dataset: Dataset, trainer: Trainer, directory: GateDirectory) {
    self.dataset = dataset
    self.trainer = trainer
    self.directory = directory
  }

  /// The gates by the values of a column; nil without gates, rows or such a column.
  mutating func table(of name: String, isIdle: Bool) -> SegmentTable? {
    let (step, start) = (trainer.parameterStep, ContinuousClock.now)
    if name == tableColumn, let table = table.fresh(at: step, isIdle: isIdle) { return table }
    guard let column = allColumns().first(where: { $0.name == name }),
      let made = read(isIdle: isIdle).flatMap({
        SegmentMeans(column, $0).table(atMost: Self.segmentsAtMost)
      })
    else { return nil }
    tableColumn = name
    table.keep(made, at: made.step, since: start)
    return made
  }

  /// Which columns change the gates most; nil without gates or rows.
  mutating func ranking(isIdle: Bool) -> SegmentRanking? {
    let (step, start) = (trainer.parameterStep, ContinuousClock.now)
    if let ranking = ranking.fresh(at: step, isIdle: isIdle) { return ranking }
    let columns = allColumns()
    guard let gates = read(isIdle: isIdle) else { return nil }
    let made = SegmentRanking(
      gates: gates.gates.map(\.name), step: gates.step, rows: gates.count,
      columns: columns.map { SegmentMeans($0, gates).ranked })
    ranking.keep(made, at: made.step, since: start)
    return made
  }

  // MARK: - Rows

  private mutating func allColumns() -> [SegmentColumn] {
    if let columns { return columns }
    rows = chosenRows
    let made = SegmentColumn.all(of: dataset, rows: rows)
    columns = made
    return made
  }

  /// As many rows as may be looked at, at even distances.
  private var chosenRows: [Int32] {
    let width = directory.gates.reduce(0) { $0 + $1.members.count }
    let columns = dataset.features.fields.count + dataset.features.numbers.count
    let affordable = max(256, Self.additionsAtMost / max(1, width * columns))
    let all = dataset.validation.count
    let count = min(all, Self.mostRows, affordable)
    return (0..<count).map { Int32($0 * all / count) }
  }

  private mutating func read(isIdle: Bool) -> GateRows? {
    let (step, start) = (trainer.parameterStep, ContinuousClock.now)
    if let read = gates.fresh(at: step, isIdle: isIdle) { return read }
    guard !directory.gates.isEmpty, !rows.isEmpty else { return nil }
    var read = GateRows(
      step: step,
      gates: directory.gates.map {
        GateRows.Gate(name: $0.name, experts: $0.members.map(\.name))
      })
    for first in stride(from: 0, to: rows.count, by: trainer.evaluationRows) {
      add(Array(rows[first..<min(rows.count, first + trainer.evaluationRows)]), to: &read)
    }
    gates.keep(read, at: step, since: start)
    return read
  }

  private func add(_ block: [Int32], to read: inout GateRows) {
    block.withUnsafeBufferPointer { index in
      guard let base = index.baseAddress else { return }
      let executor = trainer.forward(dataset.validation.batch(of: base, rows: block.count))
      for (place, gate) in directory.gates.enumerated() {
        guard let values = executor.output(gate.watched) else { continue }
        read.gates[place].weights += UnsafeBufferPointer(
          start: values, count: block.count * gate.members.count)
      }
    }
    read.count += block.count
  }
}
