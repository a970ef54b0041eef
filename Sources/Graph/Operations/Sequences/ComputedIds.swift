/// Ids that are computed, as numbers below 2²⁴, which a float has exactly: those of the entry that
/// was chosen.
///
///     y_i = ids_i,c,  c = argmax_t choice_t    ids [B, n·C], choice [B, n], y [B, C]
///
/// Of equal entries the first counts, so that a choice of nothing is the first entry. No gradient
/// goes through ids.
public struct ChosenIds: Operation {
  /// n.
  public let slots: Slots

  /// Ids of one entry of n.
  public init(_ slots: Slots) { self.slots = slots }

  /// The name in profiles and messages.
  public var name: String { "chosen ids" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// C; stops the program unless the inputs are [B, n·C] and [B, n].
  public func width(of inputs: [Int]) -> Int {
    slots.needParts(for: name)
    precondition(
      slots.most > 0 && inputs.count == 2 && inputs[0] % slots.most == 0 && inputs[1] == slots.most,
      "chosen ids: ids of \(slots.most) entries and a choice, found \(inputs)")
    return inputs[0] / slots.most
  }

  /// Copies the ids of the chosen entries.
  public func forward(_ call: Call) {
    let (ids, choice, y) = (call.input(0), call.input(1), call.output)
    for row in 0..<call.rows {
      let shares = choice.base + row * choice.stride
      var best = 0
      for slot in 1..<max(1, slots.most) where shares[slot] > shares[best] { best = slot }
      (y.base + row * y.stride).update(
        from: ids.base + row * ids.stride + best * call.outputWidth, count: call.outputWidth)
    }
  }

  /// Nothing to do.
  public func backward(_ call: Call) {}
}

/// Which of a row's ids are there: 1 where an id is not 0, which fills rows up; or which groups of
/// ids have one.
///
///     y_t = [id_tj ≠ 0 for some j]             ids [B, n·g], y [B, n]
public struct IsPresent: Operation {
  /// g.
  public let groupSize: Int

  /// Ones for ids, or for groups of them.
  public init(groupsOf size: Int = 1) { groupSize = size }

  /// The name in profiles and messages.
  public var name: String { "present" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// n; stops the program unless there are whole groups.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      groupSize > 0 && inputs[0] % groupSize == 0,
      "present: groups of \(groupSize) ids, found \(inputs)")
    return inputs[0] / groupSize
  }

  /// Writes zeros and ones.
  public func forward(_ call: Call) {
    let (ids, y) = (call.input(0), call.output)
    for row in 0..<call.rows {
      let (from, to) = (ids.base + row * ids.stride, y.base + row * y.stride)
      for group in 0..<call.outputWidth {
        to[group] = 0
        for place in (group * groupSize)..<((group + 1) * groupSize) where from[place] != 0 {
          to[group] = 1
        }
      }
    }
  }

  /// Nothing to do.
  public func backward(_ call: Call) {}
}

/// The rows of a table that computed ids name, the row 0 for an id of 0.
///
///     y_t = table[id_t]                        ids [B, n], table [V, e], y [B, n·e]
///     dtable[id_t] += dy_t
///
/// The table takes a gradient as dense numbers do, a copy a lane: it is for words, of which there
/// are thousands, not for millions of users. No gradient goes through ids; an id outside 0..<V
/// stops the program.
public struct ComputedLookup: Operation {
  /// The table.
  public let table: Parameter
  /// V.
  public let vocabulary: Int
  /// e.
  public let columns: Int

  /// Rows of a table.
  public init(table: Parameter, vocabulary: Int, columns: Int) {
    self.table = table
    self.vocabulary = vocabulary
    self.columns = columns
  }

  /// The name in profiles and messages.
  public var name: String { "computed lookup" }
  /// The ids.
  public var keeps: Keeps { .inputs }
  /// The table.
  public var parameters: [Parameter] { [table] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// n·e.
  public func width(of inputs: [Int]) -> Int { inputs[0] * columns }

  /// Copies the rows.
  public func forward(_ call: Call) {
    let (y, numbers) = (call.output, call.value(0))
    forEachId(call) { row, slot, id in
      (y.base + row * y.stride + slot * columns).update(
        from: numbers + id * columns, count: columns)
    }
  }

  /// Adds to the gradient of the rows that were read.
  public func backward(_ call: Call) {
    call.clearParameterGradient(0, count: vocabulary * columns)
    let (dy, gradient) = (call.outputGradient, call.gradient(0))
    forEachId(call) { row, slot, id in
      RowArithmetic.add(
        1, dy.base + row * dy.stride + slot * columns, to: gradient + id * columns, columns)
    }
  }

  @inline(__always) private func forEachId(
    _ call: Call, _ body: (_ row: Int, _ slot: Int, _ id: Int) -> Void
  ) {
    let ids = call.input(0)
    for row in 0..<call.rows {
      for slot in 0..<call.inputWidth(0) {
        let id = Int(ids.base[row * ids.stride + slot])
        precondition(0 <= id && id < vocabulary, "computed lookup: id \(id) of \(vocabulary)")
        body(row, slot, id)
      }
    }
  }
}

extension Variable {
  /// The ids of the entry that a choice names; see ``ChosenIds``.
  public func ids(of slots: Slots, at choice: Variable) -> Variable {
    graph.record(ChosenIds(slots), [self, choice])
  }

  /// Which of these ids, or groups of them, are there; see ``IsPresent``.
  public func present(groupsOf size: Int = 1) -> Variable {
    graph.record(IsPresent(groupsOf: size), [self])
  }

  /// The rows of a table that these ids name; see ``ComputedLookup``.
  public func rows(of table: Parameter, vocabulary: Int, columns: Int) -> Variable {
    graph.record(ComputedLookup(table: table, vocabulary: vocabulary, columns: columns), [self])
  }
}
