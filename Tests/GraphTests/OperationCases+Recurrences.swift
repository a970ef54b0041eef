import Graph
import Tensors

extension OperationCase {
  /// States that run through the entries of a row.
  static let recurrences: [OperationCase] = [
    gru(slots: 4, hidden: 3, .resetAfter),
    gru(slots: 4, hidden: 3, .resetBefore),
    gru(slots: 5, hidden: 9, .resetAfter, isReversed: true, isMasked: true),
    gru(slots: 5, hidden: 4, .resetBefore, isMasked: true),
    gru(slots: 1, hidden: 90, .resetAfter),
    OperationCase(
      name: "gru in both directions from one state", inputs: [3 * 6, 2],
      parameters: [12, 6, 12, 6],
      record: { x, p in
        x[0].gru(from: x[1], p[0], bias: p[1], of: .fixed(3), hidden: 2)
          + x[0].gru(from: x[1], p[2], bias: p[3], of: .fixed(3), hidden: 2, isReversed: true)
      },
      reference: { x, p in
        let present = [Bool](repeating: true, count: x[0].count / 6)
        return zip(
          Reference.gru(
            x[0], from: x[1], p[0], p[1], present: present, resetsBefore: false, isReversed: false),
          Reference.gru(
            x[0], from: x[1], p[2], p[3], present: present, resetsBefore: false, isReversed: true)
        ).map { $0 + $1 }
      }),
  ]

  private static func gru(
    slots: Int, hidden: Int, _ form: GRU.Form, isReversed: Bool = false, isMasked: Bool = false
  ) -> OperationCase {
    OperationCase(
      name: "gru of \(slots) × \(hidden), \(form)\(isMasked ? ", masked" : "")",
      inputs: [slots * 3 * hidden, hidden], parameters: [3 * hidden * hidden, 3 * hidden],
      record: { x, p in
        let entries = isMasked ? x[0].poisoned(slots) : x[0]
        return entries.gru(
          from: x[1], p[0], bias: p[1], of: .fixed(slots), hidden: hidden, form: form,
          isReversed: isReversed, keeping: isMasked ? x[0].pattern(slots) : nil)
      },
      reference: { x, p in
        let rows = x[1].count / hidden
        let present =
          isMasked
          ? SlotPattern.flags(rows: rows, slots: slots)
          : [Bool](repeating: true, count: rows * slots)
        return Reference.gru(
          x[0], from: x[1], p[0], p[1], present: present, resetsBefore: form == .resetBefore,
          isReversed: isReversed)
      })
  }
}
