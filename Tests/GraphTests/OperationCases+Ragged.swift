import Graph
import Tensors

extension OperationCase {
  /// What reads entries of which rows have as many as they have.
  static let ragged: [OperationCase] = [
    entries("sum of packed entries", width: 3) {
      $0.sum(of: slots)
    } reference: {
      Reference.segmentSum($0, present: flags($0, 3), slots: 4, isMean: false)
    },
    entries("mean of packed entries", width: 9) {
      $0.mean(of: slots)
    } reference: {
      Reference.segmentSum($0, present: flags($0, 9), slots: 4, isMean: true)
    },
    entries("packed entries, read twice", width: 2) {
      $0.mean(of: slots).spread(over: slots) + $0.tanh()
    } reference: { x in
      let present = flags(x, 2)
      let means = Reference.segmentSum(x, present: present, slots: 4, isMean: true)
      let spread = Reference.spread(means, present: present, slots: 4)
      let own = Reference.hyperbolicTangent(x)
      return x.indices.map { present[$0 / 2] ? spread[$0] + own[$0] : 0 }
    },
    entries("softmax of packed entries", width: 1) {
      $0.softmax(of: column)
    } reference: {
      Reference.softmax($0, present: flags($0, 1), slots: 4)
    },
    entries("last of packed entries", width: 3) {
      $0.end(of: column, isLast: true)
    } reference: {
      end($0, width: 3, isLast: true)
    },
    entries("first of packed entries", width: 3) {
      $0.end(of: column, isLast: false)
    } reference: {
      end($0, width: 3, isLast: false)
    },
    gru(hidden: 3, .resetAfter, isReversed: false), gru(hidden: 9, .resetAfter, isReversed: true),
    gru(hidden: 4, .resetBefore, isReversed: true),
    OperationCase(
      name: "convolution of packed entries", inputs: [4 * 3], parameters: [3 * 2 * 5, 5],
      record: { x, p in
        x[0].packed().convolutionMax(p[0], bias: p[1], of: slots, window: 2, filters: 5)
      },
      reference: { x, p in
        Reference.convolutionMax(
          x[0], p[0], p[1], present: flags(x[0], 3), slots: 4, window: 2)
      }),
    OperationCase(
      name: "sums of packed words", inputs: [2], parameters: [12 * 3],
      record: { x, p in
        let sums = x[0].graph.ids(of: column).wordSums(
          of: slots, in: p[0], vocabulary: 12, columns: 3)
        return x[0].graph.concatenation([x[0], sums])
      },
      reference: { x, p in
        (0..<(x[0].count / 2)).flatMap { row -> [Double] in
          var sums = [0.0, 0, 0]
          for entry in 0..<RaggedPattern.table.lengths[row] {
            let id = Int(RaggedPattern.id(row, entry))
            for k in 0..<3 { sums[k] += p[0][id * 3 + k] }
          }
          return [x[0][row * 2], x[0][row * 2 + 1]] + sums
        }
      }),
    OperationCase(
      name: "an affine map of packed words", inputs: [2], parameters: [12 * 3, 3 * 4, 4],
      record: { x, p in
        let words = x[0].graph.ids(of: column).rows(of: p[0], vocabulary: 12, columns: 3)
        let mapped = words.linear(p[1], bias: p[2], inputs: 3, outputs: 4).relu().unpacked()
        return x[0].graph.concatenation([x[0], mapped])
      },
      reference: { x, p in
        (0..<(x[0].count / 2)).flatMap { row -> [Double] in
          Array(x[0][(row * 2)..<(row * 2 + 2)])
            + (0..<4).flatMap { entry -> [Double] in
              guard entry < RaggedPattern.table.lengths[row] else { return [0, 0, 0, 0] }
              let id = Int(RaggedPattern.id(row, entry))
              return Reference.relu(
                Reference.linear(
                  Array(p[0][(id * 3)..<(id * 3 + 3)]), p[1], p[2], blocks: 1, inputs: 3, outputs: 4
                ))
            }
        }
      }),
  ]

  private static var column: RaggedColumn { RaggedPattern.column }
  private static var slots: Slots { .packed(column) }

  private static func flags(_ x: [Double], _ width: Int) -> [Bool] {
    RaggedPattern.table.flags(rows: x.count / (4 * width), slots: 4)
  }

  private static func entries(
    _ name: String, width: Int, _ record: @escaping @Sendable (Variable) -> Variable,
    reference: @escaping @Sendable ([Double]) -> [Double]
  ) -> OperationCase {
    OperationCase(
      name: name, inputs: [4 * width], parameters: [],
      record: { x, _ in
        let made = record(x[0].packed())
        return made.extent == .rows ? made : made.unpacked()
      }, reference: { x, _ in reference(x[0]) })
  }

  private static func end(_ x: [Double], width: Int, isLast: Bool) -> [Double] {
    (0..<(x.count / (4 * width))).flatMap { row -> [Double] in
      let length = RaggedPattern.table.lengths[row]
      guard length > 0 else { return [Double](repeating: 0, count: width) }
      let first = (row * 4 + (isLast ? length - 1 : 0)) * width
      return Array(x[first..<(first + width)])
    }
  }

  private static func gru(hidden: Int, _ form: GRU.Form, isReversed: Bool) -> OperationCase {
    OperationCase(
      name: "gru of packed entries, \(form)\(isReversed ? ", reversed" : "")",
      inputs: [4 * 5, hidden],
      parameters: [5 * 3 * hidden, 3 * hidden, 3 * hidden * hidden, 3 * hidden],
      record: { x, p in
        x[0].packed().gru(
          from: x[1], maps(p, 0), maps(p, 2), of: slots, inputs: 5, hidden: hidden, form: form,
          isReversed: isReversed
        ).unpacked()
      },
      reference: { x, p in
        let present = flags(x[0], 5)
        let states = states(x, p, present: present, form, isReversed: isReversed)
        return states.indices.map { present[$0 / hidden] ? states[$0] : 0 }
      })
  }
}
