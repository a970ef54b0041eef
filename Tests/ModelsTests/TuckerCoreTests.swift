import Graph
import Layers
import Tensors
import Testing

/// Tucker's product against its three loops, and against CP where the core is a diagonal.
@Suite struct TuckerCoreTests {
  private static let rows = 5

  /// Factors of some rows as tables, read row by row, and what a core makes of them.
  private func products(
    _ widths: (Int, Int, Int), core: [Float], factors: [[Float]]
  ) -> [Float] {
    let builder = Builder()
    let tables = [widths.0, widths.1, widths.2].enumerated().map { place, width in
      builder.shared.table("x\(place)", vocabulary: Self.rows, width: width, .zeros)
    }
    let tucker = TuckerCore(
      "core", widths.0, widths.1, widths.2, start: .uniform(0...1), in: builder.shared)
    let store = ParameterStore(builder.specifications, tasks: 1, seed: 1)
    for (table, numbers) in zip(tables + [tucker.core], factors + [core]) {
      store.change(table) { base in
        for (place, number) in numbers.enumerated() { base[place] = number }
      }
    }
    let graph = Graph()
    let x = zip(tables, [widths.0, widths.1, widths.2]).map {
      graph.lookup([$0], fields: [0], widths: [$1], dense: 0)
    }
    let plan = Plan(
      graph, purpose: .evaluation, roots: [],
      outputs: [(name: .value("y"), value: tucker(x[0], x[1], x[2]))], capacity: Self.rows)
    let workspace = Workspace(store: store, pool: WorkerPool(threads: 1))
    let executor = Executor(plan, store: store, workspace: workspace)
    let ids = Storage((0..<Int32(Self.rows)).map { $0 })
    executor.run(
      Batch(rows: Self.rows, ids: UnsafePointer(ids.base), fields: 1))
    guard let values = executor.output(.value("y")) else { return [] }
    return Array(UnsafeBufferPointer(start: values, count: Self.rows))
  }

  private func draw(_ count: Int, _ stream: UInt64, seed: UInt64) -> [Float] {
    let random = RandomSource(seed: seed, stream: stream)
    return (0..<count).map { Float(random.uniform(UInt64($0))) }
  }

  @Test(arguments: [(4, 3, 2), (1, 5, 17), (9, 1, 1)], [UInt64(1), 2])
  func threeLoops(_ widths: (Int, Int, Int), seed: UInt64) {
    let (a, b, c) = widths
    let core = draw(a * b * c, 9, seed: seed)
    let factors = [a, b, c].enumerated().map {
      draw(Self.rows * $1, UInt64($0), seed: seed)
    }
    let found = products(widths, core: core, factors: factors)
    for row in 0..<Self.rows {
      var sum = 0.0
      for i in 0..<a {
        for j in 0..<b {
          for k in 0..<c {
            let product = factors[0][row * a + i] * factors[1][row * b + j]
            sum += Double(core[(i * b + j) * c + k] * product * factors[2][row * c + k])
          }
        }
      }
      #expect(abs(Double(found[row]) - sum) < 1e-5 * max(1, sum), "\(widths) seed \(seed)")
    }
  }

  /// Σ_k x_k y_k z_k.
  @Test func aDiagonalCoreIsCP() {
    let width = 4
    var core = [Float](repeating: 0, count: width * width * width)
    for k in 0..<width { core[(k * width + k) * width + k] = 1 }
    let factors = (0..<3).map { draw(Self.rows * width, $0, seed: 3) }
    let found = products((width, width, width), core: core, factors: factors)
    for row in 0..<Self.rows {
      let sum = (0..<width).reduce(Float(0)) {
        let at = row * width + $1
        return $0 + factors[0][at] * factors[1][at] * factors[2][at]
      }
      #expect(abs(found[row] - sum) < 1e-5)
    }
  }

  /// The named array is [a, b, c], and its numbers begin in [0, 1).
  @Test func namesAndStart() {
    let builder = Builder()
    _ = TuckerCore("core", 2, 3, 4, start: .uniform(0...1), in: builder.shared)
    let store = ParameterStore(builder.specifications, tasks: 1, seed: 1)
    let entry = store.entries[0]
    #expect(entry.piece.path == "core" && entry.piece.shape == [2, 3, 4])
    let numbers = store.numbers(of: entry)
    #expect(numbers.count == 24 && numbers.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(Set(numbers).count == 24 && numbers.contains { $0 > 0.5 })
  }
}
