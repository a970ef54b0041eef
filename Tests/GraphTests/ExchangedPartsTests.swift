import Tensors
import Testing

@testable import Graph

/// What processes give each other in a run is what was worked out before, in the same order.
@Suite struct ExchangedPartsTests {
  /// Six operations that show other amounts each, and two sections of which one lacks the last four.
  @Test(arguments: [false, true]) func asForetold(isParted: Bool) {
    let store = ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: 64, width: 3), owner: .shared, pieces: [])
      ], tasks: 1, seed: 1)
    var x = Graph().lookup([Parameter(index: 0)], widths: [3], dense: 0)
    var roots: [Variable] = []
    for (number, floats) in [5, 3, 7, 2, 9, 4].enumerated() {
      x = x.graph.record(Showing(floats: floats), [x])
      if number == 1 || number == 5 { roots.append(x.graph.record(Slope(), [x])) }
    }
    let plan = Plan(
      x.graph, purpose: .training, roots: roots, apart: roots.map { [$0] }, isParted: isParted,
      outputs: [(name: .value("x"), value: x)], capacity: 64)
    let workspace = Workspace(store: store, tallies: 2, pool: WorkerPool(threads: 1))
    let exchange = Asked()
    workspace.share = LaneShare(rank: 1, ranks: 2)
    workspace.exchange = exchange
    let executor = Executor(plan, store: store, workspace: workspace)
    let ids = Storage<Int32>((0..<64).map { $0 })
    let batch = Batch(rows: 64, ids: UnsafePointer(ids.base), fields: 1)
    let foretold = executor.exchangedParts(of: batch)
    if isParted {
      executor.runForward(batch)
      executor.runBackward()
    } else {
      executor.run(batch)
    }
    let lanes = executor.laneCount(rows: 64)
    let lookups: LaneContent = .lookups
    let others = exchange.gathers.filter { $0.key != lookups }
    #expect(others == foretold.gathers.filter { $0.key != lookups })
    // Two lanes of each process: two rounds, each of all lookups, the last one behind the tallies.
    #expect(foretold.lanes == 4 && lanes == 4)
    let rounds = exchange.gathers[lookups, default: []]
    let whole = foretold.gathers[lookups, default: []]
    #expect(whole.count == 2 && rounds.count == 2 * whole.count)
    #expect((0..<2).map { rounds[$0] + rounds[2 + $0] } == whole)
    #expect(exchange.order.suffix(6) == [lookups, lookups, .sums, lookups, lookups, .outputs])
    #expect(exchange.finished == exchange.begun)
    #expect(
      foretold.gathers[.meetings]
        == [5, 3, 7, 2, 9, 4, 3, 5, 4, 9, 2, 7, 3, 5].map { 4 * $0 * lanes })
    #expect(foretold.gathers[.sums]?.count == (isParted ? 2 : 1))
    withExtendedLifetime(ids) {}
  }
}

/// Notes what it is asked for, and gives nothing.
private final class Asked: LaneExchange {
  private(set) var gathers: [LaneContent: [Int]] = [:]
  private(set) var order: [LaneContent] = []
  private(set) var begun = 0
  /// How many of them were waited for.
  private(set) var finished = 0

  func beginGather(
    _ memory: UnsafeMutableRawPointer, parts: [Range<Int>], of content: LaneContent
  ) {
    gathers[content, default: []].append(parts.reduce(0) { $0 + $1.count })
    order.append(content)
    begun += 1
  }

  func beginCross(
    _ outbox: UnsafeMutableRawPointer, parts: [Range<Int>], into inbox: UnsafeMutableRawPointer,
    parts inParts: [Range<Int>], of content: LaneContent
  ) { begun += 1 }

  func beginSum(
    _ lanes: UnsafePointer<Float>, stride: Int, laneCount: Int, count: Int,
    into sum: UnsafeMutablePointer<Float>
  ) { begun += 1 }

  func advance() {}

  func finish(through count: Int) { finished = max(finished, count) }
}

/// Hands rows on, and shows so many numbers of a lane to the others both ways.
private struct Showing: Operation {
  let floats: Int
  var name: String { "showing" }
  var keeps: Keeps { [] }
  var meets: Bool { true }
  func meetingWidth(rows: Int) -> Int { floats }
  func width(of inputs: [Int]) -> Int { inputs[0] }

  func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(from: x.base + row * x.stride, count: call.outputWidth)
    }
  }

  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    for row in 0..<call.rows {
      for j in 0..<call.outputWidth {
        let old = dx.accumulates ? dx.base[row * dx.stride + j] : 0
        dx.base[row * dx.stride + j] = old + dy.base[row * dy.stride + j]
      }
    }
  }
}

/// A root of slope 1.
private struct Slope: Operation {
  var name: String { "slope" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { 1 }
  func forward(_ call: Call) {}

  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    for row in 0..<call.rows {
      for j in 0..<call.inputWidth(0) {
        let old = dx.accumulates ? dx.base[row * dx.stride + j] : 0
        dx.base[row * dx.stride + j] = old + 1
      }
    }
  }
}
