import Tensors

/// Gives the gradients of looked-up rows to the processes that keep the rows.
///
/// A process sends another one, for each column of ids that reads a table, the gradient of every row of the
/// batch of which the other keeps an id: as it lies and unsummed, so that its owner adds up the gradients of an
/// id in the order of the batch, whoever has computed them. Tables that all keep are sent to all. Per section
///
///     4·D · Σ over columns, rows and processes but the one that runs the row of [keeps an id of the row]
///
/// bytes in all.
final class OwnedGradients {
  /// What a column of ids adds to a table's gradient in a section.
  private struct Part {
    /// The rows that processes share; nil: all keep all.
    let table: GrowingTable?
    let column: IdColumn
    let base: UnsafeMutablePointer<Float>
    let stride: Int
    let width: Int
  }

  private let parts: [Part]
  private let workspace: Workspace
  private let (outbox, inbox): (Storage<Float>, Storage<Float>)
  private var (outParts, inParts): ([Range<Int>], [Range<Int>])
  /// Floats that were sent, that come in, and that were taken.
  private var (outFloats, inFloats, takenFloats) = (0, 0, 0)

  /// The gradients of a plan that looks rows up which processes share.
  init(
    _ plan: Plan, store: ParameterStore, gradients: [[Executor.TableGradient]],
    workspace: Workspace
  ) {
    self.workspace = workspace
    parts = gradients.joined().flatMap { gradient in
      let table = store.growing[gradient.parameter.index].flatMap { $0.share.isWhole ? nil : $0 }
      return gradient.parts.filter(\.isReached).map {
        Part(
          table: table, column: $0.column, base: $0.base, stride: $0.stride,
          width: gradient.width)
      }
    }
    let ranks = workspace.share.ranks
    let most = parts.reduce(0) { $0 + plan.capacity * $1.column.mostOfRow * $1.width }
    (outbox, inbox) = (Storage(reserving: ranks * most), Storage(reserving: ranks * most))
    outParts = [Range<Int>](repeating: 0..<0, count: ranks)
    inParts = outParts
  }

  /// Begins a batch, of which nothing has been sent.
  func start() { (outFloats, inFloats, takenFloats) = (0, 0, 0) }

  /// Begins to send the gradients of some rows of the batch: by process, those that it has computed.
  func begin(_ rows: [Range<Int>], of batch: Batch) {
    guard let exchange = workspace.exchange else { return }
    let (own, ranks) = (workspace.share.rank, workspace.share.ranks)
    for rank in 0..<ranks {
      let (out, into) = (outFloats, inFloats)
      if rank != own {
        forEachRow(rows[own], of: batch, keptBy: rank) { row, width in
          (outbox.base + outFloats).update(from: row, count: width)
          outFloats += width
        }
        forEachRow(rows[rank], of: batch, keptBy: own) { _, width in inFloats += width }
      }
      (outParts[rank], inParts[rank]) = (4 * out..<4 * outFloats, 4 * into..<4 * inFloats)
    }
    exchange.beginCross(
      outbox.base, parts: outParts, into: inbox.base, parts: inParts, of: .lookups)
  }

  /// Moves the gradients of some rows, which have come, to where they are read: in the order in which they
  /// were sent.
  func take(_ rows: [Range<Int>], of batch: Batch) {
    let own = workspace.share.rank
    for rank in rows.indices where rank != own {
      forEachRow(rows[rank], of: batch, keptBy: own) { row, width in
        row.update(from: inbox.base + takenFloats, count: width)
        takenFloats += width
      }
    }
  }

  /// Bytes that all processes together send of a batch whose rows they run in these parts.
  func bytes(_ rows: [Range<Int>], of batch: Batch) -> Int {
    var floats = 0
    for sender in rows.indices {
      for receiver in rows.indices where receiver != sender {
        forEachRow(rows[sender], of: batch, keptBy: receiver) { _, width in floats += width }
      }
    }
    return 4 * floats
  }

  /// Calls `body` with the gradient of every row of which a process keeps an id.
  private func forEachRow(
    _ rows: Range<Int>, of batch: Batch, keptBy rank: Int,
    _ body: (UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    for part in parts {
      for row in batch.places(of: part.column, inRows: rows) {
        var isKept = part.table == nil
        if let share = part.table?.share {
          batch.forEachId(ofRow: row, column: part.column) {
            if share.isKept($0, by: rank) { isKept = true }
          }
        }
        if isKept { body(part.base + row * part.stride, part.width) }
      }
    }
  }
}
