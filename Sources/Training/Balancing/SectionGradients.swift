internal import CKernels
import Graph
import Models
import Tensors

/// The gradients of a turn, apart by task, and how they become one.
///
///     measure   lanes summed section by section; ‖g_k‖ and g_j·g_k of every shared array
///     join      g = Σ_k w_k·g_k     w by array and task, 1 until somebody writes it
///
/// Arrays are counted: the named dense ones first, then the tables. A table's gradient lies in the
/// batch's rows; its norm and products are of the sums by id, over the rows that the batch touches,
/// without what penalties add: those are nobody's.
/// What is nobody's, a term without a task, has the column behind the tasks' and the weight 1.
///
/// A stage that makes a new gradient out of the old ones rewrites ``dense(_:task:)`` in place, and gives
/// the tables' sums.
struct SectionGradients: ParallelBody, ~Copyable {
  fileprivate enum Phase { case measure, join }

  /// Tasks, of which those that do not take part have no gradient.
  let taskCount: Int
  /// The dense arrays.
  let arrays: [BalancedArray]
  /// The tables.
  let tables: [TableUpdate]

  fileprivate let executor: Executor
  fileprivate let workspace: Workspace
  private let lookups: [BalancedLookup]
  /// The column of each section: its task, or ``taskCount`` for nobody's.
  private let columns: [Int]
  /// By array, whether more than one task moves it, or may move it while others are on.
  private let shared: [Bool]
  /// ‖g_k‖ and w_k by array and column.
  private let norms: Storage<Double>
  private let weights: Storage<Float>
  /// g_j·g_k by array, j and k; empty until somebody asks.
  private var products: Storage<Double>
  /// By table and section, the sums by id; empty until somebody asks for products.
  private var sums: [[Storage<Float>]] = []
  fileprivate var phase = Phase.measure
  fileprivate var needs: BalanceNeeds = []
  fileprivate var batch: Batch
  fileprivate var lanes = 1
  /// Whether the rows of tables are grouped already when they are measured.
  var isGrouped = false

  /// Rows of a lookup that are joined at a time.
  private static let blockRows = 128

  /// The gradients of an executor; `tasks` are those of its sections, nil for nobody.
  init(_ executor: Executor, tasks: [Int?], tables: [TableUpdate], site: StageSite) {
    self.executor = executor
    self.tables = tables
    workspace = site.workspace
    taskCount = site.tasks
    columns = tasks.map { $0 ?? site.tasks }
    arrays = BalancedArray.all(of: site.store, executor: executor)
    let columns = self.columns
    func count(_ sections: [Int]) -> Int {
      Set(sections.map { columns[$0] }).filter { $0 < site.tasks }.count
    }
    let reached = tables.map { table in
      columns.indices.filter { section in
        executor.sectionTableGradients[section].contains {
          $0.parameter == table.gradient.parameter
        }
      }
    }
    shared =
      arrays.map { $0.isShared || count($0.sections) > 1 }
      + zip(tables, reached).map { $0.isShared || count($1) > 1 }
    let cells = (arrays.count + tables.count) * (site.tasks + 1)
    norms = Storage(count: cells, filling: 0)
    weights = Storage(count: cells, filling: 1)
    products = Storage(count: 0, filling: 0)
    lookups = BalancedLookup.all(of: executor, tables: tables)
    batch = Batch(rows: 0)
  }

  // MARK: - What a balancer sees and says

  /// Dense arrays and tables.
  var count: Int { arrays.count + tables.count }

  /// Floats of the tables' sums by task.
  var summedFloats: Int { sums.joined().reduce(0) { $0 + $1.count } }

  /// Whether more than one task moves an array, so that it is weighed.
  func isShared(_ array: Int) -> Bool { shared[array] }

