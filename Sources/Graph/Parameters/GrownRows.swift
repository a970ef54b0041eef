import Tensors

/// Rows of a ``GrowingTable``, copied, with the ids that they are of.
public struct GrownRows: Sendable {
  /// Whose the rows are.
  var ids: Storage<Int32>
  /// Their numbers.
  var rows: Storage<Float>

  /// How many rows there are.
  public var count: Int { ids.count }
  /// D.
  private var width: Int { count == 0 ? 0 : rows.count / count }

  /// Whose a row is.
  package func id(_ index: Int) -> Int { Int(ids.base[index]) }

  /// Copies a row of a table of this width, its id first.
  package func write(row index: Int, to record: UnsafeMutableRawPointer) {
    record.copyMemory(from: ids.base + index, byteCount: 4)
    (record + 4).copyMemory(from: rows.base + index * width, byteCount: 4 * width)
  }

  /// The same rows, behind them those of such copies.
  package func adding(ids: [Int32], rows: [Float]) -> GrownRows {
    GrownRows(ids: Storage(self.ids.array + ids), rows: Storage(self.rows.array + rows))
  }

  /// The rows of a share, in their order.
  package func keeping(_ share: RowShare) -> GrownRows {
    let kept = (0..<count).filter { share.keeps(id($0)) }
    return GrownRows(
      ids: Storage(kept.map { ids.base[$0] }),
      rows: Storage(kept.flatMap { rows.elements[($0 * width)..<(($0 + 1) * width)] }))
  }
}

extension GrownRows: Equatable {
  /// Whether both have the same rows, in the same order.
  public static func == (a: Self, b: Self) -> Bool {
    a.ids.elements.elementsEqual(b.ids.elements) && a.rows.elements.elementsEqual(b.rows.elements)
  }
}
