/// A value that takes a gradient from some rows alone.
///
///     y = x,  dx_i = dy_i where the row's id of a field is a given one, else 0
///
/// Whatever lies before it is learned from those rows, and read on all.
public struct RowGate: Operation {
  /// The field that is looked at.
  public let field: Int
  /// The id of the rows that are learned from.
  public let id: Int32

  /// Learns from the rows of an id.
  public init(field: Int, id: Int) {
    self.field = field
    self.id = Int32(id)
  }

  /// The name in profiles and messages.
  public var name: String { "row gate" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// The field.
  public var needs: BatchNeeds { BatchNeeds(columns: [.field(field)]) }
  /// Rows of the batch.
  public func extent(of inputs: [Extent]) -> Extent { .ofRows(inputs, for: name) }
  /// As wide as the input.
  public func width(of inputs: [Int]) -> Int { inputs[0] }

  /// Copies the input.
  public func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(from: x.base + row * x.stride, count: call.outputWidth)
    }
  }

  /// Hands the gradient of the chosen rows on.
  public func backward(_ call: Call) {
    guard let dx = call.inputGradient(0), let ids = call.batch.ids else { return }
    let dy = call.outputGradient
    for row in 0..<call.rows {
      let place = call.index.map { Int($0[row]) } ?? call.firstRow + row
      let isLearned = ids[place * call.batch.fields + field] == id
      let (from, to) = (dy.base + row * dy.stride, dx.base + row * dx.stride)
      for k in 0..<call.outputWidth {
        let value = isLearned ? from[k] : 0
        to[k] = dx.accumulates ? to[k] + value : value
      }
    }
  }
}

extension Variable {
  /// The same value, learned from the rows of an id alone; see ``RowGate``.
  public func learned(whereField field: Int, is id: Int) -> Variable {
    graph.record(RowGate(field: field, id: id), [self])
  }
}
