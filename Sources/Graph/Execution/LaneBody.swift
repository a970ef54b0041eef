import Tensors

/// Runs one lane of a batch, block after block: forward, then backward section after section; where
/// lanes meet, one stage of it.
struct LaneBody: ParallelBody, ~Copyable {
  var batch = Batch(rows: 0)
  var copiesOutputs = true
  /// The pieces of the batch; nil: it is run by lanes.
  var pieces: RowPieces?
  /// Which stage is run.
  var stage = 0
  /// Who is told how long operations take; nil but for profiles.
  var profile: OperationClock?
  /// Who gives the gradients of lanes that are through to other processes; nil: nobody.
  private var rounds: LookupRounds?

  /// How the batch is cut.
  var cuts: BatchCuts
  private let operations: UnsafeMutableBufferPointer<CompiledOperation>
  private let memory: PlanMemory
  private let workspace: Workspace
  /// Which output each operation fills; −1 for none.
  private let outputOf: [Int]
  private let stages: Stages
  private let hasMeetings: Bool
  /// By operation, the first section with its backward pass; −1: none has.
  private let firstSection: [Int]
  /// By operation, the last one.
  private let lastSection: [Int]
  /// By operation, whether it has one row for the whole block.
  private let isRowless: [Bool]

  init(
    _ plan: Plan, operations: UnsafeMutableBufferPointer<CompiledOperation>, memory: PlanMemory,
    workspace: Workspace
  ) {
    cuts = BatchCuts(plan)
    self.operations = operations
    self.memory = memory
    self.workspace = workspace
    hasMeetings = plan.hasMeetings
    stages = Stages(
      meets: plan.order.map { plan.nodes[$0].operation.meets },
      isReached: plan.sections.map { reached in plan.order.map { reached.contains($0) } },
      roots: plan.parted?.compactMap { plan.order.firstIndex(of: $0) })
    firstSection = plan.order.map { node in
      plan.sections.firstIndex { $0.contains(node) } ?? -1
    }
    lastSection = plan.order.map { node in
      plan.sections.lastIndex { $0.contains(node) } ?? -1
    }
    isRowless = plan.order.map { plan.rowless.contains($0) }
    outputOf = plan.order.map { node in plan.outputs.firstIndex { $0.node == node } ?? -1 }
  }

  var barrier: Barrier { pieces == nil ? .lanes : .rows }

  /// How many stages there are.
  var stageCount: Int { stages.stages.count }

  /// The first stage behind the parting; nil: the plan is not parted.
  var parting: Int? { stages.parting }

  /// The lanes of the batch that are run here.
  var ownLanes: Range<Int> {
    let count = Lanes.count(of: batch.rows, sections: memory.sectionCount)
    return (memory.sectionCount > 0 ? workspace.share : .whole).lanes(of: count)
  }

  /// Lets lanes of the stage that are through be given to other processes, or nobody.
  mutating func startRounds(_ rounds: LookupRounds?) {
    self.rounds = rounds
    rounds?.start(
      batch, cuts, lanes: Lanes.count(of: batch.rows, sections: memory.sectionCount),
      isReversed: isReversed)
  }

  /// What an operation's lanes show at the end of the stage, within a lane's row; nil: nothing.
  var meeting: (offset: Int, width: Int)? {
    let part = stages.stages[stage]
    guard part.endsInMeeting else { return nil }
    let next = operations[stages.entries[part.entries.upperBound].place]
    return (next.meetingOffset, next.operation.meetingWidth(rows: cuts.blockRows))
  }

  /// Runs a stage of a lane's blocks in order; behind the parting the last first, lanes as well: what
  /// the forward pass has left of them lies still in the caches.
  ///
  /// Sums over a lane's blocks are then added from the last block on.
  func run(chunk: Int, thread: Int) {
    if let pieces {
      let piece = pieces.piece(chunk)
      guard !piece.rows.isEmpty else { return }
      return runBlock(
        piece.rows, lane: piece.lane, thread: thread,
        tallies: workspace.tallies(ofRow: Lanes.most + thread), isFirst: true)
    }
    let own = ownLanes
    let lane = isReversed ? own.upperBound - 1 - chunk : own.lowerBound + chunk
    let tallies = workspace.tallies(ofRow: lane)
    // Behind the parting the roots are computed, and add up, once more.
    if stage == 0 || stage == stages.parting {
      tallies.update(repeating: 0, count: workspace.tallyCount)
    }
    if stage == 0 {
      (workspace.laneAverages.base + lane * workspace.averageStride)
        .update(repeating: 0, count: workspace.averageStride)
    }
    let blocks = cuts.blockCount(ofLane: lane)
    for number in 0..<blocks {
      let rows = cuts.rows(ofBlock: isReversed ? blocks - 1 - number : number, lane: lane)
      runBlock(rows, lane: lane, thread: thread, tallies: tallies, isFirst: number == 0)
      if number == blocks - 1 { rounds?.laneIsThrough(lane) }
      if thread == 0 { rounds?.advance() }
    }
  }

  /// Whether lanes and blocks are run from the last one on.
  private var isReversed: Bool { !hasMeetings && isSecondPart }

