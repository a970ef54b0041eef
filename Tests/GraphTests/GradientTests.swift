import Graph
import Tensors
import Testing

/// Every operation's gradient against central differences of its Double reference, to 1e-4 of the
/// largest entry, in a random direction of the output: up to 12 entries of every argument, chosen by
/// the seed (all of the smaller arguments).
@Suite struct GradientTests {
  @Test(arguments: OperationCase.all, [UInt64(1), 2]) func gradient(
    _ one: OperationCase, seed: UInt64
  ) {
    let check = GradientCheck(one, rows: 11, seed: seed)
    let found = check.found()
    for (place, expected) in check.differences().enumerated() {
      let largest = found[place].map { abs(Double($0)) }.max() ?? 0
      #expect(!expected.isEmpty && largest > 0)
      for (entry, b) in expected {
        let a = found[place][entry]
        #expect(
          abs(Double(a) - b) <= 1e-4 * largest + 1e-7,
          "\(one.name), argument \(place), seed \(seed): \(a), expected \(b)")
      }
    }
  }

  @Test(arguments: OperationCase.all) func forward(_ one: OperationCase) {
    let check = GradientCheck(one, rows: 37, seed: 3)
    let expected = check.reference(check.inputs, check.parameters)
    let largest = expected.map(abs).max() ?? 1
    for (a, b) in zip(check.output(), expected) {
      #expect(abs(Double(a) - b) <= 1e-5 * largest, "\(one.name): \(a), expected \(b)")
    }
  }
}

/// ⟨direction, y⟩ as a root: it hands the direction on as the gradient of y.
private struct Direction: Operation {
  let direction: Storage<Float>
  let width: Int
  var name: String { "direction" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { 1 }
  func forward(_ call: Call) {}
  func backward(_ call: Call) {
    guard let dy = call.inputGradient(0) else { return }
    for row in 0..<call.rows {
      for j in 0..<width {
        dy.base[row * dy.stride + j] = direction[(call.firstRow + row) * width + j]
      }
    }
  }
}

/// A lookup of dense features alone, split: the arguments of an operation as columns of one row.
private struct Columns: Operation {
  let first: Int
  let count: Int
  var name: String { "columns" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { count }
  func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    for row in 0..<call.rows {
      for j in 0..<count { y.base[row * y.stride + j] = x.base[row * x.stride + first + j] }
    }
  }
  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    for row in 0..<call.rows {
      for j in 0..<count {
        dx.base[row * dx.stride + first + j] = dy.base[row * dy.stride + j]
      }
    }
  }
}

/// The arguments of one check and both ways to its gradient.
final class GradientCheck {
  let one: OperationCase
  let rows: Int
  let inputs: [[Double]]
  let parameters: [[Double]]
  private let direction: [Double]
  private let random: RandomSource

  init(_ one: OperationCase, rows: Int, seed: UInt64) {
    self.one = one
    self.rows = rows
    let random = RandomSource(seed: seed, .test)
    self.random = random
    // Away from 0, where a ReLU has a kink; float32 numbers, so that both sides see the same.
    func draw(_ count: Int, stream: UInt64, scale: Double) -> [Double] {
      (0..<count).map {
        let x = random.normal(stream, UInt64($0)) * scale
        return Double(Float(abs(x) < 0.05 ? (x < 0 ? x - 0.1 : x + 0.1) : x))
      }
    }
    inputs = one.inputs.enumerated().map { draw(rows * $1, stream: UInt64($0), scale: 1) }
    parameters = one.parameters.enumerated().map {
      draw($1, stream: UInt64(100 + $0), scale: 0.5)
    }
    let outputs = one.reference(inputs, parameters).count
    direction = draw(outputs, stream: 200, scale: 1)
  }

  func reference(_ inputs: [[Double]], _ parameters: [[Double]]) -> [Double] {
    one.reference(inputs, parameters)
  }

  /// Central differences of ⟨direction, reference⟩ at some entries of every argument.
  func differences() -> [[(entry: Int, slope: Double)]] {
    let arguments = inputs + parameters
    return arguments.indices.map { place in
      entries(of: arguments[place].count, argument: place).map { entry in
        let step = 1e-5
        var above = arguments
        var below = arguments
        above[place][entry] += step
        below[place][entry] -= step
        return (entry, (value(above) - value(below)) / (2 * step))
      }
    }
  }

  private func entries(of count: Int, argument: Int) -> [Int] {
    guard count > 12 else { return Array(0..<count) }
    return (0..<12).map { random.index(below: count, UInt64(300 + argument), UInt64($0)) }
  }

