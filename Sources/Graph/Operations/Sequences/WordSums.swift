/// The sum of the rows of a table by computed ids, text after text: a bag of words.
///
///     y_g = Σ_{t: id_gt ≠ 0} table[id_gt]      ids [B, G·n], table [V, e], y [B, G·e]
///     dtable[id_gt] += dy_g                    or ids packed [words, 1], y [texts, e]
///
/// An id of 0 fills texts up and adds nothing; a text of zeros is 0. It is a ``ComputedLookup`` and a
/// ``SegmentSum`` in one, which never has the rows of all words side by side. The table takes a
/// gradient as dense numbers do; an id outside 0..<V stops the program.
public struct WordSums: Operation {
  /// n.
  public let slots: Slots
  /// The table.
  public let table: Parameter
  /// V.
  public let vocabulary: Int
  /// e.
  public let columns: Int

  /// Sums of n rows of a table.
  public init(_ slots: Slots, table: Parameter, vocabulary: Int, columns: Int) {
    self.slots = slots
    self.table = table
    self.vocabulary = vocabulary
    self.columns = columns
  }

  /// The name in profiles and messages.
  public var name: String { "sums of words" }
  /// The ids.
  public var keeps: Keeps { .inputs }
  /// The table.
  public var parameters: [Parameter] { [table] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// That of the texts.
  public func extent(of inputs: [Extent]) -> Extent {
    slots.extent(for: name, of: inputs) { words, _ in [words] }
  }
  /// G·e; stops the program unless there are whole texts of n ids, or packed ones.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      slots.most > 0 && inputs.count == 1 && inputs[0] % slots.sideBySide == 0
        && (slots.extent == nil || inputs == [1]),
      "sums of words: texts of \(slots.sideBySide) ids, found \(inputs)")
    return inputs[0] / slots.sideBySide * columns
  }

  /// Adds rows up.
  public func forward(_ call: Call) {
    let (y, numbers) = (call.output, call.value(0))
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(repeating: 0, count: call.outputWidth)
    }
    forEachWord(call) { row, text, id in
      RowArithmetic.add(
        1, numbers + id * columns, to: y.base + row * y.stride + text * columns, columns)
    }
  }

  /// Adds to the gradient of the rows that were read.
  public func backward(_ call: Call) {
    call.clearParameterGradient(0, count: vocabulary * columns)
    let (dy, gradient) = (call.outputGradient, call.gradient(0))
    forEachWord(call) { row, text, id in
      RowArithmetic.add(
        1, dy.base + row * dy.stride + text * columns, to: gradient + id * columns, columns)
    }
  }

  @inline(__always) private func forEachWord(
    _ call: Call, _ body: (_ row: Int, _ text: Int, _ id: Int) -> Void
  ) {
    func visit(_ row: Int, _ text: Int, _ number: Float) {
      let id = Int(number)
      guard id != 0 else { return }
      precondition(0 < id && id < vocabulary, "sums of words: id \(id) of \(vocabulary)")
      body(row, text, id)
    }
    let (ids, most) = (call.input(0), slots.most)
    let present = Presence(call, slots, input: 1)
    for row in 0..<call.rows {
      if present.isPacked {
        for place in 0..<present.slots(ofRow: row, of: 0) {
          visit(row, 0, present.entry(ids.base, ids.stride, row, place, 1)[0])
        }
      } else {
        for place in 0..<call.inputWidth(0) {
          visit(row, place / most, ids.base[row * ids.stride + place])
        }
      }
    }
  }
}

extension Variable {
  /// The sums of the rows of a table that these ids name, text after text; see ``WordSums``.
  public func wordSums(
    of slots: Slots, in table: Parameter, vocabulary: Int, columns: Int
  ) -> Variable {
    graph.record(
      WordSums(slots, table: table, vocabulary: vocabulary, columns: columns), [self])
  }
}
