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
  /// T·h; stops the program unless the inputs are [B, T·3h], [B, h] and, if it is there, [B, T].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      slots.most > 0 && hidden > 0 && (2...3).contains(inputs.count)
        && inputs[0] == slots.most * 3 * hidden && inputs[1] == hidden
        && (inputs.count == 2 || inputs[2] == slots.most),
      "gru: \(slots.most) entries of 3 × \(hidden), a state and a mask, found \(inputs)")
    return slots.most * hidden
  }
  /// T·h·3h.
  public func multiplyAdds(inputs: [Int]) -> Int { slots.most * hidden * 3 * hidden }
  /// What ``GRUWork`` cuts up.
  public func scratch(rows: Int) -> Int {
    GRUWork.floats(rows: rows, entries: rows * slots.most, hidden: hidden)
  }
  /// r, z, n and what n multiplies r by, of every entry.
  public func keptWidth(inputs: [Int]) -> Int { slots.most * 4 * hidden }

  /// The entry that is read at a step.
  func slot(_ step: Int) -> Int { isReversed ? slots.most - 1 - step : step }

  /// Runs through the entries.
  public func forward(_ call: Call) {
    let (work, y, present) = (GRUWork(self, call), call.output, Presence(call, input: 2))
    for step in 0..<slots.most {
      for row in 0..<call.rows where !present.has(row, slot(step)) {
        (y.base + row * y.stride + slot(step) * hidden).update(
          from: state(before: step, row, call).base, count: hidden)
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

  /// The state that a step finds; that of the next row is a stride further.
  func state(before step: Int, _ row: Int, _ call: Call) -> Rows {
    guard step > 0 else {
      let start = call.input(1)
      return Rows(base: start.base + row * start.stride, stride: start.stride)
    }
    let y = call.output
    return Rows(base: y.base + row * y.stride + slot(step - 1) * hidden, stride: y.stride)
  }

  /// What an entry keeps.
  func kept(_ row: Int, _ step: Int, _ call: Call) -> UnsafeMutablePointer<Float> {
    call.kept.base + row * call.kept.stride + slot(step) * 4 * hidden
  }

  /// Makes the gates and states of a step's entries from their products: of all rows at once, or of one
  /// after the other.
  private func passGates(_ step: Int, _ count: Int, _ work: GRUWork, _ call: Call) {
    let (g, y, isWhole) = (call.input(0), call.output, count == call.rows)
    for place in 0..<(isWhole ? 1 : count) {
      let row = isWhole ? 0 : work.row(place)
      ck_gru_gates(
        Int64(isWhole ? count : 1), Int64(hidden),
        g.base + row * g.stride + slot(step) * 3 * hidden, Int64(g.stride),
        work.products + place * 3 * hidden, Int64(3 * hidden), work.states + place * hidden,
        Int64(hidden), kept(row, step, call), Int64(call.kept.stride),
        y.base + row * y.stride + slot(step) * hidden, Int64(y.stride))
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
    work.slopes.update(repeating: 0, count: call.rows * hidden)
    for step in (0..<slots.most).reversed() {
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
    for row in 0..<call.rows {
      RowArithmetic.add(
        1, work.slopes + row * hidden, to: start.base + row * start.stride, hidden)
    }
  }

  /// Rows without an entry hand on what the state behind it gets, and their own entry gets nothing.
  private func skipMissing(_ step: Int, _ work: GRUWork, _ call: Call) {
    let (dy, present) = (call.outputGradient, Presence(call, input: 2))
    for row in 0..<call.rows where !present.has(row, slot(step)) {
      RowArithmetic.add(
        1, dy.base + row * dy.stride + slot(step) * hidden, to: work.slopes + row * hidden, hidden)
      guard let dg = call.inputGradient(0), !dg.accumulates else { continue }
      (dg.base + row * dg.stride + slot(step) * 3 * hidden).update(repeating: 0, count: 3 * hidden)
    }
  }

  private func passSlopes(_ step: Int, _ count: Int, _ work: GRUWork, _ call: Call) {
    let (dy, dg, isWhole) = (call.outputGradient, call.inputGradient(0), count == call.rows)
    for place in 0..<(isWhole ? 1 : count) {
      let row = isWhole ? 0 : work.row(place)
      ck_gru_slopes(
        Int64(isWhole ? count : 1), Int64(hidden), kept(row, step, call), Int64(call.kept.stride),
        work.states + place * hidden, Int64(hidden),
        dy.base + row * dy.stride + slot(step) * hidden, Int64(dy.stride),
        work.slopes + row * hidden, Int64(hidden),
        dg.map { $0.base + row * $0.stride + slot(step) * 3 * hidden }, Int64(dg?.stride ?? 0),
        dg?.accumulates == true ? 1 : 0, work.entrySlopes(place), Int64(3 * hidden))
    }
    addStateGradient(of: work.entrySlopes(0), count, work, call)
  }

  /// dh += dp Wᵀ of a step's entries.
  func addStateGradient(
    of dp: UnsafeMutablePointer<Float>, _ count: Int, _ work: GRUWork, _ call: Call
  ) {
    let isWhole = count == call.rows
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
