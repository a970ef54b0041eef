import CKernels
import Tensors
import Testing

/// The gates of a recurrence, and their gradients, of numbers that are none or have no end.
@Suite struct GRUExtremesTests {
  private static let kernels: [RowKernel] = [.gruGates, .gruSlopes, .gruSlopesOverKept]

  /// A NaN or an infinity in any place of any input gives what the formula gives, and stays in its row.
  @Test(arguments: kernels, Level.all) func followTheFormula(_ kernel: RowKernel, _ level: Level) {
    for columns in [1, level.lanes + 3] {
      let shape = RowKernel.Shape(rows: 3, columns: columns, blocks: 1)
      let widths = kernel.widths(shape)
      for input in widths.inputs.indices {
        for column in 0..<widths.inputs[input] {
          for value in [Float.nan, .infinity, -.infinity] {
            check(kernel, level, shape) { inputs in inputs[input][1, column] = value }
          }
        }
      }
    }
  }

  /// Gates that are as far open or shut as can be, in all places at once.
  @Test(arguments: Level.all, [Float.infinity, 1e30, 40])
  func saturate(_ level: Level, _ size: Float) {
    let shape = RowKernel.Shape(rows: 2, columns: level.lanes + 1, blocks: 1)
    for value in [size, -size] {
      check(.gruGates, level, shape) { inputs in
        for row in 0..<2 { for k in 0..<(3 * shape.columns) { inputs[0][row, k] = value } }
      }
    }
  }

  private func check(
    _ kernel: RowKernel, _ level: Level, _ shape: RowKernel.Shape, change: ([Grid]) -> Void
  ) {
    let widths = kernel.widths(shape)
    let inputs = widths.inputs.enumerated().map {
      Grid(shape.rows, $1, seed: 20 + UInt64($0), scale: 0.7)
    }
    change(inputs)
    let outputs = widths.outputs.map { Grid(shape.rows, $0, seed: 30) }
    kernel.call(
      RowKernel.Call(
        kernels: level.kernels, shape: shape, inputs: inputs, outputs: outputs, accumulate: 0))
    for row in 0..<shape.rows {
      let expected = kernel.row(
        inputs.map { grid in (0..<grid.columns).map { Double(grid[row, $0]) } })
      for (output, numbers) in zip(outputs, expected) {
        expectAlike(
          (0..<output.columns).map { output[row, $0] }, numbers, within: 2e-6,
          "\(kernel) \(level) \(shape), row \(row)")
      }
    }
  }
}

/// Expects NaN where NaN is expected, an infinity where the same is, and else what ``expectClose`` does.
func expectAlike(
  _ found: [Float], _ expected: [Double], within tolerance: Double, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  func isSame(_ found: Float, _ expected: Double) -> Bool {
    expected.isNaN ? found.isNaN : Double(found) == expected
  }
  let both = Array(zip(found, expected))
  #expect(found.count == expected.count, "\(what)", sourceLocation: sourceLocation)
  #expect(
    both.allSatisfy { $1.isFinite || isSame($0, $1) }, "\(what): \(found), expected \(expected)",
    sourceLocation: sourceLocation)
  let finite = both.filter { $1.isFinite }
  expectClose(
    finite.map { $0.0 }, finite.map { $0.1 }, within: tolerance, what,
    sourceLocation: sourceLocation)
}
