internal import CKernels
import Graph
import Objectives
import Tensors

/// Joins the gradients that a plan has kept apart by task, weighed array by array.
///
///     g = Σ_k w_k·g_k        shared arrays, w from the norms ‖g_k‖
///     g = Σ_k g_k            the tasks' own
///
/// Three passes: sum the lanes and take the norms; ask the balancer; write the weighed sums to
/// where the optimiser looks for the only lane.
struct SectionBalance: ParallelBody, ~Copyable {
  fileprivate enum Phase { case measure, join }

  private let rule: MetaBalance
  fileprivate let executor: Executor
  fileprivate let workspace: Workspace
  private let arrays: [BalancedArray]
  private let tables: [TableUpdate]
  private let lookups: [BalancedLookup]
  /// Which task each section descends from.
  private let tasks: [Int]
  private let isOn: [Bool]
  /// ‖g_k‖ and w_k by array and task: dense arrays first, then tables.
  private let norms: Storage<Double>
  private let weights: Storage<Float>
  private let averages: [UnsafeMutablePointer<Double>]
  fileprivate var phase = Phase.measure
  fileprivate var batch: Batch
  fileprivate var lanes = 1

  /// Rows of a lookup that are joined at a time.
  private static let blockRows = 128

  init(
    _ rule: MetaBalance, averages all: NormAverages, executor: Executor, tables: [TableUpdate],
    store: ParameterStore, workspace: Workspace, isOn: [Bool]
  ) {
    self.rule = rule
    self.executor = executor
    self.workspace = workspace
    self.isOn = isOn
    self.tables = tables
    tasks = isOn.indices.filter { isOn[$0] }
    arrays = BalancedArray.all(of: store, executor: executor)
    averages =
      arrays.map { all.row($0.parameter, piece: $0.piece) }
      + tables.map { all.row($0.gradient.parameter, piece: 0) }
    let count = arrays.count + tables.count
    norms = Storage(count: count * isOn.count, filling: 0)
    weights = Storage(count: count * isOn.count, filling: 1)
    lookups = BalancedLookup.all(of: executor, tables: tables, store: store)
    batch = Batch(
      rows: 0, ids: nil, fields: 0, dense: nil, denseCount: 0, labels: nil, spaces: nil, tasks: 0,
      index: nil)
  }

  /// How many chunks the phase has.
  var chunks: Int {
    arrays.count + (phase == .measure ? tables.count : lookups.count * blocks)
  }

  private var blocks: Int { (batch.rows + Self.blockRows - 1) / Self.blockRows }

  private func isShared(_ place: Int) -> Bool {
    place < arrays.count ? arrays[place].isShared : tables[place - arrays.count].isShared
  }

  fileprivate func weigh() {
    for place in averages.indices where isShared(place) {
      rule.weigh(
        norms.base + place * isOn.count, averages: averages[place], isOn: isOn,
        weights: weights.base + place * isOn.count)
    }
    for lookup in lookups {
      lookup.spread { table, section in
        weights[(arrays.count + table) * isOn.count + tasks[section]]
      }
    }
  }

  func kind(of chunk: Int) -> WorkKind? { .balancing }

  func run(chunk: Int, thread: Int) {
    switch (phase, chunk < arrays.count) {
    case (.measure, true): measure(arrays[chunk], place: chunk)
    case (.measure, false): measure(tables[chunk - arrays.count], place: chunk)
    case (.join, true): join(arrays[chunk], place: chunk)
    case (.join, false): joinLookup(chunk - arrays.count)
    }
  }

  /// Where a section's gradient of an array lies, summed into the first lane.
  private func gradient(of array: BalancedArray, section: Int) -> UnsafeMutablePointer<Float> {
    workspace.laneGradients.base + section * workspace.laneStride + array.offset
  }

  private func measure(_ array: BalancedArray, place: Int) {
    let distance = Int64(executor.sectionCount * workspace.laneStride)
    for section in array.sections {
      let gradient = gradient(of: array, section: section)
      var sum = 0.0
      for run in 0..<array.runs {
        let start = gradient + run * array.distance
        ck_sum_lanes(array.length, start, distance, Int64(lanes))
        if array.isShared { sum += ck_sum_of_squares(array.length, start) }
      }
      norms.base[place * isOn.count + tasks[section]] = sum.squareRoot()
    }
  }

  private func measure(_ table: TableUpdate, place: Int) {
    table.group(batch)
    for section in tasks.indices {
      let found = executor.sectionTableGradients[section].first {
        $0.parameter == table.gradient.parameter
      }
      guard table.isShared, let found else { continue }
      norms.base[place * isOn.count + tasks[section]] = table.sumOfSquares(of: found).squareRoot()
    }
  }

  private func join(_ array: BalancedArray, place: Int) {
    let target = workspace.laneGradients.base + array.offset
    for (turn, section) in array.sections.enumerated() {
      let weight = array.isShared ? weights[place * isOn.count + tasks[section]] : 1
      let gradient = gradient(of: array, section: section)
      for run in 0..<array.runs {
        ck_add_scaled(
          array.length, weight, gradient + run * array.distance, target + run * array.distance,
          turn > 0 ? 1 : 0)
      }
    }
    guard array.sections.isEmpty else { return }
    for run in 0..<array.runs {
      (target + run * array.distance).update(repeating: 0, count: Int(array.length))
    }
  }

  private func joinLookup(_ chunk: Int) {
    let first = chunk % blocks * Self.blockRows
    lookups[chunk / blocks].join(first..<min(batch.rows, first + Self.blockRows))
  }
}

extension ParallelLoop where Body == SectionBalance {
  /// Leaves the joined gradients in the first lane and in ``Executor/tableGradients``.
  func run(_ batch: Batch) {
    body.batch = batch
    body.lanes = body.executor.laneCount(rows: batch.rows)
    body.phase = .measure
    body.workspace.pool.run(self, chunks: body.chunks)
    body.weigh()
    body.phase = .join
    body.workspace.pool.run(self, chunks: body.chunks)
  }
}
