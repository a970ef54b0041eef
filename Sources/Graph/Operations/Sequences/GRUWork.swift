/// The scratch of a recurrence; but for `slopes`, by place among the entries: those of a step follow one
/// another.
struct GRUWork {
  /// Columns that are packed at a time for the weight gradient; a multiple of every panel.
  static let stripe = 256

  private let hidden: Int
  /// Rows of which every one has a state.
  let rowCount: Int
  /// Which entries there are, and where.
  let present: Presence
  /// Entries of the steps that have been gone back through.
  var entries = 0
  let pack: UnsafeMutablePointer<Float>
  /// h_{t−1} of all entries.
  let allStates: UnsafeMutablePointer<Float>
  /// r ∘ h_{t−1} of all entries.
  let allReset: UnsafeMutablePointer<Float>
  /// The gradients of h W + b of all entries.
  let dp: UnsafeMutablePointer<Float>
  /// h W + b of a step.
  let products: UnsafeMutablePointer<Float>
  /// What a product hands back to a state.
  let inner: UnsafeMutablePointer<Float>
  /// dh by row.
  let slopes: UnsafeMutablePointer<Float>
  /// Numbers of rows.
  private let rows: UnsafeMutablePointer<Float>

  static func floats(rows: Int, entries: Int, hidden: Int) -> Int {
    entries * (packed(hidden) + 5 * hidden) + rows * (5 * hidden + 1)
  }

  private static func packed(_ hidden: Int) -> Int { min(stripe, (3 * hidden + 63) & ~63) }

  init(_ gru: GRU, _ call: Call) {
    hidden = gru.hidden
    rowCount = call.rows(of: 1)
    present = Presence(call, gru.slots, input: 2)
    let entries = call.rows * gru.slots.sideBySide
    pack = call.scratch
    allStates = pack + entries * Self.packed(hidden)
    allReset = allStates + entries * hidden
    dp = allReset + entries * hidden
    products = dp + entries * 3 * hidden
    inner = products + rowCount * 3 * hidden
    slopes = inner + rowCount * hidden
    rows = slopes + rowCount * hidden
  }

  /// Whether so many entries of a step are those of all rows, at equal distances.
  func isWhole(_ count: Int) -> Bool { count == rowCount && !present.isPacked }

  /// The row of an entry of the step at hand.
  func row(_ place: Int) -> Int { Int(rows[place]) }

  /// h_{t−1} of the step at hand.
  var states: UnsafeMutablePointer<Float> { allStates + entries * hidden }
  /// r ∘ h_{t−1} of the step at hand.
  var reset: UnsafeMutablePointer<Float> { allReset + entries * hidden }

  /// The gradient of h W + b of an entry of the step at hand.
  func entrySlopes(_ place: Int) -> UnsafeMutablePointer<Float> {
    dp + (entries + place) * 3 * hidden
  }

  /// Copies the states of the rows that have an entry at a step; how many there are.
  func gather(_ step: Int, _ gru: GRU, _ call: Call) -> Int {
    var count = 0
    for row in 0..<rowCount where present.has(row, gru.slot(step, row, present)) {
      rows[count] = Float(row)
      (states + count * hidden).update(
        from: gru.state(before: step, row, present, call), count: hidden)
      count += 1
    }
    return count
  }
}
