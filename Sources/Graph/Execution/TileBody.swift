internal import CKernels
import Tensors

/// What is left when all pieces of a batch have been forward and backward: the gradients of parameters
/// tile by tile, then the tallies lane by lane.
struct TileBody: ParallelBody, ~Copyable {
  /// A tile of the gradient of some parameters.
  private struct Tile {
    /// Where the operations that have these parameters stand in `sharing`.
    let operations: Range<Int>
    let number: Int
    let floats: Int
    /// What it takes, in no unit: each of the operations adds to all numbers.
    var work: Int { floats * operations.count }
  }

  var batch = Batch(rows: 0)
  /// Who is told how long operations take; nil but for profiles.
  var profile: OperationClock?

  private let blockRows: Int
  private let operations: UnsafeMutableBufferPointer<CompiledOperation>
  private let memory: PlanMemory
  private let workspace: Workspace
  private let tiles: [Tile]
  /// The plan's operations with tiles, those that share parameters beside each other in the order in which
  /// they go backward.
  private let sharing: [Int]
  private let mostFloats: Int
  /// Which of the plan's operations are roots.
  private let roots: [Int]

  init(
    _ plan: Plan, operations: UnsafeMutableBufferPointer<CompiledOperation>, memory: PlanMemory,
    workspace: Workspace
  ) {
    blockRows = plan.blockRows
    self.operations = operations
    self.memory = memory
    self.workspace = workspace
    var (tiles, sharing) = ([Tile](), [Int]())
    for group in Self.groups(operations) {
      guard let tiled = operations[group[0]].tiled else { continue }
      let own = sharing.count..<(sharing.count + group.count)
      sharing += group
      tiles += (0..<tiled.tiles).map {
        Tile(operations: own, number: $0, floats: tiled.floats(ofTile: $0))
      }
    }
    self.sharing = sharing
    // The longest first, so that the last ones to be taken are short.
    self.tiles = tiles.enumerated().sorted {
      ($1.element.work, $0.offset) < ($0.element.work, $1.offset)
    }.map(\.element)
    mostFloats = Self.mostFloats(plan)
    roots = plan.order.indices.filter { plan.roots.contains(plan.order[$0]) }
  }

  /// The operations with tiles by their parameters, which are all the same or all others, each group as it
  /// goes backward.
  private static func groups(
    _ operations: UnsafeMutableBufferPointer<CompiledOperation>
  ) -> [[Int]] {
    var (groups, known) = ([[Int]](), [[Parameter]: Int]())
    for operation in operations.indices.reversed() where operations[operation].tiled != nil {
      let parameters = operations[operation].operation.parameters
      if let group = known[parameters], !parameters.isEmpty {
        groups[group].append(operation)
      } else {
        known[parameters] = groups.count
        groups.append([operation])
      }
    }
    return groups.reversed()
  }

  private static func tiled(_ plan: Plan) -> [any TiledGradient] {
    plan.reached.compactMap { plan.nodes[$0].operation as? any TiledGradient }
  }

  private static func mostFloats(_ plan: Plan) -> Int {
    let floats = tiled(plan).flatMap { tiled in
      (0..<tiled.tiles).map { tiled.floats(ofTile: $0) }
    }
    return ((floats.max() ?? 0) + 15) & ~15
  }

  /// Scratch floats of a thread: a tile's sum, a lane's part of it, and what the operation asks for.
  static func scratch(_ plan: Plan) -> Int {
    2 * mostFloats(plan) + (tiled(plan).map { $0.tileScratch(rows: plan.blockRows) }.max() ?? 0)
  }

  private var lanes: Int { Lanes.count(of: batch.rows, sections: 1) }

  /// How many chunks there are.
  var chunks: Int { tiles.count + lanes }

  var barrier: Barrier { .tiles }

  func run(chunk: Int, thread: Int) {
    if chunk < tiles.count {
      let start = profile == nil ? 0 : WorkClock.now
      sum(tiles[chunk], thread: thread)
      profile?.add(
        WorkClock.now - start, operation: sharing[tiles[chunk].operations.lowerBound],
        isBackward: true, thread: thread)
    } else {
      tally(ofLane: chunk - tiles.count, thread: thread)
    }
  }

