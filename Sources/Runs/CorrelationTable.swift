/// What a study of task correlation found: the final loss of each model at each correlation.
public struct CorrelationTable: Sendable, Equatable {
  /// The losses of one model at one correlation.
  public struct Cell: Sendable, Equatable {
    /// The mean of both tasks' squared error on the test rows, by seed.
    public var losses: [Double]
    /// How far the gates of the two tasks weigh the same experts, ``RunSummary/gateOverlap``, by
    /// seed; empty for models without gates of the tasks' own.
    public var gateOverlaps: [Double]

    /// Records losses.
    public init(losses: [Double], gateOverlaps: [Double] = []) {
      self.losses = losses
      self.gateOverlaps = gateOverlaps
    }

    /// The mean loss; NaN without any.
    public var mean: Double { losses.reduce(0, +) / Double(losses.count) }

    /// The mean overlap; nil without any.
    public var gateOverlap: Double? {
      gateOverlaps.isEmpty ? nil : gateOverlaps.reduce(0, +) / Double(gateOverlaps.count)
    }

    /// The losses' standard deviation, with n − 1; nil below two.
    public var deviation: Double? {
      guard losses.count >= 2 else { return nil }
      let mean = mean
      let squares = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(losses.count - 1)).squareRoot()
    }
  }

  /// A model and its cells by correlation.
  public struct Row: Sendable, Equatable {
    /// The model's name as its paper writes it.
    public var title: String
    /// How many numbers it learned; nil before its first run.
    public var parameterCount: Int?
    /// By correlation.
    public var cells: [Cell]

    /// Puts a row together.
    public init(title: String, parameterCount: Int?, cells: [Cell]) {
      self.title = title
      self.parameterCount = parameterCount
      self.cells = cells
    }
  }

  /// The correlations of the tasks' weights, ascending.
  public var correlations: [Double]
  /// The correlations of the labels that follow from them.
  public var labelCorrelations: [Double]
  /// A row a model.
  public var rows: [Row]

  /// Puts a table together.
  public init(correlations: [Double], labelCorrelations: [Double], rows: [Row]) {
    self.correlations = correlations
    self.labelCorrelations = labelCorrelations
    self.rows = rows
  }
}
