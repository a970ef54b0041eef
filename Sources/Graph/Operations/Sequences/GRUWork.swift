/// The scratch of a recurrence: which entries there are, and what a step or the way back needs.
///
/// Entries have numbers in the order of the steps, within one in that of the rows.
struct GRUWork {
  /// Rows of which every one has a state.
  let rowCount: Int

  // Of the entries of a step, by place.

  /// x W_x + b_x; on the way back the gradient of it.
  let sums: UnsafeMutablePointer<Float>
  /// h W + b; on the way back the gradient of it.
  let products: UnsafeMutablePointer<Float>
  /// x, where it is copied; on the way back what a product hands back to it.
  let inputs: UnsafeMutablePointer<Float>
  /// h_{t−1}, where it is copied; on the way back what a product hands back to it.
  let states: UnsafeMutablePointer<Float>
  /// r ∘ h_{t−1}.
  let reset: UnsafeMutablePointer<Float>
  /// By row, dh.
  let slopes: UnsafeMutablePointer<Float>

  // Of all entries, by number.

  /// x, ``inputStride`` floats each.
  let allInputs: UnsafeMutablePointer<Float>
  /// h_{t−1}, ``stateStride`` floats each.
  let allStates: UnsafeMutablePointer<Float>
  /// r ∘ h_{t−1}, likewise.
  let allReset: UnsafeMutablePointer<Float>
  /// The gradients of r and z, packed.
  let ofGates: UnsafeMutablePointer<Float>
  /// That of g_n.
  let ofInput: UnsafeMutablePointer<Float>
  /// That of p_n; where the reset is before the product, the same.
  let ofState: UnsafeMutablePointer<Float>
  /// Sums over entries: of the gradients of r, z, g_n and p_n.
  let totals: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Float>
  private let firsts: UnsafeMutablePointer<Float>

  /// Floats between the inputs of two entries.
  let inputStride: Int
  /// Floats between the states of two entries.
  let stateStride: Int

  /// Floats for so many rows and entries: every piece is counted, and room for its start.
  static func floats(_ gru: GRU, rows: Int, entries: Int) -> Int {
    let hidden = gru.hidden
    let ofRow = 9 * hidden + gru.inputs
    let ofEntry =
      ArenaLayout.stride(of: gru.inputs) + 2 * ArenaLayout.stride(of: hidden) + panels(2 * hidden)
      + 2 * panels(hidden) + 1
    return rows * ofRow + entries * ofEntry + 4 * hidden + gru.slots.most + 1 + 15 * line
  }

  /// Pieces start at a line of the cache.
  private static let line = 16
  /// Floats that a packed entry of so many columns takes at most.
  private static func panels(_ width: Int) -> Int { (width + 63) & ~63 }

  /// Cuts up the scratch of a call.
  init(_ gru: GRU, _ call: Call) {
    let (hidden, entries) = (gru.hidden, call.rows * gru.slots.sideBySide)
    let isReset = gru.form == .resetBefore
    var end = call.scratch
    func cut(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { end += (count + Self.line - 1) / Self.line * Self.line }
      return end
    }
    rowCount = call.rows(of: 1)
    inputStride = ArenaLayout.stride(of: gru.inputs)
    stateStride = ArenaLayout.stride(of: hidden)
    sums = cut(rowCount * 3 * hidden)
    products = cut(rowCount * 3 * hidden)
    inputs = cut(rowCount * gru.inputs)
    states = cut(rowCount * hidden)
    reset = cut(isReset ? rowCount * hidden : 0)
    slopes = cut(rowCount * hidden)
    allInputs = cut(entries * inputStride)
    allStates = cut(entries * stateStride)
    allReset = cut(isReset ? entries * stateStride : 0)
    ofGates = cut(entries * Self.panels(2 * hidden))
    ofInput = cut(entries * Self.panels(hidden))
    ofState = isReset ? ofInput : cut(entries * Self.panels(hidden))
    totals = cut(4 * hidden)
    rows = cut(entries)
    firsts = cut(gru.slots.most + 1)
  }

  /// Numbers the entries of all steps; how many steps there are until every row has been read.
  func list(_ gru: GRU, _ present: Presence) -> Int {
    let steps =
      present.isPacked
      ? (0..<rowCount).reduce(0) { max($0, present.slots(ofRow: $1, of: 0)) } : gru.slots.most
    var count = 0
    firsts[0] = 0
    for step in 0..<steps {
      for row in 0..<rowCount where present.has(row, gru.slot(step, row, present)) {
        rows[count] = Float(row)
        count += 1
      }
      firsts[step + 1] = Float(count)
    }
    return steps
  }

  /// The entries that a step reads.
  func entries(ofStep step: Int) -> Range<Int> { Int(firsts[step])..<Int(firsts[step + 1]) }

  /// The row of an entry.
  func row(_ entry: Int) -> Int { Int(rows[entry]) }

  /// Whether the entries of a step are those of all rows, at equal distances.
  func isWhole(_ entries: Range<Int>, _ present: Presence) -> Bool {
    entries.count == rowCount && !present.isPacked
  }
}
