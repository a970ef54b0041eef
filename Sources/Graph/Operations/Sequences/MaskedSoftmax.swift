internal import CKernels

/// The softmax of every n neighbouring numbers of a row, over the entries that exist.
///
///     y_gt = m_t e^{x_gt} / Σ_s m_s e^{x_gs}   x, y [B, G·n], m [B, n]
///     dx_g = y_g ∘ (dy_g − ⟨y_g, dy_g⟩)
///
/// All groups of a row have one mask: with it attention heeds the real keys alone. Where no entry
/// exists every share is 0. The gradient needs `y` and m.
public struct MaskedSoftmax: Operation {
  /// n.
  public let slots: Slots

  /// Softmaxes of n numbers each.
  public init(_ slots: Slots) { self.slots = slots }

  /// The name in profiles and messages.
  public var name: String { "masked softmax" }
  /// The mask and the output.
  public var keeps: Keeps { [.inputs, .output] }
  /// As wide as the input; stops the program unless it is groups of n, and the mask one of n.
  public func width(of inputs: [Int]) -> Int {
    slots.needParts(for: name)
    precondition(
      slots.most > 0 && inputs.count == 2 && inputs[0] % slots.most == 0 && inputs[1] == slots.most,
      "masked softmax: groups of \(slots.most) and their mask, found \(inputs)")
    return inputs[0]
  }

  /// What an entry that does not exist counts as: e to it is exactly 0.
  private static let nothing: Float = -1e30

  /// Runs the kernel on every row's groups.
  public func forward(_ call: Call) {
    let (x, y, present) = (call.input(0), call.output, Presence(call, input: 1))
    let (count, width) = (slots.most, call.outputWidth)
    for row in 0..<call.rows {
      let (from, to) = (x.base + row * x.stride, y.base + row * y.stride)
      guard present.count(row, of: count) > 0 else {
        to.update(repeating: 0, count: width)
        continue
      }
      for group in stride(from: 0, to: width, by: count) {
        for slot in 0..<count {
          to[group + slot] = present.has(row, slot) ? from[group + slot] : Self.nothing
        }
      }
      ck_softmax(Int64(width / count), Int64(count), to, Int64(count), to, Int64(count))
    }
  }

  /// The softmax's gradient over the entries that exist.
  public func backward(_ call: Call) {
    call.clearGradient(of: 1)
    call.clearGradient(of: 0)
    guard let dx = call.inputGradient(0) else { return }
    let (y, dy, present) = (call.output, call.outputGradient, Presence(call, input: 1))
    for row in 0..<call.rows {
      for group in stride(from: 0, to: call.outputWidth, by: slots.most) {
        let (shares, slopes) = (y.base + row * y.stride + group, dy.base + row * dy.stride + group)
        var dot: Float = 0
        for slot in 0..<slots.most where present.has(row, slot) {
          dot += shares[slot] * slopes[slot]
        }
        let to = dx.base + row * dx.stride + group
        for slot in 0..<slots.most where present.has(row, slot) {
          to[slot] += shares[slot] * (slopes[slot] - dot)
        }
      }
    }
  }
}

extension Variable {
  /// The softmax of every n neighbouring numbers over the entries that exist; see
  /// ``MaskedSoftmax``.
  public func softmax(over slots: Slots, keeping mask: Variable) -> Variable {
    graph.record(MaskedSoftmax(slots), [self, mask])
  }
}
