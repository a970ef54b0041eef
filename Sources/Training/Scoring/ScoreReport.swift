public import Runs

/// How good a model's answers are.
public struct ScoreReport: Sendable {
  /// A part of the rows.
  public struct Segment: Sendable {
    /// The text that its rows have in the column; nil for rows without a value.
    public var value: String?
    /// Rows.
    public var rows: Int
    /// By task.
    public var tasks: [TaskScores]
    /// What its labels leave undefined, in words; nil where nothing is.
    public var undefined: String?
  }

  /// A bin of a calibration table: rows whose answers are neighbours.
  public struct Bin: Sendable, Equatable {
    /// Rows.
    public var rows: Int
    /// Their mean answer, in the unit of the label; NaN without rows.
    public var meanAnswer: Double
    /// Their mean label; NaN without rows.
    public var meanLabel: Double
  }

  /// Rows.
  public var rows: Int
  /// By task.
  public var tasks: [TaskScores]
  /// What the labels leave undefined, in words; nil where nothing is.
  public var undefined: String?
  /// Which answers are no numbers, in words; nil where all are.
  public var broken: String?
  /// By task, bins of equally many rows by rising answer.
  public var calibration: [[Bin]] = []
  /// The segments, those of the most rows first; none where nobody asked.
  public var segments: [Segment] = []

  init(rows: Int, tasks: [TaskScores]) {
    self.rows = rows
    self.tasks = tasks
  }
}
