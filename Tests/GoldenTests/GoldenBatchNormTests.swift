import Datasets
import Graph
import Layers
import Tensors
import TestSupport
import Testing
import Training

/// Batch norm against the float64 reference, and by hand where several lanes meet.
@Suite struct GoldenBatchNorm {
  private func run(
    _ x: GoldenTensor, upstream: [Float], isTraining: Bool
  ) -> PrimitiveRun {
    let builder = Builder()
    let rows = PrimitiveRows(x, in: builder)
    let norm = BatchNormalisation(x.shape[1], in: builder.shared / "norm")
    return PrimitiveRun(rows, builder) { input in
      let y = norm(input, Forward(input.graph, isTraining: isTraining))
      let end = Upstream(values: Storage(upstream), width: x.shape[1])
      return (y, input.graph.record(end, [y]))
    }
  }

  @Test(arguments: try GoldenCase.of("primitives_batch_norm_train", "primitives_batch_norm_eval"))
  func golden(_ golden: GoldenCase) throws {
    let isTraining = try golden.kind == "primitives_batch_norm_train"
    let golden = try golden.load()
    let x = try golden["inputs"]["x"].tensor
    let upstream = try golden["inputs"]["upstream"].numbers.map(Float.init)
    let primitive = run(x, upstream: upstream, isTraining: isTraining)
    let expect = try golden["expect"]
    for name in ["weight", "bias"] {
      try primitive.set("norm.\(name)", to: golden["parameters"][name])
    }
    for name in ["running_mean", "running_var"] {
      try primitive.set("norm.\(name)", to: expect["\(name)_before"])
    }
    primitive.run()
    primitive.executor.updateAverages(rows: x.shape[0])
    expectClose(primitive.output, try expect["output"].tensor, "output")
    for name in ["weight", "bias"] {
      let found = try primitive.gradient(of: "norm.\(name)")
      expectClose(found, try expect["gradients"][name].tensor, name)
    }
    expectClose(primitive.inputGradient, try expect["input_gradients"]["x"].tensor, "x")
    for name in ["running_mean", "running_var"] {
      let found = try primitive.numbers(of: "norm.\(name)")
      expectClose(found, try expect[name].tensor, name)
    }
  }

  /// 700 rows lie in five lanes, 83 in four of unequal size; no lane knows the batch alone.
  @Test(arguments: [700, 83, 1]) func lanesMeet(rows: Int) throws {
    let random = RandomSource(seed: 3, .data)
    let columns = 3
    let values = (0..<(rows * columns)).map { place in
      // Columns of different means, of which one is far from 0, and rows that drift.
      Double(place % columns) * 40 + Double(place) / Double(rows) + random.normal(UInt64(place), 0)
    }
    let upstream = (0..<(rows * columns)).map { Float(random.normal(UInt64($0), 1)) }
    let x = GoldenTensor(shape: [rows, columns], values: values)
    let primitive = run(x, upstream: upstream, isTraining: true)
    primitive.run()
    primitive.executor.updateAverages(rows: rows)
    let (output, slope) = (primitive.output, primitive.inputGradient)
    let mean = try primitive.numbers(of: "norm.running_mean")
    let variance = try primitive.numbers(of: "norm.running_var")
    let n = Double(rows)
    for k in 0..<columns {
      let column = (0..<rows).map { values[$0 * columns + k] }
      let dy = (0..<rows).map { Double(upstream[$0 * columns + k]) }
      let mu = column.reduce(0, +) / n
      let squares = column.reduce(0) { $0 + ($1 - mu) * ($1 - mu) }
      let inverse = 1 / (squares / n + 1e-5).squareRoot()
      let normalised = column.map { ($0 - mu) * inverse }
      let shift = dy.reduce(0, +) / n
      let share = zip(dy, normalised).reduce(0) { $0 + $1.0 * $1.1 } / n
      for row in 0..<rows {
        let dx = inverse * (dy[row] - shift - normalised[row] * share)
        #expect(abs(Double(output[row * columns + k]) - normalised[row]) <= 1e-4)
        #expect(abs(Double(slope[row * columns + k]) - dx) <= 1e-4 * max(1, inverse))
      }
      // A batch of one row says nothing of a variance, and moves nothing.
      #expect(abs(Double(mean[k]) - (rows > 1 ? 0.1 * mu : 0)) <= 1e-4)
      let unbiased = rows > 1 ? squares / (n - 1) : 1
      #expect(abs(Double(variance[k]) - (0.9 + 0.1 * unbiased)) <= 1e-4)
    }
  }
}
