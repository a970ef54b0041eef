internal import CKernels
import Graph
import Models
import Runs
import Tensors

/// The update of one embedding table: the batch's rows grouped by id, their gradients summed in the
/// order of the columns that read the table and of the rows, and the touched rows moved.
final class TableUpdate {
  let gradient: Executor.TableGradient
  private let width: Int64
  private let tableRows: Int64
  private let values: Storage<Float>
  /// The table if its rows come into being when they are looked up: groups name where they lie.
  private let growing: GrowingTable?
  private let moments: Optimizer.TableMoments?
  private let rows: RowGroups
  /// The summed gradient: of the touched rows (lazy, clipping), or of the whole table (dense).
  private let sums: Storage<Float>
  /// 0, 1, 2, …: the groups of sums that are one row each.
  private let counting: Storage<Int32>
  /// What of the model's penalties concerns this table.
  private let penalties: [ParameterPenalty]
  private let store: ParameterStore
  /// λ of L2.
  private let l2: Float
  /// What pulls all rows of the table towards other tables; nil for nothing.
  private let pull: Storage<Float>?
  /// What pulls the rows that a batch names towards other tables, where its rows have several ids; nil
  /// for nothing.
  private let listPull: Storage<Float>?
  /// Whether rows that the batch does not use move too.
  private let isDense: Bool
  /// Whether weight decay shrinks them too.
  private let decaysAllRows: Bool
  /// Whether the rule measures what moves as one layer.
  private let isByLayer: Bool

  /// What the learning rate is multiplied by.
  let rateFactor: Float

  /// Whether all tasks share the table.
  let isShared: Bool
  /// Whether the sums were given: nothing is summed then.
  var hasSums = false
  /// Whether the sums are those of the whole table already, with all that is added to them.
  private var isSpread = false

  /// `isMeasured` says whether ``sumOfSquares(of:)`` will be asked for, `movesResting` whether rows have
  /// gradients that the batch does not touch.
  init(
    _ gradient: Executor.TableGradient, optimizer: Optimizer, capacity: Int, isMeasured: Bool,
    movesResting: Bool = false
  ) {
    self.gradient = gradient
    isShared = optimizer.store.specifications[gradient.parameter.index].owner == .shared
    width = Int64(gradient.width)
    guard let table = optimizer.store.tables[gradient.parameter.index] else {
      preconditionFailure("a gradient by rows of a parameter that is no table")
    }
    values = table
    growing = optimizer.store.growing[gradient.parameter.index]
    tableRows = Int64(table.count / gradient.width)
    moments = optimizer.tableMoments[gradient.parameter.index]
    rows = RowGroups(gradient, vocabulary: Int(tableRows), capacity: capacity)
    let configuration = optimizer.configuration
    store = optimizer.store
    penalties = optimizer.penalties.filter { penalty in
      guard case .squares(let blocks, _, _) = penalty else { return false }
      return blocks.contains(gradient.parameter)
    }
    let settings = store.settings(ofTable: gradient.parameter, configuration)
    (l2, rateFactor) = (Float(settings.l2), Float(settings.rateFactor))
    let hasPenalties = !penalties.isEmpty || l2 != 0
    pull = optimizer.tableDistances.lazy.compactMap { $0.whole(of: gradient.parameter) }.first
    // Without momentum a row without gradient rests, unless a penalty gives it one.
    isDense =
      configuration.movesWholeTables
      && (configuration.rule.movesResting || hasPenalties || movesResting) || pull != nil
    isByLayer = configuration.rule.isByLayer
    decaysAllRows = isDense && configuration.movesWholeTables
    let pulls = optimizer.tableDistances.lazy.compactMap { $0.rows(of: gradient.parameter) }
    listPull = gradient.isOneIdEach ? nil : pulls.first
    // All rows then lie in the order of ids.
    if isDense { growing?.settle() }
    let needsSums = isDense || isMeasured || hasPenalties || listPull != nil
    sums = Storage(
      count: isDense ? table.count : (needsSums ? rows.most * gradient.width : 0), filling: 0)
    counting = Storage((0...Int32(needsSums ? rows.most : 0)).map { $0 })
  }

  /// Groups the rows of a batch by id.
  func group(_ batch: Batch) {
    rows.group(batch)
    if let growing { rows.locate(in: growing) }
  }

  private var groups: ck_groups { rows.groups }

  /// Floats of the rows that the batch touches, and of those that a batch touches at most.
  var touchedFloats: Int { Int(groups.count * width) }
  var mostFloats: Int { rows.most * gradient.width }
  /// Rows that a batch touches at most.
  var mostRows: Int { rows.most }
  /// Whether its touched rows may be moved apart: there can be more than a piece of them, no rule looks
  /// at all of them, and none waits for sums.
  var mayBeCut: Bool {
    vocabulary > TablePiece.most && !isDense && !isByLayer && !isChanged && !hasSums
  }
  /// Floats of sums that there is room for.
  var room: Int { sums.count }

