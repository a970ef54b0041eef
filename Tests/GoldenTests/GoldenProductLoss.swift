import Graph
import Layers
import Objectives
import TestSupport
import Testing

/// The product loss at every pair of extreme and ordinary logits, by row, against float64.
@Suite struct GoldenProductLoss {
  @Test(arguments: try GoldenCase.of("esmm_product_loss"))
  func everyRow(_ golden: GoldenCase) throws {
    let golden = try golden.load()
    let inputs = try golden["batch"]
    let (a, b) = (try inputs["a"].numbers, try inputs["b"].numbers)
    let labels = try inputs["labels"].numbers
    let expect = try golden["expect"]
    var found = (loss: [Float](), a: [Float](), b: [Float]())
    for row in a.indices {
      // A row that converts was clicked; of the others every second one was.
      let click: Float = labels[row] == 1 || row % 4 == 0 ? 1 : 0
      let one = run(a[row], b[row], labels: [click, click == 0 ? 1 : Float(labels[row])])
      found.loss.append(Float(one.executor.lossSums(task: 1, rows: 1).loss))
      found.a.append(one.gradients[0])
      found.b.append(one.gradients[1])
    }
    #expect(a.count > 100)
    expectClose(found.loss, try expect["loss"].tensor, "loss")
    expectClose(found.a, try expect["gradient_a"].tensor, "gradient of a")
    expectClose(found.b, try expect["gradient_b"].tensor, "gradient of b")
    // The reference subtracts large numbers: below this it knows less than the engine.
    let noise = try golden["config"]["absolute_tolerance"].number
    expectEachClose(found.loss, try expect["loss"].numbers, noise)
    expectEachClose(found.a, try expect["gradient_a"].numbers, noise)
    expectEachClose(found.b, try expect["gradient_b"].numbers, noise)
  }

  /// Small numbers too: each row to 1e-4 of its own size.
  private func expectEachClose(_ found: [Float], _ expected: [Double], _ noise: Double) {
    for (row, (found, expected)) in zip(found, expected).enumerated() {
      #expect(
        abs(Double(found) - expected) <= 1e-4 * abs(expected) + noise,
        "row \(row): \(found), expected \(expected)")
    }
  }

  private func run(
    _ a: Double, _ b: Double, labels: [Float]
  ) -> (executor: Executor, gradients: [Float]) {
    let builder = Builder()
    let rows = PrimitiveRows(GoldenTensor(shape: [1, 2], values: [a, b]), in: builder)
    let primitive = PrimitiveRun(rows, builder, labels: labels) { input in
      let click = input.graph.record(Column(place: 0), [input])
      let conversion = input.graph.record(Column(place: 1), [input])
      return (input, conversion.productLoss(task: 1, given: click, 0))
    }
    primitive.run()
    return (primitive.executor, primitive.inputGradient)
  }
}

/// One of two numbers of a row.
private struct Column: Operation {
  let place: Int
  var name: String { "column" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { 1 }
  func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    for row in 0..<call.rows { y.base[row * y.stride] = x.base[row * x.stride + place] }
  }
  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    for row in 0..<call.rows {
      for column in 0..<2 {
        let value = column == place ? dy.base[row * dy.stride] : 0
        let at = row * dx.stride + column
        dx.base[at] = dx.accumulates ? dx.base[at] + value : value
      }
    }
  }
}
