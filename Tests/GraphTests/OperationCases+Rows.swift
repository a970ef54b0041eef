import Foundation
import Graph
import Tensors

extension OperationCase {
  /// What looks at the ids of a row, what is drawn or followed, and what no gradient goes through.
  ///
  /// A row's ids are its number, the number modulo 3, and modulo 2.
  static let rows: [OperationCase] = [
    OperationCase(
      name: "concatenation", inputs: [3, 2, 4], parameters: [],
      record: { x, _ in x[0].graph.concatenation([x[1].sigmoid(), x[0], x[1], x[2]]) },
      reference: { x, _ in
        (0..<(x[0].count / 3)).flatMap { row -> [Double] in
          let second = Array(x[1][(2 * row)..<(2 * row + 2)])
          return Reference.sigmoid(second) + x[0][(3 * row)..<(3 * row + 3)] + second
            + x[2][(4 * row)..<(4 * row + 4)]
        }
      }),
    dots(width: 3, others: 4), dots(width: 11, others: 1),
    OperationCase(
      name: "dot products of values read twice", inputs: [2, 6], parameters: [],
      record: { x, _ in
        x[0].graph.concatenation([x[0].sigmoid(), x[1].sigmoid(), x[0].dots(x[1])])
      },
      reference: { x, _ in
        (0..<(x[0].count / 2)).flatMap { row -> [Double] in
          let own = Array(x[0][(2 * row)..<(2 * row + 2)])
          let others = Array(x[1][(6 * row)..<(6 * row + 6)])
          return Reference.sigmoid(own) + Reference.sigmoid(others)
            + (0..<3).map { own[0] * others[2 * $0] + own[1] * others[2 * $0 + 1] }
        }
      }),
    crossed("crossed lookup", isFirstKept: true),
    crossed("crossed lookup, masked", isFirstKept: false),
    OperationCase(
      name: "row gate", inputs: [3], parameters: [],
      record: { x, _ in x[0].learned(whereField: 1, is: 2) }, reference: { x, _ in x[0] },
      learned: { x, _ in x[0].enumerated().map { $0 / 3 % 3 == 2 ? $1 : 0 } }),
    OperationCase(
      name: "followed", inputs: [4], parameters: [], averages: [[0.1, 0.2, 0.3, 0.4]],
      record: { x, p in x[0].sigmoid().followed(by: p[0]) + x[0] },
      reference: { x, _ in zip(Reference.sigmoid(x[0]), x[0]).map { $0 + $1 } }),
    OperationCase(
      name: "detached", inputs: [3], parameters: [],
      record: { x, _ in x[0].sigmoid() + x[0].detached() },
      reference: { x, _ in zip(Reference.sigmoid(x[0]), x[0]).map { $0 + $1 } },
      learned: { x, _ in Reference.sigmoid(x[0]) }),
    OperationCase(
      name: "given row", inputs: [3], parameters: [], givens: [[0.5, -2, 7]],
      record: { x, p in x[0] + x[0].graph.row(given: p[0], count: 3).repeated() },
      reference: { x, _ in x[0].enumerated().map { $1 + [0.5, -2, 7][$0 % 3] } }),
    OperationCase(
      name: "draws that keep all", inputs: [3], parameters: [], givens: [[0]],
      record: { x, p in x[0] + x[0].graph.bernoulli(dropping: p[0], columns: 3, stream: 5) },
      reference: { x, _ in x[0].map { $0 + 1 } }),
    OperationCase(
      name: "draws that drop all", inputs: [3], parameters: [], givens: [[1]],
      record: { x, p in x[0] + x[0].graph.bernoulli(dropping: p[0], columns: 3, stream: 5) },
      reference: { x, _ in x[0] }),
    OperationCase(
      name: "dropout", inputs: [5], parameters: [], record: { x, _ in x[0].dropout(0.3) },
      reference: { x, _ in dropped(x[0], of: 5, 0.3, number: 0) }),
    OperationCase(
      name: "two dropouts of a value", inputs: [4], parameters: [],
      record: { x, _ in x[0].dropout(0.6) + x[0].sigmoid().dropout(0.25) },
      reference: { x, _ in
        zip(
          dropped(x[0], of: 4, 0.6, number: 0),
          dropped(Reference.sigmoid(x[0]), of: 4, 0.25, number: 1)
        ).map { $0 + $1 }
      }),
    OperationCase(
      name: "affine", inputs: [5], parameters: [],
      record: { x, _ in x[0].affine(times: -1.5, plus: 0.25) + x[0].sigmoid() },
      reference: { x, _ in zip(x[0], Reference.sigmoid(x[0])).map { -1.5 * $0 + 0.25 + $1 } }),
    batchNorm(isTraining: true), batchNorm(isTraining: false),
    besideItself(isTraining: true), besideItself(isTraining: false), ratio,
  ]

