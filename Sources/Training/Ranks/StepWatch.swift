import Graph
import Ranks

/// Measures this rank's steps, and tells the others of them from time to time.
struct StepWatch {
  /// What all ranks have said.
  private(set) var times: RankTimes
  /// What a person should know of it.
  var news: [String] = []
  /// How long decisions of rank 0 were waited for between the window's steps.
  var waited = Duration.zero

  private let group: RankGroup
  /// Steps of the window, and how long they took.
  private var steps = 0
  private var time = Duration.zero
  /// What had been sent before the window.
  private var before = RankTraffic()

  /// The ranks of a run, and lanes of a full batch.
  init(_ group: RankGroup, lanes: Int) {
    self.group = group
    times = RankTimes(
      lanes: (0..<group.wire.count).map {
        LaneShare(rank: $0, ranks: group.wire.count).lanes(of: lanes).count
      })
  }

  /// Learns which machines there are, and begins to measure.
  mutating func begin() throws(RankError) {
    let hosts = try group.hosts()
    if Set(hosts).count > 1 { times.hosts = hosts }
    before = group.traffic
  }

  /// Notes a step and how long it took.
  mutating func stepTaken(_ duration: Duration) {
    steps += 1
    time += duration
  }

  /// Whether the window is over.
  var isDue: Bool { time.seconds >= RankTimes.seconds && steps >= RankTimes.fewestSteps }

  /// Tells the others of the window, hears of theirs, and begins another; all ranks do so together.
  mutating func tell() throws(RankError) {
    let count = group.wire.count
    let sent = group.traffic.since(before)
    let inSteps = sent.timeInSteps
    var numbers = [Double](repeating: 0, count: 3 * count)
    let perStep = 1 / Double(max(1, steps))
    numbers[3 * group.wire.rank] = max(0, (time - inSteps).seconds) * perStep
    numbers[3 * group.wire.rank + 1] = (inSteps + waited).seconds * perStep
    numbers[3 * group.wire.rank + 2] = sent.hiddenInSteps.seconds * perStep
    let parts = (0..<count).map { (24 * $0)..<(24 * ($0 + 1)) }
    let done: Result<Void, RankError> = numbers.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return .success(()) }
      return Result { [group] () throws(RankError) in
        try group.gather(base, parts: parts, for: .agenda)
      }
    }
    try done.get()
    news += times.note(
      (0..<count).map {
        RankTimes.Window(
          own: numbers[3 * $0], talk: numbers[3 * $0 + 1], hidden: numbers[3 * $0 + 2])
      })
    (steps, time, waited, before) = (0, .zero, .zero, group.traffic)
  }
}
