import CKernels
import Tensors

/// Packed matrices that follow one another without gaps, with a mark wherever nobody has written.
struct PackedMatrices {
  private static let mark: Float = -77_777
  private let (lanes, panel): (Int, Int)
  private let rows: Int
  private let columns: Int
  private let count: Int
  private let storage: Storage<Float>

  init(_ count: Int, rows: Int, columns: Int, on kernels: ck_table) {
    (lanes, panel) = (Int(kernels.lanes), Int(kernels.panel))
    (self.count, self.rows, self.columns) = (count, rows, columns)
    let width = (columns + lanes - 1) / lanes * lanes
    storage = Storage(count: count * rows * width + 16, filling: Self.mark)
  }

  var base: UnsafeMutablePointer<Float> { storage.base }

  private func place(_ matrix: Int, _ row: Int, _ column: Int) -> Int {
    let start = column / panel * panel
    let width = min(panel, (columns - start + lanes - 1) / lanes * lanes)
    let whole = (columns + lanes - 1) / lanes * lanes
    return (matrix * whole + start) * rows + row * width + column - start
  }

  subscript(matrix: Int, row: Int, column: Int) -> Float {
    get { storage[place(matrix, row, column)] }
    nonmutating set { storage[place(matrix, row, column)] = newValue }
  }

  /// Whether all rows but these, and everything behind the matrices, are as they were.
  func isWhole(outside written: Range<Int>) -> Bool {
    let width = (columns + lanes - 1) / lanes * lanes
    let isBehind = (count * rows * width..<storage.count).allSatisfy { storage[$0] == Self.mark }
    return isBehind
      && (0..<count).allSatisfy { matrix in
        (0..<rows).filter { !written.contains($0) }.allSatisfy { row in
          (0..<columns).allSatisfy { self[matrix, row, $0] == Self.mark }
        }
      }
  }
}
