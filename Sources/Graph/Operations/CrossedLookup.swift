/// A row of a small table, chosen by two fields together.
///
///     y_i = table[a_i · m_i · V_b + b_i]       table [V_a · V_b, D], y [B, D]
///
/// a_i and b_i are ids of the row; where the keep mask m [B, 1] is 0, a_i counts as id 0, the missing
/// one. Without a first field a is always missing, without a second one b is 0. The table takes a
/// gradient as dense numbers do: it is for a few thousand rows, not for millions.
public struct CrossedLookup: Operation {
  /// The two fields and how many ids they have.
  public struct Fields: Sendable, Hashable {
    /// The field of a; nil: a is missing.
    public var first: Int?
    /// The field of b; nil: b is 0.
    public var second: Int?
    /// V_a.
    public var firstCount: Int
    /// V_b.
    public var secondCount: Int

    /// Names two fields and how many ids they have.
    public init(first: Int?, second: Int?, firstCount: Int, secondCount: Int) {
      self.first = first
      self.second = second
      self.firstCount = firstCount
      self.secondCount = secondCount
    }

    /// V_a · V_b.
    public var count: Int { firstCount * secondCount }
  }

  /// The table.
  public let table: Parameter
  /// What chooses the row.
  public let fields: Fields
  /// D.
  public let columns: Int

  /// Rows of a table chosen by two fields.
  public init(table: Parameter, fields: Fields, columns: Int) {
    self.table = table
    self.fields = fields
    self.columns = columns
  }

  /// The name in profiles and messages.
  public var name: String { "crossed lookup" }
  /// The mask.
  public var keeps: Keeps { .inputs }
  /// The table.
  public var parameters: [Parameter] { [table] }
  /// The two fields.
  public var needs: BatchNeeds {
    BatchNeeds(columns: [fields.first, fields.second].compactMap { $0 }.map { .field($0) })
  }
  /// A mask of zeros and ones has no gradient.
  public var handsOnGradient: Bool { false }
  /// D; stops the program unless there is a mask of one column or none.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs == [] || inputs == [1], "crossed lookup: a mask [B, 1], found \(inputs)")
    return columns
  }

  /// Where a row's numbers start in the table.
  private func place(_ row: Int, _ call: Call) -> Int {
    guard let ids = call.batch.ids else { return 0 }
    let place = call.index.map { Int($0[row]) } ?? call.firstRow + row
    let at = ids + place * call.batch.fields
    var first = fields.first.map { Int(at[$0]) } ?? 0
    if call.inputCount > 0 {
      let m = call.input(0)
      if m.base[row * m.stride] == 0 { first = 0 }
    }
    let second = fields.second.map { Int(at[$0]) } ?? 0
    return (first * fields.secondCount + second) * columns
  }

  /// Copies the rows.
  public func forward(_ call: Call) {
    let (y, numbers) = (call.output, call.value(0))
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(from: numbers + place(row, call), count: columns)
    }
  }

  /// Adds to the gradient of the rows that were chosen.
  public func backward(_ call: Call) {
    let (dy, gradient) = (call.outputGradient, call.gradient(0))
    if !call.accumulatesParameters {
      gradient.update(repeating: 0, count: fields.count * columns)
    }
    for row in 0..<call.rows {
      let (from, to) = (dy.base + row * dy.stride, gradient + place(row, call))
      for k in 0..<columns { to[k] += from[k] }
    }
  }
}

extension Graph {
  /// Rows of a small table chosen by two fields; see ``CrossedLookup``.
  public func crossedLookup(
    _ table: Parameter, fields: CrossedLookup.Fields, columns: Int, keeping mask: Variable?
  ) -> Variable {
    record(
      CrossedLookup(table: table, fields: fields, columns: columns), mask.map { [$0] } ?? [])
  }
}
