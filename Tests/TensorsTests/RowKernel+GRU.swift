import CKernels
import Foundation
import Testing

extension RowKernel {
  /// r, z, n, p_n and the new state.
  static let gruGates = RowKernel(
    description: "gru_gates",
    widths: {
      ([3 * $0.columns, 3 * $0.columns, $0.columns], [4 * $0.columns, $0.columns])
    }, accumulates: false, scales: [1, 5], tolerance: 1e-6,
    call: { call in
      let (g, p, s) = (call.inputs[0], call.inputs[1], call.inputs[2])
      let (y, kept) = (call.output(1, of: 1), call.packed())
      call.kernels.gru_gates(
        call.rows, call.columns, g.base, g.distance, p.base, p.distance, s.base, s.distance,
        Int64(call.places.lowerBound), call.total, kept.base, y.base, y.distance)
      #expect(kept.isWhole(outside: call.places))
      call.copy(kept, to: call.outputs[0])
    },
    row: { inputs in
      let (g, p, s) = (inputs[0], inputs[1], inputs[2])
      let h = s.count
      let units = (0..<h).map { j in
        let r = 1 / (1 + exp(-g[j] - p[j]))
        let z = 1 / (1 + exp(-g[h + j] - p[h + j]))
        return (r: r, z: z, n: tanh(g[2 * h + j] + r * p[2 * h + j]))
      }
      let kept = units.map(\.r) + units.map(\.z) + units.map(\.n) + p.suffix(h)
      return [kept, zip(units, s).map { (1 - $0.z) * $0.n + $0.z * $1 }]
    })

  /// dh, dg, dp and the four gradients from kept numbers, states, dy and dh.
  static let gruSlopes = slopes(overKept: false)

  /// The same, written over the kept numbers.
  static let gruSlopesOverKept = slopes(overKept: true)

  private static func slopes(overKept: Bool) -> RowKernel {
    RowKernel(
      description: overKept ? "gru_slopes over kept" : "gru_slopes",
      widths: {
        let h = $0.columns
        return ([4 * h, h, h, h], [h, 3 * h, 3 * h, 4 * h])
      }, accumulates: false, scales: [1], tolerance: 2e-6,
      call: { call in
        let (s, dy) = (call.inputs[1], call.inputs[2])
        let (dh, dg, dp) = (call.output(0, of: 1), call.output(1, of: 3), call.output(2, of: 3))
        for row in 0..<call.shape.rows {
          for column in 0..<call.shape.columns { dh[row, column] = call.inputs[3][row, column] }
        }
        let (kept, totals) = (call.packed(holding: call.inputs[0]), Grid(1, 4 * s.columns, seed: 9))
        let before = totals.doubles
        let packed = overKept ? kept : call.packed()
        call.kernels.gru_slopes(
          call.rows, call.columns, kept.base, Int64(call.places.lowerBound), call.total, s.base,
          s.distance, dy.base, dy.distance, dh.base, dh.distance, dg.base, dg.distance, dp.base,
          dp.distance, totals.base, packed.base)
        #expect(packed.isWhole(outside: call.places) && totals.gapsAreWhole)
        let gradients = Grid(call.shape.rows, 4 * s.columns, seed: 1)
        call.copy(packed, to: gradients)
        call.copy(packed, to: call.outputs[3])
        let sums = before.indices.map { column in
          (0..<call.shape.rows).reduce(before[column]) { $0 + Double(gradients[$1, column]) }
        }
        expectAlike(totals.values, sums, within: 1e-6, "sums of gru_slopes")
      }, row: slopesOfRow)
  }

  private static func slopesOfRow(_ inputs: [[Double]]) -> [[Double]] {
    let (kept, s) = (inputs[0], inputs[1])
    let h = s.count
    let slopes = (0..<h).map { j in
      let (r, z, n, q) = (kept[j], kept[h + j], kept[2 * h + j], kept[3 * h + j])
      let d = inputs[2][j] + inputs[3][j]
      let dn = d * (1 - z) * (1 - n * n)
      return (
        r: dn * q * r * (1 - r), z: d * (s[j] - n) * z * (1 - z), n: dn, ofProduct: dn * r,
        h: d * z
      )
    }
    let gates = slopes.map(\.r) + slopes.map(\.z)
    let (n, ofProduct) = (slopes.map(\.n), slopes.map(\.ofProduct))
    return [slopes.map(\.h), gates + n, gates + ofProduct, gates + n + ofProduct]
  }
}

extension RowKernel.Call {
  /// An output, or memory that nobody looks at.
  fileprivate func output(_ place: Int, of blocks: Int) -> Grid {
    outputs[place] ?? Grid(shape.rows, blocks * shape.columns, seed: 1)
  }

  /// Which rows of the packed matrices those of the call are.
  fileprivate var places: Range<Int> { 2..<(2 + shape.rows) }
  /// Rows of the packed matrices.
  fileprivate var total: Int64 { Int64(places.upperBound + 1) }

  /// Four packed matrices, of which the call's rows hold what a grid has side by side.
  fileprivate func packed(holding grid: Grid? = nil) -> PackedMatrices {
    let packed = PackedMatrices(4, rows: Int(total), columns: shape.columns, on: kernels)
    guard let grid else { return packed }
    forEach { matrix, row, column in
      packed[matrix, places.lowerBound + row, column] = grid[row, matrix * shape.columns + column]
    }
    return packed
  }

  /// Lays out the call's rows of the four side by side.
  fileprivate func copy(_ packed: PackedMatrices, to grid: Grid?) {
    guard let grid else { return }
    forEach { matrix, row, column in
      grid[row, matrix * shape.columns + column] = packed[matrix, places.lowerBound + row, column]
    }
  }

  private func forEach(_ body: (_ matrix: Int, _ row: Int, _ column: Int) -> Void) {
    for matrix in 0..<4 {
      for row in 0..<shape.rows { for column in 0..<shape.columns { body(matrix, row, column) } }
    }
  }
}
