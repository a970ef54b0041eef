/// What a message is for.
public enum RankPurpose: Int32, Sendable, CaseIterable {
  /// Gradients of dense parameters.
  case dense = 1
  /// Gradients of rows of tables.
  case lookups
  /// Sums of losses and running means.
  case sums
  /// What all ranks do next.
  case agenda
  /// What operations over the whole batch show of their lanes.
  case meetings
  /// Values of the whole batch that a screen shows.
  case outputs
  /// What a model answers for rows that are scored.
  case answers

  /// What is exchanged within steps; the others come between them.
  public static let ofSteps: [RankPurpose] = [.dense, .lookups, .sums, .meetings, .outputs]

  /// Of a message with this tag, behind whose purpose its step stands; nil: of none.
  init?(tag: Int32) { self.init(rawValue: tag & 7) }

  /// The tag of a message at a step.
  func tag(step: Int) -> Int32 { Int32(truncatingIfNeeded: step & 0xff_ffff) << 3 | rawValue }
}

/// What a rank has sent, by purpose, and how long that took.
public struct RankTraffic: Sendable, Hashable {
  /// Bytes of contents.
  public internal(set) var bytes: [RankPurpose: Int] = [:]
  /// Messages.
  public internal(set) var messages: [RankPurpose: Int] = [:]
  /// How long it sent, received and waited for others.
  public internal(set) var time: [RankPurpose: Duration] = [:]

  /// Nothing yet.
  public init() {
    // All purposes are there from the first on, so that counting allocates nothing.
    for purpose in RankPurpose.allCases {
      (bytes[purpose], messages[purpose], time[purpose]) = (0, 0, .zero)
    }
  }

  /// Of everything together.
  public var total: (bytes: Int, messages: Int, time: Duration) {
    RankPurpose.allCases.reduce((0, 0, .zero)) {
      (
        $0.0 + bytes[$1, default: 0], $0.1 + messages[$1, default: 0],
        $0.2 + time[$1, default: .zero]
      )
    }
  }

  /// The same without what was sent for a purpose.
  public func without(_ purpose: RankPurpose) -> RankTraffic {
    var found = self
    (found.bytes[purpose], found.messages[purpose], found.time[purpose]) = (0, 0, .zero)
    return found
  }

  /// How long all that is exchanged within steps took.
  public var timeInSteps: Duration {
    RankPurpose.ofSteps.reduce(.zero) { $0 + time[$1, default: .zero] }
  }

  /// What of it was sent since another moment.
  public func since(_ earlier: RankTraffic) -> RankTraffic {
    var found = self
    for purpose in RankPurpose.allCases {
      found.bytes[purpose, default: 0] -= earlier.bytes[purpose, default: 0]
      found.messages[purpose, default: 0] -= earlier.messages[purpose, default: 0]
      found.time[purpose, default: .zero] -= earlier.time[purpose, default: .zero]
    }
    return found
  }

  mutating func count(_ bytes: Int, for purpose: RankPurpose) {
    self.bytes[purpose, default: 0] += bytes
    messages[purpose, default: 0] += 1
  }

  mutating func add(_ duration: Duration, for purpose: RankPurpose) {
    time[purpose, default: .zero] += duration
  }
}
