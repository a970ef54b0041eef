import Metrics
import Tensors

/// How well one input alone ranks the rows of a task.
///
/// A number ranks the training rows by itself, whichever way round is better. A category ranks the
/// validation and test rows by the share of positives that its training rows have, a list by the mean
/// over its values: in the training rows
/// themselves an id of one row would tell that row's label. Undefined (NaN) for regressions and where
/// there are not rows of both kinds.
public struct SingleColumn {
  /// Rows of a split that are looked at, evenly spaced.
  public static let rowLimit = 1_000_000

  private let dataset: Dataset
  private let fields: Int
  private let numbers: Int
  private let tasks: Int

  init(_ dataset: Dataset) {
    self.dataset = dataset
    fields = dataset.features.fields.count
    numbers = dataset.features.dense.count
    tasks = dataset.tasks.count
  }

  /// By task, the AUC of a dense feature.
  func auc(ofNumber index: Int) -> [Double] {
    dataset.tasks.indices.map { task in
      guard dataset.tasks[task].kind.hasClasses else { return .nan }
      let rows = rows(of: dataset.training, task)
      let auc = AUC.of(
        rows.map { Double(dataset.training.dense.base[$0 * numbers + index]) },
        labels: labels(of: dataset.training, task, rows))
      return max(auc, 1 - auc)
    }
  }

  /// By task, the AUC of a categorical field's rates.
  func auc(ofField index: Int) -> [Double] {
    dataset.tasks.indices.map { task in
      guard dataset.tasks[task].kind.hasClasses else { return .nan }
      let looked = [dataset.validation, dataset.test].map { ($0, rows(of: $0, task)) }
      let rates = rates(of: index, task, in: looked)
      var scores: [Double] = []
      var labels: [Double] = []
      for (examples, rows) in looked {
        scores += rows.map { row in
          let ids = examples.ids(ofRow: row, field: index)
          return ids.reduce(0) { $0 + rates[$1] } / Double(max(1, ids.count))
        }
        labels += self.labels(of: examples, task, rows)
      }
      return AUC.of(scores, labels: labels)
    }
  }

  /// For the ids of some rows, the share of positives of their training rows, with one more row of the
  /// overall share.
  private func rates(
    of field: Int, _ task: Int, in looked: [(Examples, [Int])]
  ) -> CategoryRates {
    var rates = CategoryRates(vocabulary: dataset.features.fields[field].vocabulary)
    for (examples, rows) in looked {
      for row in rows { examples.ids(ofRow: row, field: field).forEach { rates.ask(for: $0) } }
    }
    let examples = dataset.training
    for row in 0..<examples.count where isInside(examples, row, task) {
      let label = Double(examples.labels.base[row * tasks + task])
      for id in examples.ids(ofRow: row, field: field) { rates.add(label, to: id) }
    }
    return rates
  }

  private func rows(of examples: Examples, _ task: Int) -> [Int] {
    let step = max(1, (examples.count + Self.rowLimit - 1) / Self.rowLimit)
    return stride(from: 0, to: examples.count, by: step).filter { isInside(examples, $0, task) }
  }

  private func labels(of examples: Examples, _ task: Int, _ rows: [Int]) -> [Double] {
    rows.map { Double(examples.labels.base[$0 * tasks + task]) }
  }

  private func isInside(_ examples: Examples, _ row: Int, _ task: Int) -> Bool {
    examples.spaces.map { $0.base[row * tasks + task] > 0 } ?? true
  }
}

/// Shares of positives of the categories that are asked for: memory holds four bytes for each of the
/// others.
private struct CategoryRates {
  /// By id, 1 + where its sums are; 0 of those that nobody asks for.
  private var slots: [Int32]
  private var positives: [Double] = []
  private var counts: [Double] = []
  private var all = (positives: 0.0, count: 0.0)

  init(vocabulary: Int) { slots = [Int32](repeating: 0, count: vocabulary) }

  mutating func ask(for id: Int32) {
    guard slots[Int(id)] == 0 else { return }
    positives.append(0)
    counts.append(0)
    slots[Int(id)] = Int32(counts.count)
  }

  /// Counts a training row.
  mutating func add(_ label: Double, to id: Int32) {
    all = (all.positives + label, all.count + 1)
    let slot = Int(slots[Int(id)]) - 1
    guard slot >= 0 else { return }
    positives[slot] += label
    counts[slot] += 1
  }

  /// The share of an id that was asked for.
  subscript(id: Int32) -> Double {
    let slot = Int(slots[Int(id)]) - 1
    let overall = all.count > 0 ? all.positives / all.count : 0
    return (positives[slot] + overall) / (counts[slot] + 1)
  }
}
