import Graph
import Objectives

extension OperationCase {
  /// What systems that factorise tensors add.
  static let factors: [OperationCase] = [
    OperationCase(
      name: "errors of tuples", inputs: [3, 4 * 3, 4], parameters: [],
      record: { x, _ in x[0].tupleErrors(of: x[1], values: x[2]) },
      reference: { x, _ in
        (0..<x[2].count / 4).map { row in
          let errors = (0..<4).filter { x[2][4 * row + $0] > 0 }.map { slot in
            (0..<3).reduce(-x[2][4 * row + slot]) {
              $0 + x[0][3 * row + $1] * x[1][12 * row + 3 * slot + $1]
            }
          }
          return errors.isEmpty ? 0 : errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
        }
      })
  ]
}
