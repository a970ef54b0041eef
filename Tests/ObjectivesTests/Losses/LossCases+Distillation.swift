import Foundation
import Graph
import Objectives

extension LossCase {
  /// Every relation is the mean over its own pairs of rows that lie in both sample spaces.
  static func quadruplets(of own: Int, with other: Int) -> LossCase {
    LossCase(
      name: "quadruplets of \(own) with \(other)", inputs: [1], givens: [[0.7], [0.4]], place: 3,
      record: { x, p in
        x[0].quadrupletLoss(
          of: own, with: other, at: 3, share: 0.5, betas: (above: p[0], below: p[1]),
          mostPairs: 1000)
      },
      reference: { a in
        func mean(_ high: (Double, Double), _ low: (Double, Double)) -> Double {
          func cell(_ labels: (Double, Double)) -> [Double] {
            (0..<a.rows.count).filter { row in
              a.rows.isIn(row, own) && a.rows.isIn(row, other)
                && (a.rows.label(row, own), a.rows.label(row, other)) == labels
            }.map { a.x[0][$0] }
          }
          let losses = cell(high).flatMap { r in cell(low).map { q in log1p(exp(q - r)) } }
          return losses.reduce(0, +) / Double(max(1, losses.count))
        }
        return 0.5
          * (0.7 * mean((1, 1), (1, 0)) + 0.4 * mean((0, 1), (0, 0)) + mean((1, 0), (0, 1)))
      }, count: { _ in 1 })
  }

  /// No gradient goes to the teacher.
  static func distilled(corrects: Bool, scales: Bool) -> LossCase {
    let (share, temperature, margin) = (0.3, 1.7, 0.6)
    @Sendable func crossEntropy(_ z: Double, _ y: Double) -> Double { log1p(exp(z)) - y * z }
    return LossCase(
      name: "distilled" + (corrects ? ", corrected" : "") + (scales ? ", scaled" : ""),
      inputs: [1, 1], givens: [[share], [temperature], [margin]], place: 1,
      record: { x, p in
        x[0].distilledLoss(
          task: 1, from: x[1], dials: .init(share: p[0], temperature: p[1], margin: p[2]),
          corrects: corrects, scalesSoft: scales)
      },
      reference: { a in
        a.sum(where: { a.rows.isIn($0, 1) }) { row in
          let (r, c, y) = (a.x[0][row], a.frozen[1][row], a.rows.label(row, 1))
          let moved = corrects ? (y == 1 ? max(c, margin) : min(c, -margin)) : c
          let target = 1 / (1 + exp(-moved / temperature))
          return (1 - share) * crossEntropy(r, y)
            + share * (scales ? temperature * temperature : 1)
            * crossEntropy(r / temperature, target)
        }
      }, count: { rows in rows.rows { rows.isIn($0, 1) } })
  }
}
