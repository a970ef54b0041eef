import Runs

@testable import Interface

// Gates of systems whose tasks have experts of their own.
extension Fixture {
  /// One gate with weights that lean to one of its experts.
  private static func gate(
    _ name: String, task: String?, level: Int?, _ members: [GateExpert], leaning lean: Int
  ) -> GateSnapshot {
    let raw = members.indices.map { $0 == lean % members.count ? 3.1 : 1 + 0.3 * Double($0 % 3) }
    let mean = raw.map { Float($0 / raw.reduce(0, +)) }
    var gate = GateSnapshot(
      name: name, experts: [], mean: mean, deviation: mean.map { $0 * 0.2 },
      low: mean.map { $0 * 0.6 }, high: mean.map { $0 * 1.5 },
      topShare: mean.indices.map { $0 == lean % members.count ? 0.7 : 0.3 / Float(mean.count - 1) },
      entropy: 0.9, rows: 1_024, step: 1_799)
    (gate.task, gate.level, gate.members) = (task, level, members)
    return gate
  }

  /// PLE with two levels: two own experts a task and two shared ones.
  static func levelGates(_ names: [String] = shortNames) -> [GateSnapshot] {
    (0..<2).flatMap { level -> [GateSnapshot] in
      let first = level * (2 * names.count + 2)
      let shared = (0..<2).map {
        GateExpert(owner: "shared", label: "\($0 + 1)", index: first + 2 * names.count + $0)
      }
      func own(_ task: Int, _ owner: String) -> [GateExpert] {
        (0..<2).map {
          GateExpert(
            owner: owner, label: "\($0 + 1)", task: names[task], index: first + 2 * task + $0)
        }
      }
      let tasks = names.indices.map { task in
        gate(
          "L\(level) \(names[task])", task: names[task], level: level, own(task, "own") + shared,
          leaning: task + level)
      }
      guard level == 0 else { return tasks }
      let all = names.indices.flatMap { own($0, names[$0]) } + shared
      return tasks + [gate("L0 shared", task: nil, level: 0, all, leaning: 8)]
    }
  }

  /// STEM-Net: every gate weighs the experts of all tasks and the shared ones.
  static func stemGates(_ names: [String] = shortNames) -> [GateSnapshot] {
    let members =
      names.enumerated().map {
        GateExpert(owner: $0.element, label: "1", task: $0.element, index: $0.offset)
      }
      + (0..<4).map {
        GateExpert(owner: "shared", label: "\($0 + 1)", index: names.count + $0)
      }
    return names.enumerated().map {
      gate($0.element, task: $0.element, level: nil, members, leaning: 3 * $0.offset)
    }
  }

  /// What the columns say of the gates of short names.
  static func ranking() -> SegmentRanking {
    func column(_ name: String, _ divergence: [Float], isNumeric: Bool = false)
      -> SegmentRanking.Column
    {
      .init(name: name, isNumeric: isNumeric, values: 7, divergence: divergence)
    }
    return SegmentRanking(
      gates: shortNames, step: 1_790, rows: 2_048,
      columns: [
        column("device", [0.021, 0.0002, 0.004, 0]), column("hour", [0.084, 0.011, 0.03, 0.002]),
        column("author", [0, 0.0009, 0.001, 0.0004]), column("tag", [0.0071, 0.0302, 0, 0.05]),
        column("city", [0.0005, 0, 0, 0]),
        column("age", [0.0121, 0.02, 0.011, 0.001], isNumeric: true),
      ])
  }

  /// An app with other gates, and whatever else a snapshot has.
  static func app(gates: [GateSnapshot], _ change: (inout Snapshot) -> Void = { _ in }) -> App {
    var app = Fixture.app()
    var snapshot = Fixture.snapshot(step: 1_850)
    snapshot.gates = gates
    change(&snapshot)
    _ = app.update(.snapshot(snapshot))
    _ = app.update(.time(1_000))
    return app
  }

  /// Gates and experts that five alarms are about.
  static func alarmingApp() -> App {
    var gates = Fixture.gates(experts: 6)
    gates[0].mean = [0.84, 0.09, 0.05, 0.001, 0.009, 0.01]
    gates[1].mean = [0.01, 0.49, 0.38, 0.002, 0.008, 0.11]
    return app(gates: gates) { snapshot in
      for index in 2..<4 { snapshot.gates[index].mean = [0.012, 0.41, 0.4, 0.003, 0.045, 0.13] }
      snapshot.experts = (0..<6).map {
        ExpertSnapshot(name: "E\($0)", zeroShare: $0 == 5 ? 0.97 : 0.4, rows: 256, step: 1_850)
      }
      snapshot.gatePairs = [
        GatePair(first: "follow", second: "longview", divergence: 0.0012),
        GatePair(first: "click", second: "like", divergence: 0.4),
      ]
    }
  }
}
