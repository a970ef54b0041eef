internal import CKernels
public import Tensors

/// A gated recurrent unit over the entries of a row, with the map of its input.
///
///     g    = x_t W_x + b_x                                          p = h_{t−1} W + b
///     r, z = σ(g_{r,z} + p_{r,z})
///     n    = tanh(g_n + r ∘ p_n)                                    reset after the product
///     n    = tanh(g_n + (r ∘ h_{t−1}) W_n + b_n)                    reset before it
///     h_t  = (1 − z) ∘ n + z ∘ h_{t−1}
///     x [B, T·n], h_0 [B, h], W_x [n, 3h], W [h, 3h], b_x, b [3h], y = (h_1, …, h_T) [B, T·h]
///
/// Gates are in the order r, z, n; W_x and W are named [3h, n] and [3h, h]. An entry that does not exist
/// keeps the state, so that the last entry of y is the state behind the last one that exists. Reversed,
/// the last entry is read first and y_1 is the state behind all. Gates are kept for the way back, packed
/// as its gradients will be, which are written over them: those of r and z serve both weights, whose
/// gradients are products over the entries of all steps. The form with the reset before multiplies by all
/// of W twice.
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

  /// An affine map to the gates.
  public struct Map: Sendable, Hashable {
    /// [numbers, 3h].
    public let weight: Parameter
    /// [3h].
    public let bias: Parameter

    /// A map.
    public init(weight: Parameter, bias: Parameter) {
      self.weight = weight
      self.bias = bias
    }
  }

  /// W_x and b_x.
  public let input: Map
  /// W and b.
  public let state: Map
  /// T.
  public let slots: Slots
  /// n.
  public let inputs: Int
  /// h.
  public let hidden: Int
  /// Where the reset gate works.
  public let form: Form
  /// Whether the last entry is read first.
  public let isReversed: Bool

  /// A recurrence over T entries.
  public init(
    input: Map, state: Map, slots: Slots, inputs: Int, hidden: Int, form: Form, isReversed: Bool
  ) {
    self.input = input
    self.state = state
    self.slots = slots
    self.inputs = inputs
    self.hidden = hidden
    self.form = form
    self.isReversed = isReversed
  }

  /// The name in profiles and messages.
  public var name: String { "gru" }
  /// Counts as a product.
  public var kind: WorkKind { .product }
  /// The entries, the states, and who has an entry.
  public var keeps: Keeps { [.inputs, .output] }
  /// W_x, b_x, W and b.
  public var parameters: [Parameter] { [input.weight, input.bias, state.weight, state.bias] }
  /// W_x and W, packed once a step.
  public var packed: [PackedWeight] {
    [(input, inputs), (state, hidden)].map { map, rows in
      PackedWeight(
        parameter: map.weight, mask: nil, offset: 0, inputs: rows, outputs: 3 * hidden)
    }
  }
  /// That of the entries, or rows of them.
  public func extent(of inputs: [Extent]) -> Extent {
    let rows = slots.extent(for: name, of: inputs) { entries, parent in [entries, parent] }
    return slots.extent ?? rows
  }
  /// T·h; stops the program unless the inputs are [B, T·n], [B, h] and, if it is there, [B, T].
  ///
  /// Packed entries have n and h numbers each.
  public func width(of widths: [Int]) -> Int {
    precondition(
      slots.most > 0 && hidden > 0 && (2...3).contains(widths.count)
        && widths[0] == slots.sideBySide * inputs && widths[1] == hidden
        && (widths.count == 2 || widths[2] == slots.most),
      "gru: \(slots.most) entries of \(inputs), a state of \(hidden) and a mask, found \(widths)")
    return slots.sideBySide * hidden
  }
  /// T·(n + h)·3h.
  public func multiplyAdds(inputs widths: [Int]) -> Int {
    slots.sideBySide * (inputs + hidden) * 3 * hidden
  }
  /// What ``GRUWork`` cuts up.
  public func scratch(rows: Int, inputs: [Int]) -> Int {
    GRUWork.floats(self, rows: inputs[1], entries: rows * slots.sideBySide)
  }
  /// r, z, n and what n multiplies r by, of every entry, each in whole vectors.
  public func keptWidth(inputs: [Int]) -> Int {
    slots.sideBySide * 4 * Int(ck_packed_width(Int64(hidden)))
  }

  /// Runs through the entries.
  public func forward(_ call: Call) {
    let (work, present) = (GRUWork(self, call), Presence(call, slots, input: 2))
    let steps = work.list(self, present)
    let total = work.entries(before: steps)
    for step in 0..<steps {
      // Packed entries all exist.
      for row in 0..<(present.isPacked ? 0 : call.rows)
      where !present.has(row, slot(step, row, present)) {
        entry(call.output, row, step, hidden, present).update(
          from: state(before: step, row, present, call), count: hidden)
      }
      let entries = work.entries(ofStep: step)
      if entries.isEmpty { continue }
      let x = inputs(ofStep: step, entries, work, present, call)
      let h = states(ofStep: step, entries, work, present, call)
      multiply(x, entries.count, 0, into: work.sums, call)
      multiply(h, entries.count, 1, into: work.products, call)
      switch form {
      case .resetAfter: passGates(step, entries, of: total, h, work, present, call)
      case .resetBefore: passGatesBefore(step, entries, h, work, present, call)
      }
    }
  }

  /// Makes the gates and states of a step's entries: of all rows at once, or of one after the other.
  private func passGates(
    _ step: Int, _ entries: Range<Int>, of total: Int, _ h: Rows, _ work: GRUWork,
    _ present: Presence, _ call: Call
  ) {
    let (y, width) = (call.output, 3 * hidden)
    let isWhole = work.isWhole(entries, present)
    for index in 0..<(isWhole ? 1 : entries.count) {
      let number = entries.lowerBound + index
      let row = isWhole ? 0 : work.row(number)
      ck_gru_gates(
        Int64(isWhole ? entries.count : 1), Int64(hidden), work.sums + index * width,
        Int64(width), work.products + index * width, Int64(width), h.base + index * h.stride,
        Int64(h.stride), Int64(number), Int64(total), call.kept.base,
        entry(y, row, step, hidden, present), Int64(y.stride))
    }
  }

  /// x W + b of a step's entries: of the input's map 0, of the state's 1.
  func multiply(
    _ x: Rows, _ count: Int, _ map: Int, into products: UnsafeMutablePointer<Float>, _ call: Call
  ) {
    ck_product(
      Int64(count), Int64(3 * hidden), Int64(map == 0 ? inputs : hidden), x.base,
      Int64(x.stride), call.packed(map), products, Int64(3 * hidden), call.value(2 * map + 1),
      Int32(CK_BIAS | CK_DEEP))
  }

  /// Runs back through the entries.
  public func backward(_ call: Call) { GRUBackward(self, call).run() }
}

