internal import CKernels

/// The form with the reset gate on the state, which multiplies by W once more.
extension GRU {
  /// Makes the gates and states of a step's entries from their products.
  func passGatesBefore(_ step: Int, _ count: Int, _ work: GRUWork, _ call: Call) {
    let (g, y, width) = (call.input(0), call.output, 3 * hidden)
    let present = work.present
    for place in 0..<count {
      let row = work.row(place)
      let sums = entry(g, row, step, width, present)
      let (products, gates) = (work.products + place * width, kept(row, step, present, call))
      for j in 0..<(2 * hidden) { gates[j] = sums[j] + products[j] }
      ck_sigmoid(1, Int64(2 * hidden), gates, Int64(width), gates, Int64(width))
      for j in 0..<hidden {
        work.reset[place * hidden + j] = gates[j] * work.states[place * hidden + j]
      }
    }
    multiply(work.reset, count, work, call)
    for place in 0..<count {
      let row = work.row(place)
      let sums = entry(g, row, step, width, present) + 2 * hidden
      let (products, gates) = (work.products + place * width, kept(row, step, present, call))
      let (n, to) = (gates + 2 * hidden, entry(y, row, step, hidden, present))
      for j in 0..<hidden { n[j] = sums[j] + products[2 * hidden + j] }
      ck_tanh(1, Int64(hidden), n, Int64(hidden), n, Int64(hidden))
      for j in 0..<hidden {
        let z = gates[hidden + j]
        to[j] = (1 - z) * n[j] + z * work.states[place * hidden + j]
      }
    }
  }

  /// Goes back through a step: to the state that was reset, then to the gates and the state.
  func passSlopesBefore(_ step: Int, _ count: Int, _ work: GRUWork, _ call: Call) {
    for place in 0..<count { passNewState(step, place, work, call) }
    ck_product(
      Int64(count), Int64(hidden), Int64(3 * hidden), work.entrySlopes(0), Int64(3 * hidden),
      call.packedTransposed(0), work.inner, Int64(hidden), nil, 0)
    for place in 0..<count { passReset(step, place, work, call) }
    addStateGradient(of: work.products, count, work, call)
  }

  /// Leaves dn in dp, with zeros beside it, dz in the products' memory, and dh ∘ z.
  private func passNewState(_ step: Int, _ place: Int, _ work: GRUWork, _ call: Call) {
    let (row, dy) = (work.row(place), call.outputGradient)
    let (gates, dp) = (kept(row, step, work.present, call), work.entrySlopes(place))
    let (states, slopes) = (work.states + place * hidden, work.slopes + row * hidden)
    RowArithmetic.add(1, entry(dy, row, step, hidden, work.present), to: slopes, hidden)
    dp.update(repeating: 0, count: 2 * hidden)
    for j in 0..<hidden {
      let (r, z, n, slope) = (gates[j], gates[hidden + j], gates[2 * hidden + j], slopes[j])
      dp[2 * hidden + j] = slope * (1 - z) * (1 - n * n)
      work.products[place * 3 * hidden + hidden + j] = slope * (states[j] - n) * z * (1 - z)
      work.reset[place * hidden + j] = r * states[j]
      slopes[j] = slope * z
    }
  }

  /// Takes what the state that was reset gets, and leaves what r and z get, in dp and in the products'
  /// memory, there without n, whose part has been handed back.
  private func passReset(_ step: Int, _ place: Int, _ work: GRUWork, _ call: Call) {
    let row = work.row(place)
    let (gates, dp) = (kept(row, step, work.present, call), work.entrySlopes(place))
    let (slopes, products) = (work.slopes + row * hidden, work.products + place * 3 * hidden)
    for j in 0..<hidden {
      let (r, ofReset) = (gates[j], work.inner[place * hidden + j])
      slopes[j] += ofReset * r
      products[j] = ofReset * work.states[place * hidden + j] * r * (1 - r)
      products[2 * hidden + j] = 0
    }
    dp.update(from: products, count: 2 * hidden)
    // The gradients of what the gates are functions of are those of the products.
    guard let dg = call.inputGradient(0) else { return }
    ck_add_scaled(
      Int64(3 * hidden), 1, dp, entry(dg.rows, row, step, 3 * hidden, work.present),
      dg.accumulates ? 1 : 0)
  }
}
