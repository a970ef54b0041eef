public import Graph
import Tensors

// MARK: - Gradients by name

extension Trainer {
  /// The gradient of a named array after ``gradients(_:)``, row by row.
  ///
  /// Of a table it has all rows, without a penalty 0 where the batch has none; of a task that is off
  /// it is 0.
  ///
  /// - Parameters:
  ///   - entry: the array.
  ///   - batch: the rows of the newest descent, as they were given or with what a source has beside them.
  /// - Returns: the numbers in the order of ``ParameterStore/numbers(of:)``.
  public func gradient(of entry: ParameterStore.Entry, batch: Batch) -> [Float] {
    let executor = trainingExecutor()
    // Ids that were drawn or packed for the step are those of the descent: what was given has none of them.
    let batch = executor.plan.unmet(by: batch) == nil ? batch : state.turn.batch
    guard isOwnerOn(entry.owner) else { return [Float](repeating: 0, count: entry.piece.count) }
    if let table = executor.tableGradients.first(where: { $0.parameter == entry.parameter }) {
      var sum = rows(of: table, count: entry.piece.count, batch: batch)
      addSquares(of: table, to: &sum, batch)
      let pull = optimizer.tableDistances.lazy.compactMap { $0.whole(of: entry.parameter) }.first
      return pull.map { pull in sum.indices.map { sum[$0] + pull[$0] } } ?? sum
    }
    let start = store.offsets[entry.parameter.index]
    guard start >= 0, case .dense(let count) = store.specifications[entry.parameter.index].kind
    else { return [Float](repeating: 0, count: entry.piece.count) }
    let sum = Storage<Float>(count: count, filling: 0)
    for lane in 0..<executor.gradientLanes(rows: batch.rows) {
      let from = workspace.laneGradients.base + lane * workspace.laneStride + start
      for place in 0..<count { sum.base[place] += from[place] }
    }
    return store.numbers(of: entry, in: UnsafePointer(sum.base))
  }

  /// Adds what penalties give a table's rows: the batch's, or all where whole tables move.
  private func addSquares(
    of table: Executor.TableGradient, to sum: inout [Float], _ batch: Batch
  ) {
    let factor = model.penalties.reduce(0) {
      $0 + $1.rowCoefficient(of: table.parameter, in: store)
    }
    guard factor != 0 else { return }
    let values = store.base(of: table.parameter)
    var used = Set<Int>()
    for part in table.parts {
      for row in batch.places(of: part.column) {
        batch.forEachId(ofRow: row, column: part.column) { used.insert($0) }
      }
    }
    for place in sum.indices
    where optimizer.configuration.movesWholeTables || used.contains(place / table.width) {
      sum[place] += factor * values[place]
    }
  }

  private func isOwnerOn(_ owner: Owner) -> Bool {
    guard case .task(let place) = owner else { return true }
    return isActive(place)
  }

  private func rows(of table: Executor.TableGradient, count: Int, batch: Batch) -> [Float] {
    var sum = [Float](repeating: 0, count: count)
    var used = Set<Int>()
    for part in table.parts {
      for row in batch.places(of: part.column) {
        batch.forEachId(ofRow: row, column: part.column) { id in
          used.insert(id)
          for column in 0..<table.width {
            sum[id * table.width + column] += part.base[row * part.stride + column]
          }
        }
      }
    }
    guard !table.isOneIdEach,
      let pull = optimizer.tableDistances.lazy.compactMap({ $0.rows(of: table.parameter) }).first
    else { return sum }
    for id in used {
      for column in (id * table.width)..<((id + 1) * table.width) { sum[column] += pull[column] }
    }
    return sum
  }
}