// MARK: - Where numbers lie

extension GRU {
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

  /// Floats between the states of rows that a step finds.
  func stateStride(before step: Int, _ call: Call) -> Int {
    step > 0 ? call.output.stride : call.input(1).stride
  }

  /// What an entry keeps in the form with the reset before: r, z and n.
  func kept(_ entry: Int, _ call: Call) -> UnsafeMutablePointer<Float> {
    call.kept.base + entry * 4 * hidden
  }

  /// x of a step's entries: where it lies, or a copy of those that exist.
  private func inputs(
    ofStep step: Int, _ entries: Range<Int>, _ work: GRUWork, _ present: Presence, _ call: Call
  ) -> Rows {
    let x = call.input(0)
    if work.isWhole(entries, present) {
      return Rows(base: entry(x, 0, step, inputs, present), stride: x.stride)
    }
    for (place, number) in entries.enumerated() {
      (work.inputs + place * inputs).update(
        from: entry(x, work.row(number), step, inputs, present), count: inputs)
    }
    return Rows(base: work.inputs, stride: inputs)
  }

  /// The same of h_{t−1}.
  private func states(
    ofStep step: Int, _ entries: Range<Int>, _ work: GRUWork, _ present: Presence, _ call: Call
  ) -> Rows {
    if work.isWhole(entries, present) {
      return Rows(
        base: state(before: step, 0, present, call),
        stride: stateStride(before: step, call))
    }
    for (place, number) in entries.enumerated() {
      (work.states + place * hidden).update(
        from: state(before: step, work.row(number), present, call), count: hidden)
    }
    return Rows(base: work.states, stride: hidden)
  }
}

extension Variable {
  /// The states of a recurrence over these entries of n numbers; see ``GRU``.
  public func gru(
    from start: Variable, _ input: GRU.Map, _ state: GRU.Map, of slots: Slots, inputs: Int,
    hidden: Int, form: GRU.Form = .resetAfter, isReversed: Bool = false,
    keeping mask: Variable? = nil
  ) -> Variable {
    graph.record(
      GRU(
        input: input, state: state, slots: slots, inputs: inputs, hidden: hidden, form: form,
        isReversed: isReversed), [self, start] + (mask.map { [$0] } ?? []))
  }
}
