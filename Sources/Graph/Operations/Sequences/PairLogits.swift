/// How well each entry of one side goes with the entries of the other.
///
///     l_i = max_j ⟨a_i, b_j⟩   or   mean_j ⟨a_i, b_j⟩      a [B, n·e], b [B, m·e], l [B, n]
///     da_i = dl_i b_j*         or   dl_i mean_j b_j        j* the first partner that is largest
///     db_j = Σ_i [j = j*_i] dl_i a_i   or   Σ_i dl_i a_i / Σ_j m_j
///
/// j runs over the partners that exist. An entry that does not exist, and one without any partner,
/// has the logit 0. For a bilinear form ⟨a_i M, b_j⟩ one side is multiplied by M before; the other
/// side's logits come of the two sides changed about.
///
/// The co-attention of Tay, Luu, Hui. "Multi-Pointer Co-Attention Networks for Recommendation." KDD
/// 2018, section 3.2. doi:10.1145/3219819.3220086
public struct PairLogits: Operation {
  /// How the products with all partners become one number.
  public enum Pool: Sendable, Hashable {
    /// The largest.
    case max
    /// Their mean.
    case mean
  }

  /// How the products become one number.
  public let pool: Pool
  /// n.
  public let slots: Slots
  /// m.
  public let partners: Slots

  /// Logits of n entries by m partners.
  public init(_ pool: Pool, slots: Slots, partners: Slots) {
    self.pool = pool
    self.slots = slots
    self.partners = partners
  }

  /// The name in profiles and messages.
  public var name: String { "pair logits" }
  /// Both sides and their masks.
  public var keeps: Keeps { .inputs }
  /// n; stops the program unless both sides have entries of one width, and both masks or none.
  public func width(of inputs: [Int]) -> Int {
    slots.needParts(for: name)
    let (n, m) = (slots.most, partners.most)
    precondition(
      n > 0 && m > 0 && inputs.count >= 2 && inputs[0] % n == 0 && inputs[1] == inputs[0] / n * m
        && (inputs.count == 2 || Array(inputs[2...]) == [n, m]),
      "pair logits: \(n) entries and \(m) partners of one width, and both masks, found \(inputs)")
    return n
  }
  /// n·m·e.
  public func multiplyAdds(inputs: [Int]) -> Int { slots.most * inputs[1] }

  /// Computes the logits.
  public func forward(_ call: Call) {
    let y = call.output
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(repeating: 0, count: slots.most)
    }
    forEachPair(call) { row, i, pair in
      let logit: Float
      switch pool {
      case .max: logit = pair.best(i).product
      case .mean: logit = pair.mean(i)
      }
      y.base[row * y.stride + i] = logit
    }
  }

  /// Adds to the gradients of both sides.
  public func backward(_ call: Call) {
    for input in 0..<call.inputCount { call.clearGradient(of: input) }
    let (da, db, dy) = (call.inputGradient(0), call.inputGradient(1), call.outputGradient)
    forEachPair(call) { row, i, pair in
      let slope = dy.base[row * dy.stride + i]
      func hand(_ share: Float, _ j: Int) {
        let width = pair.width
        if let da {
          RowArithmetic.add(
            share, pair.b + j * width, to: da.base + row * da.stride + i * width, width)
        }
        if let db {
          RowArithmetic.add(
            share, pair.a + i * width, to: db.base + row * db.stride + j * width, width)
        }
      }
      switch pool {
      case .max: hand(slope, pair.best(i).partner)
      case .mean: pair.forEachPartner { hand(slope / Float(pair.count), $0) }
      }
    }
  }

  /// Calls `body` for every entry that exists and has partners.
  @inline(__always) private func forEachPair(
    _ call: Call, _ body: (_ row: Int, _ i: Int, _ pair: Sides) -> Void
  ) {
    let (a, b) = (call.input(0), call.input(1))
    let (left, right) = (Presence(call, input: 2), Presence(call, input: 3))
    for row in 0..<call.rows {
      let count = right.count(row, of: partners.most)
      guard count > 0 else { continue }
      let sides = Sides(
        a: a.base + row * a.stride, b: b.base + row * b.stride,
        width: call.inputWidth(0) / slots.most, row: row, most: partners.most, count: count,
        present: right)
      for i in 0..<slots.most where left.has(row, i) { body(row, i, sides) }
    }
  }
}

/// Both sides of a row.
private struct Sides {
  let a: UnsafePointer<Float>
  let b: UnsafePointer<Float>
  let width: Int
  let row: Int
  let most: Int
  /// Partners that exist.
  let count: Int
  let present: Presence

  @inline(__always) func forEachPartner(_ body: (Int) -> Void) {
    for j in 0..<most where present.has(row, j) { body(j) }
  }

  private func product(_ i: Int, _ j: Int) -> Float {
    RowArithmetic.dot(a + i * width, b + j * width, width)
  }

  /// The first partner whose product is largest.
  func best(_ i: Int) -> (partner: Int, product: Float) {
    var best: (partner: Int, product: Float)?
    forEachPartner { j in
      let product = product(i, j)
      if best.map({ product > $0.product }) ?? true { best = (j, product) }
    }
    return best ?? (0, 0)
  }

  /// The mean of the products.
  func mean(_ i: Int) -> Float {
    var sum: Float = 0
    forEachPartner { sum += product(i, $0) }
    return sum / Float(count)
  }
}

extension Variable {
  /// How well each of these entries goes with a side of partners; see ``PairLogits``.
  public func pairLogits(
    _ pool: PairLogits.Pool, of slots: Slots, with other: Variable, of partners: Slots,
    keeping masks: (own: Variable, partners: Variable)? = nil
  ) -> Variable {
    graph.record(
      PairLogits(pool, slots: slots, partners: partners),
      [self, other] + (masks.map { [$0.own, $0.partners] } ?? []))
  }
}
