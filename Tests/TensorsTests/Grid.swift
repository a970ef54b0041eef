import Tensors
import Testing

/// Rows of numbers that lie awkwardly in memory: off every vector's alignment, with gaps between
/// the rows, and with a mark in each gap that no kernel may touch.
struct Grid {
  let rows: Int
  let columns: Int
  let stride: Int
  private let storage: Storage<Float>
  private let start: Int
  private static let mark: Float = -77_777

  /// Normal numbers of a seed; `gap` floats lie between two rows.
  init(_ rows: Int, _ columns: Int, gap: Int = 3, seed: UInt64, scale: Double = 1) {
    self.rows = rows
    self.columns = columns
    stride = columns + gap
    start = 5
    storage = Storage(count: start + rows * stride + 64, filling: Self.mark)
    let random = RandomSource(seed: seed, .test)
    for row in 0..<rows {
      for column in 0..<columns {
        self[row, column] = Float(random.normal(UInt64(row), UInt64(column)) * scale)
      }
    }
  }

  /// The first number.
  var base: UnsafeMutablePointer<Float> { storage.base + start }

  /// The distance of rows, as kernels take it.
  var distance: Int64 { Int64(stride) }

  subscript(row: Int, column: Int) -> Float {
    get { storage[start + row * stride + column] }
    nonmutating set { storage[start + row * stride + column] = newValue }
  }

  /// The numbers, row by row, without the gaps.
  var values: [Float] {
    (0..<rows).flatMap { UnsafeBufferPointer(start: base + $0 * stride, count: columns) }
  }

  /// The same in double precision.
  var doubles: [Double] { values.map(Double.init) }

  /// Whether everything outside the rows is as it was.
  var gapsAreWhole: Bool {
    let last = start + rows * stride
    let gaps = (0..<rows).lazy.map { (start + $0 * stride + columns)..<(start + ($0 + 1) * stride) }
    return ([0..<start, last..<storage.count] + gaps).allSatisfy { gap in
      gap.allSatisfy { storage[$0] == Self.mark }
    }
  }
}

/// Expects |a − b| ≤ tolerance · max(1, max|b|) everywhere, and the same count.
func expectClose(
  _ found: [Float], _ expected: [Double], within tolerance: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, "\(what)", sourceLocation: sourceLocation)
  let allowed = tolerance * max(1, expected.map(abs).max() ?? 0)
  for (place, (a, b)) in zip(found, expected).enumerated() where !(abs(Double(a) - b) <= allowed) {
    Issue.record("\(what): element \(place) is \(a), expected \(b)", sourceLocation: sourceLocation)
    return
  }
}
