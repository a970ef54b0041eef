import Graph
public import Ranks

/// Predicts how long a training step takes on some ranks, each with as many rows, from what a rank computes
/// by itself, measured, and from the messages of a step, by formula.
///
///     step = computing + dense + lookups + sums + agenda
///
/// It counts nothing as hidden behind computing, though looked-up rows and dense sums are on their way while
/// ranks compute: who waits for the network alone is sooner done.
/// Beyond the ranks that were measured computing follows the line through them: every rank moves the table
/// rows of all ranks' rows, of which there are more with every rank.
public struct ClusterModel: Sendable {
  /// What a rank of some does in a step, measured.
  public struct Point: Sendable {
    /// P.
    public var ranks: Int
    /// Rows of a step of all ranks together.
    public var rows: Int
    /// Lanes of that many rows.
    public var lanes: Int
    /// Seconds in which the rank with the most lanes computes by itself.
    public var computing: Double
    /// Seconds in which it adds its lanes of a piece of a sum.
    public var adding: Double
    /// What is sent.
    public var messages: StepMessages

    /// What was measured.
    public init(
      ranks: Int, rows: Int, lanes: Int, computing: Double, adding: Double, messages: StepMessages
    ) {
      self.ranks = ranks
      self.rows = rows
      self.lanes = lanes
      self.computing = computing
      self.adding = adding
      self.messages = messages
    }
  }

  /// A step on some ranks.
  public struct Prediction: Sendable, Equatable {
    /// P.
    public var ranks: Int
    /// Rows of a step of all ranks together.
    public var rows: Int
    /// Whether computing was measured for so many ranks.
    public var isMeasured: Bool
    /// Seconds in which a rank computes.
    public var computing: Double
    /// Seconds in which ranks exchange something, by what it is; those of whole-batch operations and of
    /// shown values are none of a benchmark's.
    public var talk: [RankPurpose: Double]
    /// Bytes that a rank sends, the mean over ranks.
    public var bytesPerRank: Double

    /// What was predicted.
    public init(
      ranks: Int, rows: Int, isMeasured: Bool, computing: Double, talk: [RankPurpose: Double],
      bytesPerRank: Double
    ) {
      self.ranks = ranks
      self.rows = rows
      self.isMeasured = isMeasured
      self.computing = computing
      self.talk = talk
      self.bytesPerRank = bytesPerRank
    }

    /// Seconds of the step.
    public var seconds: Double { computing + talkSeconds }
    /// Seconds of communication.
    public var talkSeconds: Double {
      RankPurpose.allCases.reduce(0) { $0 + talk[$1, default: 0] }
    }
    /// Communication's share of the step.
    public var talkShare: Double { seconds > 0 ? talkSeconds / seconds : 0 }
  }

  /// In rising order of ranks; the first is one process.
  public let points: [Point]
  /// What carries messages.
  public let wire: ClusterWire

  /// Predicts from points, of which there are two at least.
  public init(_ points: [Point], over wire: ClusterWire) {
    precondition(points.count > 1, "\(points.count) points")
    self.points = points.sorted { $0.ranks < $1.ranks }
    self.wire = wire
  }

  /// A step on so many ranks.
  public func prediction(ranks: Int) -> Prediction {
    let known = points.first { $0.ranks == ranks }
    let point = known ?? grown(to: ranks)
    return Self.prediction(point, over: wire, isMeasured: known != nil)
  }

  /// A step of a rank that computes for a known time.
  static func prediction(
    _ point: Point, over wire: ClusterWire, isMeasured: Bool
  ) -> Prediction {
    let (ranks, messages) = (point.ranks, point.messages)
    var talk: [RankPurpose: Double] = [:]
    if ranks > 1 {
      talk[.dense] = messages.sums.reduce(0) {
        $0 + wire.sum(floats: $1, ranks: ranks, adding: point.adding)
      }
      for purpose in messages.gathers.keys {
        talk[purpose] = messages.rings(for: purpose, ranks: ranks).reduce(0) {
          $0 + Double($1.times) * wire.gather($1.bytes, ranks: ranks)
        }
      }
      talk[.agenda] = wire.broadcast(16, ranks: ranks)
    }
    let bytes = RankPurpose.allCases.reduce(0) { $0 + messages.bytes(for: $1, ranks: ranks) }
    return Prediction(
      ranks: ranks, rows: point.rows, isMeasured: isMeasured, computing: point.computing,
      talk: talk, bytesPerRank: Double(bytes) / Double(ranks))
  }

  /// What a rank of more, or of others, than were measured does: a lane each, and rows as many times.
  private func grown(to ranks: Int) -> Point {
    let nearest = points.last { $0.ranks <= ranks } ?? points[0]
    let growth = Double(ranks) / Double(nearest.ranks)
    let lanes = max(nearest.lanes, ranks)
    return Point(
      ranks: ranks, rows: nearest.rows / nearest.ranks * ranks, lanes: lanes,
      computing: line(at: Double(ranks)), adding: nearest.adding,
      messages: nearest.messages.grown(
        rows: growth, lanes: Double(lanes) / Double(nearest.lanes)))
  }

  /// The line nearest to what several ranks were measured to compute, of their number; it does not fall.
  private func line(at ranks: Double) -> Double {
    let several = points.filter { $0.ranks > 1 }
    let count = Double(several.count)
    let meanRanks = several.reduce(0) { $0 + Double($1.ranks) } / max(1, count)
    let mean = several.reduce(0) { $0 + $1.computing } / max(1, count)
    var (spread, product) = (0.0, 0.0)
    for point in several {
      let distance = Double(point.ranks) - meanRanks
      spread += distance * distance
      product += distance * (point.computing - mean)
    }
    let slope = spread > 0 ? product / spread : 0
    return mean + max(0, slope) * (ranks - meanRanks)
  }
}