  /// V.
  var vocabulary: Int { Int(tableRows) }
  /// Whether rows that the batch does not use move too; the sums have all rows then.
  var movesAllRows: Bool { isDense }
  /// How many rows the batch touches.
  var touchedRows: Int { Int(groups.count) }
  /// The id of a touched row; they rise.
  func touchedId(_ slot: Int) -> Int {
    let row = Int(groups.ids[slot])
    return growing.map { Int($0.ids[row]) } ?? row
  }
  /// Where given sums are to be written: of the touched rows, or of all.
  var sumsBase: UnsafeMutablePointer<Float> { sums.base }

  /// Sums gradients of the table by id, one row a touched id, without what penalties add.
  func sum(_ gradient: Executor.TableGradient, into target: UnsafeMutablePointer<Float>) {
    var groups = groups
    ck_sum_groups(&groups, width, gradient.base, Int64(gradient.stride), target, width)
  }

  /// Scales the rows that the rule moves: those of the batch, or all.
  func decay(by factor: Float, _ part: Range<Int>? = nil) {
    if decaysAllRows {
      return ck_add_scaled(tableRows * width, factor, values.base, values.base, 0)
    }
    for place in part ?? 0..<Int(groups.count) {
      let row = values.base + Int(groups.ids[place]) * gradient.width
      ck_add_scaled(width, factor, row, row, 0)
    }
  }

  /// Sums a task's gradient of the table by id and returns Σ g², without what penalties add.
  func sumOfTaskSquares(of gradient: Executor.TableGradient) -> Double {
    checkRoom()
    sum(gradient, into: sums.base)
    return ck_sum_of_squares(groups.count * width, sums.base)
  }

  /// A table that is not made to be measured has no room for sums: writing them would be writing
  /// behind its memory.
  private func checkRoom() {
    precondition(
      sums.count >= touchedFloats, "sums of a table that was not made to be measured")
  }

  /// Sums the gradients by id, and adds what a penalty adds to a row.
  private func sum(_ gradient: Executor.TableGradient) {
    var groups = groups
    checkRoom()
    if !hasSums {
      ck_sum_groups(&groups, width, gradient.base, Int64(gradient.stride), sums.base, width)
    }
    if let listPull {
      for place in 0..<Int(groups.count) {
        ck_add_scaled(
          width, 1, listPull.base + Int(groups.ids[place]) * gradient.width,
          sums.base + place * gradient.width, 1)
      }
    }
    let coefficient = penalty()
    guard coefficient != 0, !isDense else { return }
    for place in 0..<Int(groups.count) {
      ck_add_scaled(
        width, coefficient, values.base + Int(groups.ids[place]) * gradient.width,
        sums.base + place * gradient.width, 1)
    }
  }

  /// What the gradient of a row gets besides: this times the row.
  private func penalty() -> Float {
    penalties.reduce(l2) { $0 + $1.rowCoefficient(of: gradient.parameter, in: store) }
  }

  /// Sums the gradients by id and returns Σ g²: of the whole table where rows have a gradient that the
  /// batch does not touch, so that a norm is that of what is applied.
  func sumOfSquares(of gradient: Executor.TableGradient) -> Double {
    sum(gradient)
    isSpread = isDense && (pull != nil || penalty() != 0)
    if isSpread {
      spreadSums()
      return ck_sum_of_squares(tableRows * width, sums.base)
    }
    return ck_sum_of_squares((hasSums && isDense ? tableRows : groups.count) * width, sums.base)
  }

  /// One Adam step.
  func adam(_ numbers: ck_adam, isSummed: Bool, _ part: Range<Int>? = nil) {
    guard let moments else { return }
    var numbers = numbers
    if isDense {
      spread(isSummed: isSummed)
      ck_adam_step(
        tableRows * width, values.base, moments.first.base, moments.second.base, sums.base, 0, 1,
        &numbers)
    } else {
      var (groups, base, stride) = source(isSummed: isSummed, part)
      ck_adam_rows(
        &groups, width, values.base, moments.first.base, moments.second.base, base, stride,
        &numbers)
    }
  }

  /// One Adagrad step; rows without gradient stay where they are.
  func adagrad(_ numbers: ck_adagrad, isRowWise: Bool, isSummed: Bool, _ part: Range<Int>? = nil) {
    guard let second = moments?.second.base else { return }
    var numbers = numbers
    var (groups, base, stride) = source(isSummed: isSummed, part)
    let step = isRowWise ? ck_adagrad_rowwise : ck_adagrad_rows
    step(&groups, width, values.base, second, base, stride, &numbers)
  }

  /// One step of Adagrad above 0; rows without gradient stay where they are.
  func projectedAdagrad(_ numbers: ck_projected_adagrad, isSummed: Bool, _ part: Range<Int>? = nil)
  {
    guard let moments else { return }
    var numbers = numbers
    var (groups, base, stride) = source(isSummed: isSummed, part)
    let uses = moments.uses.count > 0 ? moments.uses.base : nil
    ck_projected_adagrad_rows(
      &groups, width, values.base, moments.second.base, uses, base, stride, &numbers)
  }

