internal import CKernels
internal import Tensors

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One entry of a row, chosen at random by its logit, with the gradient of the shares that it was
/// chosen by.
///
///     p = softmax_t((l_t + g_t) / τ)           l, p [B, n]; τ is given, t over entries that exist
///     y = onehot(argmax_t(l_t + g_t))          forward; or y = p, the shares themselves
///     dl = p ∘ (dy − ⟨p, dy⟩) / τ              backward, of both
///     g_t = −ln(−ln u(draw, choice/stream, i, t))     drawn anew in every step, or 0
///
/// With the noise y_t is 1 with the probability softmax(l)_t. Of equal entries the first is chosen;
/// where none exists y is 0. A draw depends on the step, the stream, the row's index in the batch and
/// the entry's in the row alone, also where a row has several such choices side by side; streams of
/// choices are none of ``Dropout``'s or ``Bernoulli``'s, whatever their numbers.
///
/// Jang, Gu, Poole. "Categorical Reparameterization with Gumbel-Softmax." ICLR 2017, section 2.2.
/// arXiv:1611.01144
public struct StraightThrough: Operation {
  /// What the output is.
  public enum Output: Sendable, Hashable {
    /// 1 for the chosen entry, 0 for the others.
    case choice
    /// p.
    case shares
  }

  /// n.
  public let slots: Slots
  /// τ, more than 0.
  public let temperature: Parameter
  /// Keeps the draws of different choices apart; nil: no noise.
  public let stream: UInt64?
  /// What the output is.
  public let form: Output

  /// A choice among n entries.
  public init(_ slots: Slots, temperature: Parameter, stream: UInt64?, form: Output) {
    self.slots = slots
    self.temperature = temperature
    self.stream = stream
    self.form = form
  }

  /// The name in profiles and messages.
  public var name: String { form == .choice ? "choice" : "shares of a choice" }
  /// The logits and the mask: the noise is drawn again.
  public var keeps: Keeps { .inputs }
  /// τ.
  public var givens: [Parameter] { [temperature] }
  /// n; stops the program unless the logits, and the mask if there is one, are [B, n].
  public func width(of inputs: [Int]) -> Int {
    slots.needParts(for: name)
    precondition(
      slots.most > 0 && (1...2).contains(inputs.count) && inputs.allSatisfy { $0 == slots.most },
      "\(name): logits and a mask of \(slots.most) entries, found \(inputs)")
    return slots.most
  }
  /// l + g of a row, then p.
  public func scratch(rows: Int) -> Int { slots.most }

  /// Chooses in every row.
  public func forward(_ call: Call) {
    let (y, present) = (call.output, Presence(call, input: 1))
    for row in 0..<call.rows {
      let to = y.base + row * y.stride
      to.update(repeating: 0, count: slots.most)
      guard let best = score(row, present, call) else { continue }
      guard form == .shares else {
        to[best] = 1
        continue
      }
      share(best, row, present, call)
      to.update(from: call.scratch, count: slots.most)
    }
  }

  /// Hands the gradient of the shares on.
  public func backward(_ call: Call) {
    call.clearGradient(of: 1)
    call.clearGradient(of: 0)
    guard let dx = call.inputGradient(0) else { return }
    let (dy, present, shares) = (call.outputGradient, Presence(call, input: 1), call.scratch)
    let scale = 1 / call.given(0)[0]
    for row in 0..<call.rows {
      guard let best = score(row, present, call) else { continue }
      share(best, row, present, call)
      let (slopes, to) = (dy.base + row * dy.stride, dx.base + row * dx.stride)
      var dot: Float = 0
      for slot in 0..<slots.most where present.has(row, slot) { dot += shares[slot] * slopes[slot] }
      for slot in 0..<slots.most where present.has(row, slot) {
        to[slot] += scale * shares[slot] * (slopes[slot] - dot)
      }
    }
  }

  /// Keeps the draws of choices apart from those of other operations, which number their streams too.
  private static let kind = fnv1a("choice".utf8)

  /// Leaves l + g of the entries that exist in scratch; the largest one's place, if there is one.
  private func score(_ row: Int, _ present: Presence, _ call: Call) -> Int? {
    let from = call.input(0).base + row * call.input(0).stride
    let random = stream.map {
      RandomSource(seed: call.batch.draw, stream: RandomSource.mix(Self.kind ^ $0))
    }
    var best: Int?
    for slot in 0..<slots.most where present.has(row, slot) {
      let number = UInt64(call.entry * slots.most + slot)
      let noise = random.map { gumbel($0.uniform(UInt64(call.firstRow + row), number)) } ?? 0
      call.scratch[slot] = from[slot] + noise
      if best.map({ call.scratch[slot] > call.scratch[$0] }) ?? true { best = slot }
    }
    return best
  }

  /// Makes p of l + g in scratch.
  private func share(_ best: Int, _ row: Int, _ present: Presence, _ call: Call) {
    let (scores, scale) = (call.scratch, 1 / call.given(0)[0])
    // From the largest one on, so that a small τ makes no infinities; e to −1e30 is exactly 0.
    let largest = scores[best]
    for slot in 0..<slots.most {
      scores[slot] = present.has(row, slot) ? (scores[slot] - largest) * scale : -1e30
    }
    ck_softmax(1, Int64(slots.most), scores, 0, scores, 0)
  }

  /// −ln(−ln u), finite for every u in [0, 1).
  private func gumbel(_ u: Double) -> Float { Float(-log(-log(max(u, 0x1p-53)))) }
}

extension Variable {
  /// One of these entries, chosen by its logit; see ``StraightThrough``.
  public func chosen(
    of slots: Slots, temperature: Parameter, stream: UInt64?, keeping mask: Variable? = nil,
    as form: StraightThrough.Output = .choice
  ) -> Variable {
    graph.record(
      StraightThrough(slots, temperature: temperature, stream: stream, form: form),
      [self] + (mask.map { [$0] } ?? []))
  }
}
