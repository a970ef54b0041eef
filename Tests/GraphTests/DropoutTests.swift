import Graph
import Tensors
import Testing

/// What ``Dropout`` draws, over many steps and over more rows than a block has.
@Suite struct DropoutTests {
  /// Looks row i up for example i, and drops some of its units.
  private final class Dropping {
    let rows: Int
    let width: Int
    let x: [Float]
    private let store: ParameterStore
    private let executor: Executor
    private let ids: Storage<Int32>

    init(rows: Int, width: Int, share: Double, threads: Int = 1) {
      (self.rows, self.width) = (rows, width)
      let x = (0..<rows * width).map { at -> Float in
        let number = Float(at % 7 + 1)
        return at % 2 == 0 ? 0.5 * number : -0.25 * number
      }
      self.x = x
      let table = ParameterSpecification(
        kind: .table(vocabulary: rows, width: width), owner: .shared, pieces: [])
      store = ParameterStore([table], tasks: 1, seed: 1)
      store.change(Parameter(index: 0)) { base in
        for (at, number) in x.enumerated() { base[at] = number }
      }
      let graph = Graph()
      let y = graph.lookup([Parameter(index: 0)], widths: [width], dense: 0).dropout(share)
      let plan = Plan(
        graph, purpose: .evaluation, roots: [], outputs: [(name: .value("y"), value: y)],
        capacity: rows)
      let workspace = Workspace(store: store, pool: WorkerPool(threads: threads))
      executor = Executor(plan, store: store, workspace: workspace)
      ids = Storage((0..<Int32(rows)).map { $0 })
    }

    func callAsFunction(draw: UInt64) -> [Float] {
      var batch = Batch(rows: rows, ids: UnsafePointer(ids.base), fields: 1)
      batch.draw = draw
      executor.run(batch)
      guard let values = executor.output(.value("y")) else { return [] }
      return Array(UnsafeBufferPointer(start: values, count: rows * width))
    }
  }

  /// y is 0 or x / (1 − p), so that its variance is x²·p / (1 − p).
  @Test(arguments: [0.1, 0.5, 0.9]) func theMeanIsTheInput(_ share: Double) {
    let dropping = Dropping(rows: 3, width: 4, share: share)
    let draws = RandomSource(seed: 20, .test)
    let count = 4_000
    var sums = [Double](repeating: 0, count: 12)
    for step in 0..<count {
      for (at, y) in dropping(draw: draws.bits(UInt64(step))).enumerated() { sums[at] += Double(y) }
    }
    for (at, sum) in sums.enumerated() {
      let x = Double(dropping.x[at])
      let error = abs(x) * (share / (1 - share) / Double(count)).squareRoot()
      #expect(abs(sum / Double(count) - x) <= 4 * error, "unit \(at) of \(share)")
    }
  }

  /// Every row has draws of its own, by its index in the batch and not in its block.
  @Test(arguments: [1, 2, 4]) func drawsFollowTheRow(threads: Int) {
    let (rows, width, share) = (1_500, 3, 0.3)
    let dropping = Dropping(rows: rows, width: width, share: share, threads: threads)
    let random = RandomSource(seed: 99, stream: 0)
    let y = dropping(draw: 99)
    for at in 0..<rows * width {
      let isKept = random.uniform(UInt64(at / width), UInt64(at % width)) < 1 - share
      #expect(y[at] == (isKept ? dropping.x[at] * Float(1 / (1 - share)) : 0), "\(at)")
    }
    #expect(y.count == rows * width && dropping(draw: 98) != y && dropping(draw: 99) == y)
  }
}
