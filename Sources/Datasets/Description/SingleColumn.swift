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
      let rates = rates(of: index, task)
      var scores: [Double] = []
      var labels: [Double] = []
      for examples in [dataset.validation, dataset.test] {
        let rows = rows(of: examples, task)
        scores += rows.map { row in
          let ids = examples.ids(ofRow: row, field: index)
          return ids.reduce(0) { $0 + rates[Int($1)] } / Double(max(1, ids.count))
        }
        labels += self.labels(of: examples, task, rows)
      }
      return AUC.of(scores, labels: labels)
    }
  }

  /// By id, the share of positives of its training rows, with one more row of the overall share.
  private func rates(of field: Int, _ task: Int) -> [Double] {
    let size = dataset.features.fields[field].vocabulary
    var positives = [Double](repeating: 0, count: size)
    var counts = positives
    let examples = dataset.training
    for row in 0..<examples.count where isInside(examples, row, task) {
      for id in examples.ids(ofRow: row, field: field) {
        counts[Int(id)] += 1
        positives[Int(id)] += Double(examples.labels.base[row * tasks + task])
      }
    }
    let all = counts.reduce(0, +)
    let overall = all > 0 ? positives.reduce(0, +) / all : 0
    return zip(positives, counts).map { ($0 + overall) / ($1 + 1) }
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
