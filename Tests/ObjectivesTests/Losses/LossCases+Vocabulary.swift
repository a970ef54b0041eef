import Graph
import Objectives

import func Foundation.exp
import func Foundation.log

extension LossRows {
  /// The words of a row, 0 for none.
  func words(_ row: Int) -> [Int] { (1..<4).map { Int(drawn[6 * row + $0]) } }
  /// The concepts of a row that are there.
  func concepts(_ row: Int) -> [Int] {
    (4..<6).map { Int(drawn[6 * row + $0]) }.filter { $0 != 0 }
  }
}

extension LossCase {
  static let vocabulary: [LossCase] = [
    words(.tokens), words(.rowsThenBatch), words(.sumOverTime), words(.sumOverTime, weighs: true),
    words(.rowsThenBatch, pool: .max), words(.tokens, pool: .mean),
    words(.sumOverTime, pool: .min, weighs: true), words(.tokens, sampled: 3),
    words(.rowsThenBatch, pool: .max, sampled: 3), words(.tokens, pool: .mean, sampled: 2),
    LossCase(
      name: "one word", inputs: [4], parameters: [28, 7], place: 1,
      record: { x, p in
        x[0].vocabularyLoss(
          task: 1, target: 3..<4, weight: p[0], bias: p[1], vocabulary: 7, mean: .tokens)
      },
      reference: { a in
        a.sum(where: { a.rows.isIn($0, 1) && a.rows.words($0)[2] != 0 }) { row in
          let h = Array(a.x[0][(4 * row)..<(4 * row + 4)])
          return -logarithms(h, a.parameters)[a.rows.words(row)[2]]
        }
      },
      count: { rows in rows.rows { rows.isIn($0, 1) && rows.words($0)[2] != 0 } }),
  ]

  /// Three words a row, of states of two numbers; seven words are known.
  private static func words(
    _ mean: VocabularyLoss.Mean, pool: VocabularyLoss.Pool? = nil, weighs: Bool = false,
    sampled: Int? = nil
  ) -> LossCase {
    let sample = sampled.map { WordSample($0, of: 7, stream: 3) }
    return LossCase(
      name: "words, \(mean)\(pool.map { ", concepts' \($0)" } ?? "")\(weighs ? ", weighted" : "")"
        + (sampled.map { ", \($0) sampled" } ?? ""),
      inputs: [6] + (weighs ? [1] : []), parameters: [14, 7],
      givens: pool == nil ? [] : [[0.6]], place: 1, others: pool == nil ? [] : [3],
      record: { x, p in
        let concepts = pool.map {
          VocabularyLoss.Concepts(
            ids: x[0].graph.record(DrawnConcepts(), []), pool: $0, strength: p[2], place: 3)
        }
        let loss = x[0].vocabularyLoss(
          task: 1, target: 1..<4, weight: p[0], bias: p[1], vocabulary: 7, mean: mean,
          concepts: concepts, rowWeights: weighs ? x[1] : nil, sample: sample)
        // Beside it the sums of its concepts, which have no gradient of their own.
        if pool != nil { _ = loss.sums(at: 3) }
        return loss
      },
      reference: { a in
        a.sum(where: { a.rows.isIn($0, 1) && a.rows.words($0) != [0, 0, 0] }) { row in
          let words = a.rows.words(row)
          let losses = (0..<3).filter { words[$0] != 0 }.map { slot in
            let h = Array(a.x[0][(6 * row + 2 * slot)..<(6 * row + 2 * slot + 2)])
            let concepts = pool == nil ? [] : a.rows.concepts(row)
            let known = Self.logarithms(
              h, a.parameters, sample, own: Set([words[slot]] + concepts))
            let unlikely = concepts.map { -known[$0] }
            return 0.6 * pooled(unlikely, pool) - known[words[slot]]
          }
          let sum = losses.reduce(0, +) * (weighs ? a.frozen[1][row] : 1)
          return mean == .rowsThenBatch ? sum / Double(losses.count) : sum
        }
      },
      count: { rows in
        let counted = (0..<rows.count).filter { rows.isIn($0, 1) }
        guard mean == .tokens else { return Double(counted.count) }
        return Double(counted.reduce(0) { $0 + rows.words($1).count { $0 != 0 } })
      })
  }

  private static func pooled(_ unlikely: [Double], _ pool: VocabularyLoss.Pool?) -> Double {
    switch pool {
    case .max?: unlikely.max() ?? 0
    case .min?: unlikely.min() ?? 0
    case .mean?: unlikely.isEmpty ? 0 : unlikely.reduce(0, +) / Double(unlikely.count)
    case nil: 0
    }
  }

  /// ln p of all words: W [H, V] and b [V]; with a sample by what it makes of the first step's draw
  /// and of a word's own.
  static func logarithms(
    _ h: [Double], _ parameters: [[Double]], _ sample: WordSample? = nil,
    own: Set<Int> = []
  ) -> [Double] {
    let (weight, bias) = (parameters[0], parameters[1])
    let logits = bias.indices.map { word in
      h.indices.reduce(bias[word]) { $0 + h[$1] * weight[$1 * bias.count + word] }
    }
    if let sample {
      var whole = own.sorted().reduce(0) { $0 + exp(logits[$1]) }
      sample.forEach(draw: 0) { word in
        if !own.contains(word) { whole += exp(logits[word] - Double(sample.logarithm(of: word))) }
      }
      return logits.map { $0 - log(whole) }
    }
    let top = logits.max() ?? 0
    let whole = top + log(logits.reduce(0) { $0 + exp($1 - top) })
    return logits.map { $0 - whole }
  }
}

/// The drawn columns of the concepts, as numbers.
private struct DrawnConcepts: Operation {
  var name: String { "drawn concepts" }
  var keeps: Keeps { [] }
  func extent(of inputs: [Extent]) -> Extent { .rows }
  func width(of inputs: [Int]) -> Int { 2 }
  func forward(_ call: Call) {
    guard let drawn = call.batch.drawn else { return }
    for row in 0..<call.rows {
      for column in 0..<2 {
        let id = drawn[(call.firstRow + row) * call.batch.drawnCount + 4 + column]
        call.output.base[row * call.output.stride + column] = Float(id)
      }
    }
  }
  func backward(_ call: Call) {}
}
