import Foundation
import Graph
import Objectives
import Tensors
import Testing

/// Every loss: its sum, its count and its gradient against central differences of Σ ℓ in Double, in the
/// order of the arrays and by an index; and that there is a row for each of them.
@Suite struct LossGradientTests {
  @Test(arguments: LossCase.all, [false, true]) func gradient(_ one: LossCase, byIndex: Bool) {
    for seed in UInt64(1)...2 {
      let check = LossCheck(one, byIndex: byIndex, seed: seed)
      let found = check.run()
      let sum = check.reference(check.arguments)
      #expect(abs(found.sums.loss - sum) <= 1e-5 * abs(sum), "\(one.name) seed \(seed)")
      #expect(found.count == one.count(check.rows), "\(one.name) seed \(seed): n")
      // A loss whose mean is over the rows of other tasks too counts its own in its sums.
      #expect((one.isSum || found.sums.rows <= found.count) && found.sums.rows > 0)
      let expected = check.differences()
      let largest = expected.joined().map(abs).max() ?? 0
      #expect(largest > 0 && found.gradients.map(\.count) == expected.map(\.count))
      for (place, (a, b)) in zip(found.gradients, expected).enumerated() {
        for (entry, (a, b)) in zip(a, b).enumerated() {
          #expect(
            abs(Double(a) - b) <= 1e-4 * largest + 1e-6,
            "\(one.name), argument \(place), entry \(entry), seed \(seed): \(a), expected \(b)")
        }
      }
    }
  }

  @Test func everyLossHasARow() throws {
    var seen = Set<String>()
    for one in LossCase.all { seen.formUnion(LossCheck(one, byIndex: false, seed: 1).types()) }
    let declared = try Self.declared()
    #expect(declared.count > 15)
    #expect(declared.subtracting(seen).isEmpty, "no row: \(declared.subtracting(seen).sorted())")
  }

  /// The names of all losses and operations in the sources of Objectives.
  private static func declared() throws -> Set<String> {
    let root = (1...4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    let files = FileManager.default.enumerator(
      at: root.appendingPathComponent("Sources/Objectives"), includingPropertiesForKeys: nil)
    var names = Set<String>()
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      let text = try String(contentsOf: file, encoding: .utf8)
      let form = #/(?:struct|final class)\s+(\w+)\s*:\s*(?:\w+,\s*)*(?:Operation|Loss|RowLoss)\b/#
      for match in text.matches(of: form) { names.insert(String(match.1)) }
    }
    return names
  }
}

/// The arguments of one check and both ways to its gradient.
private final class LossCheck {
  private static let memory = 13
  private static let scale: Float = 0.37
  let one: LossCase
  /// The labels of the batch's rows.
  let rows: LossRows
  let arguments: [[Double]]
  private let all: LossRows
  private let index: [Int]?

  init(_ one: LossCase, byIndex: Bool, seed: UInt64) {
    self.one = one
    all = LossRows(count: Self.memory, seed: seed)
    // Twelve of thirteen rows, backwards.
    index = byIndex ? (1..<13).reversed().map { $0 } : nil
    let rows = all.chosen(index ?? Array(0..<Self.memory))
    self.rows = rows
    let random = RandomSource(seed: seed, .test)
    let counts = one.inputs.map { $0 * rows.count } + one.parameters
    arguments = counts.enumerated().map { place, count in
      (0..<count).map { Double(Float(random.normal(UInt64(place), UInt64($0)))) }
    }
  }

  func reference(_ changed: [[Double]]) -> Double {
    let inputs = one.inputs.count
    return one.reference(
      .init(
        x: Array(changed.prefix(inputs)), frozen: Array(arguments.prefix(inputs)),
        parameters: Array(changed.dropFirst(inputs)), rows: rows))
  }

  func differences() -> [[Double]] {
    arguments.indices.map { place in
      arguments[place].indices.map { entry in
        let step = 1e-5
        var (above, below) = (arguments, arguments)
        above[place][entry] += step
        below[place][entry] -= step
        return Double(Self.scale) * (reference(above) - reference(below)) / (2 * step)
      }
    }
  }

  func types() -> Set<String> {
    Set(record().loss.graph.nodes.map { "\(type(of: $0.operation))" })
  }