  /// Calls `body` with every block of a lane, in order.
  @inline(__always) private func forEachBlock(
    ofLane lane: Int, _ body: (_ rows: Range<Int>, _ isFirst: Bool) -> Void
  ) {
    let rows = Lanes.range(of: lane, rows: batch.rows, sections: 1)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
      body(first..<min(rows.upperBound, first + blockRows), first == rows.lowerBound)
    }
  }

  /// Sums a tile over the blocks of each lane, in each over the operations that share it, and then over the
  /// lanes, as an update sums lanes.
  private func sum(_ tile: Tile, thread: Int) {
    guard batch.rows > 0 else { return }
    let sum = workspace.scratch[thread].base
    let own = sum + mostFloats
    for lane in 0..<lanes {
      let target = lane == 0 ? sum : own
      forEachBlock(ofLane: lane) { rows, isFirst in
        for index in tile.operations {
          let isFollowing = !isFirst || index > tile.operations.lowerBound
          addBlock(
            sharing[index], tile.number, rows, lane: lane, thread: thread,
            isFollowing: isFollowing, into: target)
        }
      }
      if lane > 0 { ck_add_scaled(Int64(tile.floats), 1, own, sum, 1) }
    }
    let first = sharing[tile.operations.lowerBound]
    let last = call(first, 0..<0, lane: 0, thread: thread, accumulates: false)
    operations[first].tiled?.storeTile(tile.number, last, from: sum)
  }

  /// Writes what an operation adds to a tile in a block, or adds it to what is there.
  private func addBlock(
    _ operation: Int, _ tile: Int, _ rows: Range<Int>, lane: Int, thread: Int, isFollowing: Bool,
    into target: UnsafeMutablePointer<Float>
  ) {
    guard let tiled = operations[operation].tiled else { return }
    for entry in 0..<operations[operation].entries {
      let call = call(
        operation, rows, lane: lane, thread: thread, entry: entry,
        accumulates: isFollowing || entry > 0)
      tiled.backwardTile(tile, call, into: target)
    }
  }

  /// Computes the roots again for a lane, block by block, so that what they add up is that of lanes.
  private func tally(ofLane lane: Int, thread: Int) {
    workspace.tallies(ofRow: lane).update(repeating: 0, count: workspace.tallyCount)
    forEachBlock(ofLane: lane) { rows, _ in
      for index in roots {
        for entry in 0..<operations[index].entries {
          operations[index].operation.forward(
            call(index, rows, lane: lane, thread: thread, entry: entry, accumulates: false))
        }
      }
    }
  }

  private func call(
    _ index: Int, _ rows: Range<Int>, lane: Int, thread: Int, entry: Int = 0, accumulates: Bool
  ) -> Call {
    let operation = UnsafePointer(operations.baseAddress.unsafelyUnwrapped + index)
    // Plans of ragged columns are run by lanes.
    let spans = memory.spans + thread * memory.spanSlots
    spans[0] = Span(
      first: rows.lowerBound, count: rows.count, absolute: batch.firstParent + rows.lowerBound)
    return Call(
      rows: rows.count, firstRow: rows.lowerBound, entry: entry, spans: spans, batch: batch,
      scratch: workspace.scratch[thread].base + 2 * mostFloats,
      scales: workspace.scales.base, tallies: workspace.tallies(ofRow: lane),
      accumulatesParameters: accumulates, descends: false, endsKept: false, lane: lane,
      lanes: lanes, operation: operation,
      accumulates: operation.pointee.accumulates,
      values: UnsafePointer(memory.values + thread * memory.nodeCount),
      keptRows: memory.kept + thread * memory.nodeCount,
      gradients: memory.gradients + thread * memory.nodeCount,
      laneGradient: workspace.laneGradients.base, laneAverages: workspace.laneAverages.base,
      meetings: Meetings(base: memory.meetings.base, stride: memory.meetingStride))
  }
}
