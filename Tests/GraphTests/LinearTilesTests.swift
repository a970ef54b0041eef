import Tensors
import Testing

@testable import Graph

/// The gradients of affine maps in tiles: those of whole lanes, to the bit.
@Suite struct LinearTilesTests {
  /// An affine map from 200 numbers, in E blocks of 70 columns.
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var blocks = 1
    var isMasked = false
    var hasRelu = false
    var learns: Linear.Learning = .all
  }

  private static let cases = [
    Case(description: "plain"), Case(description: "rectified", hasRelu: true),
    Case(description: "masked", isMasked: true, hasRelu: true),
    Case(description: "two blocks", blocks: 2, hasRelu: true),
    Case(description: "weight alone", learns: .weight),
    Case(description: "bias alone", hasRelu: true, learns: .bias),
    Case(description: "nothing", hasRelu: true, learns: []),
  ]
  private static let (inputs, outputs) = (400, 70)

  private func store(_ one: Case, rows: Int) -> ParameterStore {
    let weights = Self.inputs * Self.outputs
    let counts = [weights, one.blocks * Self.outputs, one.blocks * Self.outputs, 1]
    let store = ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: rows, width: Self.inputs), owner: .shared, pieces: [])
      ]
        + counts.map {
          ParameterSpecification(kind: .dense(count: $0), owner: .shared, pieces: [])
        } + [ParameterSpecification(kind: .given(count: weights), owner: .shared, pieces: [])],
      tasks: 1, seed: 1)
    for (place, count) in ([rows * Self.inputs] + counts + [weights]).enumerated() {
      store.change(Parameter(index: place)) { base in
        for i in 0..<count {
          let number = Float((i * 7919 + place * 104_729) % 1009) / 504 - 1
          base[i] = place == 5 ? (number > 0 ? 1 : 0) : number
        }
      }
    }
    return store
  }

  /// The gradients of all parameters, lanes summed in order, then those of the answers and the tally.
  private func gradients(_ one: Case, rows: Int, _ schedule: Schedule, threads: Int) -> [UInt64] {
    let store = store(one, rows: rows)
    let workspace = Workspace(
      store: store, tallies: 1, scales: 1, pool: WorkerPool(threads: threads))
    var y = Graph().lookup([Parameter(index: 0)], widths: [Self.inputs], dense: 0)
      .linear(
        Parameter(index: 1), bias: Parameter(index: 2),
        mask: one.isMasked ? Parameter(index: 5) : nil, blocks: one.blocks,
        inputs: Self.inputs / one.blocks, outputs: Self.outputs, learns: one.learns)
    if one.hasRelu { y = y.relu() }
    y = y.linear(
      Parameter(index: 3), bias: Parameter(index: 4), inputs: one.blocks * Self.outputs, outputs: 1)
    let root = y.graph.record(SquaredDistance(rows: rows, seed: 9), [y])
    let plan = Plan(
      root.graph, purpose: .training, roots: [root], outputs: [], capacity: rows,
      schedule: schedule)
    #expect(plan.schedule == schedule, "\(plan.whyLanes ?? "")")
    let executor = Executor(plan, store: store, workspace: workspace)
    let ids = Storage<Int32>((0..<Int32(rows)).map { $0 })
    let scales = Storage<Float>([1 / Float(rows)])
    executor.run(
      Batch(rows: rows, ids: UnsafePointer(ids.base), fields: 1),
      scales: UnsafePointer(scales.base))
    var sums = (0..<workspace.laneStride).map { workspace.laneGradients[$0] }
    for lane in 1..<max(1, executor.gradientLanes(rows: rows)) {
      for i in sums.indices { sums[i] += workspace.laneGradients[lane * workspace.laneStride + i] }
    }
    let table = executor.tableGradients[0]
    let answers = (0..<rows).flatMap { row in
      (0..<Self.inputs).map { table.base[row * table.stride + $0] }
    }
    return (sums + answers).map { UInt64($0.bitPattern) }
      + [executor.tally(0, rows: rows).bitPattern]
  }

  @Test(arguments: cases, [1, 31, 300]) func sameBits(_ one: Case, rows: Int) {
    let lanes = gradients(one, rows: rows, .lanes, threads: 1)
    #expect(lanes.filter { $0 != 0 }.count > Self.inputs)
    #expect(gradients(one, rows: rows, .pieces, threads: 3) == lanes)
  }

  /// Layers of the same weight go by pieces if a tile of one is a tile of the other, and else by lanes.
  @Test func sharedWeightsNeedTheSameTiles() {
    func plan(_ biases: [Parameter?]) -> Plan {
      let x = Graph().lookup([Parameter(index: 0)], widths: [Self.inputs], dense: 0)
      let roots = biases.map { bias in
        x.graph.record(
          SquaredDistance(rows: 4, seed: 9),
          [x.linear(Parameter(index: 1), bias: bias, inputs: Self.inputs, outputs: 1)])
      }
      return Plan(
        x.graph, purpose: .training, roots: roots, outputs: [], capacity: 4, schedule: .pieces)
    }
    let bias = Parameter(index: 2)
    for same in [[bias, bias], [nil, nil]] {
      #expect(plan(same).whyLanes == nil && plan(same).schedule == .pieces)
    }
    for others in [[bias, nil], [nil, bias], [bias, Parameter(index: 3)]] {
      #expect(plan(others).schedule == .lanes)
      #expect(
        plan(others).whyLanes
          == "two operations share parameters of which they have different tiles"
      )
    }
  }
}
