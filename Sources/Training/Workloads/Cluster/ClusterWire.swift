import Ranks

/// What carries messages between ranks in two numbers, and how long what a step exchanges takes over it.
///
/// A message of m bytes arrives after latency + m / bandwidth. Ranks send and receive at once, and links
/// between different ranks do not share anything.
public struct ClusterWire: Sendable, Hashable {
  /// Seconds of the smallest message, one way.
  public var latency: Double
  /// Bytes a second between two ranks, one way.
  public var bandwidth: Double

  /// A wire of these figures.
  public init(latency: Double, bandwidth: Double) {
    (self.latency, self.bandwidth) = (latency, bandwidth)
  }

  /// Seconds of a message.
  func message(_ bytes: Double) -> Double { latency + bytes / bandwidth }

  /// Seconds in which all P ranks get b bytes of which each has its part: once round a ring,
  /// (P − 1) · (latency + b / P / bandwidth).
  func gather(_ bytes: Double, ranks: Int) -> Double {
    Double(ranks - 1) * message(bytes / Double(ranks))
  }

  /// Seconds until the last of P − 1 ranks has what one sends to each, one after the other; what a message
  /// costs its sender is taken for a quarter of the latency.
  func broadcast(_ bytes: Double, ranks: Int) -> Double {
    guard ranks > 1 else { return 0 }
    return message(bytes) + Double(ranks - 2) * (latency / 4 + bytes / bandwidth)
  }

  /// Seconds until the first rank has a sum over the lanes of all ranks, as ``RankGroup/sum`` goes about it:
  /// pieces from rank to rank, each of which adds its lanes, and from the last one back.
  ///
  /// A rank receives what comes back when all that it sends on has arrived.
  ///
  /// - Parameters:
  ///   - floats: of the sum.
  ///   - ranks: P; 1 sums nothing.
  ///   - adding: seconds in which a rank adds its lanes of a whole piece.
  /// - Returns: seconds from the moment in which all ranks have computed their lanes.
  func sum(floats: Int, ranks: Int, adding: Double) -> Double {
    guard ranks > 1, floats > 0 else { return 0 }
    let pieces = (0..<RankGroup.pieces(of: floats)).map { piece in
      min(RankGroup.piece, floats - piece * RankGroup.piece)
    }
    let transfers = pieces.map { 4 * Double($0) / bandwidth }
    let additions = pieces.map { adding * Double($0) / Double(RankGroup.piece) }
    var sums = Self.running(additions)
    var sent = [Double](repeating: 0, count: ranks)
    for rank in 1..<ranks {
      var free = 0.0
      let arrivals = arrivals(of: sums, transfers)
      sent[rank - 1] = arrivals[pieces.count - 1]
      for piece in pieces.indices {
        free = max(free, arrivals[piece]) + additions[piece]
        sums[piece] = free
      }
    }
    for rank in (0..<(ranks - 1)).reversed() {
      sums = arrivals(of: sums, transfers).map { max($0, sent[rank]) }
    }
    return sums[pieces.count - 1]
  }

  /// When messages that follow each other over a link are there, of when they could be sent.
  private func arrivals(of ready: [Double], _ transfers: [Double]) -> [Double] {
    var free = 0.0
    return ready.indices.map { index in
      free = max(free, ready[index]) + transfers[index]
      return free + latency
    }
  }

  private static func running(_ values: [Double]) -> [Double] {
    var sum = 0.0
    return values.map { value in
      sum += value
      return sum
    }
  }
}
