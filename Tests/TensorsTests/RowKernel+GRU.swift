import CKernels
import Foundation

extension RowKernel {
  /// r, z, n, p_n and the new state.
  static let gruGates = RowKernel(
    description: "gru_gates",
    widths: {
      ([3 * $0.columns, 3 * $0.columns, $0.columns], [4 * $0.columns, $0.columns])
    }, accumulates: false, scales: [1, 5], tolerance: 1e-6,
    call: { call in
      let (g, p, s) = (call.inputs[0], call.inputs[1], call.inputs[2])
      let (kept, y) = (call.output(0, of: 4), call.output(1, of: 1))
      call.kernels.gru_gates(
        call.rows, call.columns, g.base, g.distance, p.base, p.distance, s.base, s.distance,
        kept.base, kept.distance, y.base, y.distance)
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

  /// dh, dg and dp from kept numbers, states, dy and dh.
  static let gruSlopes = RowKernel(
    description: "gru_slopes",
    widths: {
      (
        [4 * $0.columns, $0.columns, $0.columns, $0.columns],
        [$0.columns, 3 * $0.columns, 3 * $0.columns]
      )
    }, accumulates: false, scales: [1], tolerance: 2e-6,
    call: { call in
      let (kept, s, dy) = (call.inputs[0], call.inputs[1], call.inputs[2])
      let (dh, dp) = (call.output(0, of: 1), call.output(2, of: 3))
      for row in 0..<call.shape.rows {
        for column in 0..<call.shape.columns { dh[row, column] = call.inputs[3][row, column] }
      }
      // Nobody may want dg.
      let dg = call.outputs[1]
      call.kernels.gru_slopes(
        call.rows, call.columns, kept.base, kept.distance, s.base, s.distance, dy.base,
        dy.distance, dh.base, dh.distance, dg?.base, dg?.distance ?? 0, 0, dp.base, dp.distance)
    },
    row: { inputs in
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
      return [slopes.map(\.h), gates + slopes.map(\.n), gates + slopes.map(\.ofProduct)]
    })
}

extension RowKernel.Call {
  /// An output, or memory that nobody looks at.
  fileprivate func output(_ place: Int, of blocks: Int) -> Grid {
    outputs[place] ?? Grid(shape.rows, blocks * shape.columns, seed: 1)
  }
}
