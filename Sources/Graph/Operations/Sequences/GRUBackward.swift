internal import CKernels

/// The way of a recurrence back through the entries of a block.
struct GRUBackward {
  let gru: GRU
  let call: Call
  let work: GRUWork
  let present: Presence
  var hidden: Int { gru.hidden }

  init(_ gru: GRU, _ call: Call) {
    (self.gru, self.call) = (gru, call)
    work = GRUWork(gru, call)
    present = Presence(call, gru.slots, input: 2)
  }

  /// Adds to all gradients.
  func run() {
    for input in 1..<call.inputCount { call.clearGradient(of: input) }
    let steps = work.list(gru, present)
    let total = steps > 0 ? work.entries(ofStep: steps - 1).upperBound : 0
    work.slopes.update(repeating: 0, count: work.rowCount * hidden)
    work.totals.update(repeating: 0, count: 4 * hidden)
    for step in (0..<steps).reversed() {
      skipMissing(step)
      let entries = work.entries(ofStep: step)
      if entries.isEmpty { continue }
      gather(step, entries)
      switch gru.form {
      case .resetAfter: passSlopes(step, entries)
      case .resetBefore: passSlopesBefore(step, entries)
      }
      pack(entries, of: total)
      addInputGradient(step, entries)
    }
    addWeightGradients(total)
    addBiasGradients()
    guard let start = call.inputGradient(1) else { return }
    for row in 0..<work.rowCount {
      RowArithmetic.add(
        1, work.slopes + row * hidden, to: start.base + row * start.stride, hidden)
    }
  }

  /// Rows without an entry hand on what the state behind it gets, and their own entry gets nothing.
  private func skipMissing(_ step: Int) {
    let dy = call.outputGradient
    if present.isPacked { return }
    for row in 0..<call.rows where !present.has(row, gru.slot(step, row, present)) {
      RowArithmetic.add(
        1, gru.entry(dy, row, step, hidden, present), to: work.slopes + row * hidden, hidden)
      guard let dx = call.inputGradient(0), !dx.accumulates else { continue }
      gru.entry(dx.rows, row, step, gru.inputs, present)
        .update(repeating: 0, count: gru.inputs)
    }
  }

  /// Copies what a step's entries have read to where the weights' gradients find it in one piece.
  private func gather(_ step: Int, _ entries: Range<Int>) {
    let x = call.input(0)
    for entry in entries {
      let row = work.row(entry)
      (work.allInputs + entry * work.inputStride).update(
        from: gru.entry(x, row, step, gru.inputs, present), count: gru.inputs)
      state(entry).update(from: gru.state(before: step, row, present, call), count: hidden)
    }
  }

  /// The state that an entry has found.
  func state(_ entry: Int) -> UnsafeMutablePointer<Float> {
    work.allStates + entry * work.stateStride
  }

  private func passSlopes(_ step: Int, _ entries: Range<Int>) {
    let dy = call.outputGradient
    let isWhole = work.isWhole(entries, present)
    for place in 0..<(isWhole ? 1 : entries.count) {
      let number = entries.lowerBound + place
      let row = isWhole ? 0 : work.row(number)
      ck_gru_slopes(
        Int64(isWhole ? entries.count : 1), Int64(hidden), gru.kept(number, call),
        Int64(4 * hidden), state(number), Int64(work.stateStride),
        gru.entry(dy, row, step, hidden, present), Int64(dy.stride),
        work.slopes + row * hidden, Int64(hidden), work.sums + place * 3 * hidden,
        Int64(3 * hidden), 0, work.products + place * 3 * hidden, Int64(3 * hidden))
    }
    addStateGradient(entries)
  }

  /// dh += dp Wᵀ of a step's entries.
  func addStateGradient(_ entries: Range<Int>) {
    let isWhole = entries.count == work.rowCount
    ck_product(
      Int64(entries.count), Int64(hidden), Int64(3 * hidden), work.products,
      Int64(3 * hidden), call.packedTransposed(1), isWhole ? work.slopes : work.states,
      Int64(hidden), nil, Int32(isWhole ? CK_ACCUMULATE | CK_DEEP : CK_DEEP))
    if isWhole { return }
    for (place, entry) in entries.enumerated() {
      RowArithmetic.add(
        1, work.states + place * hidden, to: work.slopes + work.row(entry) * hidden, hidden)
    }
  }

