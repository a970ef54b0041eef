internal import CKernels
import Graph
import Models
import Tensors

/// Adds the gradients of what a model minimises besides its losses to those of the first lane.
///
/// Dense blocks only: what a penalty adds to the rows of a table is the table's own update.
final class PenaltyBody: ParallelBody {
  /// A block's gradient gets the sum of coefficient · source over some blocks, times the strength.
  private struct Unit {
    let target: Int
    let count: Int
    let strength: UnsafePointer<Float>
    let sources: [(coefficient: Float, base: UnsafePointer<Float>)]
  }

  private let workspace: Workspace
  private var units: [Unit] = []

  init(_ penalties: [ParameterPenalty], store: ParameterStore, workspace: Workspace) {
    self.workspace = workspace
    super.init()
    for penalty in penalties { add(penalty, store) }
  }

  private func add(_ penalty: ParameterPenalty, _ store: ParameterStore) {
    switch penalty {
    case .distance(let networks, let strength):
      for place in networks.first?.indices ?? 0..<0 {
        let blocks = networks.map { $0[place] }
        for block in blocks {
          // 2α(K·θ_k − Σ_j θ_j)
          let own = [(Float(2 * blocks.count), block)] + blocks.map { (Float(-2), $0) }
          append(block, own, strength, store)
        }
      }
    case .squares(let blocks, let strength, let factor):
      for block in blocks { append(block, [(Float(2 * factor), block)], strength, store) }
    }
  }

  private func append(
    _ target: Parameter, _ sources: [(Float, Parameter)], _ strength: Parameter,
    _ store: ParameterStore
  ) {
    guard case .dense(let count) = store.specifications[target.index].kind else { return }
    units.append(
      Unit(
        target: store.offsets[target.index], count: count,
        strength: UnsafePointer(store.base(of: strength)),
        sources: sources.map { ($0.0, UnsafePointer(store.base(of: $0.1))) }))
  }

  /// Adds all gradients.
  func run() {
    guard !units.isEmpty else { return }
    workspace.pool.run(self, chunks: units.count)
  }

  override func kind(of chunk: Int) -> WorkKind? { .optimiser }

  override func run(chunk: Int, thread: Int) {
    let unit = units[chunk]
    let strength = unit.strength[0]
    guard strength != 0 else { return }
    let target = workspace.laneGradients.base + unit.target
    for source in unit.sources {
      ck_add_scaled(
        Int64(unit.count), strength * source.coefficient, source.base, target, 1)
    }
  }
}

extension ParameterPenalty {
  /// The penalty's value over whole blocks and tables.
  func value(in store: ParameterStore) -> Double {
    let strength = Double(store.base(of: self.strength)[0])
    switch self {
    case .distance(let networks, _):
      var sum = 0.0
      for place in networks.first?.indices ?? 0..<0 {
        for k in networks.indices {
          for j in 0..<k { sum += store.squaredDistance(networks[j][place], networks[k][place]) }
        }
      }
      return strength * sum
    case .squares(let blocks, _, let factor):
      return strength * factor * blocks.reduce(0) { $0 + store.sumOfSquares(of: $1) }
    }
  }

  /// What the gradient of a table row is: this times the row.
  func rowCoefficient(of table: Parameter, in store: ParameterStore) -> Float {
    guard case .squares(let blocks, let strength, let factor) = self, blocks.contains(table)
    else { return 0 }
    return 2 * Float(factor) * store.base(of: strength)[0]
  }
}

extension ParameterStore {
  /// Numbers in a block or table.
  func count(of parameter: Parameter) -> Int {
    switch specifications[parameter.index].kind {
    case .dense(let count), .given(let count), .average(let count, _): count
    case .table(let vocabulary, let width): vocabulary * width
    }
  }

  /// Σ w².
  func sumOfSquares(of parameter: Parameter) -> Double {
    ck_sum_of_squares(Int64(count(of: parameter)), base(of: parameter))
  }

  /// ‖a − b‖².
  func squaredDistance(_ a: Parameter, _ b: Parameter) -> Double {
    let (left, right) = (base(of: a), base(of: b))
    return (0..<count(of: a)).reduce(0) { sum, place in
      let difference = Double(left[place]) - Double(right[place])
      return sum + difference * difference
    }
  }
}
