internal import CKernels
public import Tensors

/// A gated recurrent unit over the entries of a row.
///
///     r, z = σ(g_{r,z} + h_{t−1} W_{r,z} + b_{r,z})                 g = x_t W_x + b_x: an input
///     n    = tanh(g_n + r ∘ (h_{t−1} W_n + b_n))                    reset after the product
///     n    = tanh(g_n + (r ∘ h_{t−1}) W_n + b_n)                    reset before it
///     h_t  = (1 − z) ∘ n + z ∘ h_{t−1}
///     g [B, T·3h], h_0 [B, h], W [h, 3h], b [3h], y = (h_1, …, h_T) [B, T·h]
///
/// Gates are in the order r, z, n; W is named [3h, h]. An entry that does not exist keeps the state,
/// so that the last entry of y is the state behind the last one that exists. Reversed, the last
/// entry is read first and y_1 is the state behind all. Gates are kept for the way back, where
/// the gradient of W is one product over the entries of all steps. The form with the reset before
/// multiplies by all of W twice.
///
/// Cho et al. "Learning Phrase Representations using RNN Encoder–Decoder." EMNLP 2014,
/// doi:10.3115/v1/D14-1179, reset before; cuDNN and PyTorch have it after.
public struct GRU: Operation {
  /// Where the reset gate works.
  public enum Form: Sendable, Hashable {
    /// On the product h_{t−1} W_n + b_n.
    case resetAfter
    /// On the state h_{t−1}.
    case resetBefore
  }

  /// W.
  public let weight: Parameter
  /// b.
  public let bias: Parameter
  /// T.
  public let slots: Slots
  /// h.
  public let hidden: Int
  /// Where the reset gate works.
  public let form: Form
  /// Whether the last entry is read first.
  public let isReversed: Bool

  /// A recurrence over T entries.
  public init(
    weight: Parameter, bias: Parameter, slots: Slots, hidden: Int, form: Form, isReversed: Bool
  ) {
    self.weight = weight
    self.bias = bias
    self.slots = slots
    self.hidden = hidden
    self.form = form
    self.isReversed = isReversed
  }