  private func value(_ arguments: [[Double]]) -> Double {
    let y = (one.learned ?? one.reference)(
      Array(arguments.prefix(inputs.count)), Array(arguments.dropFirst(inputs.count)))
    return zip(y, direction).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The types of the operations that the case records.
  func types() -> Set<String> {
    let graph = record().y.graph
    return Set(graph.nodes.map { "\(type(of: $0.operation))" })
  }

  /// The operation's own output.
  func output() -> [Float] {
    let made = run(.evaluation)
    let width = direction.count / rows
    guard let values = made.executor.output(.value("y")) else { return [] }
    return Array(UnsafeBufferPointer(start: values, count: rows * width))
  }

  /// The operation's own gradients, by argument.
  func found() -> [[Float]] {
    let made = run(.training)
    var gradients: [[Float]] = []
    var column = 0
    let width = one.inputs.reduce(0, +)
    guard let x = made.executor.tableGradients.first else { return [] }
    for count in one.inputs {
      gradients.append(
        (0..<rows).flatMap { row in
          (0..<count).map { x.base[row * x.stride + column + $0] }
        })
      column += count
    }
    precondition(width == column)
    for place in one.parameters.indices {
      let start = made.store.offsets[place + 1]
      gradients.append(
        (0..<one.parameters[place]).map { entry in
          (0..<made.executor.gradientLanes(rows: rows)).reduce(Float(0)) {
            $0 + made.workspace.laneGradients[$1 * made.workspace.laneStride + start + entry]
          }
        })
    }
    return gradients
  }

  private struct Made {
    let executor: Executor
    let store: ParameterStore
    let workspace: Workspace
  }

  /// Puts the inputs, row after row, into one table and looks row i up for example i.
  private func run(_ purpose: Plan.Purpose) -> Made {
    let (specifications, y) = record()
    let graph = y.graph
    let store = ParameterStore(specifications, tasks: 1, seed: 1)
    fill(store, width: one.inputs.reduce(0, +))
    let root = graph.record(
      Direction(
        direction: Self.floats(direction), width: direction.count / rows), [y])
    let plan = Plan(
      graph, purpose: purpose, roots: purpose == .training ? [root] : [],
      outputs: [(name: .value("y"), value: y)], capacity: rows)
    let workspace = Workspace(store: store, pool: WorkerPool(threads: 2))
    let executor = Executor(plan, store: store, workspace: workspace)
    let ids = Storage((0..<Int32(rows)).flatMap { [$0, $0 % 3, $0 % 2] })
    let drawn = Storage(PatternIds.drawn(rows: rows))
    var batch = Batch(rows: rows, ids: UnsafePointer(ids.base), fields: 3)
    batch.drawn = UnsafePointer(drawn.base)
    batch.drawnCount = PatternIds.drawnCount
    RaggedPattern.table.fill(&batch)
    withExtendedLifetime((ids, drawn)) { executor.run(batch) }
    return Made(executor: executor, store: store, workspace: workspace)
  }

  /// The trace of the case, and the parameters that it needs.
  private func record() -> (specifications: [ParameterSpecification], y: Variable) {
    let width = one.inputs.reduce(0, +)
    var specifications = [
      ParameterSpecification(
        kind: .table(vocabulary: rows, width: width), owner: .shared, pieces: [])
    ]
    specifications += one.parameters.map {
      ParameterSpecification(kind: .dense(count: $0), owner: .shared, pieces: [])
    }
    specifications += one.givens.map {
      ParameterSpecification(kind: .given(count: $0.count), owner: .shared, pieces: [])
    }
    specifications += one.averages.map {
      ParameterSpecification(
        kind: .average(count: $0.count, rate: 0.1), owner: .shared, pieces: [])
    }
    let graph = Graph()
    let x = graph.lookup([Parameter(index: 0)], widths: [width], dense: 0)
    var column = 0
    var arguments: [Variable] = []
    for count in one.inputs {
      arguments.append(
        one.inputs.count == 1 ? x : graph.record(Columns(first: column, count: count), [x]))
      column += count
    }
    let y = one.record(arguments, specifications.indices.dropFirst().map { Parameter(index: $0) })
    return (specifications, y)
  }

  private func fill(_ store: ParameterStore, width: Int) {
    var column = 0
    for (place, count) in one.inputs.enumerated() {
      for row in 0..<rows {
        for j in 0..<count {
          let number = Float(inputs[place][row * count + j])
          store.change(Parameter(index: 0)) { $0[row * width + column + j] = number }
        }
      }
      column += count
    }
    for (place, numbers) in (parameters + one.givens + one.averages).enumerated() {
      store.change(Parameter(index: place + 1)) { base in
        for (entry, number) in numbers.enumerated() { base[entry] = Float(number) }
      }
    }
  }

  private static func floats(_ numbers: [Double]) -> Storage<Float> {
    let storage = Storage<Float>(count: numbers.count, filling: 0)
    for (place, number) in numbers.enumerated() { storage[place] = Float(number) }
    return storage
  }
}
