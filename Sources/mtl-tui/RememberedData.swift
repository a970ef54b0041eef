import Datasets
import Synchronization
import Training

/// Data that are read once and then kept for the runs that follow in one program.
final class RememberedData: Sendable {
  private let dataset = Mutex(Dataset?.none)
  private let origin: TrainingSession.DataSource

  /// Data that are still to be read.
  init(_ origin: @escaping TrainingSession.DataSource) { self.origin = origin }

  /// The data, if they have been read.
  var known: Dataset? { dataset.withLock { $0 } }

  /// Reads the data the first time and hands out the same ones afterwards.
  func read(_ progress: (Double, String) -> Void) throws -> Dataset {
    if let known { return known }
    let read = try origin(progress)
    dataset.withLock { $0 = read }
    return read
  }
}
