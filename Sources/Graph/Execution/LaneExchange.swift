/// How processes that share the lanes of a batch give each other what they have computed.
///
/// Everybody asks for the same in the same order. What is begun goes on while its process computes. After a
/// run of a training plan everybody has the tallies, the running means and the gradients of looked-up rows of all lanes, where one process has them;
/// the gradients of dense parameters follow by ``Executor/sumSharedLanes(rows:)``, since a penalty is added
/// to the first lane before. A process that has lost the others does nothing more.
public protocol LaneExchange: AnyObject {
  /// How many gathers and sums were ever begun.
  var begun: Int { get }

  /// Begins to see to it that everybody has all parts of some memory, of which each process has its own;
  /// `parts` are bytes, by process. The memory is left alone until that is done.
  func beginGather(
    _ memory: UnsafeMutableRawPointer, parts: [Range<Int>], of content: LaneContent)

  /// Begins to give every process a part of `outbox`, and to get one of each into a part of `inbox`; parts are
  /// bytes, by process. The memory is left alone until that is done.
  func beginCross(
    _ outbox: UnsafeMutableRawPointer, parts: [Range<Int>], into inbox: UnsafeMutableRawPointer,
    parts inParts: [Range<Int>], of content: LaneContent)

  /// Begins to leave in `sum` the sum over all lanes of all processes, one lane after the other; own ones lie
  /// a stride apart.
  func beginSum(
    _ lanes: UnsafePointer<Float>, stride: Int, laneCount: Int, count: Int,
    into sum: UnsafeMutablePointer<Float>)

  /// Lets what is under way go on, without waiting; called by the thread that runs plans alone.
  func advance()

  /// Waits until the first so many that were ever begun are done.
  func finish(through count: Int)
}

extension LaneExchange {
  /// Gathers, and waits until it is done.
  func gather(_ memory: UnsafeMutableRawPointer, parts: [Range<Int>], of content: LaneContent) {
    beginGather(memory, parts: parts, of: content)
    finish(through: begun)
  }
}

/// What of the lanes is exchanged.
public enum LaneContent: Sendable, Hashable {
  /// What lanes show to each other within a run.
  case meetings
  /// Tallies, and what running means follow.
  case sums
  /// Gradients of looked-up rows.
  case lookups
  /// Rows of tables that processes share.
  case rows
  /// Values that are kept of the whole batch.
  case outputs
}

/// Which bytes of some memory each of several processes has computed.
struct LaneParts {
  /// By process.
  private(set) var bytes: [Range<Int>] = []
  /// By process and slot, the rows and entries of its lanes.
  private var spans: [Span] = []

  /// Makes parts of lanes of so many bytes.
  mutating func cut(lanes: Int, bytesOfLane: Int, among ranks: Int) {
    makeRoom(ranks: ranks, slots: 0)
    for rank in 0..<ranks {
      let own = LaneShare(rank: rank, ranks: ranks).lanes(of: lanes)
      bytes[rank] = (own.lowerBound * bytesOfLane)..<(own.upperBound * bytesOfLane)
    }
  }

  /// Works out which rows and entries of a batch are whose.
  mutating func measure(_ cuts: BatchCuts, lanes: Int, rows: Int, among ranks: Int) {
    let slots = cuts.slots
    makeRoom(ranks: ranks, slots: slots)
    func start(_ lane: Int) -> Int { lane < lanes ? cuts.rows(ofLane: lane).lowerBound : rows }
    for rank in 0..<ranks {
      let own = LaneShare(rank: rank, ranks: ranks).lanes(of: lanes)
      spans.withUnsafeMutableBufferPointer { spans in
        guard let base = spans.baseAddress else { return }
        cuts.span(start(own.lowerBound)..<start(own.upperBound), into: base + rank * slots)
      }
    }
  }

  /// Makes parts of what was measured: rows of a slot, of so many bytes each.
  mutating func cut(slot: Int, bytesOfRow: Int) {
    let slots = spans.count / max(1, bytes.count)
    for rank in bytes.indices {
      let span = spans[rank * slots + slot]
      bytes[rank] = (span.first * bytesOfRow)..<((span.first + span.count) * bytesOfRow)
    }
  }

  private mutating func makeRoom(ranks: Int, slots: Int) {
    if bytes.count != ranks { bytes = [Range<Int>](repeating: 0..<0, count: ranks) }
    if slots > 0, spans.count != ranks * slots {
      spans = [Span](repeating: Span(), count: ranks * slots)
    }
  }
}
