import Runs
import Terminal

/// The gates on the dashboard: who uses which expert, one line a gate.
struct GateStrip {
  let run: RunState
  let isFocused: Bool

  func draw(in area: Rect, on canvas: inout Canvas) {
    let gates = run.snapshot.gates
    var title = [Span("gates", .title)]
    if let gate = gates.first(where: { !$0.isStale }) ?? gates.first {
      title.append(Span("  " + Self.words(of: gate, columns: area.size.columns - 12), .dim))
    }
    let inner = canvas.frame(area, title: title, isFocused: isFocused)
    guard !gates.isEmpty else {
      canvas.write(
        run.noGatesReason, row: inner.row, column: inner.column + 1, style: .dim,
        limit: inner.size.columns - 1)
      return
    }
    // Where there is little room experts come before remarks: a full shade says who leads.
    let whole = table(hasRemarks: true, hasHeader: inner.size.rows > gates.count)
    let isWide = inner.size.columns >= min(50, whole.wantedColumns)
    let table =
      isWide ? whole : table(hasRemarks: false, hasHeader: inner.size.rows > gates.count)
    table.draw(in: inner, frame: area, on: &canvas)
  }

  /// What the shares are, and of which step: the step last of all gives way to little room.
  static func words(of gate: GateSnapshot, columns: Int) -> String {
    let step = "step \(grouped(gate.step))"
    let forms = ["mean % of \(grouped(gate.rows)) rows, \(step)", "mean %, \(step)", step]
    return forms.first { $0.count <= columns } ?? ""
  }

  /// The columns in which all of it is seen, those of the frame among them.
  var wantedColumns: Int { table(hasRemarks: true, hasHeader: true).wantedColumns + 3 }

  private func table(hasRemarks: Bool, hasHeader: Bool) -> GateTable {
    GateTable(
      lines: run.snapshot.gates.map {
        var line = $0.line(
          glyph: run.glyph(ofGate: $0.name), showsEntropy: hasRemarks, showsLoad: false)
        if !hasRemarks { line.remark = [] }
        return line
      }, header: hasHeader ? ("gate", "", hasRemarks ? " H" : "") : nil)
  }
}

extension RunState {
  /// Whether the model has gates, as far as is known: until then it may.
  var hasGates: Bool {
    guard let description else { return true }
    return !description.experts.isEmpty || !snapshot.gates.isEmpty
  }

  /// Why no gate is shown.
  var noGatesReason: String {
    snapshot.step == 0 && hasGates
      ? "No gates yet: they are filled after the first step." : "This model has no gates."
  }
}
