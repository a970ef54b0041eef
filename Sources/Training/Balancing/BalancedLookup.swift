internal import CKernels
import Graph
import Tensors

/// The tables whose gradients lie side by side, joined row by row with one weight a column.
final class BalancedLookup {
  private let tables: [Int]
  private let widths: [Int]
  /// Where each section that reaches the tables has left their gradients.
  private let sources: [(section: Int, base: UnsafeMutablePointer<Float>)]
  private let target: UnsafeMutablePointer<Float>
  private let stride: Int
  private let width: Int
  /// [sources, width].
  private let weights: Storage<Float>

  private init(_ tables: [(place: Int, gradient: Executor.TableGradient)], executor: Executor) {
    self.tables = tables.map(\.place)
    widths = tables.map(\.gradient.width)
    let first = tables[0].gradient
    target = first.base
    stride = first.stride
    width = widths.reduce(0, +)
    sources = executor.sectionTableGradients.enumerated().compactMap { section, all in
      all.first { $0.parameter == first.parameter }.map { (section, $0.base) }
    }
    weights = Storage(count: sources.count * width, filling: 1)
  }

  /// Groups neighbours: tables of one lookup lie at rising addresses in rows of one distance.
  static func all(of executor: Executor, tables: [TableUpdate]) -> [BalancedLookup] {
    var groups: [[(place: Int, gradient: Executor.TableGradient)]] = []
    for (place, table) in tables.enumerated() {
      let gradient = table.gradient
      if let last = groups.last?.last?.gradient, last.base + last.width == gradient.base {
        groups[groups.count - 1].append((place, gradient))
      } else {
        groups.append([(place, gradient)])
      }
    }
    return groups.map { BalancedLookup($0, executor: executor) }
  }

  /// Fills the weights from those by table and section.
  func spread(_ weight: (_ table: Int, _ section: Int) -> Float) {
    for (place, source) in sources.enumerated() {
      var column = weights.base + place * width
      for (table, width) in zip(tables, widths) {
        column.update(repeating: weight(table, source.section), count: width)
        column += width
      }
    }
  }

  /// Writes the joined gradients of some rows of the batch.
  func join(_ rows: Range<Int>) {
    for (place, source) in sources.enumerated() {
      ck_scale_columns(
        Int64(rows.count), Int64(width), source.base + rows.lowerBound * stride, Int64(stride),
        weights.base + place * width, target + rows.lowerBound * stride, Int64(stride),
        place > 0 ? 1 : 0)
    }
  }
}
