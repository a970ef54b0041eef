import Foundation
import Graph
import Objectives
import Tensors
import Testing

/// One line a loss: how it is recorded, and Σ ℓ and n in Double.
struct LossCase: Sendable, CustomTestStringConvertible {
  /// The arguments, row after row; `frozen` are those that no gradient goes back to.
  struct Arguments {
    var x: [[Double]]
    var frozen: [[Double]]
    var parameters: [[Double]]
    let rows: LossRows

    /// Σ over some rows.
    func sum(where counts: (Int) -> Bool, _ loss: (Int) -> Double) -> Double {
      (0..<rows.count).reduce(0) { counts($1) ? $0 + loss($1) : $0 }
    }
  }

  let name: String
  /// Numbers in a row of each input.
  let inputs: [Int]
  /// Numbers in each parameter.
  var parameters: [Int] = []
  /// Blocks of numbers that are given; they follow the parameters.
  var givens: [[Double]] = []
  /// Running means; they come last.
  var averages: [[Double]] = []
  /// Where its sums are; from 3 upwards a term's.
  var place: Int
  /// Where further sums are that count as the loss's own.
  var others: [Int] = []
  let record: @Sendable ([Variable], [Parameter]) -> Variable
  /// Σ ℓ over the rows that count.
  let reference: @Sendable (Arguments) -> Double
  /// n.
  let count: @Sendable (LossRows) -> Double
  /// Whether it is a sum, so that n is 1 whatever the rows are.
  var isSum = false

  var testDescription: String { name }
}

/// Labels and sample spaces of three tasks: click, conversion, amount.
struct LossRows: Sendable {
  let count: Int
  let labels: [Double]
  let spaces: [Double]
  /// Six drawn ids a row, below 7: three words behind one that is none, and two concepts; the third
  /// row has no word, the fourth no concept.
  let drawn: [Int32]

  init(count: Int, seed: UInt64) {
    self.count = count
    let random = RandomSource(seed: seed, .test)
    labels = (0..<UInt64(count)).flatMap { row in
      [
        random.uniform(row, 60) < 0.6 ? 1 : 0, random.uniform(row, 61) < 0.5 ? 1 : 0,
        Double(Float(random.normal(row, 62))),
      ]
    }
    spaces = (0..<UInt64(count)).flatMap { row in
      (0..<3).map { random.uniform(row, 70 + $0) < 0.75 ? 1 : 0 }
    }
    drawn = (0..<UInt64(count)).flatMap { row in
      (0..<6).map { (column: UInt64) -> Int32 in
        let isNone = (row == 2 && column < 4) || (row == 3 && column > 3)
        return isNone ? 0 : Int32(random.index(below: 7, row, 80 + column))
      }
    }
  }

  init(count: Int, labels: [Double], spaces: [Double], drawn: [Int32]) {
    self.count = count
    self.labels = labels
    self.spaces = spaces
    self.drawn = drawn
  }

  func label(_ row: Int, _ task: Int) -> Double { labels[3 * row + task] }
  func isIn(_ row: Int, _ task: Int) -> Bool { spaces[3 * row + task] != 0 }
  func isInAny(_ row: Int) -> Bool { (0..<3).contains { isIn(row, $0) } }
  /// Whether it is known that a click was followed by a conversion.
  func hasBoth(_ row: Int) -> Bool { isIn(row, 0) && (label(row, 0) == 0 || isIn(row, 1)) }
  /// y∧z.
  func both(_ row: Int) -> Double { label(row, 0) * label(row, 1) }
  func rows(where counts: (Int) -> Bool) -> Double { Double((0..<count).count(where: counts)) }
}

extension LossCase {
  private static func softplus(_ z: Double) -> Double { max(z, 0) + log1p(exp(-abs(z))) }
  private static func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

