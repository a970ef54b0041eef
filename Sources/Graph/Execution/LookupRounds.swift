internal import Synchronization

/// Gives other processes the gradients of looked-up rows while lanes are computed: in a round every process
/// gives those of one lane, as soon as it is through with it, and goes on with the next one.
///
/// Of N lanes on P processes there are ⌈N / P⌉ rounds; the last one begins behind all lanes. Everybody begins
/// rounds in the same order, whichever thread is done first. Only thread 0 speaks to the others. Everybody gets
/// all rows, or where processes share the rows of tables those of its own, see ``OwnedGradients``.
final class LookupRounds {
  /// Where a section leaves the gradients of a lookup.
  private struct Lookup {
    let base: UnsafeMutableRawPointer
    let slot: Int
    let bytesOfRow: Int
  }

  private let lookups: [Lookup]
  /// Where processes share the rows of tables; nil: all have all.
  let owned: OwnedGradients?
  private let workspace: Workspace
  private let slots: Int
  /// The rows and entries of each lane, by slot.
  private var spans: [Span]
  /// The rows of each lane, and by process those of a round.
  private var laneRows: [Range<Int>]
  private var rows: [Range<Int>] = []
  private var batch = Batch(rows: 0)
  /// Which bytes of a lookup are whose in a round, by process.
  private var parts: [Range<Int>] = []
  private var lanes = 0
  private var isReversed = false
  /// Rounds that have begun, and those of them whose rows were taken.
  private var (begun, taken) = (0, 0)
  /// A bit for each lane that is through.
  private let through = Atomic<Int>(0)

  init(_ plan: Plan, memory: PlanMemory, workspace: Workspace, owned: OwnedGradients?) {
    self.workspace = workspace
    self.owned = owned
    laneRows = [Range<Int>](repeating: 0..<0, count: Lanes.most)
    slots = memory.spanSlots
    spans = [Span](repeating: Span(), count: Lanes.most * memory.spanSlots)
    lookups = plan.sections.enumerated().flatMap { section, reached in
      plan.lookups.filter(reached.contains).map { node in
        Lookup(
          base: UnsafeMutableRawPointer(
            memory.lookupGradients.base(of: node, section: section)),
          slot: max(0, Span.slot(of: plan.nodes[node].extent)),
          bytesOfRow: 4 * ArenaLayout.stride(of: plan.nodes[node].width))
      }
    }
  }

  /// Begins a batch of so many lanes, of which no round has begun.
  func start(_ batch: Batch, _ cuts: BatchCuts, lanes: Int, isReversed: Bool) {
    (self.batch, self.lanes, self.isReversed, begun, taken) = (batch, lanes, isReversed, 0, 0)
    through.store(0, ordering: .relaxed)
    let ranks = workspace.share.ranks
    if parts.count != ranks {
      parts = [Range<Int>](repeating: 0..<0, count: ranks)
      rows = parts
    }
    if let owned {
      for lane in 0..<lanes { laneRows[lane] = cuts.rows(ofLane: lane) }
      return owned.start()
    }
    spans.withUnsafeMutableBufferPointer { spans in
      guard let base = spans.baseAddress else { return }
      for lane in 0..<lanes { cuts.span(cuts.rows(ofLane: lane), into: base + lane * slots) }
    }
  }

  /// Notes that a lane is through, on the thread that has computed it.
  func laneIsThrough(_ lane: Int) { through.bitwiseOr(1 << lane, ordering: .acquiringAndReleasing) }

  /// Begins the rounds whose own lane is through, but for the last, and lets what is under way go on.
  func advance() {
    let through = through.load(ordering: .acquiring)
    while begun < rounds - 1 {
      if let lane = lane(of: workspace.share, round: begun), through >> lane & 1 == 0 { break }
      beginRound()
    }
    workspace.exchange?.advance()
  }

  /// Begins what is left behind all lanes, but for the last round.
  func beginAllButLast() {
    while begun < rounds - 1 { beginRound() }
  }

  /// Begins the last round.
  func beginLast() { beginRound() }

  private var rounds: Int { LaneShare.most(lanes, ranks: workspace.share.ranks) }

  /// The lane that a process gives in a round, in the order in which it computes them; nil: it has none left.
  private func lane(of share: LaneShare, round: Int) -> Int? {
    let own = share.lanes(of: lanes)
    guard round < own.count else { return nil }
    return isReversed ? own.upperBound - 1 - round : own.lowerBound + round
  }

  /// Moves what all rounds have brought to where it is read, once it has come; a second time nothing.
  func take() {
    guard let owned else { return }
    for round in taken..<max(taken, begun) {
      findRows(of: round)
      owned.take(rows, of: batch)
    }
    taken = begun
  }

  /// Finds by process the rows of its lane in a round.
  private func findRows(of round: Int) {
    for rank in rows.indices {
      let share = LaneShare(rank: rank, ranks: rows.count)
      rows[rank] = lane(of: share, round: round).map { laneRows[$0] } ?? 0..<0
    }
  }

  private func beginRound() {
    let ranks = workspace.share.ranks
    if let owned {
      findRows(of: begun)
      owned.begin(rows, of: batch)
      begun += 1
      return
    }
    for lookup in lookups {
      for rank in 0..<ranks {
        let lane = lane(of: LaneShare(rank: rank, ranks: ranks), round: begun)
        let span = lane.map { spans[$0 * slots + lookup.slot] } ?? Span()
        parts[rank] =
          (span.first * lookup.bytesOfRow)..<((span.first + span.count) * lookup.bytesOfRow)
      }
      workspace.exchange?.beginGather(lookup.base, parts: parts, of: .lookups)
    }
    begun += 1
  }
}
