import Graph
import Tensors

extension OperationCase {
  /// Ids that a step draws, words by ids, and rows that are carried from run to run.
  static let words: [OperationCase] = [
    wordSums(texts: 2, words: 4, width: 3),
    wordSums(texts: 4, words: 2, width: 9),
    OperationCase(
      name: "pair products of 3 × 2", inputs: [3 * 5, 2 * 5], parameters: [],
      record: { x, _ in x[0].pairProducts(of: .fixed(3), with: x[1], of: .fixed(2)) },
      reference: { x, _ in
        (0..<(x[0].count / 15)).flatMap { row -> [Double] in
          (0..<6).map { pair -> Double in
            let (left, right) = (row * 15 + pair / 2 * 5, row * 10 + pair % 2 * 5)
            var sum = 0.0
            for k in 0..<5 { sum += x[0][left + k] * x[1][right + k] }
            return sum
          }
        }
      }),
    OperationCase(
      name: "entries by groups of drawn ids", inputs: [4 * 3], parameters: [],
      record: { x, _ in
        let present = x[0].graph.drawnIds(2..<6).present(groupsOf: 2)  // [B, 2]
        return x[0].sum(of: .fixed(2), keeping: present)
      },
      reference: { x, _ in
        (0..<(x[0].count / 12)).flatMap { row -> [Double] in
          let isThere = (0..<2).map { group -> Bool in
            (0..<2).contains { PatternIds.id(row, 1 + group, $0) != 0 }
          }
          return (0..<6).map { k -> Double in
            var sum = 0.0
            for group in 0..<2 where isThere[group] { sum += x[0][row * 12 + group * 6 + k] }
            return sum
          }
        }
      }),
    OperationCase(
      name: "carried rows", inputs: [2], parameters: [],
      record: { x, _ in
        let numbers: [Float] = (0..<128).map { Float($0) / 10 }
        let carried: Variable = x[0].graph.carriedRows(Storage<Float>(numbers), columns: 2)
        return x[0] + carried
      },
      reference: { x, _ in x[0].enumerated().map { k, x -> Double in x + Double(Float(k) / 10) } }),
  ]

  private static func wordSums(texts: Int, words: Int, width: Int) -> OperationCase {
    OperationCase(
      name: "sums of \(words) words", inputs: [2], parameters: [12 * width],
      record: { x, p in
        let sums = x[0].graph.drawnIds(0..<8).wordSums(
          of: .fixed(words), in: p[0], vocabulary: 12, columns: width)
        return x[0].graph.concatenation([x[0], sums])
      },
      reference: { x, p in
        (0..<(x[0].count / 2)).flatMap { row -> [Double] in
          var y = [Double](repeating: 0, count: texts * width)
          for place in 0..<8 {
            let id = PatternIds.id(row, place / 2, place % 2)
            guard id != 0 else { continue }
            for k in 0..<width { y[place / words * width + k] += p[0][id * width + k] }
          }
          return Array(x[0][(row * 2)..<(row * 2 + 2)]) + y
        }
      })
  }
}
