import Datasets
import Foundation
import Graph
import Runs

/// Which row a screen shows, and what of it is asked about.
struct ExampleWish: Equatable {
  /// The position in the order.
  var position: Int
  var change: InputChange?
  var without: Int?

  /// What a screen wants; nil: no row.
  init?(_ views: WantedViews) {
    guard let position = views.example else { return nil }
    self.position = position
    change = views.exampleChange
    without = views.exampleWithout
  }
}

// MARK: - One example

extension Inspector {
  func exampleView(_ wish: ExampleWish) -> ExampleView {
    let ordering = ordering(at: wish.position)
    let row = order.map { Int($0.rows[ordering.position]) } ?? ordering.position
    let (answers, gates) = answers(
      of: dataset.validation.batch(from: row, rows: 1), at: row)
    let inputs = dataset.inputs(ofRow: row, in: dataset.validation).map {
      ExampleView.Input(name: $0.name, value: $0.value)
    }
    return ExampleView(
      row: row, rows: dataset.validation.count, step: trainer.parameterStep, inputs: inputs,
      answers: answers, gates: gates, experts: gates.first?.experts ?? [],
      ordering: ordering, altered: altered(row, wish))
  }

  /// Where the row of a position lies in the order of now.
  private func ordering(at position: Int) -> ExampleView.Ordering {
    let rows = order?.rows.count ?? dataset.validation.count
    let position = min(max(0, position), rows - 1)
    guard let order else { return .init(order: .file, position: position, rows: rows) }
    let row = Int(order.rows[position])
    return .init(
      order: order.order, position: position, rows: rows, step: order.step,
      measure: order.measures.indices.contains(row) ? Double(order.measures[row]) : nil)
  }

  /// The row with one input changed, or without an expert; nil where neither is asked.
  private func altered(_ row: Int, _ wish: ExampleWish) -> ExampleView.Altered? {
    let experts = trainer.expertCount ?? 0
    let without = wish.without.flatMap { (0..<experts).contains($0) ? $0 : nil }
    guard wish.change != nil || without != nil else { return nil }
    var found = ExampleView.Altered(
      change: wish.change, without: without, answers: [], gates: [])
    var changed: ChangedRow?
    if let change = wish.change {
      do {
        changed = try dataset.row(
          row, of: dataset.validation, changing: change.column, to: change.text)
      } catch {
        found.problem = "\(error)"
      }
      found.value = changed?.value
      found.note = changed.flatMap { note(of: $0, change) }
    }
    let examples = changed?.examples ?? dataset.validation
    if without != nil { trainer.leaveOut(without) }
    (found.answers, found.gates) = answers(
      of: examples.batch(from: changed == nil ? row : 0, rows: 1), at: row)
    if without != nil { trainer.leaveOut(nil) }
    return withExtendedLifetime(examples) { found }
  }

  /// What a person should know of a value that no training row has.
  private func note(of row: ChangedRow, _ change: InputChange) -> String? {
    guard let first = row.unknown.first else { return nil }
    let field = dataset.features.fields.first { $0.name == change.column }
    let near = nearest(to: first, in: Array((field?.categories ?? []).dropFirst()))
    let words = row.unknown.map { "'\(printable($0))'" }.joined(separator: ", ")
    return "\(words) is unknown: too few training rows have it, so it is read as rare or unseen"
      + (near.map { "; did you mean '\(printable($0))'?" } ?? "")
  }

  /// The tasks' answers and the gates' weights for one row; labels are those of a validation row.
  private func answers(
    of batch: Batch, at row: Int
  ) -> (answers: [ExampleView.Answer], gates: [ExampleView.Gate]) {
    let losses = trainer.losses(ofRow: batch)
    let executor = trainer.forward(batch)
    let answers = dataset.tasks.indices.map { task in
      answer(task: task, row: row, loss: losses[task], executor)
    }
    let gates = directory.gates.map { gate in
      let weights = executor.output(gate.watched).map {
        Array(UnsafeBufferPointer(start: $0, count: gate.members.count))
      }
      let known = self.gates.gates.first { $0.name == gate.name }
      return ExampleView.Gate(
        name: gate.name, weights: weights ?? [], mean: known?.mean ?? [], meanStep: known?.step,
        experts: gate.members.map(\.name))
    }
    return (answers, gates)
  }

  private func answer(
    task: Int, row: Int, loss: Double, _ executor: Executor
  ) -> ExampleView.Answer {
    let examples = dataset.validation
    let at = row * dataset.tasks.count + task
    let definition = trainer.tasks[task]
    let z = executor.output(.logit(definition.name)).map { Double($0[0]) } ?? .nan
    let isInside =
      (examples.spaces.map { $0.base[at] > 0 } ?? true)
      && trainer.scorer.isGiven(examples, row: row, task: task)
    return ExampleView.Answer(
      task: definition.name, label: isInside ? definition.label(examples.labels.base[at]) : nil,
      prediction: definition.answered(z), loss: loss)
  }
}
