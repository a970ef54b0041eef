import Graph
import Tensors
import Testing

import func Foundation.cos
import func Foundation.sin

/// What an operation leaves for its own backward pass is there when that runs, whatever else has had
/// the arena meanwhile: later operations, other blocks and lanes on the same thread, other sections.
@Suite struct KeptNumbersTests {
  /// How a plan goes through a batch.
  enum Run: CaseIterable { case plain, apart, parted, partedApart, meeting }

  @Test(arguments: Run.allCases, [1, 2]) func staysUntilItsOwnBackwardPass(
    _ run: Run, threads: Int
  ) {
    let chain = SineChain(rows: 70, width: 3, threads: threads, run)
    for section in chain.executor.sectionTableGradients.indices {
      let found = chain.gradient(section)
      for (entry, expected) in chain.expected(section).enumerated() {
        #expect(
          abs(Double(found[entry]) - expected) <= 1e-5 * 16,
          "\(run), section \(section), entry \(entry): \(found[entry]), expected \(expected)")
      }
    }
  }

  /// Nothing is kept of a node that asks for nothing, and an evaluation keeps nothing behind a node.
  @Test func takesMemoryOnlyWhereItIsAskedFor() {
    func floats(_ operation: any Operation, depth: Int, _ purpose: Plan.Purpose) -> Double {
      var x = Graph().lookup([Parameter(index: 0)], widths: [32], dense: 0)
      for _ in 0..<depth { x = x.graph.record(operation, [x]) }
      let root = x.graph.record(WeightedSum(), [x])
      let plan = Plan(
        x.graph, purpose: purpose, roots: purpose == .training ? [root] : [],
        outputs: [(name: .value("y"), value: x)], capacity: 16)
      return plan.bytes(threads: 1) / 4
    }
    // 16 rows of 64 numbers a sine.
    let sines = floats(Sine(), depth: 5, .training) - floats(Sine(), depth: 3, .training)
    #expect(sines == 2 * 64 * 16)
    #expect(floats(Sine(), depth: 3, .evaluation) == floats(Sine(), depth: 9, .evaluation))
  }
}

/// The sine, y = sin x, which keeps cos x and the row's number, but neither its input nor its output.
private struct Sine: Operation {
  var name: String { "sine" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { inputs[0] }
  func keptWidth(inputs: [Int]) -> Int { 2 * inputs[0] }

  func forward(_ call: Call) {
    let (x, y, kept, width) = (call.input(0), call.output, call.kept, call.outputWidth)
    for row in 0..<call.rows {
      for j in 0..<width {
        let number = x.base[row * x.stride + j]
        y.base[row * y.stride + j] = sin(number)
        kept.base[row * kept.stride + j] = cos(number)
        kept.base[row * kept.stride + width + j] = Float(call.firstRow + row)
      }
    }
  }

  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let (dy, kept, width) = (call.outputGradient, call.kept, call.outputWidth)
    for row in 0..<call.rows {
      for j in 0..<width {
        let isOwn = kept.base[row * kept.stride + width + j] == Float(call.firstRow + row)
        let slope = kept.base[row * kept.stride + j] * dy.base[row * dy.stride + j]
        let old = dx.accumulates ? dx.base[row * dx.stride + j] : 0
        dx.base[row * dx.stride + j] = isOwn ? old + slope : .nan
      }
    }
  }
}

/// Σ w_i·x_ij with w_i = 1 + i mod 3, which its forward pass keeps.
private struct WeightedSum: Operation {
  var name: String { "weighted sum" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { 1 }
  func keptWidth(inputs: [Int]) -> Int { 1 }

  func forward(_ call: Call) {
    for row in 0..<call.rows {
      call.kept.base[row * call.kept.stride] = Float(1 + (call.firstRow + row) % 3)
    }
  }

  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    for row in 0..<call.rows {
      for j in 0..<call.inputWidth(0) {
        let old = dx.accumulates ? dx.base[row * dx.stride + j] : 0
        dx.base[row * dx.stride + j] = old + call.kept.base[row * call.kept.stride]
      }
    }
  }
}

/// Hands rows on, and needs the whole batch for nothing, so that every lane is one block.
private struct Meeting: Operation {
  var name: String { "meeting" }
  var keeps: Keeps { [] }
  var meets: Bool { true }
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
      (dx.base + row * dx.stride).update(from: dy.base + row * dy.stride, count: call.outputWidth)
    }
  }
}

/// sin(…sin(x)) of five sines with a root behind the third and one behind 16 of the last.
private final class SineChain {
  let rows: Int
  let width: Int
  let executor: Executor
  private let isApart: Bool
  private let numbers: [Double]
  private let ids: Storage<Int32>

  init(rows: Int, width: Int, threads: Int, _ run: KeptNumbersTests.Run) {
    (self.rows, self.width) = (rows, width)
    numbers = (0..<(rows * width)).map { Double(Float(0.3 + 0.011 * Double($0 * 7 % 101))) }
    ids = Storage((0..<Int32(rows)).map { $0 })
    isApart = run == .apart || run == .partedApart
    let table = ParameterSpecification(
      kind: .table(vocabulary: rows, width: width), owner: .shared, pieces: [])
    let store = ParameterStore([table], tasks: 1, seed: 1)
    store.change(Parameter(index: 0)) { [numbers] base in
      for (entry, number) in numbers.enumerated() { base[entry] = Float(number) }
    }
    let roots = Self.record(width: width, meets: run == .meeting)
    let plan = Plan(
      roots[0].graph, purpose: .training, roots: roots,
      apart: isApart ? roots.map { [$0] } : nil,
      isParted: run == .parted || run == .partedApart, outputs: [], capacity: rows)
    let workspace = Workspace(store: store, pool: WorkerPool(threads: threads))
    executor = Executor(plan, store: store, workspace: workspace)
    let batch = Batch(rows: rows, ids: UnsafePointer(ids.base), fields: 1)
    if executor.isParted {
      executor.runForward(batch)
      executor.runBackward()
    } else {
      executor.run(batch)
    }
  }

  private static func record(width: Int, meets: Bool) -> [Variable] {
    var x = Graph().lookup([Parameter(index: 0)], widths: [width], dense: 0)
    var roots: [Variable] = []
    for number in 1...5 {
      x = x.graph.record(Sine(), [x])
      if meets, number == 2 { x = x.graph.record(Meeting(), [x]) }
      if number == 3 { roots.append(x.graph.record(WeightedSum(), [x])) }
    }
    // So wide that its gradient lies where numbers are no longer kept, not where values were.
    let wide = x.graph.concatenation([Variable](repeating: x, count: 16))
    return roots + [x.graph.record(WeightedSum(), [wide])]
  }

  /// The gradient of x that a section has left.
  func gradient(_ section: Int) -> [Float] {
    let table = executor.sectionTableGradients[section][0]
    return (0..<(rows * width)).map { table.base[$0 / width * table.stride + $0 % width] }
  }

  /// w·Π cos of three sines, 16 times that of five, or both together.
  func expected(_ section: Int) -> [Double] {
    let depths = isApart ? [section == 0 ? 3 : 5] : [3, 5]
    return numbers.enumerated().map { entry, start in
      depths.reduce(0) { sum, depth in
        var (x, slope) = (start, Double(1 + entry / width % 3))
        for _ in 0..<depth { (x, slope) = (sin(x), slope * cos(x)) }
        return sum + (depth == 5 ? 16 : 1) * slope
      }
    }
  }
}
