internal import Synchronization

/// Gives other processes the gradients of looked-up rows while lanes are computed: in a round every process
/// gives those of one lane, as soon as it is through with it, and goes on with the next one.
///
/// Of N lanes on P processes there are ⌈N / P⌉ rounds; the last one begins behind all lanes. Everybody begins
/// rounds in the same order, whichever thread is done first. Only thread 0 speaks to the others.
final class LookupRounds {
  /// Where a section leaves the gradients of a lookup.
  private struct Lookup {
    let base: UnsafeMutableRawPointer
    let slot: Int
    let bytesOfRow: Int
  }

  private let lookups: [Lookup]
  private let workspace: Workspace
  private let slots: Int
  /// The rows and entries of each lane, by slot.
  private var spans: [Span]
  /// Which bytes of a lookup are whose in a round, by process.
  private var parts: [Range<Int>] = []
  private var lanes = 0
  private var isReversed = false
  /// Rounds that have begun.
  private var begun = 0
  /// A bit for each lane that is through.
  private let through = Atomic<Int>(0)

  init(_ plan: Plan, memory: PlanMemory, workspace: Workspace) {
    self.workspace = workspace
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
  func start(_ cuts: BatchCuts, lanes: Int, isReversed: Bool) {
    (self.lanes, self.isReversed, begun) = (lanes, isReversed, 0)
    through.store(0, ordering: .relaxed)
    let ranks = workspace.share.ranks
    if parts.count != ranks { parts = [Range<Int>](repeating: 0..<0, count: ranks) }
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

  private func beginRound() {
    let ranks = workspace.share.ranks
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
