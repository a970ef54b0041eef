import Graph
import Tensors
import TestSupport

/// Rows of numbers that a golden case gives beside what is learned: a mask, noise, ids.
struct Carried: Operation {
  let values: Storage<Float>
  let columns: Int
  var name: String { "carried" }
  var keeps: Keeps { [] }
  var handsOnGradient: Bool { false }
  func extent(of inputs: [Extent]) -> Extent { .rows }
  func width(of inputs: [Int]) -> Int { columns }
  func forward(_ call: Call) {
    let y = call.output
    for row in 0..<call.rows {
      for k in 0..<columns {
        y.base[row * y.stride + k] = values[(call.firstRow + row) * columns + k]
      }
    }
  }
  func backward(_ call: Call) {}
}

extension Graph {
  /// The rows of an array of a case, flat; see ``Carried``.
  func carried(_ tensor: GoldenTensor) -> Variable {
    let columns = tensor.shape.dropFirst().reduce(1, *)
    return record(Carried(values: Storage(tensor.values.map(Float.init)), columns: columns), [])
  }
}
