import Runs
import Testing

/// Each alarm on made weights, on either side of its limit.
@Suite struct GateAlarmTests {
  /// A gate over these experts; `own` of the task, the rest shared.
  private func gate(
    _ name: String, _ mean: [Float], task: String?? = .none, own: Int = 0, first: Int = 0,
    shared: Int? = nil
  ) -> GateSnapshot {
    var gate = GateSnapshot(
      name: name, experts: [], mean: mean, deviation: [], low: [], high: [], topShare: [],
      entropy: 1, rows: 10, step: 500)
    gate.task = task ?? name
    gate.members = mean.indices.map { place in
      place < own
        ? GateExpert(owner: "own", label: "\(place + 1)", task: gate.task, index: first + place)
        : GateExpert(label: "E\(place - own)", index: (shared ?? own + first) + place - own)
    }
    return gate
  }

  private func alarms(
    _ gates: [GateSnapshot], zeros: [Float] = [], pairs: [(String, String, Float)] = [],
    step: Int = 500, standing: [GateAlarm] = []
  ) -> [GateAlarm] {
    var snapshot = Snapshot()
    snapshot.step = step
    snapshot.gates = gates
    snapshot.experts = zeros.enumerated().map {
      ExpertSnapshot(name: "E\($0.offset)", zeroShare: $0.element, rows: 256, step: step)
    }
    snapshot.gatePairs = pairs.map { GatePair(first: $0.0, second: $0.1, divergence: $0.2) }
    return GateAlarm.all(in: snapshot, standing: standing)
  }

  private let even: [Float] = [0.25, 0.25, 0.25, 0.25]