  static let all: [LossCase] =
    [
      LossCase(
        name: "cross-entropy", inputs: [1], place: 1,
        record: { x, _ in x[0].loss(task: 1, .crossEntropy) },
        reference: { a in
          a.sum(where: { a.rows.isIn($0, 1) }) {
            softplus(a.x[0][$0]) - a.rows.label($0, 1) * a.x[0][$0]
          }
        }, count: { rows in rows.rows { rows.isIn($0, 1) } }),
      LossCase(
        name: "smoothed cross-entropy", inputs: [1], place: 1,
        record: { x, _ in x[0].loss(task: 1, .crossEntropy, smoothing: 0.1) },
        reference: { a in
          a.sum(where: { a.rows.isIn($0, 1) }) {
            softplus(a.x[0][$0]) - (a.rows.label($0, 1) == 1 ? 0.95 : 0.05) * a.x[0][$0]
          }
        }, count: { rows in rows.rows { rows.isIn($0, 1) } }),
      LossCase(
        name: "squared error, over rows of any task", inputs: [1], place: 2,
        record: { x, _ in x[0].loss(task: 2, .squaredError, mean: .anyTask) },
        reference: { a in
          a.sum(where: { a.rows.isIn($0, 2) }) {
            let error = a.x[0][$0] - a.rows.label($0, 2)
            return error * error
          }
        }, count: { rows in rows.rows(where: rows.isInAny) }),
      LossCase(
        name: "focal loss", inputs: [1], place: 1,
        record: { x, _ in x[0].focalLoss(task: 1, alpha: 0.3, gamma: 2.5) },
        reference: { a in
          a.sum(where: { a.rows.isIn($0, 1) }) {
            let (p, y) = (sigmoid(a.x[0][$0]), a.rows.label($0, 1))
            return -0.3 * y * pow(1 - p, 2.5) * log(p)
              - 0.7 * (1 - y) * pow(p, 2.5) * log(1 - p)
          }
        }, count: { rows in rows.rows { rows.isIn($0, 1) } }),
      LossCase(
        name: "squared error of positives", inputs: [1], place: 2,
        record: { x, _ in x[0].positiveSquaredError(task: 2) },
        reference: { a in
          a.sum(where: { a.rows.isIn($0, 2) && a.rows.label($0, 2) > 0 }) {
            let error = a.x[0][$0] - min(a.rows.label($0, 2), 1)
            return error * error
          }
        }, count: { rows in rows.rows { rows.isIn($0, 2) && rows.label($0, 2) > 0 } }),
      pairs, entries, signedPairs, answered, tuples, conditional(.given), conditional(.all),
      product, rise,
      squares, gathered, balance,
      counterfactual(isDoublyRobust: false), counterfactual(isDoublyRobust: true),
      quadruplets(of: 0, with: 1), quadruplets(of: 1, with: 0),
      distilled(corrects: true, scales: false), distilled(corrects: false, scales: true),
    ] + vocabulary

  private static let pairs = LossCase(
    name: "pair loss", inputs: [1, 3], place: 1,
    record: { x, _ in x[0].pairLoss(above: x[1], task: 1) },
    reference: { a in
      a.sum(where: { a.rows.isIn($0, 1) }) { row in
        (0..<3).reduce(0) { $0 + softplus(a.x[1][3 * row + $1] - a.x[0][row]) / 3 }
      }
    }, count: { rows in rows.rows { rows.isIn($0, 1) } })

  /// Of the rows in which a drawn column is 3.
  private static let entries = LossCase(
    name: "entry loss", inputs: [1], place: 3,
    record: { x, _ in x[0].entryLoss(task: 2, place: 3, column: 5, tensor: 3) },
    reference: { a in
      a.sum(where: { a.rows.isIn($0, 2) && a.rows.drawn[6 * $0 + 5] == 3 }) {
        let error = a.x[0][$0] - a.rows.label($0, 2)
        return error * error
      }
    }, count: { _ in 1 }, isSum: true)

  private static let signedPairs = LossCase(
    name: "signed pair loss", inputs: [1], place: 2,
    record: { x, _ in x[0].signedPairLoss(task: 2) },
    reference: { a in
      a.sum(where: { a.rows.isIn($0, 2) }) { softplus(-a.rows.label($0, 2) * a.x[0][$0]) }
    }, count: { _ in 1 }, isSum: true)

  private static let answered = LossCase(
    name: "answered loss", inputs: [1], place: 1,
    record: { x, _ in x[0].answeredLoss(task: 1) },
    reference: { a in a.sum(where: { a.rows.isIn($0, 1) }) { a.x[0][$0] } },
    count: { rows in rows.rows { rows.isIn($0, 1) } })

  /// The mean squared error of four entries beside a row, those whose value is above 0, as a loss.
  private static let tuples = LossCase(
    name: "errors of tuples", inputs: [3, 4 * 3, 4], place: 1,
    record: { x, _ in x[0].tupleErrors(of: x[1], values: x[2]).answeredLoss(task: 1) },
    reference: { a in
      a.sum(where: { a.rows.isIn($0, 1) }) { row in
        let errors = (0..<4).filter { a.x[2][4 * row + $0] > 0 }.map { slot in
          (0..<3).reduce(-a.x[2][4 * row + slot]) {
            $0 + a.x[0][3 * row + $1] * a.x[1][12 * row + 3 * slot + $1]
          }
        }
        return errors.isEmpty ? 0 : errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
      }
    }, count: { rows in rows.rows { rows.isIn($0, 1) } })

