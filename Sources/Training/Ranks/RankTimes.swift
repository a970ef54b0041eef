import Runs
import Tensors

/// How long steps take on each rank, and which rank the others wait for.
///
/// Ranks that train together take a step in the same time, the quick ones because they wait. What a rank
/// does by itself is told apart: the time of a step without what it sends, receives and waits. Over a window
/// of a second or more, rank r with N_r lanes of a full batch is slow where
///
///     own_r > 1.2 · median over s of own_s · max(1, N_r / N_s)
///
/// of an even number of ranks the lower of both in the middle. A rank with more lanes than another may take
/// as much longer as it has more of them.
struct RankTimes {
  /// What one rank says of a window, by step.
  struct Window: Equatable {
    /// Seconds in which it works by itself.
    var own = 0.0
    /// Seconds in which it sends, receives and waits.
    var talk = 0.0
    /// Seconds in which it works by itself while an exchange is under way.
    var hidden = 0.0
  }

  /// By rank, the newest window; empty before the first.
  private(set) var newest: [Window] = []
  /// By rank, whether it was slow in so many of the last windows without a break; negative: not slow.
  private var streaks: [Int]
  /// The rank of which was said that it is slow.
  private var named: Set<Int> = []
  /// Lanes of a full batch, by rank.
  private let lanes: [Int]
  /// Machines, by rank; empty where all are one.
  var hosts: [String]

  /// A window takes at least so long.
  static let seconds = 1.0
  /// A window has so many steps at least.
  static let fewestSteps = 3
  /// How much longer than usual is slow.
  static let slowness = 1.2
  /// Windows in a row after which a rank is named, or is named no more.
  static let patience = 5

  /// Ranks with so many lanes each.
  init(lanes: [Int], hosts: [String] = []) {
    self.lanes = lanes
    self.hosts = hosts
    streaks = lanes.map { _ in 0 }
  }

  /// What a rank's step takes by itself if it is as quick as the middle one of all.
  static func usual(_ rank: Int, own: [Double], lanes: [Int]) -> Double {
    let expected = own.indices.map {
      own[$0] * max(1, Double(lanes[rank]) / Double(max(1, lanes[$0])))
    }.sorted()
    return expected.isEmpty ? 0 : expected[(expected.count - 1) / 2]
  }

  /// Notes what all ranks say of a window; what a person should know of it.
  mutating func note(_ windows: [Window]) -> [String] {
    newest = windows
    let own = windows.map(\.own)
    var words: [String] = []
    for rank in windows.indices {
      let usual = Self.usual(rank, own: own, lanes: lanes)
      let isSlow = own[rank] > Self.slowness * usual
      streaks[rank] = isSlow ? max(0, streaks[rank]) + 1 : min(0, streaks[rank]) - 1
      if streaks[rank] >= Self.patience, named.insert(rank).inserted {
        words.append(
          "\(title(rank)) is slow: a step takes it \(milliseconds(own[rank])) by itself, where "
            + "\(milliseconds(usual)) are usual; the others wait for it")
      } else if streaks[rank] <= -Self.patience, named.remove(rank) != nil {
        words.append("\(title(rank)) is slow no more")
      }
    }
    return words
  }

  /// What a screen shows; nil before the first window.
  ///
  /// A rank is shown as slow from its first such window on, and named when it stays so.
  var snapshot: RanksSnapshot? {
    guard !newest.isEmpty else { return nil }
    return RanksSnapshot(
      newest.indices.map { rank in
        .init(
          host: hosts.isEmpty ? "" : hosts[rank], ownSeconds: newest[rank].own,
          talkSeconds: newest[rank].talk, hiddenSeconds: newest[rank].hidden,
          isSlow: streaks[rank] > 0)
      })
  }

  private func title(_ rank: Int) -> String {
    hosts.isEmpty ? "rank \(rank)" : "rank \(rank) on \(hosts[rank])"
  }

  private func milliseconds(_ seconds: Double) -> String {
    "\(significant(1e3 * seconds, digits: 3)) ms"
  }
}