  /// dx (+)= dg W_xᵀ of a step's entries.
  private func addInputGradient(_ step: Int, _ entries: Range<Int>) {
    guard let dx = call.inputGradient(0) else { return }
    let isWhole = work.isWhole(entries, present)
    let (to, stride) =
      isWhole
      ? (gru.entry(dx.rows, 0, step, gru.inputs, present), dx.stride) : (work.inputs, gru.inputs)
    ck_product(
      Int64(entries.count), Int64(gru.inputs), Int64(3 * hidden), work.sums,
      Int64(3 * hidden), call.packedTransposed(0), to, Int64(stride), nil,
      Int32(isWhole && dx.accumulates ? CK_ACCUMULATE | CK_DEEP : CK_DEEP))
    if isWhole { return }
    for (place, entry) in entries.enumerated() {
      ck_add_scaled(
        Int64(gru.inputs), 1, work.inputs + place * gru.inputs,
        gru.entry(dx.rows, work.row(entry), step, gru.inputs, present), dx.accumulates ? 1 : 0)
    }
  }
}

// MARK: - Parameters

extension GRUBackward {
  /// Packs the gradients of a step's gates for the products of all steps, and adds them up.
  private func pack(_ entries: Range<Int>, of total: Int) {
    func pack(
      _ gradients: UnsafeMutablePointer<Float>, _ width: Int, _ sums: Int,
      _ packed: UnsafeMutablePointer<Float>
    ) {
      ck_pack_rows(
        Int64(entries.count), Int64(width), gradients, Int64(3 * hidden), work.totals + sums,
        Int64(entries.lowerBound), Int64(total), packed)
    }
    pack(work.sums, 2 * hidden, 0, work.ofGates)
    pack(work.sums + 2 * hidden, hidden, 2 * hidden, work.ofInput)
    if gru.form == .resetAfter {
      pack(work.products + 2 * hidden, hidden, 3 * hidden, work.ofState)
    }
  }

  /// dW_x (+)= xᵀ dg, dW (+)= hᵀ dp over the entries of all steps; for n of the form with the reset
  /// before, the state that was reset stands for h.
  private func addWeightGradients(_ total: Int) {
    guard total > 0 else {
      call.clearParameterGradient(0, count: gru.inputs * 3 * hidden)
      return call.clearParameterGradient(2, count: hidden * 3 * hidden)
    }
    func add(
      _ x: UnsafeMutablePointer<Float>, _ rows: Int, _ stride: Int,
      _ packed: UnsafeMutablePointer<Float>, _ columns: Int,
      to gradient: UnsafeMutablePointer<Float>
    ) {
      ck_product_transposed(
        Int64(rows), Int64(columns), Int64(total), x, Int64(stride), packed, gradient,
        Int64(3 * hidden), nil,
        Int32(call.accumulatesParameters ? CK_ACCUMULATE | CK_DEEP : CK_DEEP))
    }
    let (ofInput, ofState) = (call.gradient(0), call.gradient(2))
    let reset = gru.form == .resetBefore ? work.allReset : work.allStates
    add(work.allInputs, gru.inputs, work.inputStride, work.ofGates, 2 * hidden, to: ofInput)
    add(
      work.allInputs, gru.inputs, work.inputStride, work.ofInput, hidden,
      to: ofInput + 2 * hidden)
    add(work.allStates, hidden, work.stateStride, work.ofGates, 2 * hidden, to: ofState)
    add(reset, hidden, work.stateStride, work.ofState, hidden, to: ofState + 2 * hidden)
  }

  /// db_x (+)= Σ dg, db (+)= Σ dp.
  private func addBiasGradients() {
    let accumulates: Int32 = call.accumulatesParameters ? 1 : 0
    func add(
      _ last: UnsafeMutablePointer<Float>, to gradient: UnsafeMutablePointer<Float>
    ) {
      ck_add_scaled(Int64(2 * hidden), 1, work.totals, gradient, accumulates)
      ck_add_scaled(Int64(hidden), 1, last, gradient + 2 * hidden, accumulates)
    }
    let ofInput = work.totals + 2 * hidden
    add(ofInput, to: call.gradient(1))
    add(gru.form == .resetBefore ? ofInput : ofInput + hidden, to: call.gradient(3))
  }
}
