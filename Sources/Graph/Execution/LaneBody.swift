import Tensors

/// Runs one lane of a batch, block after block: forward, then backward.
final class LaneBody: ParallelBody {
  var batch = Batch(
    rows: 0, ids: nil, fields: 0, dense: nil, denseCount: 0, labels: nil, spaces: nil, tasks: 0,
    index: nil)
  var copiesOutputs = true

  private let blockRows: Int
  private let operations: UnsafeMutableBufferPointer<CompiledOperation>
  private let memory: PlanMemory
  private let workspace: Workspace
  private let isTraining: Bool
  /// Which output each operation fills; −1 for none.
  private let outputOf: [Int]
  private let isReached: [Bool]

  init(
    _ plan: Plan, operations: UnsafeMutableBufferPointer<CompiledOperation>, memory: PlanMemory,
    workspace: Workspace
  ) {
    blockRows = plan.blockRows
    self.operations = operations
    self.memory = memory
    self.workspace = workspace
    isTraining = plan.purpose == .training
    isReached = plan.order.map { plan.reached.contains($0) }
    outputOf = plan.order.map { node in plan.outputs.firstIndex { $0.node == node } ?? -1 }
    super.init()
  }

  override func run(chunk lane: Int, thread: Int) {
    let rows = Lanes.range(of: lane, rows: batch.rows)
    let sums = workspace.lossSums + lane * workspace.tasks
    for task in 0..<workspace.tasks { sums[task] = LossSums() }
    var first = rows.lowerBound
    while first < rows.upperBound {
      let last = min(rows.upperBound, first + blockRows)
      runBlock(
        first..<last, lane: lane, thread: thread, sums: sums,
        isFirst: first == rows.lowerBound)
      first = last
    }
  }

  private func runBlock(
    _ rows: Range<Int>, lane: Int, thread: Int, sums: UnsafeMutablePointer<LossSums>, isFirst: Bool
  ) {
    let nodes = thread * memory.nodeCount
    func call(_ place: Int) -> Call {
      let operation = UnsafePointer(operations.baseAddress.unsafelyUnwrapped + place)
      return Call(
        rows: rows.count, firstRow: rows.lowerBound, batch: batch,
        scratch: workspace.scratch[thread].base, lossScales: workspace.lossScales.base,
        lossSums: sums,
        accumulatesParameters: !isFirst || operation.pointee.followsSameParameters,
        operation: operation, values: memory.values + nodes, gradients: memory.gradients + nodes,
        laneGradient: workspace.laneGradients.base + lane * workspace.laneStride)
    }
    for place in operations.indices {
      operations[place].operation.forward(call(place))
      if outputOf[place] >= 0, copiesOutputs { copy(place, rows, thread) }
    }
    guard isTraining else { return }
    for place in operations.indices.reversed() where isReached[place] {
      operations[place].operation.backward(call(place))
    }
  }

  /// Copies a block's output to where the whole batch's lies.
  private func copy(_ place: Int, _ rows: Range<Int>, _ thread: Int) {
    let width = operations[place].width
    let view = memory.values[thread * memory.nodeCount + operations[place].node]
    guard let from = view.base else { return }
    let to = memory.outputs[outputOf[place]].base + rows.lowerBound * width
    for row in 0..<rows.count {
      (to + row * width).update(from: from + row * view.stride, count: width)
    }
  }
}
