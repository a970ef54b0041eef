internal import CKernels
import Graph
import Tensors

/// The tables whose gradients lie side by side, those of one lookup, joined row by row with one
/// weight a column.
final class BalancedLookup {
  /// What one column of ids adds to the gradient of a table.
  private struct Column {
    let table: Int
    let width: Int
    let part: Executor.TableGradient.Part
  }

  private let columns: [Column]
  /// Where each section that reaches the tables has left their gradients.
  private let sources: [(section: Int, base: UnsafeMutablePointer<Float>)]
  private let target: UnsafeMutablePointer<Float>
  private let stride: Int
  private let width: Int
  /// [sources, width].
  private let weights: Storage<Float>

  private init(_ columns: [Column], executor: Executor) {
    self.columns = columns
    let first = columns[0].part
    target = first.base
    stride = first.stride
    width = columns.reduce(0) { $0 + $1.width }
    sources = executor.sectionTableGradients.enumerated().compactMap { section, all in
      let parts = all.flatMap(\.parts).filter { $0.lookup == first.lookup && $0.isReached }
      return parts.map(\.base).min().map { (section, $0) }
    }
    weights = Storage(count: sources.count * width, filling: 1)
  }

  /// Groups the gradients of tables by lookup: they lie at rising addresses in rows of one distance.
  static func all(of executor: Executor, tables: [TableUpdate]) -> [BalancedLookup] {
    let columns = tables.enumerated().flatMap { table, update in
      update.gradient.parts.map {
        Column(table: table, width: update.gradient.width, part: $0)
      }
    }
    var lookups: [Int] = []
    for column in columns where !lookups.contains(column.part.lookup) {
      lookups.append(column.part.lookup)
    }
    return lookups.map { lookup in
      let own = columns.filter { $0.part.lookup == lookup }
      return BalancedLookup(own.sorted { $0.part.base < $1.part.base }, executor: executor)
    }
  }

  /// Fills the weights from those by table and section.
  func spread(_ weight: (_ table: Int, _ section: Int) -> Float) {
    for (place, source) in sources.enumerated() {
      var to = weights.base + place * width
      for column in columns {
        to.update(repeating: weight(column.table, source.section), count: column.width)
        to += column.width
      }
    }
  }

  /// Writes the joined gradients of some rows of the batch, or of their entries.
  func join(_ rows: Range<Int>, of batch: Batch) {
    let rows = batch.places(of: columns[0].part.column, inRows: rows)
    for (place, source) in sources.enumerated() {
      ck_scale_columns(
        Int64(rows.count), Int64(width), source.base + rows.lowerBound * stride, Int64(stride),
        weights.base + place * width, target + rows.lowerBound * stride, Int64(stride),
        place > 0 ? 1 : 0)
    }
  }
}
