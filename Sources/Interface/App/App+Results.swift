public import Runs

// MARK: - What is left to say when the screen is gone

extension App {
  /// What remains of the run; nil until it has ended.
  public var summary: RunSummary? { run.summary }

  /// Whether the data are still being read, so that there is no model yet.
  public var isReadingData: Bool { run.description == nil && earlier.isEmpty }
}
