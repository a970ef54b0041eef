/// The sum of the entries of a row, or their mean.
///
///     y = Σ_t m_t x_t   or   Σ_t m_t x_t / max(1, Σ_t m_t)     x [B, n·w] or packed, m [B, n], y [B, w]
///     dx_t = m_t dy     or   m_t dy / max(1, Σ_t m_t)
///
/// A row without entries gives 0.
public struct SegmentSum: Operation {
  /// n entries a row.
  public let slots: Slots
  /// Whether the sum is divided by the number of entries.
  public let isMean: Bool

  /// Sums of entries.
  public init(_ slots: Slots, isMean: Bool) {
    self.slots = slots
    self.isMean = isMean
  }

  /// The name in profiles and messages.
  public var name: String { isMean ? "mean of entries" : "sum of entries" }
  /// The mask.
  public var keeps: Keeps { .inputs }
  /// That of the rows that have the entries.
  public func extent(of inputs: [Extent]) -> Extent {
    slots.extent(for: name, of: inputs) { entries, _ in [entries] }
  }
  /// w; stops the program unless the inputs are [B, n·w] and, if it is there, [B, n].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      slots.most > 0 && inputs[0] % slots.sideBySide == 0
        && (inputs.count == 1 || inputs == [inputs[0], slots.most]),
      "\(name): \(slots.most) entries and their mask, found \(inputs)")
    return inputs[0] / slots.sideBySide
  }

  /// Adds the entries up.
  public func forward(_ call: Call) {
    let (x, y, present) = (call.input(0), call.output, Presence(call, slots, input: 1))
    let width = call.outputWidth
    for row in 0..<call.rows {
      let to = y.base + row * y.stride
      to.update(repeating: 0, count: width)
      for slot in 0..<slots.most where present.has(row, slot) {
        RowArithmetic.add(1, present.entry(x.base, x.stride, row, slot, width), to: to, width)
      }
      let share = share(of: row, present)
      if share != 1 { for k in 0..<width { to[k] *= share } }
    }
  }

  /// Hands every entry the gradient of its row.
  public func backward(_ call: Call) {
    call.clearGradient(of: 1)
    call.clearGradient(of: 0)
    guard let dx = call.inputGradient(0) else { return }
    let (dy, present, width) = (
      call.outputGradient, Presence(call, slots, input: 1), call.outputWidth
    )
    for row in 0..<call.rows {
      let share = share(of: row, present)
      for slot in 0..<slots.most where present.has(row, slot) {
        RowArithmetic.add(
          share, dy.base + row * dy.stride,
          to: present.entry(dx.base, dx.stride, row, slot, width), width)
      }
    }
  }

  private func share(of row: Int, _ present: Presence) -> Float {
    isMean ? 1 / Float(max(1, present.count(row, of: slots.most))) : 1
  }
}

/// A value of the row at every entry of the row.
///
///     y_t = m_t x                              x [B, w], m [B, n], y [B, n·w]
///     dx  = Σ_t m_t dy_t
public struct Spread: Operation {
  /// n entries a row.
  public let slots: Slots

  /// A value at every entry.
  public init(_ slots: Slots) { self.slots = slots }

  /// The name in profiles and messages.
  public var name: String { "spread" }
  /// The mask.
  public var keeps: Keeps { .inputs }
  /// The entries, or rows of them.
  public func extent(of inputs: [Extent]) -> Extent {
    let rows = slots.extent(for: name, of: inputs) { _, parent in [parent] }
    return slots.extent ?? rows
  }
  /// n·w; stops the program unless there is at most a mask [B, n] besides the value.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      slots.most > 0 && (inputs.count == 1 || inputs == [inputs[0], slots.most]),
      "spread: a value and a mask of \(slots.most) entries, found \(inputs)")
    return slots.sideBySide * inputs[0]
  }

  /// Copies the value to every entry that exists.
  public func forward(_ call: Call) {
    let (x, y, present) = (call.input(0), call.output, Presence(call, slots, input: 1))
    let width = call.inputWidth(0)
    for row in 0..<call.rows(of: 0) {
      for slot in 0..<present.slots(ofRow: row, of: slots.most) {
        let to = present.entry(y.base, y.stride, row, slot, width)
        if present.has(row, slot) {
          to.update(from: x.base + row * x.stride, count: width)
        } else {
          to.update(repeating: 0, count: width)
        }
      }
    }
  }

  /// Adds up what the entries hand back.
  public func backward(_ call: Call) {
    call.clearGradient(of: 1)
    call.clearGradient(of: 0)
    guard let dx = call.inputGradient(0) else { return }
    let (dy, present, width) = (
      call.outputGradient, Presence(call, slots, input: 1), call.inputWidth(0)
    )
    for row in 0..<call.rows(of: 0) {
      for slot in 0..<slots.most where present.has(row, slot) {
        RowArithmetic.add(
          1, present.entry(dy.base, dy.stride, row, slot, width), to: dx.base + row * dx.stride,
          width)
      }
    }
  }
}

extension Variable {
  /// The sum of a row's entries; see ``SegmentSum``.
  public func sum(of slots: Slots, keeping mask: Variable? = nil) -> Variable {
    graph.record(SegmentSum(slots, isMean: false), [self] + (mask.map { [$0] } ?? []))
  }

  /// The mean of a row's entries; see ``SegmentSum``.
  public func mean(of slots: Slots, keeping mask: Variable? = nil) -> Variable {
    graph.record(SegmentSum(slots, isMean: true), [self] + (mask.map { [$0] } ?? []))
  }

  /// This value at every entry of its row; see ``Spread``.
  public func spread(over slots: Slots, keeping mask: Variable? = nil) -> Variable {
    graph.record(Spread(slots), [self] + (mask.map { [$0] } ?? []))
  }
}