  /// One RMSprop step.
  func rmsprop(_ numbers: ck_rmsprop, isSummed: Bool, _ part: Range<Int>? = nil) {
    guard let moments else { return }
    func pointer(_ storage: Storage<Float>) -> UnsafeMutablePointer<Float>? {
      storage.count > 0 ? storage.base : nil
    }
    let (first, means) = (pointer(moments.first), pointer(moments.means))
    var numbers = numbers
    if isDense {
      spread(isSummed: isSummed)
      return ck_rmsprop_step(
        tableRows * width, values.base, moments.second.base, first, means, sums.base, 0, 1,
        &numbers)
    }
    var (groups, base, stride) = source(isSummed: isSummed, part)
    ck_rmsprop_rows(
      &groups, width, values.base, moments.second.base, first, means, base, stride, &numbers)
  }

  /// One step with momentum.
  func momentum(_ numbers: ck_momentum, isSummed: Bool, _ part: Range<Int>? = nil) {
    guard let first = moments?.first.base else { return }
    var numbers = numbers
    if isDense {
      spread(isSummed: isSummed)
      return ck_momentum_step(
        tableRows * width, values.base, first, sums.base, 0, 1, &numbers)
    }
    var (groups, base, stride) = source(isSummed: isSummed, part)
    ck_momentum_rows(&groups, width, values.base, first, base, stride, &numbers)
  }

  /// One LAMB step: the layer is what moves, the rows of the batch or the table.
  func lamb(_ numbers: ck_lamb, rate: Float, isSummed: Bool) {
    guard let moments else { return }
    let (first, second) = (moments.first.base, moments.second.base)
    var (numbers, norms) = (numbers, (0.0, 0.0))
    if isDense { spread(isSummed: isSummed) }
    var (groups, base, stride) = isDense ? (self.groups, nil, 0) : source(isSummed: isSummed)
    withUnsafeMutableBytes(of: &norms) { bytes in
      let norms = bytes.assumingMemoryBound(to: Double.self).baseAddress
      if let base {
        ck_lamb_moment_rows(
          &groups, width, values.base, first, second, base, stride, &numbers, norms)
      } else {
        ck_lamb_moments(
          tableRows * width, values.base, first, second, sums.base, 0, 1, &numbers, norms)
      }
    }
    numbers.rate = rate * UpdateBody.trust(norms)
    if isDense {
      ck_lamb_step(tableRows * width, values.base, first, second, &numbers)
    } else {
      ck_lamb_rows(&groups, width, values.base, first, second, &numbers)
    }
  }

  /// One SGD step; rows without gradient stay where they are.
  func sgd(_ rate: Float, isSummed: Bool, _ part: Range<Int>? = nil) {
    if isDense {
      spread(isSummed: isSummed)
      return ck_sgd_step(tableRows * width, values.base, sums.base, 0, 1, rate)
    }
    var (groups, base, stride) = source(isSummed: isSummed, part)
    ck_sgd_rows(&groups, width, values.base, base, stride, rate)
  }

  /// Whether a row's gradient is more than the sum of the batch's.
  private var isChanged: Bool { !penalties.isEmpty || l2 != 0 || listPull != nil }

  /// Where the gradients are, of all groups or of a part of them: in the batch's rows, or already
  /// summed, one row an id.
  private func source(
    isSummed: Bool, _ part: Range<Int>? = nil
  ) -> (ck_groups, UnsafePointer<Float>, Int64) {
    if !isSummed, isChanged { sum(gradient) }
    let part = part ?? 0..<Int(groups.count)
    let (first, count) = (part.lowerBound, Int64(part.count))
    guard isSummed || isChanged || hasSums else {
      // Where a group's rows start is counted from the first group's.
      let own = ck_groups(
        count: count, ids: groups.ids + first, starts: groups.starts + first, rows: groups.rows)
      return (own, UnsafePointer(gradient.base), Int64(gradient.stride))
    }
    let single = ck_groups(
      count: count, ids: groups.ids + first, starts: counting.base + first, rows: counting.base)
    return (single, UnsafePointer(sums.base), width)
  }

  /// Spreads the summed gradients over the whole table; 0 elsewhere.
  private func spread(isSummed: Bool) {
    if isSummed, isSpread { return }
    if !isSummed { sum(gradient) }
    spreadSums()
  }

  /// Spreads the sums, and adds what all rows get.
  private func spreadSums() {
    if !hasSums { spreadRows() }
    let coefficient = penalty()
    if coefficient != 0 {
      ck_add_scaled(tableRows * width, coefficient, values.base, sums.base, 1)
    }
    if let pull { ck_add_scaled(tableRows * width, 1, pull.base, sums.base, 1) }
  }

  /// Moves the sums of touched rows to their ids; 0 elsewhere.
  private func spreadRows() {
    // Ids rise, so from the last one backwards no row is overwritten before it is moved.
    var end = Int(tableRows)
    for place in (0..<Int(groups.count)).reversed() {
      let id = Int(groups.ids[place])
      let columns = gradient.width
      (sums.base + (id + 1) * columns).update(repeating: 0, count: (end - id - 1) * columns)
      if id != place {
        (sums.base + id * columns).update(from: sums.base + place * columns, count: columns)
      }
      end = id
    }
    sums.base.update(repeating: 0, count: end * gradient.width)
  }
}
