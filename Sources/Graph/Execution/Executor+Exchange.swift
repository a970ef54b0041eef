import Tensors

// MARK: - Lanes of several processes

extension Executor {
  /// Sums the dense parameters' gradients over the lanes of all processes into the first lane, section by
  /// section; nothing where there is one process.
  ///
  /// What belongs to the first lane has been added to it by then. From then on there is one lane of
  /// gradients, see ``gradientLanes(rows:)``.
  public func sumSharedLanes(rows: Int) {
    beginSharedSums(rows: rows)
    finishExchange()
  }

  /// Begins to do so: the gradients are there after ``finishExchange()``.
  public func beginSharedSums(rows: Int) {
    guard let exchange = workspace.exchange else { return }
    let (sections, stride) = (plan.sections.count, workspace.laneStride)
    let own = workspace.share.lanes(of: laneCount(rows: rows))
    for section in 0..<sections {
      let first = workspace.laneGradients.base + section * stride
      exchange.beginSum(
        first + own.lowerBound * sections * stride, stride: sections * stride,
        laneCount: own.count, count: stride, into: first)
    }
  }

  /// Waits until the gradients of looked-up rows are here, running means and kept outputs as well: what a
  /// run has begun that left it under way, see ``leavesExchange``.
  public func finishLookups() {
    guard let exchange = workspace.exchange else { return }
    exchange.finish(through: begunByRun)
    rounds.take()
  }

  /// Waits until all that was begun is here.
  public func finishExchange() {
    guard let exchange = workspace.exchange else { return }
    exchange.finish(through: exchange.begun)
    rounds.take()
  }

  // MARK: - Rows of tables

  /// Begins to fetch rows of tables that other processes keep for a run in which every process has rows of its
  /// own: each is described by ``note(_:of:)``, then ``fetchRows()`` brings what is looked up here.
  public func beginRows() {
    guests?.start()
    (hasFetched, runsNext) = (false, false)
  }

  /// Notes what a process looks up in its next run.
  public func note(_ batch: Batch, of rank: Int) {
    guests?.note(0..<batch.rows, of: batch, for: rank)
    if rank == workspace.share.rank { runsNext = batch.rows > 0 }
  }

  /// Gets the rows that the next run here looks up, and gives the others theirs.
  public func fetchRows() {
    guests?.fetch()
    // A process without rows of its own does not run, and what it runs next looks up something else.
    hasFetched = guests != nil && runsNext
  }

  /// Fetches what a batch that has been cut looks up.
  func fetch(_ batch: Batch, _ cuts: borrowing BatchCuts, by guests: GuestRows) {
    guests.start()
    for rank in 0..<workspace.share.ranks {
      guests.note(rows(of: batch, runBy: rank, cuts), of: batch, for: rank)
    }
    guests.fetch()
  }

  /// The rows of a batch that a process runs: those of its lanes; plans without a backward pass run whole
  /// everywhere.
  func rows(of batch: Batch, runBy rank: Int, _ cuts: borrowing BatchCuts) -> Range<Int> {
    guard !plan.sections.isEmpty else { return 0..<batch.rows }
    let lanes = laneCount(rows: batch.rows)
    let own = LaneShare(rank: rank, ranks: workspace.share.ranks).lanes(of: lanes)
    func start(_ lane: Int, _ cuts: borrowing BatchCuts) -> Int {
      lane < lanes ? cuts.rows(ofLane: lane).lowerBound : batch.rows
    }
    return start(own.lowerBound, cuts)..<start(own.upperBound, cuts)
  }

  /// Gives everybody what an operation's lanes show at the end of a stage.
  func exchangeMeeting(_ meeting: (offset: Int, width: Int), rows: Int) {
    guard let exchange = workspace.exchange else { return }
    let lanes = laneCount(rows: rows)
    let (own, count) = (workspace.share.lanes(of: lanes), meeting.width)
    let packed = workspace.meetingRows(floats: lanes * count)
    func row(_ lane: Int) -> UnsafeMutablePointer<Float> {
      memory.meetings.base + lane * memory.meetingStride + meeting.offset
    }
    for lane in own { (packed + lane * count).update(from: row(lane), count: count) }
    parts.cut(lanes: lanes, bytesOfLane: 4 * count, among: workspace.share.ranks)
    exchange.gather(packed, parts: parts.bytes, of: .meetings)
    for lane in 0..<lanes where !own.contains(lane) {
      row(lane).update(from: packed + lane * count, count: count)
    }
  }

  /// Gives everybody the tallies; behind the last stage it also begins what running means follow, what is
  /// left of the gradients of looked-up rows, and outputs that are kept.
  func exchangeResults(_ batch: Batch, cuts: BatchCuts, isComplete: Bool) {
    guard let exchange = workspace.exchange else { return }
    let (lanes, ranks) = (laneCount(rows: batch.rows), workspace.share.ranks)
    if isComplete { rounds.beginAllButLast() }
    parts.cut(
      lanes: lanes, bytesOfLane: workspace.tallyCount * MemoryLayout<Double>.stride, among: ranks)
    exchange.gather(workspace.tallies.base, parts: parts.bytes, of: .sums)
    guard isComplete else { return }
    if hasAverages {
      parts.cut(lanes: lanes, bytesOfLane: 4 * workspace.averageStride, among: ranks)
      exchange.beginGather(workspace.laneAverages.base, parts: parts.bytes, of: .sums)
    }
    rounds.beginLast()
    if copiesOutputs {
      parts.measure(cuts, lanes: lanes, rows: batch.rows, among: ranks)
      for (place, output) in plan.outputs.enumerated() {
        parts.cut(slot: slot(of: output.node), bytesOfRow: 4 * output.width)
        exchange.beginGather(memory.outputs[place].base, parts: parts.bytes, of: .outputs)
      }
    }
    begunByRun = exchange.begun
    if !leavesExchange { finishLookups() }
  }

  /// Where the rows or entries of a node are counted.
  func slot(of node: Int) -> Int { max(0, Span.slot(of: plan.nodes[node].extent)) }
}
