import Foundation
import Graph
import Tensors

extension OperationCase {
  /// Choices among entries and what they are made of, and filters over neighbouring ones.
  static let pointers: [OperationCase] = [
    choice("choice", slots: 5, stream: nil, isMasked: false, .choice),
    choice("choice at random", slots: 5, stream: 7, isMasked: false, .choice),
    choice("choice among some", slots: 5, stream: nil, isMasked: true, .choice),
    choice("choice at random among some", slots: 4, stream: 9, isMasked: true, .choice),
    choice("shares of a choice", slots: 6, stream: 3, isMasked: true, .shares),
    pairLogits(.max, slots: 3, partners: 4, width: 5, isMasked: false),
    pairLogits(.max, slots: 3, partners: 4, width: 9, isMasked: true),
    pairLogits(.mean, slots: 4, partners: 2, width: 9, isMasked: false),
    pairLogits(.mean, slots: 3, partners: 5, width: 3, isMasked: true),
    rowsByIds,
  ]

  /// Of two entries those whose ids are there are summed, beside the rows of a table by these ids.
  private static let rowsByIds = OperationCase(
    name: "rows by computed ids", inputs: [2 * 3], parameters: [12 * 3],
    record: { x, p in
      let ids = x[0].graph.record(PatternIds(count: 4 * 2), [])
      let chosen = ids.ids(of: .fixed(4), at: x[0].pattern(4))
      let sum = x[0].sum(of: .fixed(2), keeping: chosen.present())
      let rows = chosen.rows(of: p[0], vocabulary: 12, columns: 3)
      return sum.spread(over: .fixed(2)) + rows
    },
    reference: { x, p in
      var y: [Double] = []
      for row in 0..<(x[0].count / 6) {
        let ids = [PatternIds.chosen(row, 0), PatternIds.chosen(row, 1)]
        for k in 0..<6 {
          var sum = p[0][ids[k / 3] * 3 + k % 3]
          if ids[0] != 0 { sum += x[0][row * 6 + k % 3] }
          if ids[1] != 0 { sum += x[0][row * 6 + 3 + k % 3] }
          y.append(sum)
        }
      }
      return y
    })

  /// Filters over windows of neighbouring tokens.
  static let convolutions: [OperationCase] = [
    convolution(tokens: 6, width: 4, window: 3, filters: 3, isMasked: false),
    convolution(tokens: 9, width: 5, window: 2, filters: 17, isMasked: true),
    convolution(tokens: 4, width: 3, window: 1, filters: 5, isMasked: true),
    convolution(tokens: 3, width: 2, window: 3, filters: 300, isMasked: false),
  ]

  private static func flags(_ rows: Int, _ slots: Int, _ isMasked: Bool, shift: Int = 0) -> [Bool] {
    isMasked
      ? SlotPattern.flags(rows: rows, slots: slots, shift: shift)
      : [Bool](repeating: true, count: rows * slots)
  }

  private static func choice(
    _ name: String, slots: Int, stream: UInt64?, isMasked: Bool, _ form: StraightThrough.Output
  ) -> OperationCase {
    let shares: @Sendable ([[Double]], [[Double]]) -> [Double] = { x, _ in
      let scores = noisy(x[0], of: slots, stream).map { $0 / 0.7 }
      return Reference.softmax(
        scores, present: flags(x[0].count / slots, slots, isMasked), slots: slots)
    }
    let chosen: @Sendable ([[Double]], [[Double]]) -> [Double] = { x, p in
      let all = shares(x, p)
      return stride(from: 0, to: all.count, by: slots).flatMap { row -> [Double] in
        let part = all[row..<(row + slots)]
        guard let largest = part.max(), largest > 0 else { return Array(part) }
        return part.map { $0 == largest ? 1 : 0 }
      }
    }
    return OperationCase(
      name: name, inputs: [slots], parameters: [], givens: [[0.7]],
      record: { x, p in
        let entries = isMasked ? x[0].poisoned(slots) : x[0]
        return entries.chosen(
          of: .fixed(slots), temperature: p[0], stream: stream,
          keeping: isMasked ? x[0].pattern(slots) : nil, as: form)
      },
      reference: form == .choice ? chosen : shares, learned: shares)
  }

  /// l − ln(−ln u), u of the draw 0 in the streams of choices.
  private static func noisy(_ x: [Double], of slots: Int, _ stream: UInt64?) -> [Double] {
    guard let stream else { return x }
    let random = RandomSource(
      seed: 0, stream: RandomSource.mix(fnv1a("choice".utf8) ^ stream))
    return x.enumerated().map { place, number in
      number - log(-log(random.uniform(UInt64(place / slots), UInt64(place % slots))))
    }
  }

  private static func pairLogits(
    _ pool: PairLogits.Pool, slots: Int, partners: Int, width: Int, isMasked: Bool
  ) -> OperationCase {
    OperationCase(
      name: "pair logits by \(pool) of \(slots)\(isMasked ? ", masked" : "")",
      inputs: [slots * width, partners * width], parameters: [],
      record: { x, _ in
        guard isMasked else {
          return x[0].pairLogits(pool, of: .fixed(slots), with: x[1], of: .fixed(partners))
        }
        return x[0].poisoned(slots).pairLogits(
          pool, of: .fixed(slots), with: x[1].poisoned(partners, shift: 1), of: .fixed(partners),
          keeping: (own: x[0].pattern(slots), partners: x[0].pattern(partners, shift: 1)))
      },
      reference: { x, _ in
        let rows = x[0].count / (slots * width)
        return Reference.pairLogits(
          x[0], x[1], own: flags(rows, slots, isMasked),
          partners: flags(rows, partners, isMasked, shift: 1), slots: slots, isMean: pool == .mean)
      })
  }

  private static func convolution(
    tokens: Int, width: Int, window: Int, filters: Int, isMasked: Bool
  ) -> OperationCase {
    OperationCase(
      name: "convolution of \(tokens) by \(window)", inputs: [tokens * width],
      parameters: [width * window * filters, filters],
      record: { x, p in
        let entries = isMasked ? x[0].poisoned(tokens) : x[0]
        return entries.convolutionMax(
          p[0], bias: p[1], of: .fixed(tokens), window: window, filters: filters,
          keeping: isMasked ? x[0].pattern(tokens) : nil)
      },
      reference: { x, p in
        Reference.convolutionMax(
          x[0], p[0], p[1], present: flags(x[0].count / (tokens * width), tokens, isMasked),
          slots: tokens, window: window)
      })
  }
}
