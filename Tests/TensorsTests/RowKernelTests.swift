import CKernels
import Tensors
import Testing

extension RowKernel {
  /// Every kernel of rows: a new one needs its entry here.
  static let all: [RowKernel] = [
    .forward("relu", { $0.relu }, within: 0) { Reference.relu($0) },
    .backward("relu_backward", { $0.relu_backward }) { zip($0, $1).map { $0 > 0 ? $1 : 0 } },
    .forward("sigmoid", { $0.sigmoid }, scales: [1, 8]) { Reference.sigmoid($0) },
    .backward("sigmoid_backward", { $0.sigmoid_backward }) {
      zip($0, $1).map { y, dy in dy * y * (1 - y) }
    },
    .forward("tanh", { $0.tanh }, scales: [0.1, 1, 8]) { Reference.hyperbolicTangent($0) },
    .backward("tanh_backward", { $0.tanh_backward }) {
      zip($0, $1).map { y, dy in dy * (1 - y * y) }
    },
    .forward("softmax", { $0.softmax }, scales: [1, 30, 1e4]) {
      Reference.softmax($0, width: max(1, $0.count))
    },
    .backward("softmax_backward", { $0.softmax_backward }, within: 1e-5) { y, dy in
      let dot = zip(y, dy).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(y, dy).map { $0 * ($1 - dot) }
    },
    RowKernel(
      description: "mixture", widths: { ([$0.blocks, $0.blocks * $0.columns], [$0.columns]) },
      accumulates: true, scales: [1], tolerance: 1e-6,
      call: {
        let (g, f, out) = ($0.inputs[0], $0.inputs[1], $0.outputs[0])
        $0.kernels.mixture(
          $0.rows, $0.blocks, $0.columns, g.base, g.distance, f.base, f.distance, out.base,
          out.distance, $0.accumulate)
      }, row: { [Reference.mixture($0[0], $0[1], experts: $0[0].count)] }),
    RowKernel(
      description: "mixture_backward",
      widths: {
        ([$0.blocks, $0.blocks * $0.columns, $0.columns], [$0.blocks, $0.blocks * $0.columns])
      }, accumulates: true, scales: [1], tolerance: 1e-6,
      call: {
        let (g, f, up) = ($0.inputs[0], $0.inputs[1], $0.inputs[2])
        let (dg, df) = ($0.outputs[0], $0.outputs[1])
        $0.kernels.mixture_backward(
          $0.rows, $0.blocks, $0.columns, g.base, g.distance, f.base, f.distance, up.base,
          up.distance, dg.base, dg.distance, $0.accumulate, df.base, df.distance, $0.accumulate)
      }, row: { mixtureGradients(gates: $0[0], experts: $0[1], up: $0[2]) }),
    gruGates, gruSlopes, gruSlopesOverKept,
  ]

  private static func mixtureGradients(
    gates: [Double], experts: [Double], up: [Double]
  ) -> [[Double]] {
    let dg = gates.indices.map { e in
      up.indices.reduce(0.0) { $0 + up[$1] * experts[e * up.count + $1] }
    }
    return [dg, gates.flatMap { gate in up.map { gate * $0 } }]
  }
}

/// Every kernel of rows at every CPU level against its row in Double.
@Suite struct RowKernelTests {
  @Test(arguments: RowKernel.all, Level.all) func everyShape(_ kernel: RowKernel, _ level: Level) {
    for seed in UInt64(1)...2 {
      for shape in Self.shapes(seed: seed) {
        for scale in kernel.scales {
          let trial = Trial(kernel, shape, seed: seed, scale: scale)
          for accumulates in kernel.accumulates ? [false, true] : [false] {
            trial.run(on: level, accumulates: accumulates)
          }
        }
      }
    }
  }

  private static func shapes(seed: UInt64) -> [RowKernel.Shape] {
    let random = RandomSource(seed: seed, .test)
    let awkward = awkwardExtents.enumerated().map {
      RowKernel.Shape(rows: 3, columns: $1, blocks: 1 + $0 % 5)
    }
    let drawn = (0..<6).map { (draw: UInt64) in
      RowKernel.Shape(
        rows: random.index(below: 9, draw, 0), columns: random.index(below: 130, draw, 1),
        blocks: 1 + random.index(below: 12, draw, 2))
    }
    return awkward + drawn + [
      RowKernel.Shape(rows: 0, columns: 5, blocks: 2),
      RowKernel.Shape(rows: 1, columns: 1, blocks: 1),
    ]
  }
}

/// One kernel on one set of inputs.
private struct Trial {
  private let kernel: RowKernel
  private let shape: RowKernel.Shape
  private let seed: UInt64
  private let inputs: [Grid]
  /// What each output gains, row by row.
  private let gains: [[Double]]
  private var widths: [Int] { kernel.widths(shape).outputs }

  init(_ kernel: RowKernel, _ shape: RowKernel.Shape, seed: UInt64, scale: Double) {
    self.kernel = kernel
    self.shape = shape
    self.seed = seed
    let inputs = kernel.widths(shape).inputs.enumerated().map { place, width in
      Grid(shape.rows, width, gap: place + 1, seed: seed + UInt64(place), scale: scale)
    }
    self.inputs = inputs
    let rows = (0..<shape.rows).map { row in
      kernel.row(inputs.map { grid in (0..<grid.columns).map { Double(grid[row, $0]) } })
    }
    gains = kernel.widths(shape).outputs.indices.map { output in rows.flatMap { $0[output] } }
  }

  /// With all outputs and, if there are several, with each alone.
  func run(on level: Level, accumulates: Bool) {
    run(on: level, accumulates: accumulates, wanted: Array(widths.indices))
    guard widths.count > 1 else { return }
    for one in widths.indices { run(on: level, accumulates: accumulates, wanted: [one]) }
  }

  private func run(on level: Level, accumulates: Bool, wanted: [Int]) {
    let what = "\(kernel) \(level) \(shape) seed \(seed), adding \(accumulates), outputs \(wanted)"
    let outputs = widths.enumerated().map { place, width in
      wanted.contains(place) ? Grid(shape.rows, width, seed: seed + 7 + UInt64(place)) : nil
    }
    let before = outputs.map { $0?.doubles ?? [] }
    kernel.call(
      RowKernel.Call(
        kernels: level.kernels, shape: shape, inputs: inputs, outputs: outputs,
        accumulate: accumulates ? 1 : 0))
    for place in wanted {
      guard let output = outputs[place] else { continue }
      let expected = zip(gains[place], before[place]).map { $0 + (accumulates ? $1 : 0) }
      expectClose(output.values, expected, within: kernel.tolerance, what)
      #expect(output.gapsAreWhole, "\(what)")
    }
    let inputsAreWhole = inputs.allSatisfy { $0.gapsAreWhole }
    #expect(inputsAreWhole, "\(what)")
  }
}
