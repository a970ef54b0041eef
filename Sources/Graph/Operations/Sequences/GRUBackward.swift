internal import CKernels

/// The way of a recurrence back through the entries of a block.
struct GRUBackward {
  let gru: GRU
  let call: Call
  let work: GRUWork
  let present: Presence
  var hidden: Int { gru.hidden }

  /// How many steps there are.
  private let steps: Int
  /// How many entries.
  private let total: Int
  /// Where the gradients of r, z, g_n and p_n go, packed: to where forward has left r, z, n and p_n, unless
  /// another section reads them.
  private let gradients: UnsafeMutablePointer<Float>

  init(_ gru: GRU, _ call: Call) {
    (self.gru, self.call) = (gru, call)
    work = GRUWork(gru, call)
    present = Presence(call, gru.slots, input: 2)
    steps = work.list(gru, present)
    total = work.entries(before: steps)
    gradients = call.endsKept && gru.form == .resetAfter ? call.kept.base : work.gradients
  }

  /// Adds to all gradients.
  func run() {
    for input in 1..<call.inputCount { call.clearGradient(of: input) }
    work.slopes.update(repeating: 0, count: work.rowCount * hidden)
    work.totals.update(repeating: 0, count: 4 * hidden)
    for step in (0..<steps).reversed() {
      skipMissing(step)
      let entries = work.entries(ofStep: step)
      if entries.isEmpty { continue }
      packStates(step, entries)
      switch gru.form {
      case .resetAfter: passSlopes(step, entries)
      case .resetBefore:
        passSlopesBefore(step, entries)
        packBefore(entries)
      }
      addInputGradient(step, entries)
    }
    addWeightGradients()
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

  private func passSlopes(_ step: Int, _ entries: Range<Int>) {
    let (dy, width) = (call.outputGradient, 3 * hidden)
    let isWhole = work.isWhole(entries, present)
    for index in 0..<(isWhole ? 1 : entries.count) {
      let number = entries.lowerBound + index
      let row = isWhole ? 0 : work.row(number)
      let state = gru.state(before: step, row, present, call)
      ck_gru_slopes(
        Int64(isWhole ? entries.count : 1), Int64(hidden), call.kept.base, Int64(number),
        Int64(total), state, Int64(gru.stateStride(before: step, call)),
        gru.entry(dy, row, step, hidden, present), Int64(dy.stride),
        work.slopes + row * hidden, Int64(hidden), work.sums + index * width, Int64(width),
        work.products + index * width, Int64(width), work.totals, gradients)
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
  /// Cuts the states that a step's entries have found into strips, with those of the other steps.
  private func packStates(_ step: Int, _ entries: Range<Int>) {
    let isWhole = work.isWhole(entries, present)
    for number in isWhole ? entries.prefix(1) : entries {
      let state = gru.state(before: step, isWhole ? 0 : work.row(number), present, call)
      ck_pack_strips(
        Int64(isWhole ? entries.count : 1), Int64(hidden), state,
        Int64(gru.stateStride(before: step, call)), Int64(number), Int64(total), work.strips)
    }
  }

  /// The same of the inputs of all entries.
  private func packInputs() {
    let x = call.input(0)
    for step in 0..<steps {
      let entries = work.entries(ofStep: step)
      let isWhole = work.isWhole(entries, present)
      for number in isWhole ? entries.prefix(1) : entries {
        let row = isWhole ? 0 : work.row(number)
        ck_pack_strips(
          Int64(isWhole ? entries.count : 1), Int64(gru.inputs),
          gru.entry(x, row, step, gru.inputs, present), Int64(x.stride), Int64(number),
          Int64(total), work.strips)
      }
    }
  }

  /// Packs what the form with the reset before has of a step: the states that were reset, and the gradients
  /// of the gates, which it adds up.
  private func packBefore(_ entries: Range<Int>) {
    let (count, first) = (Int64(entries.count), Int64(entries.lowerBound))
    ck_pack_strips(
      count, Int64(hidden), work.reset, Int64(hidden), first, Int64(total), work.resetStrips)
    for gate in 0..<3 {
      ck_pack_rows(
        count, Int64(hidden), work.sums + gate * hidden, Int64(3 * hidden),
        work.totals + gate * hidden, first, Int64(total), packed(gate))
    }
  }

  /// The gradients of r, z, g_n and p_n over all entries, packed.
  private func packed(_ gate: Int) -> UnsafeMutablePointer<Float> {
    gradients + gate * total * Int(ck_packed_width(Int64(hidden)))
  }

  /// dW (+)= hᵀ dp, dW_x (+)= xᵀ dg over the entries of all steps; for n of the form with the reset
  /// before, the state that was reset stands for h.
  private func addWeightGradients() {
    guard total > 0 else {
      call.clearParameterGradient(0, count: gru.inputs * 3 * hidden)
      return call.clearParameterGradient(2, count: hidden * 3 * hidden)
    }
    let isBefore = gru.form == .resetBefore
    for gate in 0..<2 { addProduct(work.strips, hidden, packed(gate), to: 2, gate) }
    addProduct(
      isBefore ? work.resetStrips : work.strips, hidden, packed(isBefore ? 2 : 3), to: 2, 2)
    packInputs()
    for gate in 0..<3 { addProduct(work.strips, gru.inputs, packed(gate), to: 0, gate) }
  }

  /// Adds what strips times the gradient of a gate are to the columns of this gate.
  private func addProduct(
    _ strips: UnsafeMutablePointer<Float>, _ rows: Int, _ packed: UnsafeMutablePointer<Float>,
    to parameter: Int, _ gate: Int
  ) {
    ck_product_strips(
      Int64(rows), Int64(hidden), Int64(total), strips, packed,
      call.gradient(parameter) + gate * hidden, Int64(3 * hidden), nil,
      Int32(call.accumulatesParameters ? CK_ACCUMULATE | CK_DEEP : CK_DEEP))
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
