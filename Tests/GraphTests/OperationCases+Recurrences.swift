import Graph
import Tensors

extension OperationCase {
  /// States that run through the entries of a row.
  static let recurrences: [OperationCase] = [
    gru(slots: 4, inputs: 2, hidden: 3, .resetAfter),
    gru(slots: 4, inputs: 5, hidden: 3, .resetBefore),
    gru(slots: 5, inputs: 4, hidden: 9, .resetAfter, isReversed: true, isMasked: true),
    gru(slots: 5, inputs: 3, hidden: 4, .resetBefore, isMasked: true),
    gru(slots: 1, inputs: 7, hidden: 90, .resetAfter),
    gru(slots: 2, inputs: 65, hidden: 33, .resetAfter),
    OperationCase(
      name: "gru in both directions from one state", inputs: [3 * 4, 2],
      parameters: [24, 6, 12, 6, 24, 6, 12, 6],
      record: { x, p in
        x[0].gru(from: x[1], maps(p, 0), maps(p, 2), of: .fixed(3), inputs: 4, hidden: 2)
          + x[0].gru(
            from: x[1], maps(p, 4), maps(p, 6), of: .fixed(3), inputs: 4, hidden: 2,
            isReversed: true)
      },
      reference: { x, p in
        let present = [Bool](repeating: true, count: x[0].count / 4)
        return zip(
          states(x, Array(p[0..<4]), present: present, .resetAfter),
          states(x, Array(p[4..<8]), present: present, .resetAfter, isReversed: true)
        ).map { $0 + $1 }
      }),
  ]

  private static func gru(
    slots: Int, inputs: Int, hidden: Int, _ form: GRU.Form, isReversed: Bool = false,
    isMasked: Bool = false
  ) -> OperationCase {
    OperationCase(
      name: "gru of \(slots) × \(inputs) to \(hidden), \(form)\(isMasked ? ", masked" : "")",
      inputs: [slots * inputs, hidden],
      parameters: [inputs * 3 * hidden, 3 * hidden, 3 * hidden * hidden, 3 * hidden],
      record: { x, p in
        let entries = isMasked ? x[0].poisoned(slots) : x[0]
        return entries.gru(
          from: x[1], maps(p, 0), maps(p, 2), of: .fixed(slots), inputs: inputs, hidden: hidden,
          form: form, isReversed: isReversed, keeping: isMasked ? x[0].pattern(slots) : nil)
      },
      reference: { x, p in
        let rows = x[1].count / hidden
        let present =
          isMasked
          ? SlotPattern.flags(rows: rows, slots: slots)
          : [Bool](repeating: true, count: rows * slots)
        return states(x, p, present: present, form, isReversed: isReversed)
      })
  }

  /// The map whose weight is this parameter, and whose bias the next one.
  static func maps(_ p: [Parameter], _ first: Int) -> GRU.Map {
    GRU.Map(weight: p[first], bias: p[first + 1])
  }

  /// The states behind entries x from a start, by W_x, b_x, W and b.
  static func states(
    _ x: [[Double]], _ p: [[Double]], present: [Bool], _ form: GRU.Form, isReversed: Bool = false
  ) -> [Double] {
    let (inputs, width) = (x[0].count / present.count, p[1].count)
    let g = Reference.linear(x[0], p[0], p[1], blocks: 1, inputs: inputs, outputs: width)
    return Reference.gru(
      g, from: x[1], p[2], p[3], present: present, resetsBefore: form == .resetBefore,
      isReversed: isReversed)
  }
}
