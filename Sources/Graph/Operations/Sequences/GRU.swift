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
/// entry is read first and y_1 is the state behind all. Gates are computed again on the way back,
/// which costs a third product; the form with the reset before multiplies by all of W twice.
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
  /// What gates are computed from, and the states.
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
  public func scratch(rows: Int) -> Int { GRUWork.floats(rows: rows, hidden: hidden) }

  /// The entry that is read at a step.
  private func slot(_ step: Int) -> Int { isReversed ? slots.most - 1 - step : step }

  /// Runs through the entries.
  public func forward(_ call: Call) {
    let (work, y, present) = (GRUWork(call, hidden), call.output, Presence(call, input: 2))
    for step in 0..<slots.most {
      let count = gather(step, work, call)
      computeGates(step, count, work, call)
      for row in 0..<call.rows where !present.has(row, slot(step)) {
        (y.base + row * y.stride + slot(step) * hidden).update(
          from: state(before: step, row, call), count: hidden)
      }
      for place in 0..<count {
        let to = y.base + work.row(place) * y.stride + slot(step) * hidden
        let (gates, state) = (work.gates + place * 3 * hidden, work.states + place * hidden)
        for j in 0..<hidden {
          let z = gates[hidden + j]
          to[j] = (1 - z) * gates[2 * hidden + j] + z * state[j]
        }
      }
    }
  }

  /// The state that a step finds.
  private func state(before step: Int, _ row: Int, _ call: Call) -> UnsafePointer<Float> {
    guard step > 0 else {
      let start = call.input(1)
      return UnsafePointer(start.base + row * start.stride)
    }
    let y = call.output
    return UnsafePointer(y.base + row * y.stride + slot(step - 1) * hidden)
  }

  /// Copies the states of the rows that have an entry at a step; how many there are.
  private func gather(_ step: Int, _ work: GRUWork, _ call: Call) -> Int {
    let present = Presence(call, input: 2)
    var count = 0
    for row in 0..<call.rows where present.has(row, slot(step)) {
      work.rows[count] = Float(row)
      (work.states + count * hidden).update(from: state(before: step, row, call), count: hidden)
      count += 1
    }
    return count
  }

  /// Leaves r, z and n in `gates`, and h W + b (of n: what the form multiplies) in `products`.
  private func computeGates(_ step: Int, _ count: Int, _ work: GRUWork, _ call: Call) {
    let (g, width) = (call.input(0), 3 * hidden)
    multiply(work.states, count, work, call)
    for place in 0..<count {
      let from = g.base + work.row(place) * g.stride + slot(step) * width
      let (to, products) = (work.gates + place * width, work.products + place * width)
      to.update(from: from, count: width)
      RowArithmetic.add(1, products, to: to, 2 * hidden)
    }
    ck_sigmoid(
      Int64(count), Int64(2 * hidden), work.gates, Int64(width), work.gates, Int64(width))
    if form == .resetBefore {
      for place in 0..<count {
        let (r, state) = (work.gates + place * width, work.states + place * hidden)
        for j in 0..<hidden { work.reset[place * hidden + j] = r[j] * state[j] }
      }
      multiply(work.reset, count, work, call)
    }
    for place in 0..<count {
      let (gates, products) = (work.gates + place * width, work.products + place * width)
      for j in 0..<hidden {
        let product = products[2 * hidden + j]
        gates[2 * hidden + j] += form == .resetAfter ? gates[j] * product : product
      }
    }
    let n = work.gates + 2 * hidden
    ck_tanh(Int64(count), Int64(hidden), n, Int64(width), n, Int64(width))
  }

  /// x W + b into `products`.
  private func multiply(
    _ x: UnsafePointer<Float>, _ count: Int, _ work: GRUWork, _ call: Call
  ) {
    ck_product(
      Int64(count), Int64(3 * hidden), Int64(hidden), x, Int64(hidden), call.packed(0),
      work.products, Int64(3 * hidden), call.value(1), Int32(CK_BIAS))
  }

  /// Runs back through the entries.
  public func backward(_ call: Call) {
    for input in 0..<call.inputCount { call.clearGradient(of: input) }
    call.clearParameterGradient(0, count: 3 * hidden * hidden)
    call.clearParameterGradient(1, count: 3 * hidden)
    let (work, dy) = (GRUWork(call, hidden), call.outputGradient)
    work.slopes.update(repeating: 0, count: call.rows * hidden)
    for step in (0..<slots.most).reversed() {
      for row in 0..<call.rows {
        RowArithmetic.add(
          1, dy.base + row * dy.stride + slot(step) * hidden, to: work.slopes + row * hidden,
          hidden)
      }
      let count = gather(step, work, call)
      guard count > 0 else { continue }
      computeGates(step, count, work, call)
      form == .resetAfter
        ? slopesAfter(count, work, call) : slopesBefore(count, work, call)
      addInputGradient(step, count, work, call)
    }
    guard let start = call.inputGradient(1) else { return }
    for row in 0..<call.rows {
      RowArithmetic.add(
        1, work.slopes + row * hidden, to: start.base + row * start.stride, hidden)
    }
  }

  /// Leaves the gradients of the gates' sums z and n in `gates`, and dh ∘ z in `slopes`.
  @inline(__always) private func forEachUnit(
    _ count: Int, _ work: GRUWork, _ body: (_ place: Int, _ j: Int, _ n: Float) -> Void
  ) {
    for place in 0..<count {
      let (gates, state) = (work.gates + place * 3 * hidden, work.states + place * hidden)
      let slopes = work.slopes + work.row(place) * hidden
      for j in 0..<hidden {
        let (z, n, slope) = (gates[hidden + j], gates[2 * hidden + j], slopes[j])
        let ofN = slope * (1 - z) * (1 - n * n)
        gates[hidden + j] = slope * (state[j] - n) * z * (1 - z)
        gates[2 * hidden + j] = ofN
        slopes[j] = slope * z
        body(place, j, ofN)
      }
    }
  }

  private func slopesAfter(_ count: Int, _ work: GRUWork, _ call: Call) {
    forEachUnit(count, work) { place, j, ofN in
      let (gates, products) = (work.gates + place * 3 * hidden, work.products + place * 3 * hidden)
      let r = gates[j]
      gates[j] = ofN * products[2 * hidden + j] * r * (1 - r)
      // The products are read no more: their gradients take their memory.
      products[j] = gates[j]
      products[hidden + j] = gates[hidden + j]
      products[2 * hidden + j] = ofN * r
    }
    addWeightGradient(work.states, count, work, call)
    multiplyBack(count, work, call)
    for place in 0..<count {
      RowArithmetic.add(
        1, work.inner + place * hidden, to: work.slopes + work.row(place) * hidden, hidden)
    }
  }

  private func slopesBefore(_ count: Int, _ work: GRUWork, _ call: Call) {
    work.products.update(repeating: 0, count: count * 3 * hidden)
    forEachUnit(count, work) { place, j, ofN in
      work.products[place * 3 * hidden + 2 * hidden + j] = ofN
    }
    addWeightGradient(work.reset, count, work, call)
    multiplyBack(count, work, call)
    for place in 0..<count {
      let (gates, products) = (work.gates + place * 3 * hidden, work.products + place * 3 * hidden)
      let slopes = work.slopes + work.row(place) * hidden
      for j in 0..<hidden {
        let (r, ofReset) = (gates[j], work.inner[place * hidden + j])
        slopes[j] += ofReset * r
        gates[j] = ofReset * work.states[place * hidden + j] * r * (1 - r)
        products[j] = gates[j]
        products[hidden + j] = gates[hidden + j]
        products[2 * hidden + j] = 0
      }
    }
    addWeightGradient(work.states, count, work, call)
    multiplyBack(count, work, call)
    for place in 0..<count {
      RowArithmetic.add(
        1, work.inner + place * hidden, to: work.slopes + work.row(place) * hidden, hidden)
    }
  }

  /// dW += xᵀ dp, db += Σ dp, dp in `products`.
  private func addWeightGradient(
    _ x: UnsafePointer<Float>, _ count: Int, _ work: GRUWork, _ call: Call
  ) {
    let width = 3 * hidden
    for column in stride(from: 0, to: width, by: GRUWork.stripe) {
      let columns = Int64(min(GRUWork.stripe, width - column))
      ck_pack_gradient(
        Int64(count), columns, work.products + column, Int64(width), nil, 0,
        call.gradient(1) + column, 1, work.pack)
      ck_product_transposed(
        Int64(hidden), columns, Int64(count), x, Int64(hidden), work.pack,
        call.gradient(0) + column, Int64(width), nil, Int32(CK_ACCUMULATE))
    }
  }

  /// dp Wᵀ into `inner`.
  private func multiplyBack(_ count: Int, _ work: GRUWork, _ call: Call) {
    ck_product(
      Int64(count), Int64(hidden), Int64(3 * hidden), work.products, Int64(3 * hidden),
      call.packedTransposed(0), work.inner, Int64(hidden), nil, 0)
  }

  private func addInputGradient(_ step: Int, _ count: Int, _ work: GRUWork, _ call: Call) {
    guard let dg = call.inputGradient(0) else { return }
    for place in 0..<count {
      let to = dg.base + work.row(place) * dg.stride + slot(step) * 3 * hidden
      RowArithmetic.add(1, work.gates + place * 3 * hidden, to: to, 3 * hidden)
    }
  }
}

