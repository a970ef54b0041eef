import Graph
import Models
import Tensors

/// What pulls the tables of several networks towards each other, row by row.
///
///     dθ_k[v] = 2α Σ_j (θ_k[v] − θ_j[v])
///
/// It joins the gradients of a step before any table moves. Of the rows that the batch uses it goes
/// to the first example of each; where whole tables move it lies apart, for all rows.
final class TableDistance {
  private let tables: [Parameter]
  private let values: [UnsafePointer<Float>]
  private let width: Int
  private let strength: UnsafePointer<Float>
  /// By row the number of the step that has used it last.
  private let seen: Storage<UInt32>
  private var step: UInt32 = 0
  /// The gradients of all rows, by table; empty if only the batch's rows move.
  private let whole: [Storage<Float>]
  /// By table the gradients of the rows that a batch names, each at its row's place.
  ///
  /// Empty if they fit into those of examples. A row of the batch has many ids in a table else, lists
  /// or those of several columns, and no gradient of its own for each.
  private var ofLists: [Storage<Float>] = []

  /// Every group of tables that penalties pull together.
  static func all(
    _ penalties: [ParameterPenalty], store: ParameterStore, movesWhole: Bool
  ) -> [TableDistance] {
    penalties.flatMap { penalty -> [TableDistance] in
      guard case .distance(let networks, let strength) = penalty else { return [] }
      return (networks.first?.indices ?? 0..<0).compactMap { place in
        TableDistance(
          networks.map { $0[place] }, strength: strength, store: store, movesWhole: movesWhole)
      }
    }
  }

  private init?(
    _ tables: [Parameter], strength: Parameter, store: ParameterStore, movesWhole: Bool
  ) {
    guard let first = tables.first,
      case .table(let rows, let width) = store.specifications[first.index].kind
    else { return nil }
    self.tables = tables
    self.width = width
    values = tables.map { UnsafePointer(store.base(of: $0)) }
    self.strength = UnsafePointer(store.base(of: strength))
    seen = Storage(count: movesWhole ? 0 : rows, filling: 0)
    whole = movesWhole ? tables.map { _ in Storage(count: rows * width, filling: 0) } : []
  }

  /// The gradients of all rows of a table; nil if it is not one of these or only the batch's move.
  func whole(of table: Parameter) -> Storage<Float>? {
    whole.isEmpty ? nil : tables.firstIndex(of: table).map { whole[$0] }
  }

  /// The gradients of the rows that a batch names, each at its row's place.
  ///
  /// Nil if the table is not one of these. Asked for where rows of the batch have several ids alone.
  func rows(of table: Parameter) -> Storage<Float>? {
    guard whole.isEmpty, let index = tables.firstIndex(of: table) else { return nil }
    prepareLists()
    return ofLists[index]
  }

  private func prepareLists() {
    guard ofLists.isEmpty else { return }
    ofLists = tables.map { _ in Storage(count: seen.count * width, filling: 0) }
  }

  /// Adds to the gradients of a step.
  func add(to executor: Executor, _ batch: Batch) {
    if whole.isEmpty { addToRows(executor, batch) } else { writeWhole() }
  }

  private func writeWhole() {
    for (own, to) in zip(values, whole) {
      to.base.update(repeating: 0, count: to.count)
      pull(own, count: to.count, from: 0, into: to.base)
    }
  }

  private func addToRows(_ executor: Executor, _ batch: Batch) {
    guard strength[0] != 0 else {
      for target in ofLists { target.base.update(repeating: 0, count: target.count) }
      return
    }
    // A task that is off has no gradient: its table stands still and pulls nevertheless.
    for gradient in executor.tableGradients {
      guard let place = tables.firstIndex(of: gradient.parameter) else { continue }
      step &+= 1
      if !gradient.isOneIdEach { prepareLists() }
      for part in gradient.parts { add(part, of: place, gradient.isOneIdEach, batch) }
    }
  }

  /// Writes the pull of every id of a part that this step has not met in the table: to the row of the
  /// first example, or to the id's own place where rows have several ids.
  private func add(
    _ part: Executor.TableGradient.Part, of place: Int, _ isOneIdEach: Bool, _ batch: Batch
  ) {
    for row in batch.places(of: part.column) {
      batch.forEachId(ofRow: row, column: part.column) { id in
        guard seen[id] != step else { return }
        seen[id] = step
        var to = part.base + row * part.stride
        if !isOneIdEach {
          to = ofLists[place].base + id * width
          to.update(repeating: 0, count: width)
        }
        pull(values[place] + id * width, count: width, from: id * width, into: to)
      }
    }
  }

  /// Adds 2α Σ_j (θ_k − θ_j) of some numbers.
  private func pull(
    _ own: UnsafePointer<Float>, count: Int, from start: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    addDistances(
      of: own, from: values, at: start, count: count, times: 2 * strength[0], to: target)
  }
}
