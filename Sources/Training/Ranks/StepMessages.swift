public import Graph
import Models
public import Ranks

/// What the ranks of a run send each other in one step, by formula.
///
/// Bytes that all P ranks together send in a step of B rows, with S sections of G dense floats, L floats of
/// looked-up gradients a row and section (rows padded to whole vectors), T losses and N lanes:
///
///     dense      2 · 4·S·G · (P − 1)                 a chain in the order of ranks, and back
///     lookups    4·S·L · B · (P − 1)                 every rank has all rows
///     sums       (32·T + 4·A) · N · (P − 1)          A: floats of running means
///     meetings   4·M · N · (P − 1)                   M: floats that a lane shows to the others
///     outputs    4·O · B · (P − 1)                   O: floats that are kept of a row; in steps that are shown
///     agenda     16 · (P − 1)                        and the commands, if there are some; about once a
///                                                    second 24 · P · (P − 1) for how long steps take
///
/// 32·T·N counts twice where the losses are seen before the gradients. What is gathered goes round a ring in
/// P · (P − 1) messages, lookups in as many for each of ⌈N / P⌉ rounds; a sum in 2 · (P − 1) for every 64 KiB of
/// it.
///
/// Where ranks share the rows of tables, a step has these in place of the lookups above, with D floats of a row of
/// a table, in one message of each rank to each other, lookups in as many rounds:
///
///     rows       4·D · Σ over ranks of the distinct ids that it looks up and does not keep
///     lookups    4·D · Σ over columns of ids and rows of the ranks, but the one that computes the row, which
///                keep an id of it; all others where a table is kept by all
///
/// Both follow from the ids of the batch and hold for that many ranks alone.
public struct StepMessages: Sendable {
  /// By purpose, the bytes of each gather, of all ranks together.
  public private(set) var gathers: [RankPurpose: [Int]] = [:]
  /// Floats of each sum over the lanes of all ranks.
  public private(set) var sums: [Int] = []
  /// By purpose, what ranks send each other where they share the rows of tables: bytes of all together, and
  /// how often each sends each other a message.
  public private(set) var crossed: [RankPurpose: (bytes: Int, times: Int)] = [:]
  /// N of each gather of looked-up rows.
  private var lookupLanes: [Int] = []

  /// None.
  init() {}

  /// Adds what a run of a plan exchanges.
  mutating func add(_ parts: ExchangedParts) {
    let lookups = parts.gathers[.lookups, default: []].count
    lookupLanes += [Int](repeating: parts.lanes, count: lookups)
    for (content, bytes) in parts.gathers {
      gathers[RankPurpose(content), default: []] += bytes
    }
    for (content, crossed) in parts.crossed {
      self.crossed[RankPurpose(content), default: (0, 0)].bytes += crossed.bytes
      self.crossed[RankPurpose(content), default: (0, 0)].times += crossed.times
    }
    sums += [Int](repeating: parts.denseFloats, count: parts.sections)
  }

  /// Those of a step with so many times the rows, and so many times the lanes.
  func grown(rows: Double, lanes: Double) -> StepMessages {
    var grown = self
    for (purpose, bytes) in gathers {
      let factor = purpose == .lookups || purpose == .outputs ? rows : lanes
      grown.gathers[purpose] = bytes.map { Int((Double($0) * factor).rounded()) }
    }
    grown.lookupLanes = lookupLanes.map { Int((Double($0) * lanes).rounded()) }
    return grown
  }

  /// How often something goes round the ring of so many ranks, each time with these bytes.
  func rings(for purpose: RankPurpose, ranks: Int) -> [(times: Int, bytes: Double)] {
    let all = gathers[purpose, default: []]
    guard purpose == .lookups else { return all.map { (1, Double($0)) } }
    return zip(all, lookupLanes).map { bytes, lanes in
      let rounds = LaneShare.most(lanes, ranks: ranks)
      return (rounds, Double(bytes) / Double(rounds))
    }
  }

  /// Bytes that all of so many ranks together send in a step without commands.
  public func bytes(for purpose: RankPurpose, ranks: Int) -> Int {
    switch purpose {
    case .dense: 2 * 4 * sums.reduce(0, +) * (ranks - 1)
    case .agenda: 16 * (ranks - 1)
    default:
      gathers[purpose, default: []].reduce(0, +) * (ranks - 1)
        + crossed[purpose, default: (0, 0)].bytes
    }
  }

  /// Messages of all of so many ranks together.
  public func messages(for purpose: RankPurpose, ranks: Int) -> Int {
    switch purpose {
    case .dense: 2 * (ranks - 1) * sums.reduce(0) { $0 + RankGroup.pieces(of: $1) }
    case .agenda: ranks - 1
    default:
      (rings(for: purpose, ranks: ranks).reduce(0) { $0 + $1.times }
        + crossed[purpose, default: (0, 0)].times) * ranks * (ranks - 1)
    }
  }
}

extension RankPurpose {
  /// What lanes are exchanged for.
  init(_ content: LaneContent) {
    self =
      switch content {
      case .meetings: .meetings
      case .sums: .sums
      case .lookups: .lookups
      case .outputs: .outputs
      case .rows: .rows
      }
  }
}

extension Trainer {
  /// What ranks send each other in a step on a batch, as tasks and balancer are now.
  ///
  /// It takes no step; plans that it needs are made.
  public func stepMessages(of batch: Batch) -> StepMessages {
    let turn = state.turn
    let before = (turn.turn, turn.task, turn.active, turn.batch)
    defer { (turn.turn, turn.task, turn.active, turn.batch) = before }
    var messages = StepMessages()
    for number in program.turns.indices where program.turns[number].isDue(at: step, epoch: epoch) {
      for task in tasks(ofTurn: number) {
        state.enter(number, of: task)
        let plan = currentPlan()
        guard !plan.losses.isEmpty else { continue }
        plan.executor.copiesOutputs = keepsWatched
        messages.add(plan.executor.exchangedParts(of: rows(of: batch, in: number)))
      }
    }
    return messages
  }

  /// The tasks that take a turn one after another in a step; nil: those that are on, together.
  private func tasks(ofTurn number: Int) -> [Int?] {
    if let task = state.restriction { return [task] }
    switch program.alternation {
    case .joint: return [nil]
    case .turns: return tasks.indices.filter { isOn[$0] }
    case .batches: return [state.taskOn(at: step / program.turns[number].every)]
    case .epochs: return [state.taskOn(at: epoch)]
    }
  }
}