  /// Units that the draw 0 keeps, scaled up.
  private static func dropped(
    _ x: [Double], of width: Int, _ share: Double, number: UInt64
  ) -> [Double] {
    let random = RandomSource(seed: 0, stream: number)
    return x.enumerated().map { place, number in
      random.uniform(UInt64(place / width), UInt64(place % width)) < 1 - share
        ? number / (1 - share) : 0
    }
  }

  /// Columns normalised over the rows, or by running numbers.
  private static func batchNorm(isTraining: Bool) -> OperationCase {
    let running: (mean: [Double], variance: [Double]) = ([0.5, -1, 2], [0.25, 4, 1])
    return OperationCase(
      name: isTraining ? "batch norm" : "batch norm, answering", inputs: [3], parameters: [3, 3],
      averages: [running.mean, running.variance],
      record: { x, p in
        x[0].batchNorm(
          BatchNorm(
            weight: p[0], bias: p[1], mean: p[2], variance: p[3], columns: 3,
            isTraining: isTraining))
      },
      reference: { x, p in
        let rows = Double(x[0].count / 3)
        let columns = (0..<3).map { k in stride(from: k, to: x[0].count, by: 3).map { x[0][$0] } }
        let means = isTraining ? columns.map { $0.reduce(0, +) / rows } : running.mean
        let variances =
          isTraining
          ? zip(columns, means).map { column, mean in
            column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / rows
          } : running.variance
        return x[0].enumerated().map { place, number in
          let k = place % 3
          let root = (variances[k] + Double(Float(1e-5))).squareRoot()
          return (number - means[k]) / root * p[0][k] + p[1][k]
        }
      })
  }

  /// One batch norm of two values, the first of which is read again.
  private static func besideItself(isTraining: Bool) -> OperationCase {
    let plain = batchNorm(isTraining: isTraining)
    return OperationCase(
      name: plain.name + " of two values", inputs: [3, 3], parameters: plain.parameters,
      averages: plain.averages,
      record: { x, p in plain.record([x[0]], p) + plain.record([x[1]], p) + x[0].sigmoid() },
      reference: { x, p in
        zip(plain.reference([x[0]], p), plain.reference([x[1]], p))
          .map { $0 + $1 }.enumerated().map { $1 + Reference.sigmoid([x[0][$0]])[0] }
      })
  }

  /// y = table[a, b], a the second id or 0 where the mask is 0, b the third.
  private static func dots(width: Int, others: Int) -> OperationCase {
    OperationCase(
      name: "dot products with \(others) of \(width)", inputs: [width, others * width],
      parameters: [], record: { x, _ in x[0].dots(x[1]) },
      reference: { x, _ in
        (0..<(x[0].count / width)).flatMap { row in
          (0..<others).map { j in
            (0..<width).reduce(0) {
              $0 + x[0][row * width + $1] * x[1][(row * others + j) * width + $1]
            }
          }
        }
      })
  }

  private static func crossed(_ name: String, isFirstKept: Bool) -> OperationCase {
    let fields = CrossedLookup.Fields(first: 1, second: 2, firstCount: 3, secondCount: 2)
    return OperationCase(
      name: name, inputs: [4], parameters: [24], givens: [[isFirstKept ? 1 : 0]],
      record: { x, p in
        let graph = x[0].graph
        let mask = graph.row(given: p[1], count: 1).repeated()
        return x[0] + graph.crossedLookup(p[0], fields: fields, columns: 4, keeping: mask)
      },
      reference: { x, p in
        x[0].enumerated().map { place, number in
          let row = place / 4
          let cross = (isFirstKept ? row % 3 : 0) * 2 + row % 2
          return number + p[0][cross * 4 + place % 4]
        }
      })
  }

  /// σ⁻¹(σ(a − 8) / σ(b)), which no gradient goes back through; a − 8 keeps the ratio below 1.
  private static let ratio = OperationCase(
    name: "ratio", inputs: [1, 1], parameters: [], givens: [[-8]],
    record: { x, p in
      let low = x[0] + x[0].graph.row(given: p[0], count: 1).repeated()
      return low + x[1] + low.ratio(to: x[1])
    },
    reference: { x, _ in
      zip(x[0], x[1]).map { a, b in
        let ratio = Reference.sigmoid([a - 8])[0] / Reference.sigmoid([b])[0]
        return a - 8 + b + log(ratio / (1 - ratio))
      }
    },
    learned: { x, _ in zip(x[0], x[1]).map { $0 - 8 + $1 } })
}