  /// A task's gradient of a table, summed by id over the rows that the batch touches.
  ///
  /// Nil if its loss does not reach the table. There are such sums if ``BalanceNeeds/rowSums`` or
  /// products were asked for.
  func rowSums(_ table: Int, task: Int) -> UnsafePointer<Float>? {
    columns.firstIndex(of: task).flatMap { section in
      found(tables[table], section: section).map { _ in UnsafePointer(sums[table][section].base) }
    }
  }

  /// ‖g_k‖ of an array by task, [T]; 0 for a task whose loss does not reach it.
  func norms(of array: Int) -> UnsafePointer<Double> {
    UnsafePointer(norms.base + array * (taskCount + 1))
  }

  /// w_k of an array by task, [T], to be written.
  func weights(of array: Int) -> UnsafeMutablePointer<Float> {
    weights.base + array * (taskCount + 1)
  }

  /// g_j·g_k of an array by both tasks, [T, T].
  func products(of array: Int) -> UnsafePointer<Double> {
    UnsafePointer(products.base + array * taskCount * taskCount)
  }

  /// Σ g_j·g_k over the shared arrays, arrays added in order: the Gram matrix, [T, T].
  func addGram(to gram: UnsafeMutablePointer<Double>) {
    for array in 0..<count where isShared(array) {
      let own = products(of: array)
      for pair in 0..<(taskCount * taskCount) { gram[pair] += own[pair] }
    }
  }

  /// Gives every shared array the same weights by task, [T].
  func weigh(all weights: UnsafePointer<Float>) {
    for array in 0..<count where isShared(array) {
      self.weights(of: array).update(from: weights, count: taskCount)
    }
  }

  /// A task's gradient of a dense array, summed over the lanes; nil if its loss does not reach it.
  func dense(_ array: Int, task: Int) -> UnsafeMutablePointer<Float>? {
    arrays[array].sections.first { columns[$0] == task }.map {
      gradient(of: arrays[array], section: $0)
    }
  }

  // MARK: - Both passes

  /// Sees to what chunks need, before they measure.
  fileprivate mutating func prepare(_ batch: Batch, _ needs: BalanceNeeds) {
    self.batch = batch
    self.needs = needs
    if !needs.isDisjoint(with: [.products, .rowSums]), products.count == 0 {
      makeRoomForProducts()
    }
    for table in tables { table.hasSums = false }
    lanes = executor.gradientLanes(rows: batch.rows)
    phase = .measure
  }

  private mutating func makeRoomForProducts() {
    products = Storage(count: max(1, count * taskCount * taskCount), filling: 0)
    sums = tables.map { table in
      columns.map { _ in Storage(count: table.mostFloats, filling: 0) }
    }
  }

  /// Hands the weights of the tables to what joins them.
  fileprivate func spreadWeights() {
    for lookup in lookups {
      lookup.spread { table, section in
        weights[(arrays.count + table) * (taskCount + 1) + columns[section]]
      }
    }
  }

  fileprivate var chunks: Int {
    phase == .measure ? count : arrays.count + lookups.count * blocks
  }

  private var blocks: Int { (batch.rows + Self.blockRows - 1) / Self.blockRows }

  func kind(of chunk: Int) -> WorkKind? { .balancing }

  var barrier: Barrier { .balancing }

  func run(chunk: Int, thread: Int) {
    switch (phase, chunk < arrays.count) {
    case (.measure, true): measure(arrays[chunk], chunk)
    case (.measure, false): measure(tables[chunk - arrays.count], chunk)
    case (.join, true): join(arrays[chunk], chunk)
    case (.join, false): joinLookup(chunk - arrays.count)
    }
  }

  // MARK: - Dense arrays

  /// Where a section's gradient of an array lies, summed into the first lane.
  private func gradient(of array: BalancedArray, section: Int) -> UnsafeMutablePointer<Float> {
    workspace.laneGradients.base + section * workspace.laneStride + array.offset
  }

