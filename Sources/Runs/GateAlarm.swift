/// Something about gates or experts that a person should look at, with what speaks for it.
///
/// A pure function of what is watched anyway: mean weights by gate, what experts give, and how alike
/// gates are. With n experts a gate's even share is 1/n; a tenth of it is as good as nothing.
public struct GateAlarm: Sendable, Hashable {
  /// What is wrong, the worst first.
  public enum Kind: Int, Sendable, Hashable, CaseIterable {
    /// An expert's outputs are zero in more than 90 %.
    case dead
    /// A gate gives one expert more than 80 %.
    case collapsed
    /// No gate gives an expert a tenth of its even share.
    case unused
    /// A task's gate gives its own experts together less than a tenth of their even share.
    case ownIgnored
    /// Of a shared expert one task uses half the even share or more, and no other gate a tenth.
    case hoarded
    /// Gates of different tasks choose alike: JS below 0.01 bit, row by row.
    case copied
  }

  /// What is wrong.
  public var kind: Kind
  /// The gates that it is about.
  public var gates: [String]
  /// The expert that it is about, as the model names it; nil: none in particular.
  public var expert: String?
  /// That expert's number among ``RunDescription/experts``.
  public var expertIndex: Int?
  /// What is wrong and what speaks for it, in a sentence without a full stop.
  public var sentence: String

  /// Whether another alarm is about the same, whatever its numbers are.
  public func isAbout(_ other: GateAlarm) -> Bool {
    kind == other.kind && gates == other.gates && expertIndex == other.expertIndex
  }

  /// Steps before which nothing is said: gates begin all alike.
  public static let warmUp = 100

  /// What is wrong in a snapshot, the worst first.
  ///
  /// - Parameters:
  ///   - snapshot: its gates, experts, pairs and step are looked at.
  ///   - standing: what was wrong before: it stays until it is a tenth better than what begins it, so
  ///     that an alarm at its limit does not come and go.
  /// - Returns: the alarms; none before ``warmUp`` steps.
  public static func all(in snapshot: Snapshot, standing: [GateAlarm] = []) -> [GateAlarm] {
    guard snapshot.step >= warmUp else { return [] }
    let look = GateLook(snapshot, standing: standing)
    return (look.dead + look.collapsed + look.unused + look.ownIgnored + look.hoarded + look.copied)
  }
}

/// One look at the gates that train.
private struct GateLook {
  private let gates: [GateSnapshot]
  private let experts: [ExpertSnapshot]
  private let pairs: [GatePair]
  private let standing: [GateAlarm]

  init(_ snapshot: Snapshot, standing: [GateAlarm]) {
    gates = snapshot.gates.filter {
      !$0.isStale && $0.members.count > 1 && $0.mean.count == $0.members.count
    }
    experts = snapshot.experts
    pairs = snapshot.gatePairs
    self.standing = standing
  }

  private func isStanding(_ kind: GateAlarm.Kind, _ gates: [String], _ expert: Int?) -> Bool {
    standing.contains { $0.kind == kind && $0.gates == gates && $0.expertIndex == expert }
  }

  /// Whether a number is above a limit, or was and is above nine tenths of it.
  private func exceeds(_ value: Float, _ limit: Float, isStanding: Bool) -> Bool {
    value > (isStanding ? limit * 0.9 : limit)
  }

  /// Whether a number is below a limit, or was and is below eleven tenths of it.
  private func falls(_ value: Float, below limit: Float, isStanding: Bool) -> Bool {
    value < (isStanding ? limit * 1.1 : limit)
  }

  private func name(_ expert: GateExpert) -> String {
    experts.indices.contains(expert.index) ? experts[expert.index].name : expert.name
  }

  // MARK: - Experts

  var dead: [GateAlarm] {
    experts.enumerated().compactMap { index, expert in
      guard
        exceeds(expert.zeroShare, 0.9, isStanding: isStanding(.dead, [], index))
      else { return nil }
      return GateAlarm(
        kind: .dead, gates: [], expert: expert.name, expertIndex: index,
        sentence: "\(expert.name) is dead: \(percent(expert.zeroShare)) of its outputs are zero")
    }
  }

  /// By expert, the gates that weigh it and what they give it, in multiples of the even share.
  private var uses: [(expert: GateExpert, by: [(gate: GateSnapshot, share: Float)])] {
    var uses: [Int: (expert: GateExpert, by: [(gate: GateSnapshot, share: Float)])] = [:]
    for gate in gates {
      for (member, share) in zip(gate.members, gate.mean) {
        uses[member.index, default: (member, [])].by.append((gate, share))
      }
    }
    return uses.sorted { $0.key < $1.key }.map(\.value)
  }