  func run() -> (sums: LossSums, count: Double, gradients: [[Float]]) {
    let (specifications, loss) = record()
    let store = ParameterStore(specifications, tasks: 3, seed: 1)
    fill(store)
    let plan = Plan(
      loss.graph, purpose: .training, roots: [loss], outputs: [], capacity: Self.memory)
    let workspace = Workspace(store: store, losses: 4, pool: WorkerPool(threads: 2))
    let executor = Executor(plan, store: store, workspace: workspace)
    let ids = Storage((0..<Int32(Self.memory)).map { $0 })
    let (labels, spaces) = (
      Storage(all.labels.map(Float.init)), Storage(all.spaces.map(Float.init))
    )
    let order = Storage((index ?? []).map(Int32.init))
    let drawn = Storage(rows.drawn)
    var batch = Batch(
      rows: rows.count, ids: UnsafePointer(ids.base), fields: 1, dense: nil, denseCount: 0,
      labels: UnsafePointer(labels.base), spaces: UnsafePointer(spaces.base), tasks: 3,
      index: index == nil ? nil : UnsafePointer(order.base))
    (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), 6)
    let places = [one.place] + one.others
    let scales = (0..<4).map { places.contains($0) ? Self.scale : .nan }
    executor.run(batch, scales: scales)
    let operation = loss.graph.nodes[loss.node].operation as? any Loss
    var sums = executor.lossSums(task: one.place, rows: rows.count)
    for other in one.others { sums.loss += executor.lossSums(task: other, rows: rows.count).loss }
    return (
      sums, Double(operation?.rowCount(of: batch) ?? .nan), gradients(executor, store, workspace)
    )
  }

  private func record() -> (specifications: [ParameterSpecification], loss: Variable) {
    let width = one.inputs.reduce(0, +)
    let kinds: [ParameterSpecification.Kind] =
      [.table(vocabulary: Self.memory, width: width)]
      + one.parameters.map { .dense(count: $0) } + one.givens.map { .given(count: $0.count) }
      + one.averages.map { .average(count: $0.count, rate: 0.1) }
    let specifications = kinds.map { ParameterSpecification(kind: $0, owner: .shared, pieces: []) }
    let x = Graph().lookup([Parameter(index: 0)], widths: [width], dense: 0)
    var column = 0
    let columns = one.inputs.map { count in
      defer { column += count }
      return one.inputs.count == 1 ? x : x.columns(column..<(column + count))
    }
    return (specifications, one.record(columns, kinds.indices.dropFirst().map(Parameter.init)))
  }

  private func fill(_ store: ParameterStore) {
    let width = one.inputs.reduce(0, +)
    store.change(Parameter(index: 0)) { table in
      for row in 0..<rows.count {
        var column = 0
        for (place, count) in one.inputs.enumerated() {
          for j in 0..<count {
            table[(index?[row] ?? row) * width + column + j] = Float(
              arguments[place][row * count + j])
          }
          column += count
        }
      }
    }
    let rest = arguments.dropFirst(one.inputs.count) + one.givens + one.averages
    for (place, numbers) in rest.enumerated() {
      store.change(Parameter(index: place + 1)) { base in
        for (entry, number) in numbers.enumerated() { base[entry] = Float(number) }
      }
    }
  }

  private func gradients(
    _ executor: Executor, _ store: ParameterStore, _ workspace: Workspace
  ) -> [[Float]] {
    guard let x = executor.tableGradients.first else { return [] }
    var column = 0
    let inputs = one.inputs.map { count in
      defer { column += count }
      return (0..<rows.count).flatMap { row in
        (0..<count).map { x.base[row * x.stride + column + $0] }
      }
    }
    let parameters = one.parameters.enumerated().map { place, count in
      (0..<count).map { entry in
        (0..<executor.gradientLanes(rows: rows.count)).reduce(Float(0)) {
          $0
            + workspace.laneGradients[
              $1 * workspace.laneStride + store.offsets[place + 1] + entry]
        }
      }
    }
    return inputs + parameters
  }
}

extension LossRows {
  /// Some rows in an order.
  fileprivate func chosen(_ order: [Int]) -> LossRows {
    LossRows(
      count: order.count, labels: order.flatMap { labels[(3 * $0)..<(3 * $0 + 3)] },
      spaces: order.flatMap { spaces[(3 * $0)..<(3 * $0 + 3)] },
      drawn: order.flatMap { drawn[(6 * $0)..<(6 * $0 + 6)] })
  }
}
