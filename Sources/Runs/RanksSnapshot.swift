/// How the ranks of a run get on: by rank, how long a step takes it and how long it talks to the others.
public struct RanksSnapshot: Sendable, Equatable, Codable {
  /// One rank over the newest second or so.
  public struct Rank: Sendable, Equatable, Codable {
    /// The machine that it runs on; empty where all run on one.
    public var host: String
    /// Seconds of a step in which it works by itself.
    public var ownSeconds: Double
    /// Seconds a step in which it sends, receives and waits for others.
    public var talkSeconds: Double
    /// Seconds a step in which it works by itself while an exchange with others is under way: a part of
    /// ``ownSeconds``.
    public var hiddenSeconds: Double
    /// Whether the others wait for it.
    public var isSlow: Bool

    /// Records a rank's times.
    public init(
      host: String = "", ownSeconds: Double, talkSeconds: Double, hiddenSeconds: Double = 0,
      isSlow: Bool = false
    ) {
      self.host = host
      self.ownSeconds = ownSeconds
      self.talkSeconds = talkSeconds
      self.hiddenSeconds = hiddenSeconds
      self.isSlow = isSlow
    }

    /// The part of its time in which it sends, receives and waits; 0 where there is none.
    public var talkShare: Double {
      let all = ownSeconds + talkSeconds
      return all > 0 ? talkSeconds / all : 0
    }
  }

  /// By rank.
  public var ranks: [Rank]

  /// Records the times of all ranks.
  public init(_ ranks: [Rank]) { self.ranks = ranks }

  /// The part of all ranks' time in which they send, receive and wait; 0 where there is none.
  public var talkShare: Double {
    let talk = ranks.reduce(0) { $0 + $1.talkSeconds }
    let all = ranks.reduce(talk) { $0 + $1.ownSeconds }
    return all > 0 ? talk / all : 0
  }

  /// The part of the time in which exchanges are under way, from when one begins until it is seen to be
  /// done, in which ranks work by themselves; 0 where there are none.
  public var overlap: Double {
    let hidden = ranks.reduce(0) { $0 + $1.hiddenSeconds }
    let all = ranks.reduce(hidden) { $0 + $1.talkSeconds }
    return all > 0 ? hidden / all : 0
  }
}

extension RanksSnapshot {
  /// Those that the others wait for.
  public var slow: [Int] { ranks.indices.filter { ranks[$0].isSlow } }

  /// One line: `4 ranks: 12.1 12.3 18.9 12.2 ms, 30 % communication, overlap 41 %, rank 2 slow`.
  public var line: String {
    let times = ranks.map { Self.milliseconds($0.ownSeconds) }.joined(separator: " ")
    let late = slow.map { ", rank \($0) slow" }.joined()
    return "\(ranks.count) ranks: \(times) ms, \(Self.percent(talkShare)) communication, "
      + "overlap \(Self.percent(overlap))\(late)"
  }

  /// Milliseconds in three digits.
  public static func milliseconds(_ seconds: Double) -> String {
    significant(1e3 * seconds, digits: 3)
  }

  private static func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}
