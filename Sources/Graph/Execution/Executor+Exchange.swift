import Tensors

// MARK: - Lanes of several processes

extension Executor {
  /// Sums the dense parameters' gradients over the lanes of all processes into the first lane, section by
  /// section; nothing where there is one process.
  ///
  /// What belongs to the first lane has been added to it by then. From then on there is one lane of
  /// gradients, see ``gradientLanes(rows:)``.
  public func sumSharedLanes(rows: Int) {
    guard let exchange = workspace.exchange else { return }
    let (sections, stride) = (plan.sections.count, workspace.laneStride)
    let own = workspace.share.lanes(of: laneCount(rows: rows))
    for section in 0..<sections {
      let first = workspace.laneGradients.base + section * stride
      exchange.sum(
        first + own.lowerBound * sections * stride, stride: sections * stride,
        laneCount: own.count, count: stride, into: first)
    }
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

  /// Gives everybody the tallies; behind the last stage also what running means follow, the
  /// gradients of looked-up rows, and outputs that are kept.
  func exchangeResults(_ batch: Batch, cuts: BatchCuts, isComplete: Bool) {
    guard let exchange = workspace.exchange else { return }
    let (lanes, ranks) = (laneCount(rows: batch.rows), workspace.share.ranks)
    parts.cut(
      lanes: lanes, bytesOfLane: workspace.tallyCount * MemoryLayout<Double>.stride, among: ranks)
    exchange.gather(workspace.tallies.base, parts: parts.bytes, of: .sums)
    guard isComplete else { return }
    if hasAverages {
      parts.cut(lanes: lanes, bytesOfLane: 4 * workspace.averageStride, among: ranks)
      exchange.gather(workspace.laneAverages.base, parts: parts.bytes, of: .sums)
    }
    parts.measure(cuts, lanes: lanes, rows: batch.rows, among: ranks)
    for (section, reached) in plan.sections.enumerated() {
      for node in plan.lookups where reached.contains(node) {
        let stride = ArenaLayout.stride(of: plan.nodes[node].width)
        parts.cut(slot: slot(of: node), bytesOfRow: 4 * stride)
        exchange.gather(
          memory.lookupGradients.base(of: node, section: section), parts: parts.bytes, of: .lookups)
      }
    }
    guard copiesOutputs else { return }
    for (place, output) in plan.outputs.enumerated() {
      parts.cut(slot: slot(of: output.node), bytesOfRow: 4 * output.width)
      exchange.gather(memory.outputs[place].base, parts: parts.bytes, of: .outputs)
    }
  }

  /// Where the rows or entries of a node are counted.
  func slot(of node: Int) -> Int { max(0, Span.slot(of: plan.nodes[node].extent)) }
}
