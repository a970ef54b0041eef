import Runs

/// How the labels of tasks go together in the training rows.
struct LabelCorrelation {
  private let examples: Examples
  private let tasks: Int

  init(_ dataset: Dataset) {
    examples = dataset.training
    tasks = dataset.tasks.count
  }

  /// By pair of tasks, the correlation over the rows that are in both sample spaces.
  var matrix: [[Double]] {
    (0..<tasks).map { first in (0..<tasks).map { correlation(first, $0) } }
  }

  /// Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² · Σ(y − ȳ)²); NaN where one does not vary.
  private func correlation(_ first: Int, _ second: Int) -> Double {
    let rows = (0..<examples.count).filter { isInside($0, first) && isInside($0, second) }
    let (x, y) = (rows.map { label($0, first) }, rows.map { label($0, second) })
    let (meanX, meanY) = (x.mean, y.mean)
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for row in rows.indices {
      let (dx, dy) = (x[row] - meanX, y[row] - meanY)
      xy += dx * dy
      xx += dx * dx
      yy += dy * dy
    }
    return xx > 0 && yy > 0 ? xy / (xx.squareRoot() * yy.squareRoot()) : .nan
  }

  private func label(_ row: Int, _ task: Int) -> Double {
    Double(examples.labels.base[row * tasks + task])
  }

  private func isInside(_ row: Int, _ task: Int) -> Bool {
    examples.spaces.map { $0.base[row * tasks + task] > 0 } ?? true
  }
}