  private static func conditional(_ over: ConditionalLoss.Rows) -> LossCase {
    @Sendable func counts(_ row: Int, _ rows: LossRows) -> Bool {
      rows.hasBoth(row) && (over == .all || rows.label(row, 0) == 1)
    }
    return LossCase(
      name: "conditional loss, \(over) rows", inputs: [1], place: 1,
      record: { x, _ in x[0].conditionalLoss(task: 1, given: 0, over: over) },
      reference: { a in
        a.sum(where: { counts($0, a.rows) }) {
          softplus(a.x[0][$0]) - a.rows.both($0) * a.x[0][$0]
        }
      }, count: { rows in rows.rows { counts($0, rows) } })
  }

  private static let product = LossCase(
    name: "product loss", inputs: [1, 1], givens: [[1.7]], place: 1,
    record: { x, p in x[1].productLoss(task: 1, given: x[0], 0, strength: p[0]) },
    reference: { a in
      1.7
        * a.sum(where: a.rows.hasBoth) {
          let p = sigmoid(a.x[0][$0]) * sigmoid(a.x[1][$0])
          return a.rows.both($0) == 1 ? -log(p) : -log(1 - p)
        }
    }, count: { rows in rows.rows(where: rows.hasBoth) })

  private static let rise = LossCase(
    name: "rise", inputs: [1, 1], givens: [[0.6]], place: 3,
    record: { x, p in x[1].rise(above: x[0], strength: p[0], at: 3) },
    reference: { a in
      a.sum(where: { _ in true }) { 0.6 * max(sigmoid(a.x[1][$0]) - sigmoid(a.x[0][$0]), 0) }
    }, count: { Double($0.count) })

  private static let squares = LossCase(
    name: "mean squares", inputs: [3, 2], givens: [[0.4]], place: 3,
    record: { x, p in x[0].graph.meanSquares(of: x, place: 3, strength: p[0]) },
    reference: { a in 0.4 * (a.x[0] + a.x[1]).reduce(0) { $0 + $1 * $1 } },
    count: { Double($0.count) })

  private static let gathered = LossCase(
    name: "gathered squares", inputs: [5], parameters: [4, 2], givens: [[0.8]], place: 3,
    record: { x, p in
      x[0].gatheredSquares(
        place: 3, columns: 3,
        weights: .init(penalised: p[0], count: 4, free: p[1], freeCount: 2), of: 1,
        strength: p[2])
    },
    reference: { a in
      a.sum(where: { a.rows.isIn($0, 1) }) { row in
        let used = a.x[0][(5 * row)..<(5 * row + 3)] + a.parameters[0]
        return 0.4 * used.reduce(0) { $0 + $1 * $1 }
      }
    }, count: { rows in rows.rows(where: rows.isInAny) })

  /// The shares are those of the steps before, and have no gradient.
  private static let balance = LossCase(
    name: "gate balance", inputs: [3], givens: [[0.7]], averages: [[0.5, 0.2, 0.3]], place: 3,
    record: { x, p in x[0].balanceLoss(at: 3, strength: p[0], shares: p[1]) },
    reference: { a in
      a.x[0].enumerated().reduce(0) { $0 + 0.7 * 3 * [0.5, 0.2, 0.3][$1.offset % 3] * $1.element }
    }, count: { Double($0.count) })

  /// No gradient goes to the propensity.
  private static func counterfactual(isDoublyRobust: Bool) -> LossCase {
    LossCase(
      name: isDoublyRobust ? "doubly robust" : "inverse propensities",
      inputs: [1, 1] + (isDoublyRobust ? [1] : []), givens: [[0.9], [0.3], [2.5]], place: 3,
      record: { x, p in
        x[1].counterfactualLoss(
          at: 3, given: (x[0], 0), conversion: 1, imputed: isDoublyRobust ? x[2] : nil,
          dials: .init(strength: p[0], floor: p[1], clip: p[2]))
      },
      reference: { a in
        a.sum(where: a.rows.hasBoth) { row in
          let weight = min(1 / max(sigmoid(a.frozen[0][row]), 0.3), 2.5) * a.rows.label(row, 0)
          let error = softplus(a.x[1][row]) - a.rows.both(row) * a.x[1][row]
          guard isDoublyRobust else { return 0.9 * weight * error }
          let imputed = sigmoid(a.x[2][row])
          let rest = error - imputed
          return 0.9 * (imputed + weight * (rest + rest * rest))
        }
      }, count: { rows in rows.rows(where: rows.hasBoth) })
  }
}