  private func measure(_ array: BalancedArray, _ index: Int) {
    let distance = Int64(executor.sectionCount * workspace.laneStride)
    for section in array.sections {
      let gradient = gradient(of: array, section: section)
      var sum = 0.0
      for run in 0..<array.runs {
        let start = gradient + run * array.distance
        ck_sum_lanes(array.length, start, distance, Int64(lanes))
        if shared[index] { sum += ck_sum_of_squares(array.length, start) }
      }
      norms.base[index * (taskCount + 1) + columns[section]] = sum.squareRoot()
    }
    guard needs.contains(.products), shared[index] else { return }
    for left in array.sections {
      for right in array.sections where right >= left {
        var sum = 0.0
        for run in 0..<array.runs {
          let start = run * array.distance
          sum += dot(
            Int(array.length), gradient(of: array, section: left) + start,
            gradient(of: array, section: right) + start)
        }
        setProduct(of: index, left, right, sum)
      }
    }
  }

  private func join(_ array: BalancedArray, _ index: Int) {
    let target = workspace.laneGradients.base + array.offset
    for (turn, section) in array.sections.enumerated() {
      let weight = weights[index * (taskCount + 1) + columns[section]]
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

  // MARK: - Tables

  private func found(_ table: TableUpdate, section: Int) -> Executor.TableGradient? {
    executor.sectionTableGradients[section].first { $0.parameter == table.gradient.parameter }
  }

  private func measure(_ table: TableUpdate, _ index: Int) {
    if !isGrouped { table.group(batch) }
    guard shared[index] else { return }
    for section in columns.indices {
      guard let found = found(table, section: section) else { continue }
      norms.base[index * (taskCount + 1) + columns[section]] =
        table.sumOfTaskSquares(of: found).squareRoot()
    }
    guard !needs.isDisjoint(with: [.products, .rowSums]) else { return }
    let sums = sums[index - arrays.count]
    for right in columns.indices {
      guard let found = found(table, section: right) else { continue }
      table.sum(found, into: sums[right].base)
      guard needs.contains(.products) else { continue }
      for left in 0...right where self.found(table, section: left) != nil {
        setProduct(
          of: index, left, right, dot(table.touchedFloats, sums[left].base, sums[right].base))
      }
    }
  }

  private func joinLookup(_ chunk: Int) {
    let first = chunk % blocks * Self.blockRows
    lookups[chunk / blocks].join(
      first..<min(batch.rows, first + Self.blockRows), of: batch)
  }

  // MARK: - Products

  private func setProduct(of array: Int, _ left: Int, _ right: Int, _ value: Double) {
    let (i, j) = (columns[left], columns[right])
    guard i < taskCount, j < taskCount else { return }
    let own = products.base + array * taskCount * taskCount
    own[i * taskCount + j] = value
    own[j * taskCount + i] = value
  }

  /// Σ a·b, in double precision: four sums side by side, added in order.
  private func dot(_ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Double {
    var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
    var index = 0
    while index + 4 <= count {
      first += Double(a[index]) * Double(b[index])
      second += Double(a[index + 1]) * Double(b[index + 1])
      third += Double(a[index + 2]) * Double(b[index + 2])
      fourth += Double(a[index + 3]) * Double(b[index + 3])
      index += 4
    }
    while index < count {
      first += Double(a[index]) * Double(b[index])
      index += 1
    }
    return (first + second) + (third + fourth)
  }
}

extension ParallelLoop where Body == SectionGradients {
  /// Sums what the lanes have of every section, and measures what is needed.
  func measure(_ batch: Batch, _ needs: BalanceNeeds) {
    body.prepare(batch, needs)
    body.workspace.pool.run(self, chunks: body.chunks)
  }

  /// Leaves the joined gradients in the first lane and in ``Executor/tableGradients``.
  func join() {
    body.spreadWeights()
    body.phase = .join
    body.workspace.pool.run(self, chunks: body.chunks)
  }
}
