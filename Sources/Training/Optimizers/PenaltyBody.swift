internal import CKernels
import Graph
import Models
import Tensors

/// Adds the gradients of what a model minimises besides its losses to those of the first lane.
///
/// Squares of a table's rows are the table's own update.
struct PenaltyBody: ParallelBody, ~Copyable {
  /// A block's gradient gets a multiple of itself, or of its distances from others.
  private struct Unit {
    let target: Int
    let count: Int
    let coefficient: Float
    let strength: UnsafePointer<Float>
    let own: UnsafePointer<Float>
    /// The blocks that it is drawn to; nil: it is drawn to 0.
    let others: [UnsafePointer<Float>]?
  }

  fileprivate let workspace: Workspace
  private var units: [Unit] = []
  private let tables: [TableDistance]
  private var subspaces: [SubspaceOrthogonality] = []
  fileprivate var executor: Executor?
  fileprivate var batch: Batch?

  /// The penalties that an optimiser follows.
  init(_ optimizer: Optimizer, workspace: Workspace) {
    self.workspace = workspace
    tables = optimizer.tableDistances
    for penalty in optimizer.penalties { add(penalty, optimizer.store) }
  }

  private mutating func add(_ penalty: ParameterPenalty, _ store: ParameterStore) {
    switch penalty {
    case .distance(let networks, let strength):
      for place in networks.first?.indices ?? 0..<0 {
        let blocks = networks.map { $0[place] }
        for block in blocks { append(block, 2, strength, store, others: blocks) }
      }
    case .squares(let blocks, let strength, let factor):
      for block in blocks { append(block, Float(2 * factor), strength, store) }
    case .orthogonality(let blocks, let parts, let strength):
      subspaces += blocks.map {
        SubspaceOrthogonality($0, parts: parts, strength: strength, store: store)
      }
    }
  }

  private mutating func append(
    _ target: Parameter, _ coefficient: Float, _ strength: Parameter, _ store: ParameterStore,
    others: [Parameter]? = nil
  ) {
    guard case .dense(let count) = store.specifications[target.index].kind else { return }
    units.append(
      Unit(
        target: store.offsets[target.index], count: count, coefficient: coefficient,
        strength: UnsafePointer(store.base(of: strength)),
        own: UnsafePointer(store.base(of: target)),
        others: others.map { $0.map { UnsafePointer(store.base(of: $0)) } }))
  }

  /// Whether it adds to the gradients of looked-up rows, which are all here then.
  var addsToLookups: Bool { !tables.isEmpty }

  /// How many chunks there are.
  var chunks: Int { units.count + tables.count + subspaces.count }

  func kind(of chunk: Int) -> WorkKind? { .optimiser }

  var barrier: Barrier { .penalties }

  func run(chunk: Int, thread: Int) {
    guard chunk < units.count else {
      let place = chunk - units.count
      if place >= tables.count { return subspaces[place - tables.count].add(to: workspace) }
      guard let executor, let batch else { return }
      return tables[place].add(to: executor, batch)
    }
    let unit = units[chunk]
    let factor = unit.strength[0] * unit.coefficient
    guard factor != 0 else { return }
    let target = workspace.laneGradients.base + unit.target
    if let others = unit.others {
      addDistances(of: unit.own, from: others, at: 0, count: unit.count, times: factor, to: target)
    } else {
      ck_add_scaled(Int64(unit.count), factor, unit.own, target, 1)
    }
  }
}

extension ParallelLoop where Body == PenaltyBody {
  /// Adds all gradients to those that an executor has just computed.
  func run(_ executor: Executor, _ batch: Batch) {
    guard body.chunks > 0 else { return }
    body.executor = executor
    body.batch = batch
    body.workspace.pool.run(self, chunks: body.chunks)
  }
}

/// Adds factor · Σ_j (own − other_j) to a gradient; exactly 0 where all are equal.
func addDistances(
  of own: UnsafePointer<Float>, from others: [UnsafePointer<Float>], at start: Int, count: Int,
  times factor: Float, to target: UnsafeMutablePointer<Float>
) {
  for other in others {
    for place in 0..<count { target[place] += factor * (own[place] - other[start + place]) }
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
    case .orthogonality(let blocks, let parts, let dial):
      return strength
        * blocks.reduce(0) {
          $0 + SubspaceOrthogonality($1, parts: parts, strength: dial, store: store).value
        }
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
