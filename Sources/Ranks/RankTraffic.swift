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
  /// What a model answers for rows that are scored, and rows of tables for that or to be saved.
  case answers
  /// Rows of tables that ranks share, for the lanes of a step.
  case rows

  /// What is exchanged within steps; the others come between them.
  public static let ofSteps: [RankPurpose] = [
    .dense, .lookups, .sums, .meetings, .outputs, .rows,
  ]

  /// Of a message with this tag, behind whose purpose its step stands; nil: of none.
  init?(tag: Int32) { self.init(rawValue: tag & 15) }

  /// The tag of a message at a step.
  func tag(step: Int) -> Int32 { Int32(truncatingIfNeeded: step & 0x7f_ffff) << 4 | rawValue }
}

/// What a rank has sent and received, by purpose, and how long that took.
public struct RankTraffic: Sendable, Hashable {
  /// Bytes of contents.
  public internal(set) var bytes: [RankPurpose: Int] = [:]
  /// Messages.
  public internal(set) var messages: [RankPurpose: Int] = [:]
  /// How long it sent, received and waited for others.
  public internal(set) var time: [RankPurpose: Duration] = [:]
  /// How long it computed while an exchange was under way: begun, and not seen to be done.
  public internal(set) var hidden: [RankPurpose: Duration] = [:]
  /// Bytes that it has received.
  public internal(set) var received: [RankPurpose: Int] = [:]
  /// Those of them that had come when it looked for them, so that it did not wait.
  public internal(set) var timely: [RankPurpose: Int] = [:]

  /// Nothing yet.
  public init() {
    // All purposes are there from the first on, so that counting allocates nothing.
    for purpose in RankPurpose.allCases {
      (bytes[purpose], messages[purpose], time[purpose]) = (0, 0, .zero)
      (hidden[purpose], received[purpose], timely[purpose]) = (.zero, 0, 0)
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
    (found.hidden[purpose], found.received[purpose], found.timely[purpose]) = (.zero, 0, 0)
    return found
  }

  /// How long all that is exchanged within steps took.
  public var timeInSteps: Duration {
    RankPurpose.ofSteps.reduce(.zero) { $0 + time[$1, default: .zero] }
  }

  /// How long this rank computed while something of a step was under way.
  public var hiddenInSteps: Duration {
    RankPurpose.ofSteps.reduce(.zero) { $0 + hidden[$1, default: .zero] }
  }

  /// The part of the time of the steps' exchanges, each from its begin until it is seen to be done, in which
  /// this rank computed instead of sending, receiving and waiting; 0 where there are none.
  public var overlap: Double {
    let (hidden, all) = (hiddenInSteps, hiddenInSteps + timeInSteps)
    return all > .zero ? hidden / all : 0
  }

  /// The part of the bytes received in steps that had come when they were looked for; 0 where there are none.
  public var timelyShare: Double {
    let all = RankPurpose.ofSteps.reduce(0) { $0 + received[$1, default: 0] }
    let own = RankPurpose.ofSteps.reduce(0) { $0 + timely[$1, default: 0] }
    return all > 0 ? Double(own) / Double(all) : 0
  }

  /// What of it was sent since another moment.
  public func since(_ earlier: RankTraffic) -> RankTraffic {
    var found = self
    for purpose in RankPurpose.allCases {
      found.bytes[purpose, default: 0] -= earlier.bytes[purpose, default: 0]
      found.messages[purpose, default: 0] -= earlier.messages[purpose, default: 0]
      found.time[purpose, default: .zero] -= earlier.time[purpose, default: .zero]
      found.hidden[purpose, default: .zero] -= earlier.hidden[purpose, default: .zero]
      found.received[purpose, default: 0] -= earlier.received[purpose, default: 0]
      found.timely[purpose, default: 0] -= earlier.timely[purpose, default: 0]
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

  mutating func hide(_ duration: Duration, for purpose: RankPurpose) {
    hidden[purpose, default: .zero] += duration
  }

  mutating func receive(_ bytes: Int, for purpose: RankPurpose, isTimely: Bool) {
    received[purpose, default: 0] += bytes
    if isTimely { timely[purpose, default: 0] += bytes }
  }
}
