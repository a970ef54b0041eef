import Graph
import Tensors

extension OperationCase {
  /// What reads the entries of a row: words of a text, texts of a user.
  static let sequences: [OperationCase] = [
    OperationCase(
      name: "tanh", inputs: [19], parameters: [], record: { x, _ in x[0].tanh() },
      reference: { x, _ in Reference.hyperbolicTangent(x[0]) }),
    OperationCase(
      name: "tanh of a value read twice", inputs: [5], parameters: [],
      record: { x, _ in x[0].tanh() + x[0].sigmoid() },
      reference: { x, _ in
        zip(Reference.hyperbolicTangent(x[0]), Reference.sigmoid(x[0])).map { $0 + $1 }
      }),
    segmentSum(slots: 4, width: 3, isMean: false, isMasked: false),
    segmentSum(slots: 4, width: 9, isMean: false, isMasked: true),
    segmentSum(slots: 5, width: 3, isMean: true, isMasked: true),
    segmentSum(slots: 3, width: 1, isMean: true, isMasked: false),
    spread(slots: 4, width: 3, isMasked: false),
    spread(slots: 4, width: 9, isMasked: true),
    OperationCase(
      name: "entries summed, and read beside it", inputs: [3 * 2], parameters: [],
      record: { x, _ in
        x[0].sum(of: .fixed(3), keeping: x[0].pattern(3)).spread(over: .fixed(3)) + x[0].tanh()
      },
      reference: { x, _ in
        let flags = SlotPattern.flags(rows: x[0].count / 6, slots: 3)
        let sums = Reference.segmentSum(x[0], present: flags, slots: 3, isMean: false)
        let all = [Bool](repeating: true, count: flags.count)
        return zip(
          Reference.spread(sums, present: all, slots: 3), Reference.hyperbolicTangent(x[0])
        ).map {
          $0 + $1
        }
      }),
    OperationCase(
      name: "masked softmax", inputs: [2 * 5], parameters: [],
      record: { x, _ in x[0].softmax(over: .fixed(5), keeping: x[0].pattern(5)) },
      reference: { x, _ in
        Reference.softmax(
          x[0], present: SlotPattern.flags(rows: x[0].count / 10, slots: 5), slots: 5)
      }),
    OperationCase(
      name: "masked softmax of holes", inputs: [21], parameters: [],
      record: { x, _ in x[0].poisoned(21).softmax(over: .fixed(21), keeping: x[0].pattern(21)) },
      reference: { x, _ in
        Reference.softmax(
          x[0], present: SlotPattern.flags(rows: x[0].count / 21, slots: 21), slots: 21)
      }),
    factorisationMachine(inputs: 6, factors: 3),
    factorisationMachine(inputs: 9, factors: 17),
    factorisationMachine(inputs: 2, factors: 1),
  ]

  private static func segmentSum(
    slots: Int, width: Int, isMean: Bool, isMasked: Bool
  ) -> OperationCase {
    OperationCase(
      name: "\(isMean ? "mean" : "sum") of \(slots) entries\(isMasked ? ", masked" : "")",
      inputs: [slots * width], parameters: [],
      record: { x, _ in
        let entries = isMasked ? x[0].poisoned(slots) : x[0]
        let mask = isMasked ? x[0].pattern(slots) : nil
        return isMean
          ? entries.mean(of: .fixed(slots), keeping: mask)
          : entries.sum(of: .fixed(slots), keeping: mask)
      },
      reference: { x, _ in
        Reference.segmentSum(
          x[0], present: flags(x[0].count / (slots * width), slots, isMasked), slots: slots,
          isMean: isMean)
      })
  }

  private static func spread(slots: Int, width: Int, isMasked: Bool) -> OperationCase {
    OperationCase(
      name: "spread over \(slots)\(isMasked ? ", masked" : "")", inputs: [width], parameters: [],
      record: { x, _ in
        x[0].spread(over: .fixed(slots), keeping: isMasked ? x[0].pattern(slots) : nil)
      },
      reference: { x, _ in
        Reference.spread(
          x[0], present: flags(x[0].count / width, slots, isMasked), slots: slots)
      })
  }

  private static func flags(_ rows: Int, _ slots: Int, _ isMasked: Bool) -> [Bool] {
    isMasked
      ? SlotPattern.flags(rows: rows, slots: slots)
      : [Bool](repeating: true, count: rows * slots)
  }

  private static func factorisationMachine(inputs: Int, factors: Int) -> OperationCase {
    OperationCase(
      name: "factorisation machine of \(inputs)", inputs: [inputs],
      parameters: [1, inputs, inputs * factors],
      record: { x, p in
        x[0].factorisationMachine(
          bias: p[0], weight: p[1], factors: p[2], factorCount: factors)
      },
      reference: { x, p in
        Reference.factorisationMachine(x[0], bias: p[0][0], weight: p[1], factors: p[2])
      })
  }
}
