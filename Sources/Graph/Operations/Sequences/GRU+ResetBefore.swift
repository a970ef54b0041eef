internal import CKernels

/// The form with the reset gate on the state, which multiplies by W once more.
extension GRU {
  /// Makes the gates and states of a step's entries from their sums and products.
  func passGatesBefore(
    _ step: Int, _ entries: Range<Int>, _ h: Rows, _ work: GRUWork, _ present: Presence,
    _ call: Call
  ) {
    let width = 3 * hidden
    for (place, number) in entries.enumerated() {
      let (sums, products) = (work.sums + place * width, work.products + place * width)
      let (gates, state) = (kept(number, call), h.base + place * h.stride)
      for j in 0..<(2 * hidden) { gates[j] = sums[j] + products[j] }
      ck_sigmoid(1, Int64(2 * hidden), gates, Int64(width), gates, Int64(width))
      for j in 0..<hidden { work.reset[place * hidden + j] = gates[j] * state[j] }
    }
    multiply(Rows(base: work.reset, stride: hidden), entries.count, 1, into: work.products, call)
    for (place, number) in entries.enumerated() {
      let (sums, products) = (work.sums + place * width, work.products + place * width)
      let (gates, state) = (kept(number, call), h.base + place * h.stride)
      let n = gates + 2 * hidden
      for j in 0..<hidden { n[j] = sums[2 * hidden + j] + products[2 * hidden + j] }
      ck_tanh(1, Int64(hidden), n, Int64(hidden), n, Int64(hidden))
      let to = entry(call.output, work.row(number), step, hidden, present)
      for j in 0..<hidden {
        let z = gates[hidden + j]
        to[j] = (1 - z) * n[j] + z * state[j]
      }
    }
  }
}

extension GRUBackward {
  /// Goes back through a step: to the state that was reset, then to the gates and the state.
  func passSlopesBefore(_ step: Int, _ entries: Range<Int>) {
    for (place, entry) in entries.enumerated() { passNewState(step, place, entry) }
    ck_product(
      Int64(entries.count), Int64(hidden), Int64(3 * hidden), work.sums, Int64(3 * hidden),
      call.packedTransposed(1), work.states, Int64(hidden), nil, Int32(CK_DEEP))
    for (place, entry) in entries.enumerated() { passReset(step, place, entry) }
    addStateGradient(entries)
  }

  /// Leaves the gradient of n's sum, with zeros beside it, that of z's product, and dh ∘ z.
  private func passNewState(_ step: Int, _ place: Int, _ entry: Int) {
    let row = work.row(entry)
    let (gates, slopes) = (gru.kept(entry, call), work.slopes + row * hidden)
    let state = gru.state(before: step, row, present, call)
    let (sums, products) = (work.sums + place * 3 * hidden, work.products + place * 3 * hidden)
    let reset = work.reset + place * hidden
    RowArithmetic.add(
      1, gru.entry(call.outputGradient, row, step, hidden, present), to: slopes, hidden)
    sums.update(repeating: 0, count: 2 * hidden)
    for j in 0..<hidden {
      let (r, z, n, slope) = (gates[j], gates[hidden + j], gates[2 * hidden + j], slopes[j])
      sums[2 * hidden + j] = slope * (1 - z) * (1 - n * n)
      products[hidden + j] = slope * (state[j] - n) * z * (1 - z)
      reset[j] = r * state[j]
      slopes[j] = slope * z
    }
  }

  /// Takes what the state that was reset gets, and leaves what the sums get, and the products: there
  /// without n, whose part has been handed back.
  private func passReset(_ step: Int, _ place: Int, _ entry: Int) {
    let (row, gates) = (work.row(entry), gru.kept(entry, call))
    let (state, slopes) = (
      gru.state(before: step, row, present, call), work.slopes + row * hidden
    )
    let (sums, products) = (work.sums + place * 3 * hidden, work.products + place * 3 * hidden)
    for j in 0..<hidden {
      let (r, ofReset) = (gates[j], work.states[place * hidden + j])
      slopes[j] += ofReset * r
      products[j] = ofReset * state[j] * r * (1 - r)
      products[2 * hidden + j] = 0
    }
    sums.update(from: products, count: 2 * hidden)
  }
}
