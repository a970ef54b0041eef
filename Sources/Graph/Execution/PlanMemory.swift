import Tensors

/// The memory of one plan: who lies where, by slot: a thread, or a lane where lanes meet.
final class PlanMemory {
  /// Values by slot and node.
  let values: UnsafeMutablePointer<View>
  /// What nodes keep for their backward pass, by slot and node; no base where that is nothing.
  let kept: UnsafeMutablePointer<View>
  /// Gradients by slot, section and node; no base where there is none.
  let gradients: UnsafeMutablePointer<View>
  /// Nodes in the trace.
  let nodeCount: Int
  /// The whole batch's outputs.
  let outputs: [Storage<Float>]
  /// Backward sections.
  let sectionCount: Int
  /// The spans of the block that a thread works on, by thread and extent.
  let spans: UnsafeMutablePointer<Span>
  /// Spans of a block.
  let spanSlots: Int
  /// What lanes show to each other, a row a lane.
  let meetings: Storage<Float>
  /// The distance of two lanes' rows.
  let meetingStride: Int
  /// The whole batch's gradients of the lookups.
  let lookupGradients: LookupGradients
  private let arenas: [Storage<Float>]
  /// What a parted plan keeps of the whole batch.
  private let spanning: Storage<Float>

  init(_ plan: Plan, workspace: Workspace) {
    nodeCount = plan.nodes.count
    sectionCount = plan.sections.count
    let scratch = plan.order.map { plan.scratch(of: $0) }
    let slots = plan.hasMeetings ? Lanes.most : workspace.pool.threads
    workspace.reserve(
      arena: plan.places.size, count: slots,
      scratch: (scratch.max() ?? 0) + (plan.schedule == .pieces ? TileBody.scratch(plan) : 0))
    arenas = workspace.arenas
    workspace.reserve(spanning: plan.spanningFloats)
    spanning = workspace.spanning
    let meetingWidth = plan.order.reduce(0) {
      $0 + plan.nodes[$1].operation.meetingWidth(rows: plan.blockRows)
    }
    meetingStride = (meetingWidth + 15) & ~15
    meetings = Storage(count: plan.hasMeetings ? Lanes.most * meetingStride : 0, filling: 0)
    spanSlots = BatchCuts(plan).slots
    spans = .allocate(capacity: workspace.pool.threads * spanSlots)
    spans.initialize(repeating: Span(), count: workspace.pool.threads * spanSlots)
    let none = View(base: nil, stride: 0, advance: 0)
    values = .allocate(capacity: slots * nodeCount)
    values.initialize(repeating: none, count: slots * nodeCount)
    kept = .allocate(capacity: slots * nodeCount)
    kept.initialize(repeating: none, count: slots * nodeCount)
    let gradientCount = slots * sectionCount * nodeCount
    gradients = .allocate(capacity: gradientCount)
    gradients.initialize(repeating: none, count: gradientCount)
    outputs = plan.outputs.map { Storage(count: plan.mostRows(of: $0.node) * $0.width, filling: 0) }
    lookupGradients = LookupGradients(plan)
    for slot in 0..<slots {
      placeValues(plan, slot: slot)
      for section in 0..<sectionCount { placeGradients(plan, slot: slot, section: section) }
    }
  }

  deinit {
    spans.deallocate()
    values.deallocate()
    kept.deallocate()
    gradients.deallocate()
  }

  private func placeValues(_ plan: Plan, slot: Int) {
    for node in plan.nodes.indices {
      func view(_ start: Int, width: Int) -> View {
        View(
          base: arenas[slot].base + start, stride: ArenaLayout.stride(of: width), advance: 0)
      }
      if let start = plan.places.values[node] {
        values[slot * nodeCount + node] = view(start, width: plan.nodes[node].rowWidth)
      }
      if let start = plan.places.kept[node] {
        kept[slot * nodeCount + node] = view(
          start, width: plan.nodes[node].entries * plan.nodes[node].keptWidth)
      }
    }
    var start = spanning.base
    for rows in plan.places.spanning {
      let stride = ArenaLayout.stride(of: rows.width)
      let views =
        switch rows.content {
        case .value: values + slot * nodeCount
        case .kept: kept + slot * nodeCount
        case .gradient(let section): gradients + (slot * sectionCount + section) * nodeCount
        }
      views[rows.node] = View(base: start, stride: stride, advance: stride)
      start += plan.mostRows(of: rows.node) * stride
    }
  }

  private func placeGradients(_ plan: Plan, slot: Int, section: Int) {
    let row = gradients + (slot * sectionCount + section) * nodeCount
    for node in plan.nodes.indices {
      guard let start = plan.places.gradients[section][node] else { continue }
      row[node] = View(
        base: arenas[slot].base + start, stride: stride(plan, node), advance: 0)
    }
    for node in plan.lookups where plan.sections[section].contains(node) {
      let stride = stride(plan, node)
      row[node] = View(
        base: lookupGradients.base(of: node, section: section), stride: stride, advance: stride)
    }
  }

  private func stride(_ plan: Plan, _ node: Int) -> Int {
    ArenaLayout.stride(of: plan.nodes[node].rowWidth)
  }
}
