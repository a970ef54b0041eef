import Graph
import Tensors

/// A root: half the squared distance of each row's number from a target that only its place in the batch
/// says, times a scale of the run.
///
///     d_i = x_i − t_i,   tally 0 += Σ d_i²/2,   dx_i = s_0 d_i
///
/// Forward leaves dx in the output and backward hands it on.
struct SquaredDistance: RowByRow {
  let targets: Storage<Float>

  /// Targets of so many rows.
  init(rows: Int, seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    targets = Storage((0..<UInt64(rows)).map { Float(random.normal(7, $0)) })
  }

  var name: String { "squared distance" }
  var keeps: Keeps { .output }
  func width(of inputs: [Int]) -> Int { 1 }

  func forward(_ call: Call) {
    let (x, dx) = (call.input(0), call.output)
    var sum = 0.0
    for row in 0..<call.rows {
      let distance = x.base[row * x.stride] - targets[call.firstRow + row]
      sum += 0.5 * Double(distance) * Double(distance)
      dx.base[row * dx.stride] = call.scales[0] * distance
    }
    call.tallies[0] += sum
  }

  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    for row in 0..<call.rows {
      let slope = call.output.base[row * call.output.stride]
      dx.base[row * dx.stride] = dx.accumulates ? dx.base[row * dx.stride] + slope : slope
    }
  }
}
