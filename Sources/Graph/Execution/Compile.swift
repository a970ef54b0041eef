import Tensors

/// Works out all addresses of a plan's operations that do not change from block to block.
func compile(
  _ plan: Plan, store: ParameterStore, packing: borrowing PackingBody
) -> UnsafeMutableBufferPointer<CompiledOperation> {
  let operations = UnsafeMutableBufferPointer<CompiledOperation>.allocate(
    capacity: plan.order.count)
  let adders = plan.sections.map { accumulation(plan, reached: $0) }
  let sharing = plan.sections.map { parameterSharing(plan, reached: $0) }
  var meetingOffset = 0
  for (place, node) in plan.order.enumerated() {
    let one = plan.nodes[node]
    defer { meetingOffset += one.operation.meetingWidth(rows: plan.blockRows) }
    let isTraining = plan.purpose == .training
    (operations.baseAddress.unsafelyUnwrapped + place).initialize(
      to: CompiledOperation(
        operation: one.operation,
        tiled: plan.schedule == .pieces && plan.reached.contains(node)
          ? one.operation as? any TiledGradient : nil,
        node: node, inputCount: one.inputs.count, width: one.width,
        keptWidth: one.keptWidth, entries: one.entries, slot: Span.slot(of: one.extent),
        inputSlots: copied(one.inputs.map { Span.slot(of: plan.nodes[$0].extent) }),
        followsSameParameters: copied(sharing.map { $0.contains(node) }),
        inputs: copied(one.inputs), inputWidths: copied(one.inputWidths),
        accumulates: copied(
          adders.flatMap { section in one.inputs.indices.map { section[node]?[$0] ?? false } }),
        values: copied(
          one.operation.parameters.map(one.operation is Lookup ? store.rowBase : store.base)),
        slots: copied(one.operation.parameters.map(store.slots)),
        gradientOffsets: copied(one.operation.parameters.map { store.offsets[$0.index] }),
        averageOffsets: copied(
          one.operation.averages.map { store.averages.offsets[$0.index] }),
        meetingOffset: meetingOffset,
        givens: copied(one.operation.givens.map { UnsafePointer(store.base(of: $0)) }),
        masks: copied(
          one.operation.packed.map { $0.mask.map { UnsafePointer(store.base(of: $0)) } }),
        packed: copied(one.operation.packed.map { packing.packed($0, transposed: false) }),
        packedTransposed: copied(
          one.operation.packed.map { packing.packed($0, transposed: isTraining) })))
  }
  return operations
}

/// Frees what ``compile(_:store:packing:)`` made.
func release(_ operations: UnsafeMutableBufferPointer<CompiledOperation>) {
  for one in operations {
    one.followsSameParameters.deallocate()
    one.inputs.deallocate()
    one.inputSlots.deallocate()
    one.inputWidths.deallocate()
    one.accumulates.deallocate()
    one.values.deallocate()
    one.slots.deallocate()
    one.gradientOffsets.deallocate()
    one.averageOffsets.deallocate()
    one.givens.deallocate()
    one.masks.deallocate()
    one.packed.deallocate()
    one.packedTransposed.deallocate()
  }
  operations.baseAddress?.deinitialize(count: operations.count)
  operations.deallocate()
}

/// For every node of a section whether it finds numbers in the gradient of each of its inputs:
/// backward runs in reverse, so the last reader that hands its gradient on writes and the earlier ones
/// add.
private func accumulation(_ plan: Plan, reached: Set<Int>) -> [Int: [Bool]] {
  var written = Set<Int>()
  var accumulates: [Int: [Bool]] = [:]
  for node in plan.order.reversed() where reached.contains(node) {
    let (inputs, writes) = (plan.nodes[node].inputs, plan.nodes[node].operation.handsOnGradient)
    accumulates[node] = inputs.map { writes && !written.insert($0).inserted }
  }
  return accumulates
}

/// The nodes whose parameters already hold a gradient when their backward pass runs in a section.
private func parameterSharing(_ plan: Plan, reached: Set<Int>) -> Set<Int> {
  var written = Set<Parameter>()
  var sharing = Set<Int>()
  let beside = plan.readersBesideLookups(in: reached)
  precondition(
    beside.isEmpty,
    "\(beside.map { plan.nodes[$0].operation.name }.joined(separator: ", ")): "
      + "a parameter is a table that is looked up, too")
  for node in plan.order.reversed() where reached.contains(node) {
    if plan.nodes[node].operation is Lookup { continue }
    let parameters = plan.nodes[node].operation.parameters
    let known = parameters.filter { written.contains($0) }
    precondition(
      known.isEmpty || known.count == parameters.count,
      "\(plan.nodes[node].operation.name): shares some parameters with another, but not all")
    if !known.isEmpty { sharing.insert(node) }
    written.formUnion(parameters)
  }
  return sharing
}

private func copied<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
  let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
  for (place, element) in elements.enumerated() {
    (memory + place).initialize(to: element)
  }
  return memory
}
