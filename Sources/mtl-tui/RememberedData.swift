import Datasets
import Synchronization
import Training

/// Data that are read once and then kept for the runs that follow in one program.
final class RememberedData: Sendable {
  private let dataset = Mutex(Dataset?.none)

  /// A source that reads its data the first time and hands out the same ones afterwards.
  static func source(
    _ source: @escaping TrainingSession.DataSource
  ) -> TrainingSession.DataSource {
    let known = RememberedData()
    return { progress in
      if let dataset = known.dataset.withLock({ $0 }) { return dataset }
      let dataset = try source(progress)
      known.dataset.withLock { $0 = dataset }
      return dataset
    }
  }
}