  /// The name in profiles and messages.
  public var name: String { "gru" }
  /// Counts as a product.
  public var kind: WorkKind { .product }
  /// The states, and who has an entry.
  public var keeps: Keeps { [.inputs, .output] }
  /// W and b.
  public var parameters: [Parameter] { [weight, bias] }
  /// W, packed once a step.
  public var packed: [PackedWeight] {
    [PackedWeight(parameter: weight, mask: nil, offset: 0, inputs: hidden, outputs: 3 * hidden)]
  }
  /// That of the entries, or rows of them.
  public func extent(of inputs: [Extent]) -> Extent {
    let rows = slots.extent(for: name, of: inputs) { entries, parent in [entries, parent] }
    return slots.extent ?? rows
  }
  /// T·h; stops the program unless the inputs are [B, T·3h], [B, h] and, if it is there, [B, T].
  ///
  /// Packed entries have 3h and h numbers each.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      slots.most > 0 && hidden > 0 && (2...3).contains(inputs.count)
        && inputs[0] == slots.sideBySide * 3 * hidden && inputs[1] == hidden
        && (inputs.count == 2 || inputs[2] == slots.most),
      "gru: \(slots.most) entries of 3 × \(hidden), a state and a mask, found \(inputs)")
    return slots.sideBySide * hidden
  }
  /// T·h·3h.
  public func multiplyAdds(inputs: [Int]) -> Int { slots.sideBySide * hidden * 3 * hidden }
  /// What ``GRUWork`` cuts up.
  public func scratch(rows: Int, inputs: [Int]) -> Int {
    GRUWork.floats(rows: inputs[1], entries: rows * slots.sideBySide, hidden: hidden)
  }
  /// r, z, n and what n multiplies r by, of every entry.
  public func keptWidth(inputs: [Int]) -> Int { slots.sideBySide * 4 * hidden }

  /// The entry of a row that is read at a step; one that does not exist where the row has fewer.
  @inline(__always) func slot(_ step: Int, _ row: Int, _ present: Presence) -> Int {
    isReversed ? present.slots(ofRow: row, of: slots.most) - 1 - step : step
  }

  /// Where the numbers of the entry lie that is read at a step, so many an entry.
  @inline(__always) func entry(
    _ rows: Rows, _ row: Int, _ step: Int, _ width: Int, _ present: Presence
  ) -> UnsafeMutablePointer<Float> {
    present.entry(rows.base, rows.stride, row, slot(step, row, present), width)
  }

  /// Steps until every row of the block has been read.
  private func steps(_ call: Call, _ present: Presence) -> Int {
    guard present.isPacked else { return slots.most }
    return (0..<call.rows(of: 1)).reduce(0) { max($0, present.slots(ofRow: $1, of: 0)) }
  }

  /// Runs through the entries.
  public func forward(_ call: Call) {
    let (work, y, present) = (GRUWork(self, call), call.output, Presence(call, slots, input: 2))
    for step in 0..<steps(call, present) {
      // Packed entries all exist.
      for row in 0..<(present.isPacked ? 0 : call.rows)
      where !present.has(row, slot(step, row, present)) {
        entry(y, row, step, hidden, present).update(
          from: state(before: step, row, present, call), count: hidden)
      }
      let count = work.gather(step, self, call)
      if count == 0 { continue }
      multiply(work.states, count, work, call)
      switch form {
      case .resetAfter: passGates(step, count, work, call)
      case .resetBefore: passGatesBefore(step, count, work, call)
      }
    }
  }

  /// The state that a step finds.
  func state(
    before step: Int, _ row: Int, _ present: Presence, _ call: Call
  ) -> UnsafeMutablePointer<Float> {
    guard step > 0 else {
      let start = call.input(1)
      return start.base + row * start.stride
    }
    return entry(call.output, row, step - 1, hidden, present)
  }

  /// What an entry keeps.
  func kept(
    _ row: Int, _ step: Int, _ present: Presence, _ call: Call
  ) -> UnsafeMutablePointer<Float> { entry(call.kept, row, step, 4 * hidden, present) }

  /// Makes the gates and states of a step's entries from their products: of all rows at once, or of one
  /// after the other.
  private func passGates(_ step: Int, _ count: Int, _ work: GRUWork, _ call: Call) {
    let (g, y, present) = (call.input(0), call.output, work.present)
    let isWhole = work.isWhole(count)
    for place in 0..<(isWhole ? 1 : count) {
      let row = isWhole ? 0 : work.row(place)
      ck_gru_gates(
        Int64(isWhole ? count : 1), Int64(hidden),
        entry(g, row, step, 3 * hidden, present), Int64(g.stride),
        work.products + place * 3 * hidden, Int64(3 * hidden), work.states + place * hidden,
        Int64(hidden), kept(row, step, present, call), Int64(call.kept.stride),
        entry(y, row, step, hidden, present), Int64(y.stride))
    }
  }

  /// x W + b into `products`.
  func multiply(
    _ x: UnsafeMutablePointer<Float>, _ count: Int, _ work: GRUWork, _ call: Call
  ) {
    ck_product(
      Int64(count), Int64(3 * hidden), Int64(hidden), x, Int64(hidden), call.packed(0),
      work.products, Int64(3 * hidden), call.value(1), Int32(CK_BIAS))
  }

  /// Runs back through the entries.
  public func backward(_ call: Call) {
    for input in 1..<call.inputCount { call.clearGradient(of: input) }
    var work = GRUWork(self, call)
    work.slopes.update(repeating: 0, count: work.rowCount * hidden)
    for step in (0..<steps(call, work.present)).reversed() {
      skipMissing(step, work, call)
      let count = work.gather(step, self, call)
      if count == 0 { continue }
      switch form {
      case .resetAfter: passSlopes(step, count, work, call)
      case .resetBefore: passSlopesBefore(step, count, work, call)
      }
      work.entries += count
    }
    addWeightGradient(work, call)
    guard let start = call.inputGradient(1) else { return }
    for row in 0..<work.rowCount {
      RowArithmetic.add(
        1, work.slopes + row * hidden, to: start.base + row * start.stride, hidden)
    }
  }

  /// Rows without an entry hand on what the state behind it gets, and their own entry gets nothing.
  private func skipMissing(_ step: Int, _ work: GRUWork, _ call: Call) {
    let (dy, present) = (call.outputGradient, work.present)
    if present.isPacked { return }
    for row in 0..<call.rows where !present.has(row, slot(step, row, present)) {
      RowArithmetic.add(
        1, entry(dy, row, step, hidden, present), to: work.slopes + row * hidden, hidden)
      guard let dg = call.inputGradient(0), !dg.accumulates else { continue }
      entry(dg.rows, row, step, 3 * hidden, present).update(repeating: 0, count: 3 * hidden)
    }
  }

  private func passSlopes(_ step: Int, _ count: Int, _ work: GRUWork, _ call: Call) {
    let (dy, dg, present) = (call.outputGradient, call.inputGradient(0), work.present)
    let isWhole = work.isWhole(count)
    for place in 0..<(isWhole ? 1 : count) {
      let row = isWhole ? 0 : work.row(place)
      ck_gru_slopes(
        Int64(isWhole ? count : 1), Int64(hidden), kept(row, step, present, call),
        Int64(call.kept.stride),
        work.states + place * hidden, Int64(hidden),
        entry(dy, row, step, hidden, present), Int64(dy.stride),
        work.slopes + row * hidden, Int64(hidden),
        dg.map { entry($0.rows, row, step, 3 * hidden, present) }, Int64(dg?.stride ?? 0),
        dg?.accumulates == true ? 1 : 0, work.entrySlopes(place), Int64(3 * hidden))
    }
    addStateGradient(of: work.entrySlopes(0), count, work, call)
  }

  /// dh += dp Wᵀ of a step's entries.
  func addStateGradient(
    of dp: UnsafeMutablePointer<Float>, _ count: Int, _ work: GRUWork, _ call: Call
  ) {
    let isWhole = count == work.rowCount
    ck_product(
      Int64(count), Int64(hidden), Int64(3 * hidden), dp, Int64(3 * hidden),
      call.packedTransposed(0), isWhole ? work.slopes : work.inner, Int64(hidden), nil,
      isWhole ? Int32(CK_ACCUMULATE) : 0)
    if isWhole { return }
    for place in 0..<count {
      RowArithmetic.add(
        1, work.inner + place * hidden, to: work.slopes + work.row(place) * hidden, hidden)
    }
  }

  /// dW (+)= xᵀ dp, db (+)= Σ dp over the entries of all steps; x is the state, but for n of the form
  /// with the reset before the state that was reset.
  private func addWeightGradient(_ work: GRUWork, _ call: Call) {
    guard work.entries > 0 else {
      call.clearParameterGradient(0, count: 3 * hidden * hidden)
      return call.clearParameterGradient(1, count: 3 * hidden)
    }
    let width = 3 * hidden
    let reset = form == .resetBefore ? 2 * hidden : width
    var column = 0
    while column < width {
      let isReset = column >= reset
      let count = min(GRUWork.stripe, (isReset ? width : reset) - column)
      ck_pack_gradient(
        Int64(work.entries), Int64(count), work.dp + column, Int64(width), nil, 0,
        call.gradient(1) + column, call.accumulatesParameters ? 1 : 0, work.pack)
      ck_product_transposed(
        Int64(hidden), Int64(count), Int64(work.entries),
        isReset ? work.allReset : work.allStates, Int64(hidden), work.pack,
        call.gradient(0) + column, Int64(width), nil,
        call.accumulatesParameters ? Int32(CK_ACCUMULATE) : 0)
      column += count
    }
  }
}

extension Variable {
  /// The states of a recurrence over these sums of entries; see ``GRU``.
  public func gru(
    from start: Variable, _ weight: Parameter, bias: Parameter, of slots: Slots, hidden: Int,
    form: GRU.Form = .resetAfter, isReversed: Bool = false, keeping mask: Variable? = nil
  ) -> Variable {
    graph.record(
      GRU(
        weight: weight, bias: bias, slots: slots, hidden: hidden, form: form,
        isReversed: isReversed), [self, start] + (mask.map { [$0] } ?? []))
  }
}