  @Test func nothingIsWrongWithEvenGates() {
    #expect(
      alarms(
        [gate("click", even), gate("buy", even)], zeros: [0.5, 0.9, 0.2, 0],
        pairs: [("click", "buy", 0.01)]
      ).isEmpty)
    #expect(alarms([]).isEmpty)
  }

  @Test func aDeadExpert() throws {
    let found = alarms([gate("click", even)], zeros: [0.5, 0.91, 0.9, 0])
    #expect(found.map(\.kind) == [.dead] && found.map(\.expert) == ["E1"])
    #expect(found[0].expertIndex == 1 && found[0].gates.isEmpty)
    #expect(found[0].sentence == "E1 is dead: 91 % of its outputs are zero")
  }

  @Test func aCollapsedGate() {
    let found = alarms([
      gate("click", [0.05, 0.81, 0.07, 0.07]), gate("buy", [0.06, 0.8, 0.07, 0.07]),
    ])
    #expect(found.map(\.kind) == [.collapsed] && found[0].gates == ["click"])
    #expect(found[0].expertIndex == 1)
    #expect(found[0].sentence == "click has collapsed: 81 % of its weight is E1's")
  }

  /// A tenth of the even share of a quarter is 2.5 %.
  @Test func anExpertThatNobodyUses() {
    let unused = gate("click", [0.5, 0.246, 0.024, 0.23])
    let found = alarms([unused, gate("buy", [0.3, 0.3, 0.02, 0.38])])
    #expect(found.map(\.kind) == [.unused] && found.map(\.expert) == ["E2"])
    #expect(found[0].sentence == "nobody uses E2: no gate gives it more than 2 %")
    // One task that gives it 3 % is enough.
    #expect(alarms([unused, gate("buy", [0.3, 0.3, 0.03, 0.37])]).isEmpty)
    let few = alarms([gate("click", [0.5, 0.25, 0.004, 0.246])])
    #expect(few[0].sentence == "nobody uses E2: no gate gives it more than 0.4 %")
  }

  /// One own and two shared experts: a tenth of the even third is 3.3 %.
  @Test func aTaskThatIgnoresItsOwnExpert() {
    let found = alarms([
      gate("click", [0.03, 0.47, 0.5], own: 1, first: 0, shared: 2),
      gate("buy", [0.04, 0.46, 0.5], own: 1, first: 1, shared: 2),
    ])
    #expect(found.map(\.kind) == [.unused, .ownIgnored])
    #expect(found[1].gates == ["click"] && found[1].expert == nil)
    #expect(
      found[1].sentence == "click ignores its own expert: 3 % of its weight, 33 % would be even")
    // Two own experts count together; a gate of a task without any ignores none.
    let two = alarms([
      gate("click", [0.02, 0.02, 0.96 / 2, 0.96 / 2], own: 2, first: 0, shared: 2),
      gate("buy", [0.5, 0.5], shared: 2),
    ])
    #expect(two.filter { $0.kind == .ownIgnored }.map(\.gates) == [["click"]])
    #expect(
      two.first { $0.kind == .ownIgnored }?.sentence.hasPrefix("click ignores its own experts: 4 %")
        == true)
  }

  /// Half the even share of a quarter is 12.5 %.
  @Test func aSharedExpertThatOneTaskHoards() {
    let others = gate("buy", [0.02, 0.32, 0.33, 0.33])
    let found = alarms([gate("click", [0.13, 0.29, 0.29, 0.29]), others])
    #expect(found.map(\.kind) == [.hoarded] && found[0].gates == ["click"])
    #expect(found[0].expert == "E0" && found[0].expertIndex == 0)
    #expect(
      found[0].sentence
        == "E0 is shared, but only click uses it: 13 %, no other task more than 2 %")
    #expect(alarms([gate("click", [0.12, 0.3, 0.29, 0.29]), others]).isEmpty)
    // A third task that uses it, too; and one task alone shares with nobody.
    #expect(alarms([gate("click", [0.4, 0.2, 0.2, 0.2]), others, gate("like", even)]).isEmpty)
    #expect(alarms([gate("click", [0.94 / 3, 0.94 / 3, 0.06, 0.94 / 3])]).isEmpty)
    // The gate between levels feeds every task: what it uses is not hoarded.
    let between = gate("shared", even, task: .some(nil))
    #expect(alarms([gate("click", [0.4, 0.2, 0.2, 0.2]), others, between]).isEmpty)
    // The gate of all tasks is no task.
    #expect(
      alarms([
        gate("click", [0.4, 0.2, 0.2, 0.2]),
        gate("shared", [0.02, 0.32, 0.33, 0.33], task: .some(nil)),
      ]).isEmpty)
  }

  @Test func gatesThatChooseAlike() {
    let gates = ["click", "cart", "buy", "like"].map { gate($0, even) }
    let found = alarms(
      gates,
      pairs: [
        ("click", "cart", 0.009), ("cart", "buy", 0.0012), ("click", "buy", 0.02),
        ("buy", "like", 0.01),
      ])
    // Cart is like both others: they are one group.
    #expect(found.map(\.kind) == [.copied] && found[0].gates == ["click", "cart", "buy"])
    #expect(
      found[0].sentence
        == "click, cart and buy choose alike: each within JS 0.009 bit of another")
    let all = alarms(
      gates,
      pairs: [("click", "cart", 0.001), ("buy", "like", 0.001), ("cart", "buy", 0.0034)])
    #expect(all[0].sentence == "all gates choose alike: each within JS 0.004 bit of another")
    let two = alarms(gates, pairs: [("click", "cart", 0), ("buy", "like", 0.0001)])
    #expect(two.map(\.gates) == [["click", "cart"], ["buy", "like"]])
    // A pair at the limit does not come and go; one that stood apart needs more to join.
    let above: [(String, String, Float)] = [("click", "cart", 0.0105), ("buy", "like", 0.0105)]
    #expect(alarms(gates, pairs: above).isEmpty)
    #expect(
      alarms(gates, pairs: above, standing: [two[0]]).map(\.gates) == [["click", "cart"]])
    #expect(alarms(gates, pairs: [("click", "cart", 0.0111)], standing: [two[0]]).isEmpty)
  }

  /// A task that is off neither uses nor copies; before the warm-up nothing is said.
  @Test func whatIsNotLookedAt() {
    var idle = gate("click", [0.9, 0.04, 0.03, 0.03])
    idle.isStale = true
    #expect(
      alarms([idle, gate("buy", even)], pairs: [("click", "buy", 0.001)]).isEmpty)
    let collapsed = gate("click", [0.97, 0.01, 0.01, 0.01])
    #expect(alarms([collapsed], zeros: [1], step: GateAlarm.warmUp - 1).isEmpty)
    #expect(!alarms([collapsed], step: GateAlarm.warmUp).isEmpty)
    // A gate of one expert has nothing to choose.
    #expect(alarms([gate("click", [1])]).isEmpty)
  }

  @Test func theWorstIsFirst() {
    let found = alarms(
      [gate("click", [0.01, 0.97, 0.01, 0.01]), gate("buy", [0.9, 0.05, 0.03, 0.02])],
      zeros: [0, 0, 0, 0.95], pairs: [("click", "buy", 0)])
    #expect(found.map(\.kind).map(\.rawValue) == found.map(\.kind).map(\.rawValue).sorted())
    #expect(found.first?.kind == .dead && found.last?.kind == .copied)
  }

  /// An alarm that stands stays until it is a tenth better.
  @Test func anAlarmAtItsLimitDoesNotFlicker() {
    let begun = alarms([gate("click", [0.81, 0.19 / 3, 0.19 / 3, 0.19 / 3])])
    let better = gate("click", [0.75, 0.25 / 3, 0.25 / 3, 0.25 / 3])
    #expect(begun.map(\.kind) == [.collapsed])
    #expect(alarms([better]).isEmpty)
    let standing = alarms([better], standing: begun)
    #expect(standing.map(\.kind) == [.collapsed] && standing[0].isAbout(begun[0]))
    #expect(alarms([gate("click", [0.71, 0.1, 0.1, 0.09])], standing: standing).isEmpty)
    // What stands for one gate is nothing to another's.
    let other = gate("buy", [0.75, 0.25 / 3, 0.25 / 3, 0.25 / 3])
    #expect(alarms([other], standing: begun).isEmpty)
  }

  /// Each kind begins at its limit and stands until it is a tenth better than that.
  @Test func everyAlarmStandsUntilATenthBetter() {
    func check(
      _ kind: GateAlarm.Kind, begins: Float, stands: Float, ends: Float,
      _ look: (Float, [GateAlarm]) -> [GateAlarm]
    ) {
      let begun = look(begins, [])
      #expect(begun.contains { $0.kind == kind }, "\(kind) at \(begins)")
      #expect(!look(stands, []).contains { $0.kind == kind }, "\(kind) begins at \(stands)")
      #expect(look(stands, begun).contains { $0.kind == kind }, "\(kind) ends at \(stands)")
      #expect(!look(ends, begun).contains { $0.kind == kind }, "\(kind) stands at \(ends)")
    }
    check(.dead, begins: 0.91, stands: 0.82, ends: 0.8) { share, standing in
      alarms([gate("click", even)], zeros: [0, share, 0, 0], standing: standing)
    }
    check(.collapsed, begins: 0.81, stands: 0.73, ends: 0.71) { share, standing in
      let rest = (1 - share) / 3
      return alarms([gate("click", [share, rest, rest, rest])], standing: standing)
    }
    check(.unused, begins: 0.024, stands: 0.027, ends: 0.028) { share, standing in
      let rest = (1 - share) / 3
      return alarms([gate("click", [share, rest, rest, rest])], standing: standing)
    }
    check(.ownIgnored, begins: 0.033, stands: 0.036, ends: 0.037) { share, standing in
      let rest = (1 - share) / 2
      return alarms([gate("click", [share, rest, rest], own: 1)], standing: standing)
    }
    check(.hoarded, begins: 0.126, stands: 0.113, ends: 0.112) { share, standing in
      let rest = (1 - share) / 3
      return alarms(
        [gate("click", [share, rest, rest, rest]), gate("buy", [0.01, 0.33, 0.33, 0.33])],
        standing: standing)
    }
    check(.copied, begins: 0.009, stands: 0.0105, ends: 0.0111) { bits, standing in
      alarms(
        [gate("click", even), gate("buy", even)], pairs: [("click", "buy", bits)],
        standing: standing)
    }
  }

  /// What another task gives a hoarded expert counts from a tenth of its own even share.
  @Test func anExpertIsHoardedWhileNoOtherUsesIt() {
    func kinds(_ other: Float) -> [GateAlarm.Kind] {
      let rest = (1 - other) / 3
      return alarms([
        gate("click", [0.4, 0.2, 0.2, 0.2]), gate("buy", [other, rest, rest, rest]),
      ]).map(\.kind)
    }
    #expect(kinds(0.024) == [.hoarded] && kinds(0.026).isEmpty)
  }
}
