import Tensors
import Testing

@testable import Graph

/// The lanes of a batch dealt out to several processes.
@Suite struct LaneShareTests {
  @Test(arguments: 1...8) func everyLaneIsSomebodysInOrder(ranks: Int) {
    for count in 1...8 {
      let shares = (0..<ranks).map { LaneShare(rank: $0, ranks: ranks).lanes(of: count) }
      #expect(shares.flatMap { Array($0) } == Array(0..<count))
      #expect(shares.allSatisfy { $0.count <= (count + ranks - 1) / ranks })
      // With fewer lanes than processes some have none.
      #expect(shares.count { !$0.isEmpty } == min(count, ranks))
    }
  }

  private static let rows = 1030
  private static let width = 4

  /// What a run leaves: the gradients of W and b by lane, the tallies by lane, and the answers' gradients.
  private struct Left: Equatable {
    var lanes: [[UInt32]]
    var tallies: [Double]
    var lookups: [UInt32]
  }

  /// Runs the shares one after the other in the same memory, in which there was nothing before.
  private static func left(by shares: [LaneShare], threads: Int, isParted: Bool) -> Left {
    let store = ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: rows, width: width), owner: .shared, pieces: []),
        ParameterSpecification(kind: .dense(count: width), owner: .shared, pieces: []),
        ParameterSpecification(kind: .dense(count: 1), owner: .shared, pieces: []),
      ], tasks: 1, seed: 1)
    let random = RandomSource(seed: 9, .test)
    for (place, count) in [rows * width, width, 1].enumerated() {
      store.change(Parameter(index: place)) { base in
        for i in 0..<count { base[i] = Float(random.normal(UInt64(place), UInt64(i))) }
      }
    }
    let workspace = Workspace(
      store: store, tallies: 1, scales: 1, pool: WorkerPool(threads: threads))
    workspace.share = shares[0]
    let x = Graph().lookup([Parameter(index: 0)], widths: [width], dense: 0)
      .linear(Parameter(index: 1), bias: Parameter(index: 2), inputs: width, outputs: 1)
    let root = x.graph.record(SquaredDistance(rows: rows, seed: 9), [x])
    let plan = Plan(
      root.graph, purpose: .training, roots: [root], isParted: isParted, outputs: [],
      capacity: rows)
    let executor = Executor(plan, store: store, workspace: workspace)
    workspace.laneGradients.base.update(repeating: .nan, count: workspace.laneGradients.count)
    let ids = Storage<Int32>((0..<Int32(rows)).map { $0 })
    let batch = Batch(rows: rows, ids: UnsafePointer(ids.base), fields: 1)
    for share in shares {
      workspace.share = share
      if isParted {
        executor.runForward(batch)
        executor.runBackward(scales: [0.37])
      } else {
        executor.run(batch, scales: [0.37])
      }
    }
    let (stride, table) = (workspace.laneStride, executor.tableGradients[0])
    let places = (0..<width).map { store.offsets[1] + $0 } + [store.offsets[2]]
    return withExtendedLifetime(ids) {
      Left(
        lanes: (0..<executor.laneCount(rows: rows)).map { lane in
          places.map { workspace.laneGradients[lane * stride + $0].bitPattern }
        },
        tallies: (0..<executor.laneCount(rows: rows)).map { workspace.tallies[$0] },
        lookups: (0..<(rows * width)).map {
          table.base[$0 / width * table.stride + $0 % width].bitPattern
        })
    }
  }

  /// All shares together leave what one process leaves, bit by bit, and one leaves its own lanes alone.
  @Test(arguments: [2, 3, 8, 11], [false, true])
  func sharesTogetherAreTheWhole(ranks: Int, isParted: Bool) {
    let whole = Self.left(by: [.whole], threads: 2, isParted: isParted)
    let shares = (0..<ranks).map { LaneShare(rank: $0, ranks: ranks) }
    #expect(whole.lanes.count == 8 && whole.tallies.allSatisfy { $0 > 0 })
    #expect(Self.left(by: shares, threads: 3, isParted: isParted) == whole)
    let last = Self.left(by: [shares[ranks - 1]], threads: 1, isParted: isParted)
    let own = shares[ranks - 1].lanes(of: 8)
    for lane in 0..<8 {
      let isOwn = own.contains(lane)
      #expect((last.lanes[lane] == whole.lanes[lane]) == isOwn, "lane \(lane)")
      #expect(last.lanes[lane].allSatisfy { Float(bitPattern: $0).isNaN } == !isOwn)
    }
  }
}
