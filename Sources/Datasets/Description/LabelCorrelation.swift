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
    var matrix = [[Double]](repeating: [Double](repeating: .nan, count: tasks), count: tasks)
    for first in 0..<tasks {
      for second in first..<tasks {
        matrix[first][second] = correlation(first, second)
        matrix[second][first] = matrix[first][second]
      }
    }
    return matrix
  }

  /// Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² · Σ(y − ȳ)²); NaN where one does not vary.
  ///
  /// It goes through the rows twice, so that no memory holds their labels.
  private func correlation(_ first: Int, _ second: Int) -> Double {
    var (rows, sumX, sumY) = (0, 0.0, 0.0)
    for row in 0..<examples.count where isInside(row, first) && isInside(row, second) {
      rows += 1
      sumX += label(row, first)
      sumY += label(row, second)
    }
    let (meanX, meanY) = (sumX / Double(rows), sumY / Double(rows))
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for row in 0..<examples.count where isInside(row, first) && isInside(row, second) {
      let (dx, dy) = (label(row, first) - meanX, label(row, second) - meanY)
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
