internal import CKernels

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

  /// h_{t−1} in strips; behind the way back x.
  let strips: UnsafeMutablePointer<Float>
  /// r ∘ h_{t−1} in strips.
  let resetStrips: UnsafeMutablePointer<Float>
  /// The gradients of r, z and g_n, and of p_n where the reset is behind the product, each packed.
  let gradients: UnsafeMutablePointer<Float>
  /// Sums over entries: of the gradients of r, z, g_n and p_n.
  let totals: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Float>
  private let firsts: UnsafeMutablePointer<Float>

  /// Floats for so many rows and entries: every piece is counted, and room for its start.
  static func floats(_ gru: GRU, rows: Int, entries: Int) -> Int {
    let hidden = gru.hidden
    let ofRow = 9 * hidden + gru.inputs
    let ofEntry = 4 * Int(ck_packed_width(Int64(hidden))) + 1
    return rows * ofRow + entries * ofEntry + stripFloats(gru, entries) + 4 * hidden
      + gru.slots.most + 1 + 13 * line
  }

  private static func stripFloats(_ gru: GRU, _ entries: Int) -> Int {
    strips(gru, entries) + resetStrips(gru, entries)
  }
  private static func strips(_ gru: GRU, _ entries: Int) -> Int {
    Int(ck_strips_count(Int64(entries), Int64(max(gru.inputs, gru.hidden))))
  }
  private static func resetStrips(_ gru: GRU, _ entries: Int) -> Int {
    gru.form == .resetBefore ? Int(ck_strips_count(Int64(entries), Int64(gru.hidden))) : 0
  }

  /// Pieces start at a line of the cache.
  private static let line = 16

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
    sums = cut(rowCount * 3 * hidden)
    products = cut(rowCount * 3 * hidden)
    inputs = cut(rowCount * gru.inputs)
    states = cut(rowCount * hidden)
    reset = cut(isReset ? rowCount * hidden : 0)
    slopes = cut(rowCount * hidden)
    strips = cut(Self.strips(gru, entries))
    resetStrips = cut(Self.resetStrips(gru, entries))
    gradients = cut(4 * entries * Int(ck_packed_width(Int64(hidden))))
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

  /// How many entries the steps before one read.
  func entries(before step: Int) -> Int { Int(firsts[step]) }

  /// The row of an entry.
  func row(_ entry: Int) -> Int { Int(rows[entry]) }

  /// Whether the entries of a step are those of all rows, at equal distances.
  func isWhole(_ entries: Range<Int>, _ present: Presence) -> Bool {
    entries.count == rowCount && !present.isPacked
  }
}
