import Tensors

/// The memory of one plan: who lies where, by thread.
final class PlanMemory {
  /// Values by thread and node.
  let values: UnsafeMutablePointer<View>
  /// Gradients by thread and node; no base where there is none.
  let gradients: UnsafeMutablePointer<View>
  /// Nodes in the trace.
  let nodeCount: Int
  /// The whole batch's outputs.
  let outputs: [Storage<Float>]
  /// The whole batch's gradients of the lookups, in the order of ``Plan/lookups``.
  private let lookupGradients: [Storage<Float>]
  private let arenas: [Storage<Float>]

  init(_ plan: Plan, workspace: Workspace) {
    nodeCount = plan.nodes.count
    let scratch = plan.order.map { plan.nodes[$0].operation.scratch(rows: plan.blockRows) }
    workspace.reserve(arena: plan.places.size, scratch: scratch.max() ?? 0)
    arenas = workspace.arenas
    let threads = workspace.pool.threads
    let none = View(base: nil, stride: 0, advance: 0)
    values = .allocate(capacity: threads * nodeCount)
    values.initialize(repeating: none, count: threads * nodeCount)
    gradients = .allocate(capacity: threads * nodeCount)
    gradients.initialize(repeating: none, count: threads * nodeCount)
    outputs = plan.outputs.map { Storage(count: plan.capacity * $0.width, filling: 0) }
    lookupGradients = plan.lookups.map { node in
      guard plan.reached.contains(node) else { return Storage(count: 0, filling: 0) }
      let stride = ArenaLayout.stride(of: plan.nodes[node].width)
      return Storage(count: plan.capacity * stride, filling: 0)
    }
    for thread in 0..<threads { place(plan, thread: thread) }
  }

  deinit {
    values.deallocate()
    gradients.deallocate()
  }

  private func place(_ plan: Plan, thread: Int) {
    let arena = arenas[thread].base
    for node in plan.nodes.indices {
      let stride = ArenaLayout.stride(of: plan.nodes[node].width)
      let at = thread * nodeCount + node
      if let start = plan.places.values[node] {
        values[at] = View(base: arena + start, stride: stride, advance: 0)
      }
      if let start = plan.places.gradients[node] {
        gradients[at] = View(base: arena + start, stride: stride, advance: 0)
      }
    }
    for (place, node) in plan.lookups.enumerated() where plan.reached.contains(node) {
      let stride = ArenaLayout.stride(of: plan.nodes[node].width)
      gradients[thread * nodeCount + node] = View(
        base: lookupGradients[place].base, stride: stride, advance: stride)
    }
  }

  /// Where the gradients of all tables lie.
  func tableGradients(of plan: Plan) -> [Executor.TableGradient] {
    var found: [Executor.TableGradient] = []
    for (place, node) in plan.lookups.enumerated() where plan.reached.contains(node) {
      guard let lookup = plan.nodes[node].operation as? Lookup else { continue }
      var column = 0
      for (field, table) in lookup.tables.enumerated() {
        found.append(
          Executor.TableGradient(
            parameter: table, field: field, width: lookup.widths[field],
            base: lookupGradients[place].base + column,
            stride: ArenaLayout.stride(of: plan.nodes[node].width)))
        column += lookup.widths[field]
      }
    }
    let tables = found.map(\.parameter)
    precondition(Set(tables).count == tables.count, "a table is looked up twice in one plan")
    return found
  }
}
