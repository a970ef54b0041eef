public import Runs

/// How the explorer comes to runs that were kept: it lists them, looks at one, goes on with one.
public struct RunLibrary {
  /// Every run that was kept, the newest first, and why others are not listed, in sentences; throws where
  /// none can be.
  public let list: () throws -> (runs: [StoredRun], remarks: [String])
  /// What was recorded of a run.
  public let course: (StoredRun) throws -> StoredCourse
  /// Ends the run that goes on and goes on with another one, from a checkpoint's step or, for nil, from
  /// its last; returns at once.
  public let resume: (StoredRun, Int?) throws -> RunStarter.Arrival

  /// Names them.
  public init(
    list: @escaping () throws -> (runs: [StoredRun], remarks: [String]),
    course: @escaping (StoredRun) throws -> StoredCourse,
    resume: @escaping (StoredRun, Int?) throws -> RunStarter.Arrival
  ) {
    self.list = list
    self.course = course
    self.resume = resume
  }
}
