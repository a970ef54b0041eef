import Foundation

/// What a study of task correlation found: the final loss of each model at each correlation, on
/// several draws of the data.
public struct CorrelationTable: Sendable, Equatable, Codable {
  /// What a model came to on one draw of the data at one correlation.
  public struct Found: Sendable, Equatable, Codable {
    /// The seed of the draw: of the tasks' weights, the bends and the rows.
    public var draw: UInt64
    /// The mean of both tasks' squared error on the test rows, as the mean over the models' seeds.
    public var loss: Double
    /// The learning rate that did best on the validation rows, among those that were tried.
    public var rate: Double
    /// How far the gates of the two tasks weigh the same experts, ``RunSummary/gateOverlap``; nil for
    /// models without gates of the tasks' own.
    public var gateOverlap: Double?

    /// Records what a model came to.
    public init(draw: UInt64, loss: Double, rate: Double, gateOverlap: Double? = nil) {
      self.draw = draw
      self.loss = loss
      self.rate = rate
      self.gateOverlap = gateOverlap
    }
  }

  /// What one model came to at one correlation, by draw.
  public struct Cell: Sendable, Equatable, Codable {
    /// By draw, as far as it is done.
    public var found: [Found]

    /// Records what was found.
    public init(_ found: [Found] = []) { self.found = found }

    /// The median loss over the draws; NaN without any.
    public var median: Double { found.map(\.loss).median }

    /// The least and the greatest loss; nil without any.
    public var range: ClosedRange<Double>? {
      let losses = found.map(\.loss)
      guard let least = losses.min(), let most = losses.max(), least <= most else { return nil }
      return least...most
    }

    /// The median overlap of the gates; nil without any.
    public var gateOverlap: Double? {
      let overlaps = found.compactMap(\.gateOverlap)
      return overlaps.isEmpty ? nil : overlaps.median
    }
  }

  /// A model and its cells by correlation.
  public struct Row: Sendable, Equatable, Codable {
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

    /// By how much the loss at a correlation is larger than at another: the geometric mean over the
    /// draws that have both, exp(mean log(loss / other)); nil without such a draw.
    ///
    /// Draws differ far more in how hard they are than models do, which a ratio on the same draw
    /// takes out.
    public func ratio(at correlation: Int, to other: Int) -> Double? {
      let others = Dictionary(cells[other].found.map { ($0.draw, $0.loss) }) { $1 }
      let logs = cells[correlation].found.compactMap { found in
        others[found.draw].map { log(found.loss / $0) }
      }
      return logs.isEmpty ? nil : exp(logs.reduce(0, +) / Double(logs.count))
    }
  }

  /// The correlations of the tasks' weights, ascending.
  public var correlations: [Double]
  /// The correlations of the labels that follow from them, the median over the draws.
  public var labelCorrelations: [Double]
  /// The loss of a model that knows the labels' law: the variance of their noise.
  public var floor: Double
  /// The learning rates that were tried.
  public var rates: [Double]
  /// A row a model.
  public var rows: [Row]
  /// Runs that could not be ended, and why, each reason once.
  public var failures: [String] = []

  /// Puts a table together.
  public init(
    correlations: [Double], labelCorrelations: [Double], floor: Double, rates: [Double],
    rows: [Row]
  ) {
    self.correlations = correlations
    self.labelCorrelations = labelCorrelations
    self.floor = floor
    self.rates = rates
    self.rows = rows
  }

  /// How many times the noise a median loss may be before training counts as not converged.
  public static let convergedTimes = 3.0

  /// Whether a model's median loss at a correlation is so far above the noise that training has not
  /// converged.
  public func isUnconverged(_ cell: Cell) -> Bool { cell.median > Self.convergedTimes * floor }

  /// Where the correlation is 1, which the others are compared with; nil without it.
  public var wholeIndex: Int? { correlations.firstIndex(of: 1) }
}