/// The scratch of a recurrence; but for `slopes`, by place among the rows that have an entry.
private struct GRUWork {
  /// Columns that are packed at a time for the weight gradient; a multiple of every panel.
  static let stripe = 256

  let pack: UnsafeMutablePointer<Float>
  /// h_{t−1}.
  let states: UnsafeMutablePointer<Float>
  /// r ∘ h_{t−1}.
  let reset: UnsafeMutablePointer<Float>
  /// h W + b, then its gradient.
  let products: UnsafeMutablePointer<Float>
  /// r, z and n, then the gradients of what they are functions of.
  let gates: UnsafeMutablePointer<Float>
  /// What a product hands back to a state.
  let inner: UnsafeMutablePointer<Float>
  /// dh by row.
  let slopes: UnsafeMutablePointer<Float>
  /// Numbers of rows.
  let rows: UnsafeMutablePointer<Float>

  static func floats(rows: Int, hidden: Int) -> Int {
    rows * (min(stripe, (3 * hidden + 63) & ~63) + 10 * hidden + 1)
  }

  init(_ call: Call, _ hidden: Int) {
    pack = call.scratch
    states = pack + call.rows * min(Self.stripe, (3 * hidden + 63) & ~63)
    reset = states + call.rows * hidden
    products = reset + call.rows * hidden
    gates = products + call.rows * 3 * hidden
    inner = gates + call.rows * 3 * hidden
    slopes = inner + call.rows * hidden
    rows = slopes + call.rows * hidden
  }

  func row(_ place: Int) -> Int { Int(rows[place]) }
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