  /// Whether the stage is behind the parting.
  private var isSecondPart: Bool { stages.parting.map { stage >= $0 } ?? false }

  /// What the calls of a block have in common.
  private struct Block {
    let lane: Int
    let thread: Int
    /// Whose memory of values it is: the thread's, or with meetings the lane's.
    let slot: Int
    let lanes: Int
    let isFirst: Bool
    let values: UnsafePointer<View>
    let spans: UnsafeMutablePointer<Span>
    let tallies: UnsafeMutablePointer<Double>
  }

  private func call(
    _ place: Int, section: Int, isForward: Bool, entry: Int = 0, in block: Block
  ) -> Call {
    let operation = UnsafePointer(operations.baseAddress.unsafelyUnwrapped + place)
    let (lane, spans) = (block.lane, block.spans)
    let row = lane * memory.sectionCount + section
    // Running means have had what the roots add in the first part.
    let averages = lane + (isSecondPart ? Lanes.most : 0)
    let follows = memory.sectionCount > 0 && operation.pointee.followsSameParameters[section]
    return Call(
      rows: isRowless[place] ? 1 : spans[operation.pointee.slot].count,
      firstRow: spans[max(0, operation.pointee.slot)].first, entry: entry, spans: spans,
      batch: batch,
      scratch: workspace.scratch[block.thread].base, scales: workspace.scales.base,
      tallies: block.tallies, accumulatesParameters: !block.isFirst || follows || entry > 0,
      descends: descends(place, section: section, isForward: isForward),
      endsKept: !isForward && section == lastSection[place], lane: lane, lanes: block.lanes,
      operation: operation,
      accumulates: operation.pointee.accumulates + section * operation.pointee.inputCount,
      values: block.values, keptRows: memory.kept + block.slot * memory.nodeCount,
      gradients: memory.gradients
        + (block.slot * memory.sectionCount + section) * memory.nodeCount,
      laneGradient: workspace.laneGradients.base + row * workspace.laneStride,
      laneAverages: workspace.laneAverages.base + averages * workspace.averageStride,
      meetings: Meetings(base: memory.meetings.base, stride: memory.meetingStride))
  }

  private func runBlock(
    _ rows: Range<Int>, lane: Int, thread: Int, tallies: UnsafeMutablePointer<Double>,
    isFirst: Bool
  ) {
    let slot = hasMeetings ? lane : thread
    let block = Block(
      lane: lane, thread: thread, slot: slot,
      lanes: Lanes.count(of: batch.rows, sections: memory.sectionCount), isFirst: isFirst,
      values: UnsafePointer(memory.values + slot * memory.nodeCount),
      spans: memory.spans + thread * memory.spanSlots, tallies: tallies)
    cuts.span(rows, into: block.spans)
    let part = stages.stages[stage]
    for time in part.entries {
      run(stages.entries[time].place, stages.entries[time].section, block)
    }
    guard part.endsInMeeting else { return }
    let next = stages.entries[part.entries.upperBound]
    if next.section < 0 {
      operations[next.place].operation.meet(
        call(next.place, section: 0, isForward: true, in: block))
    } else {
      operations[next.place].operation.meetBackward(
        call(next.place, section: next.section, isForward: false, in: block))
    }
  }

  /// Runs an operation forward, or backward in a section, for all of its entries.
  private func run(_ place: Int, _ section: Int, _ block: Block) {
    let start = profile == nil ? 0 : WorkClock.now
    for entry in 0..<operations[place].entries {
      if section < 0 {
        operations[place].operation.forward(
          call(place, section: 0, isForward: true, entry: entry, in: block))
      } else {
        let call = call(place, section: section, isForward: false, entry: entry, in: block)
        if let tiled = operations[place].tiled {
          tiled.backwardInputs(call)
        } else {
          operations[place].operation.backward(call)
        }
      }
    }
    profile?.add(
      WorkClock.now - start, operation: place, isBackward: section >= 0, thread: block.thread)
    if section < 0, outputOf[place] >= 0, copiesOutputs { copy(place, block.spans, block.slot) }
  }

  /// Whether an operation's tallies are added by its backward pass in a section, so that its forward
  /// pass need not.
  private func descends(_ place: Int, section: Int, isForward: Bool) -> Bool {
    let first = firstSection[place]
    if first < 0 || (stages.parting.map { stage < $0 } ?? false) { return false }
    if copiesOutputs, outputOf[place] >= 0 { return false }
    return isForward || section == first
  }

  /// Copies a block's output to where the whole batch's lies.
  private func copy(_ place: Int, _ spans: UnsafePointer<Span>, _ slot: Int) {
    let width = operations[place].entries * operations[place].width
    let view = memory.values[slot * memory.nodeCount + operations[place].node]
    guard let from = view.base else { return }
    let span = spans[max(0, operations[place].slot)]
    let to = memory.outputs[outputOf[place]].base + span.first * width
    let stride = isRowless[place] ? 0 : view.stride
    let own = from + span.first * view.advance
    for row in 0..<span.count {
      (to + row * width).update(from: own + row * stride, count: width)
    }
  }
}