  var unused: [GateAlarm] {
    uses.compactMap { expert, by in
      let isStanding = isStanding(.unused, [], expert.index)
      guard
        by.allSatisfy({
          falls($0.share * Float($0.gate.members.count), below: 0.1, isStanding: isStanding)
        }), let most = by.max(by: { $0.share < $1.share })
      else { return nil }
      return GateAlarm(
        kind: .unused, gates: [], expert: name(expert), expertIndex: expert.index,
        sentence: "nobody uses \(name(expert)): no gate gives it more than "
          + percent(most.share))
    }
  }

  var hoarded: [GateAlarm] {
    uses.compactMap { expert, by in
      guard expert.task == nil else { return nil }
      let tasks = by.filter { $0.gate.task != nil }
        .sorted { $0.share > $1.share }
      guard tasks.count > 1, let first = tasks.first else { return nil }
      let (gates, most) = ([first.gate.name], tasks[1])
      let isStanding = isStanding(.hoarded, gates, expert.index)
      let uses = first.share * Float(first.gate.members.count)
      guard exceeds(uses, 0.5, isStanding: isStanding),
        // A gate of no task, as PLE's between levels, feeds every task.
        by.allSatisfy({
          $0.gate.name == first.gate.name
            || falls($0.share * Float($0.gate.members.count), below: 0.1, isStanding: isStanding)
        })
      else { return nil }
      return GateAlarm(
        kind: .hoarded, gates: gates, expert: name(expert), expertIndex: expert.index,
        sentence: "\(name(expert)) is shared, but only \(first.gate.name) uses it: "
          + "\(percent(first.share)), no other task more than \(percent(most.share))")
    }
  }

  // MARK: - Gates

  var collapsed: [GateAlarm] {
    gates.compactMap { gate in
      guard let top = gate.mean.indices.max(by: { gate.mean[$0] < gate.mean[$1] }) else {
        return nil
      }
      let expert = gate.members[top]
      let isStanding = isStanding(.collapsed, [gate.name], expert.index)
      guard exceeds(gate.mean[top], 0.8, isStanding: isStanding) else { return nil }
      return GateAlarm(
        kind: .collapsed, gates: [gate.name], expert: name(expert), expertIndex: expert.index,
        sentence: "\(gate.name) has collapsed: \(percent(gate.mean[top])) of its weight is "
          + "\(expert.name)'s")
    }
  }

  var ownIgnored: [GateAlarm] {
    gates.compactMap { gate in
      let own = gate.members.indices.filter {
        gate.task != nil && gate.members[$0].task == gate.task
      }
      guard !own.isEmpty, own.count < gate.members.count else { return nil }
      let share = own.reduce(0) { $0 + gate.mean[$1] }
      let even = Float(own.count) / Float(gate.members.count)
      let isStanding = isStanding(.ownIgnored, [gate.name], nil)
      guard falls(share / even, below: 0.1, isStanding: isStanding) else { return nil }
      return GateAlarm(
        kind: .ownIgnored, gates: [gate.name], expert: nil, expertIndex: nil,
        sentence: "\(gate.name) ignores its own \(own.count == 1 ? "expert" : "experts"): "
          + "\(percent(share)) of its weight, \(percent(even)) would be even")
    }
  }

  /// Gates that are joined by pairs that choose alike, one alarm for all of them together.
  var copied: [GateAlarm] {
    let alike = pairs.filter { pair in
      let names = [pair.first, pair.second]
      let isStanding = standing.contains { alarm in
        alarm.kind == .copied && names.allSatisfy(alarm.gates.contains)
      }
      return falls(pair.divergence, below: 0.01, isStanding: isStanding)
        && names.allSatisfy { name in gates.contains { $0.name == name } }
    }
    var groups: [[String]] = []
    for pair in alike {
      let joined = groups.filter { $0.contains(pair.first) || $0.contains(pair.second) }
      groups.removeAll { joined.contains($0) }
      let members = Set(joined.flatMap { $0 } + [pair.first, pair.second])
      groups.append(gates.map(\.name).filter { members.contains($0) })
    }
    return groups.map { group in
      let most = alike.filter { group.contains($0.first) }.map(\.divergence).max() ?? 0
      let names =
        group.count == gates.count && group.count > 2
        ? "all gates" : group.dropLast().joined(separator: ", ") + " and " + (group.last ?? "")
      return GateAlarm(
        kind: .copied, gates: group, expert: nil, expertIndex: nil,
        sentence: "\(names) choose alike: each within JS \(thousandths(most)) bit of another")
    }
  }
}

/// A share as whole percent; of less than one, one decimal.
private func percent(_ share: Float) -> String {
  guard share.isFinite else { return "-" }
  let tenths = Int((share * 1000).rounded())
  return tenths < 10 ? "0.\(tenths) %" : "\(Int((share * 100).rounded())) %"
}

private func thousandths(_ bits: Float) -> String {
  let whole = Int((bits * 1000).rounded(.up))
  return "0." + String(repeating: "0", count: max(0, 3 - "\(whole)".count)) + "\(whole)"
}
