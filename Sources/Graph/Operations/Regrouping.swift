/// The same numbers as n entries a row, or as a row again.
///
///     y_t = x_{t·w … t·w + w − 1}, t < n        x [B, n·w], y n × [B, w]; and the way back
///
/// What works row by row works entry by entry on what comes of it: the tokens of a text, the groups
/// of a softmax. A plan copies nothing: who reads it reads its input.
public struct Regrouping: Operation {
  /// n.
  public let count: Int
  /// Whether entries become a row again.
  public let isBack: Bool

  /// Entries of a row, or a row of entries.
  public init(count: Int, isBack: Bool) {
    self.count = count
    self.isBack = isBack
  }

  /// The name in messages.
  public var name: String { "regrouping" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// n entries a row, or rows; stops the program unless the input is the other of both.
  ///
  /// A row for all has entries as rows of the batch have.
  public func extent(of inputs: [Extent]) -> Extent {
    let whole = inputs[0].whole
    let parts = Extent.each(count, of: whole)
    let (from, to) = isBack ? (parts, whole) : (whole, parts)
    precondition(inputs == [from], "\(name): needs \(from), found \(inputs)")
    return to
  }
  /// w of an entry, or n·w; stops the program unless a row is n entries.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      count > 0 && (isBack || inputs[0] % count == 0),
      "\(name): [B, \(inputs)] is not \(count) entries")
    return isBack ? inputs[0] * count : inputs[0] / count
  }
  /// Nothing to do.
  public func forward(_ call: Call) {}
  /// Nothing to do.
  public func backward(_ call: Call) {}
}

extension Variable {
  /// What `body` makes of each of n entries of a row, side by side again; see ``Regrouping``.
  public func each(of count: Int, _ body: (_ entries: Variable) -> Variable) -> Variable {
    let made = body(graph.record(Regrouping(count: count, isBack: false), [self]))
    return graph.record(Regrouping(count: count, isBack: true), [made])
  }

  /// The softmax of every n neighbouring numbers; see ``Softmax``.
  public func softmax(groupsOf width: Int) -> Variable {
    precondition(
      width > 0 && self.width % width == 0, "softmax: [B, \(self.width)] is not groups of \(width)")
    return each(of: self.width / width) { $0.softmax() }
  }
}
