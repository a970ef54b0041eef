import Datasets
import Runs

/// Validation rows in the order of a measure.
struct RowOrder {
  /// What a screen wants of an order.
  struct Wish: Equatable {
    var order = ExampleOrder.file
    var sorting = 0
  }

  /// The order that was asked for.
  let order: ExampleOrder
  /// The step of the parameters; nil where none were needed.
  let step: Int?
  /// The rows, by position.
  let rows: [Int32]
  /// By row, what it was put in its position by; empty where that is no number.
  let measures: [Float]

  /// Rows that are put in order by a loss or a column at most, the first ones; by disagreement all are.
  static let mostRows = 20_000

  /// The largest measure first, what has none last, and of equals the first row first.
  init(falling measures: [Float], order: ExampleOrder, step: Int) {
    self.order = order
    self.step = step
    self.measures = measures
    rows = measures.indices.sorted { a, b in
      let (x, y) = (measures[a], measures[b])
      if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
      return x == y ? a < b : x > y
    }.map { Int32($0) }
  }

  /// Rows by an input column; nil if there is none of this name.
  init?(_ dataset: Dataset, column: String) {
    guard
      let keys = dataset.sortKeys(
        of: column, in: dataset.validation, rows: Self.mostRows)
    else { return nil }
    order = .column(column)
    step = nil
    measures = []
    rows = keys.indices.sorted { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
      .map { Int32($0) }
  }
}

/// Puts rows in order by the loss of a task, on the parameters of one step.
final class LossOrder: Question {
  private let model: FrozenModel
  private let task: (index: Int, name: String)
  private let examples: Examples
  private let count: Int
  private var losses: [Float] = []

  var isCommanded: Bool { false }
  var sortsRows: Bool { true }

  /// Rows of a part: a loss is worked out row by row.
  private static let rowsAtOnce = 128

  init(_ trainer: Trainer, task: Int, examples: Examples) {
    model = FrozenModel(trainer)
    self.task = (task, trainer.tasks[task].name)
    self.examples = examples
    count = min(RowOrder.mostRows, examples.count)
    losses.reserveCapacity(count)
  }

  var progress: QuestionProgress {
    QuestionProgress(
      title: "rows by loss of \(task.name)", step: model.step, done: losses.count, total: count,
      trainingWaits: false)
  }

  func advance() -> [QuestionAnswer]? {
    for row in losses.count..<min(losses.count + Self.rowsAtOnce, count) {
      losses.append(Float(model.losses(ofRow: examples.batch(from: row, rows: 1))[task.index]))
    }
    guard losses.count == count else { return nil }
    return [.order(RowOrder(falling: losses, order: .loss(task.name), step: model.step))]
  }
}

/// Puts rows in order by how far the tasks' answers lie apart, on the parameters of one step.
final class DisagreementOrder: Question {
  private let model: FrozenModel
  private let examples: Examples
  private let blocks: Int
  private var answers: AnswerColumns
  private var done = 0

  var isCommanded: Bool { false }
  var sortsRows: Bool { true }

  init(_ trainer: Trainer, examples: Examples) {
    model = FrozenModel(trainer)
    self.examples = examples
    blocks = AnswerColumns.blocks(of: examples, model)
    answers = AnswerColumns(tasks: trainer.tasks, capacity: examples.count)
  }

  var progress: QuestionProgress {
    QuestionProgress(
      title: "rows by disagreement", step: model.step, done: done, total: blocks,
      trainingWaits: false)
  }

  func advance() -> [QuestionAnswer]? {
    answers.advance(model, over: examples)
    done += 1
    guard answers.rows == examples.count else { return nil }
    return [
      .order(
        RowOrder(
          falling: disagreement(answers.columns), order: .disagreement, step: model.step))
    ]
  }
}

/// By row, how far its ranks in some columns lie apart: the highest minus the lowest, ranks from 0 to
/// 1, equals of the mean of their ranks; NaN where an answer is no number, and with one column 0.
func disagreement(_ columns: [[Float]]) -> [Float] {
  guard let count = columns.first?.count else { return [] }
  var (low, high) = ([Float](repeating: 1, count: count), [Float](repeating: 0, count: count))
  for column in columns {
    let sorted = column.indices.filter { !column[$0].isNaN }.sorted { column[$0] < column[$1] }
    for row in column.indices where column[row].isNaN { (low[row], high[row]) = (.nan, .nan) }
    var first = 0
    while first < sorted.count {
      var last = first
      while last + 1 < sorted.count, column[sorted[last + 1]] == column[sorted[first]] { last += 1 }
      let rank = Float(first + last) / 2 / Float(max(1, sorted.count - 1))
      for index in first...last {
        let row = sorted[index]
        // A row that another task has no answer for stays without a number.
        guard !low[row].isNaN else { continue }
        low[row] = min(low[row], rank)
        high[row] = max(high[row], rank)
      }
      first = last + 1
    }
  }
  return zip(high, low).map { $0 - $1 }
}
