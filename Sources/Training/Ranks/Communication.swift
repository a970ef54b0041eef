import Foundation
import Ranks
import Runs
import Tensors

/// What the ranks of a run had to say to each other, and what part of its steps that took.
struct Communication {
  /// Ranks.
  let ranks: Int
  /// Steps of this process, and how long they took with all that ranks say in them.
  private(set) var steps = 0
  private(set) var stepTime = Duration.zero

  init(ranks: Int) { self.ranks = ranks }

  /// Notes a step and how long it took.
  mutating func add(_ duration: Duration) {
    steps += 1
    stepTime += duration
  }

  /// The part of the steps' time that a purpose took; nil: all of them.
  func share(of purpose: RankPurpose?, _ traffic: RankTraffic) -> Double {
    let time = purpose.map { traffic.time[$0, default: .zero] } ?? traffic.total.time
    let all = stepTime + traffic.time[.agenda, default: .zero]
    return all > .zero ? time.seconds / all.seconds : 0
  }

  /// A sentence for whoever reads how a run went.
  func words(_ traffic: RankTraffic) -> String {
    let parts = RankPurpose.allCases.filter { traffic.messages[$0, default: 0] > 0 }.map {
      "\($0.words) \(percent(share(of: $0, traffic)))"
    }
    let (bytes, messages, _) = traffic.total
    return
      "\(ranks) ranks: the first one spent \(percent(share(of: nil, traffic))) of its steps' time with "
      + "sending and waiting for others (\(parts.joined(separator: ", "))), "
      + "and computed in \(percent(traffic.overlap)) of the time in which exchanges were under way, so that "
      + "\(percent(traffic.timelyShare)) of the bytes had come when it looked for them; it sent "
      + "\(bytes / max(1, steps)) bytes in "
      + "\(significant(Double(messages) / Double(max(1, steps)), digits: 3)) messages a step"
  }

  private func percent(_ share: Double) -> String {
    "\(significant(100 * share, digits: 2)) %"
  }
}

extension RankPurpose {
  /// What it is called.
  fileprivate var words: String {
    switch self {
    case .dense: "dense gradients"
    case .lookups: "gradients of tables"
    case .sums: "sums of losses"
    case .agenda: "what to do next"
    case .meetings: "whole-batch operations"
    case .outputs: "values that are shown"
    case .answers: "scoring and saving"
    case .rows: "rows of tables"
    }
  }
}
