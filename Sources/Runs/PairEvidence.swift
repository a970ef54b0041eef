/// What the training rows have of a user, or of an item: the ground that a rating stands on.
public struct PairEvidence: Sendable, Equatable, Codable {
  /// One training row.
  public struct Row: Sendable, Equatable, Codable {
    /// The other one of the row: the item of a user's row, the user of an item's; raw.
    public var name: String
    /// The rating in its own unit; nil where the row has none.
    public var rating: Double?
    /// The text as far as it is read, raw; nil where the row has none.
    public var text: String?

    /// Records a row.
    public init(name: String, rating: Double? = nil, text: String? = nil) {
      self.name = name
      self.rating = rating
      self.text = text
    }
  }

  /// How many rows have a rating.
  public struct Count: Sendable, Equatable, Codable {
    /// The rating.
    public var rating: Double
    /// The rows.
    public var rows: Int

    /// Counts rows of a rating.
    public init(rating: Double, rows: Int) {
      self.rating = rating
      self.rows = rows
    }
  }

  /// The newest rows, the newest first, or the last of the file, see ``isByTime``; those of the pair itself
  /// are left out.
  public var rows: [Row]
  /// How many there are of which ``rows`` are the newest.
  public var count: Int
  /// How many of all of them have a rating.
  public var rated: Int
  /// Whether the data have times; without them ``rows`` are the last in the file.
  public var isByTime: Bool
  /// The mean of the ratings; nil where there are none.
  public var mean: Double?
  /// The ratings from the least to the largest with their rows; empty where there are more than
  /// ``mostCounts`` different ones.
  public var counts: [Count]

  /// Rows that are given at most.
  public static let mostRows = 20
  /// Different ratings that are counted at most.
  public static let mostCounts = 10

  /// Puts evidence together; by itself every row has a rating and a time.
  public init(
    rows: [Row], count: Int, rated: Int? = nil, isByTime: Bool = true, mean: Double? = nil,
    counts: [Count] = []
  ) {
    self.rows = rows
    self.count = count
    self.rated = rated ?? count
    self.isByTime = isByTime
    self.mean = mean
    self.counts = counts
  }
}
