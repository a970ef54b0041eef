/// Mean gates by the values of one column, over validation rows.
///
/// A categorical column has a segment a value, a column of numbers one for each of at most eight
/// ranges that hold equally many rows.
public struct SegmentTable: Sendable, Equatable, Codable {
  /// One value of the column.
  public struct Segment: Sendable, Equatable, Codable {
    /// The value's name, as the data spell it.
    public var name: String
    /// How many of the rows looked at have it.
    public var rows: Int
    /// Mean weights, by gate and expert.
    public var means: [[Float]]
    /// Jensen–Shannon divergence in bits of each gate's mean from its mean over all rows.
    public var divergence: [Float]

    /// Records one value's gates.
    public init(name: String, rows: Int, means: [[Float]], divergence: [Float]) {
      self.name = name
      self.rows = rows
      self.means = means
      self.divergence = divergence
    }
  }

  /// The column.
  public var column: String
  /// The gates' names, in the order of ``Segment/means``.
  public var gates: [String]
  /// The experts' names of the first gate.
  public var experts: [String]
  /// The step of the parameters that were used.
  public var step: Int
  /// All rows together, named `all`.
  public var total: Segment
  /// The most frequent values, by falling count, at most 64; ranges of numbers in their order.
  public var segments: [Segment]

  /// Records gates by segment.
  public init(
    column: String, gates: [String], experts: [String], step: Int, total: Segment,
    segments: [Segment]
  ) {
    self.column = column
    self.gates = gates
    self.experts = experts
    self.step = step
    self.total = total
    self.segments = segments
  }
}

/// Which columns change the gates, over the same validation rows.
public struct SegmentRanking: Sendable, Equatable, Codable {
  /// One column.
  public struct Column: Sendable, Equatable, Codable {
    /// The column's name.
    public var name: String
    /// Whether its segments are ranges of numbers.
    public var isNumeric: Bool
    /// How many values, or ranges, it has among the rows.
    public var values: Int
    /// By gate, how much the column changes it: the mean over rows of the Kullback–Leibler divergence
    /// of the gate's mean for the row's value from its mean over all rows, which is the
    /// Jensen–Shannon divergence of the values weighted by their rows; in bits, less what groups of
    /// these sizes would show by chance.
    public var divergence: [Float]

    /// Records how much a column changes the gates.
    public init(name: String, isNumeric: Bool, values: Int, divergence: [Float]) {
      self.name = name
      self.isNumeric = isNumeric
      self.values = values
      self.divergence = divergence
    }
  }

  /// Less than this many bits is no difference.
  public static let negligible: Float = 0.001

  /// The gates' names, in the order of ``Column/divergence``.
  public var gates: [String]
  /// The step of the parameters that were used.
  public var step: Int
  /// How many validation rows were looked at.
  public var rows: Int
  /// All columns, in the order of the data.
  public var columns: [Column]

  /// Records a ranking.
  public init(gates: [String], step: Int, rows: Int, columns: [Column]) {
    self.gates = gates
    self.step = step
    self.rows = rows
    self.columns = columns
  }

  /// The columns that change a gate most, best first; of equals in the order of the data.
  public func columns(for gate: String) -> [(column: Column, divergence: Float)] {
    guard let index = gates.firstIndex(of: gate) else { return [] }
    return columns.filter { $0.divergence.indices.contains(index) }
      .map { (column: $0, divergence: $0.divergence[index]) }.enumerated()
      .sorted { a, b in
        a.element.divergence == b.element.divergence
          ? a.offset < b.offset : a.element.divergence > b.element.divergence
      }
      .map(\.element)
  }
}
