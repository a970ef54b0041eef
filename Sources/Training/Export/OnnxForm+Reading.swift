import Graph
import Tensors

extension OnnxForm {
  /// What reads the batch or the parameters alone.
  static let reading: [OnnxForm] = [
    form(Lookup.self) { operation, trace, _ in
      let fields = operation.columns.compactMap(\.field)
      guard fields.count == operation.columns.count else { return nil }
      var columns = operation.tables.indices.map { index in
        trace.rows(
          of: trace.table(operation.tables[index], width: operation.widths[index]),
          field: fields[index], list: operation.lists[index])
      }
      if operation.dense > 0 { columns.append(trace.dense()) }
      return columns.count == 1
        ? columns[0] : trace.node("Concat", columns, [.integer("axis", 1)])
    },
    form(CrossedLookup.self) { operation, trace, call in
      let fields = operation.fields
      let second = fields.second.map { trace.ids($0) } ?? trace.zeros()
      var chosen = second
      if let first = fields.first {
        var ids = trace.ids(first)
        if let mask = call.inputs.first {
          let kept = trace.node("Cast", [mask], [.integer("to", 7)])
          ids = trace.node("Mul", [ids, trace.reshaped(kept, [-1])])
        }
        let row = trace.node("Mul", [ids, trace.number(fields.secondCount)])
        chosen = trace.node("Add", [row, second])
      }
      let table = trace.block(operation.table, [fields.count, operation.columns])
      return trace.node("Gather", [table, chosen], [.integer("axis", 0)])
    },
    form(ParameterRow.self) { operation, trace, _ in
      trace.block(operation.parameter, [1, operation.count])
    },
    form(GivenRow.self) { operation, trace, _ in
      trace.block(operation.numbers, [1, operation.count])
    },
    form(Repetition.self) { _, trace, call in
      let shape = trace.node(
        "Concat", [trace.rowCount(), trace.extents([call.width])], [.integer("axis", 0)])
      return trace.node("Expand", [call.x, shape])
    },
  ]
}

extension OnnxForm {
  /// Why a lookup of drawn or constant ids is not written.
  static let noField = "it reads ids that stand in no column of the data"
}
