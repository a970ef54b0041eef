/// How well every entry of one side goes with every entry of the other: what ``PairLogits`` makes one
/// number an entry of.
///
///     y_ij = ⟨a_i, b_j⟩                        a [B, n·e], b [B, m·e], y [B, n·m]
///     da_i = Σ_j dy_ij b_j,  db_j = Σ_i dy_ij a_i
public struct PairProducts: Operation {
  /// n.
  public let slots: Slots
  /// m.
  public let partners: Slots

  /// Products of n entries with m partners.
  public init(slots: Slots, partners: Slots) {
    self.slots = slots
    self.partners = partners
  }

  /// The name in profiles and messages.
  public var name: String { "pair products" }
  /// Both sides.
  public var keeps: Keeps { .inputs }
  /// n·m; stops the program unless both sides have entries of one width.
  public func width(of inputs: [Int]) -> Int {
    slots.needParts(for: name)
    let (n, m) = (slots.most, partners.most)
    precondition(
      n > 0 && m > 0 && inputs.count == 2 && inputs[0] % n == 0 && inputs[1] == inputs[0] / n * m,
      "pair products: \(n) entries and \(m) partners of one width, found \(inputs)")
    return n * m
  }
  /// n·m·e.
  public func multiplyAdds(inputs: [Int]) -> Int { slots.most * inputs[1] }

  /// Computes the products.
  public func forward(_ call: Call) {
    let (a, b, y) = (call.input(0), call.input(1), call.output)
    forEachPair(call) { row, i, j, width in
      y.base[row * y.stride + i * partners.most + j] = RowArithmetic.dot(
        a.base + row * a.stride + i * width, b.base + row * b.stride + j * width, width)
    }
  }

  /// Adds to the gradients of both sides.
  public func backward(_ call: Call) {
    for input in 0..<call.inputCount { call.clearGradient(of: input) }
    let (a, b, dy) = (call.input(0), call.input(1), call.outputGradient)
    let (da, db) = (call.inputGradient(0), call.inputGradient(1))
    forEachPair(call) { row, i, j, width in
      let slope = dy.base[row * dy.stride + i * partners.most + j]
      if let da {
        RowArithmetic.add(
          slope, b.base + row * b.stride + j * width, to: da.base + row * da.stride + i * width,
          width)
      }
      if let db {
        RowArithmetic.add(
          slope, a.base + row * a.stride + i * width, to: db.base + row * db.stride + j * width,
          width)
      }
    }
  }

  @inline(__always) private func forEachPair(
    _ call: Call, _ body: (_ row: Int, _ i: Int, _ j: Int, _ width: Int) -> Void
  ) {
    let width = call.inputWidth(0) / slots.most
    for row in 0..<call.rows {
      for i in 0..<slots.most {
        for j in 0..<partners.most { body(row, i, j, width) }
      }
    }
  }
}

extension Variable {
  /// How well each of these entries goes with each partner; see ``PairProducts``.
  public func pairProducts(
    of slots: Slots, with other: Variable, of partners: Slots
  ) -> Variable {
    graph.record(PairProducts(slots: slots, partners: partners), [self, other])
  }
}
