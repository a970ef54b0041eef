import Graph
import Tensors
import Testing

/// One line an operation: how it is recorded, and its plain reference in Double.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// Numbers in a row of each input.
  let inputs: [Int]
  /// Numbers in each parameter.
  let parameters: [Int]
  /// Blocks of numbers that are given and not learned; they follow the parameters.
  var givens: [[Double]] = []
  /// Running means that follow a value; they come last.
  var averages: [[Double]] = []
  /// Records the operation.
  let record: @Sendable ([Variable], [Parameter]) -> Variable
  /// Computes it: inputs row by row, then parameters.
  let reference: @Sendable ([[Double]], [[Double]]) -> [Double]
  /// What the gradient is that of, where it is not that of the value.
  var learned: (@Sendable ([[Double]], [[Double]]) -> [Double])?

  var testDescription: String { name }

  static let all: [OperationCase] = [
    plain, attention, rows, sequences, pointers, convolutions, recurrences, words, ragged,
  ].flatMap { $0 }

  private static let plain: [OperationCase] = [
    OperationCase(
      name: "relu", inputs: [7], parameters: [], record: { x, _ in x[0].relu() },
      reference: { x, _ in Reference.relu(x[0]) }),
    OperationCase(
      name: "sigmoid", inputs: [19], parameters: [], record: { x, _ in x[0].sigmoid() },
      reference: { x, _ in Reference.sigmoid(x[0]) }),
    OperationCase(
      name: "softmax", inputs: [8], parameters: [], record: { x, _ in x[0].softmax() },
      reference: { x, _ in Reference.softmax(x[0], width: 8) }),
    OperationCase(
      name: "softmax of 21", inputs: [21], parameters: [], record: { x, _ in x[0].softmax() },
      reference: { x, _ in Reference.softmax(x[0], width: 21) }),
    OperationCase(
      name: "addition", inputs: [9], parameters: [],
      record: { x, _ in x[0].sigmoid() + x[0].softmax() },
      reference: { x, _ in
        zip(Reference.sigmoid(x[0]), Reference.softmax(x[0], width: 9)).map { $0 + $1 }
      }),
    OperationCase(
      name: "softmax at a temperature", inputs: [6], parameters: [], givens: [[0.6]],
      record: { x, p in x[0].softmax(temperature: p[0]) },
      reference: { x, _ in Reference.softmax(x[0].map { $0 / 0.6 }, width: 6) }),
    OperationCase(
      name: "times a given number", inputs: [5], parameters: [], givens: [[1.7]],
      record: { x, p in x[0].times(p[0]) }, reference: { x, _ in x[0].map { $0 * 1.7 } }),
    OperationCase(
      name: "times and plus constants", inputs: [5], parameters: [],
      record: { x, _ in x[0].affine(times: -1.7, plus: 0.3) },
      reference: { x, _ in x[0].map { -1.7 * $0 + 0.3 } }),
    OperationCase(
      name: "renormalised shares", inputs: [4], parameters: [], givens: [[1, 0, 1, 1]],
      record: { x, p in x[0].softmax().renormalised(keeping: p[0]) },
      reference: { x, _ in softmax(x[0], of: 4, without: 1) }),
    linear("linear", blocks: 1, inputs: 13, outputs: 35, relu: false),
    linear("linear to one", blocks: 1, inputs: 64, outputs: 1, relu: false),
    linear("linear+relu", blocks: 1, inputs: 40, outputs: 300, relu: true),
    linear("grouped linear+relu", blocks: 3, inputs: 17, outputs: 33, relu: true),
    OperationCase(
      name: "linear without bias", inputs: [9], parameters: [45],
      record: { x, p in x[0].linear(p[0], bias: nil, inputs: 9, outputs: 5) },
      reference: { x, p in
        Reference.linear(x[0], p[0], nil, blocks: 1, inputs: 9, outputs: 5)
      }),
    OperationCase(
      name: "mixture", inputs: [4, 4 * 21], parameters: [],
      record: { x, _ in x[1].mixture(x[0]) },
      reference: { x, _ in Reference.mixture(x[0], x[1], experts: 4) }),
    OperationCase(
      name: "mixture of groups", inputs: [5, 2 * 21, 3 * 21], parameters: [],
      record: { x, _ in x[0].mixture(of: [x[1], x[2]]) },
      reference: { x, _ in
        zip(
          Reference.mixture(part(x[0], of: 5, 0..<2), x[1], experts: 2),
          Reference.mixture(part(x[0], of: 5, 2..<5), x[2], experts: 3)
        ).map { $0 + $1 }
      }),
    OperationCase(
      name: "columns", inputs: [9], parameters: [],
      record: { x, _ in
        x[0].columns(0..<3).sigmoid().mixture(x[0].columns(4..<7).softmax())
      },
      reference: { x, _ in
        Reference.mixture(
          Reference.softmax(part(x[0], of: 9, 4..<7), width: 3),
          Reference.sigmoid(part(x[0], of: 9, 0..<3)), experts: 3)
      }),
    OperationCase(
      name: "scaled dot product", inputs: [21, 21], parameters: [],
      record: { x, _ in x[0].dot(x[1], scale: 0.5) },
      reference: { x, _ in
        stride(from: 0, to: x[0].count, by: 21).map { row in
          (row..<(row + 21)).reduce(0) { $0 + 0.5 * x[0][$1] * x[1][$1] }
        }
      }),
    OperationCase(
      name: "layer mixture", inputs: [6, 6, 6], parameters: [6],
      record: { x, p in x[0].graph.layerMixture(of: x, weights: p[0], columns: 2) },
      reference: { x, p in
        x[0].indices.map { at in
          (0..<3).reduce(0) { $0 + p[0][at % 6 / 3 * 3 + $1] * x[$1][at] }
        }
      }),
    stitch(columns: 3, width: 21, isPerUnit: false),
    stitch(columns: 2, width: 19, isPerUnit: true),
    pairs(.strictTriangle, fields: 4, width: 3),
    pairs(.strictTriangle, fields: 2, width: 19),
    pairs(.matrix, fields: 5, width: 9),
    pairs(.matrix, fields: 1, width: 8),
    OperationCase(
      name: "one value read twice", inputs: [5], parameters: [],
      record: { x, _ in x[0].sigmoid().mixture(x[0].softmax()) },
      reference: { x, _ in
        Reference.mixture(Reference.softmax(x[0], width: 5), Reference.sigmoid(x[0]), experts: 5)
      }),
  ]

  /// What is left of a softmax is the softmax of what is left.
  private static func softmax(_ x: [Double], of width: Int, without left: Int) -> [Double] {
    let columns = (0..<width).filter { $0 != left }
    let kept: [Double] = stride(from: 0, to: x.count, by: width).flatMap { row in
      columns.map { x[row + $0] }
    }
    let shares = Reference.softmax(kept, width: width - 1)
    var whole = [Double](repeating: 0, count: x.count)
    for (place, share) in shares.enumerated() {
      whole[place / columns.count * width + columns[place % columns.count]] = share
    }
    return whole
  }

  /// Some columns of rows of a width.
  private static func part(_ x: [Double], of width: Int, _ columns: Range<Int>) -> [Double] {
    stride(from: 0, to: x.count, by: width).flatMap { row in columns.map { x[row + $0] } }
  }

  private static func pairs(
    _ form: PairInteractions.Form, fields: Int, width: Int
  ) -> OperationCase {
    OperationCase(
      name: "\(form) of \(fields) fields of \(width)", inputs: [fields * width], parameters: [],
      record: { x, _ in
        x[0].pairInteractions(form, widths: [Int](repeating: width, count: fields))
      },
      reference: { x, _ in
        Reference.pairs(x[0], fields: fields, width: width, isMatrix: form == .matrix)
      })
  }

  private static func stitch(columns: Int, width: Int, isPerUnit: Bool) -> OperationCase {
    OperationCase(
      name: isPerUnit ? "stitch by unit" : "stitch", inputs: [columns * width],
      parameters: [columns * columns * (isPerUnit ? width : 1)],
      record: { x, p in x[0].stitched(p[0], columns: columns, isPerUnit: isPerUnit) },
      reference: { x, p in Reference.stitch(x[0], p[0], columns: columns, width: width) })
  }

  private static func linear(
    _ name: String, blocks: Int, inputs: Int, outputs: Int, relu: Bool
  ) -> OperationCase {
    OperationCase(
      name: name, inputs: [blocks * inputs],
      parameters: [blocks * inputs * outputs, blocks * outputs],
      record: { x, p in
        let y = x[0].linear(
          p[0], bias: p[1], blocks: blocks, inputs: inputs, outputs: outputs)
        return relu ? y.relu() : y
      },
      reference: { x, p in
        let y = Reference.linear(
          x[0], p[0], p[1], blocks: blocks, inputs: inputs, outputs: outputs)
        return relu ? Reference.relu(y) : y
      })
  }
}
