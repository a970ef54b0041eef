import Runs
import Terminal
import Testing

@testable import Interface

/// Keys without sense, sizes that change, news in between: nothing may crash or grow.
@Suite struct MonkeyTests {
  private static let keys: [Key] =
    " 0123456789.:?#+-=[]{}<>/'\"\\|~abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZé回🎈\u{1B}\u{0}"
    .map(Key.character) + [
      .enter, .escape, .tab, .backTab, .backspace, .delete, .insert, .up, .down, .left, .right,
      .home, .end, .pageUp, .pageDown, .resize, .unknown, .function(1), .function(7),
      .control("a"), .control("d"), .control("k"), .control("l"), .control("p"), .control("r"),
      .control("u"), .control("w"), .enter, .escape, .enter, .escape,
      .mouse(Mouse(.left, row: 0, column: 50)), .mouse(Mouse(.left, row: 7, column: 30)),
      .mouse(Mouse(.wheelUp, row: 5, column: 5)), .mouse(Mouse(.wheelDown, row: 20, column: 70)),
      .mouse(Mouse(.release, row: 900, column: 900)), .mouse(Mouse(.right, row: 3, column: 3)),
      .paste("q"), .paste("my notes: Q y 7"), .paste(""), .paste("task click off"),
      .paste(String(repeating: "é回🎈\u{1B}[2J", count: 200)),
    ]

  private static let sizes = [
    (24, 80), (40, 120), (60, 200), (16, 60), (15, 59), (10, 40), (3, 20), (2, 19), (1, 1), (0, 0),
    (5, 300), (100, 10), (18, 80), (24, 61),
  ].map { Size(rows: $0.0, columns: $0.1) }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomKeys(seed: UInt64) {
    var noise = Noise(seed: seed)
    let names = [Fixture.shortNames, Fixture.longNames, ["only"], Fixture.manyNames][Int(seed - 1)]
    let experts = [8, 18, 0, 2][Int(seed - 1)]
    var app = Fixture.app(
      names, experts: experts, steps: 400, screens: Screens.all + [SampleScreen()])
    _ = app.update(.models(seed == 3 ? [] : Fixture.models))
    var size = Size(rows: 24, columns: 80)
    var typed: [Key] = []
    for turn in 0..<700 {
      let key = Self.keys.randomElement(using: &noise) ?? .escape
      typed.append(key)
      let effects = app.update(.key(key))
      for case .send(let command) in effects {
        _ = app.update(.sent(CommandTicket(id: UInt64(turn), command: command)))
      }
      news(turn, names, experts, &noise, &app)
      if turn % 7 == 0 { size = Self.sizes.randomElement(using: &noise) ?? size }
      _ = app.update(.size(size))
      let canvas = app.view(size)
      guard canvas.size == size, !canvas.text.contains("\u{1B}") else {
        Issue.record("seed \(seed), turn \(turn), keys \(typed.suffix(20))")
        return
      }
    }
    #expect(app.desk.typed.count <= 100)
    #expect(app.run.log.lines.count <= EventLog.capacity)
    // Whatever happened, the way out works.
    app.press("", .escape, .escape, .escape)
    let effects = app.press("Q")
    #expect(effects.contains { if case .quit = $0 { true } else { false } }, "seed \(seed)")
  }

  /// Snapshots with holes, losses that are not finite, answers to commands that nobody sent.
  private func news(
    _ turn: Int, _ names: [String], _ experts: Int, _ noise: inout Noise, _ app: inout App
  ) {
    _ = app.update(.time(Double(turn) * 0.06))
    switch Int.random(in: 0..<12, using: &noise) {
    case 0:
      var snapshot = Fixture.snapshot(names, step: 400 + turn, experts: experts)
      if turn % 3 == 0 { snapshot.tasks.removeLast() }
      if turn % 5 == 0 { snapshot.gates = [] }
      if turn % 11 == 0 { snapshot.phase = .paused("by you") }
      snapshot.segments = turn % 2 == 0 ? nil : Fixture.segments(names, experts: max(1, experts))
      snapshot.example = Fixture.example(names, experts: experts)
      if turn % 2 == 0 { snapshot.views = Fixture.allViews(names) }
      if turn % 13 == 0 { snapshot.views = Fixture.brokenViews }
      _ = app.update(.snapshot(snapshot))
    case 1:
      var bin = LossBin(task: turn % (names.count + 1), step: 400 + turn)
      bin.add(turn % 4 == 0 ? .nan : Float(noise.share()), step: 400 + turn)
      _ = app.update(.losses([bin]))
    case 2:
      _ = app.update(.events([.evaluated(Fixture.evaluation(names, step: turn, gain: 0.001))]))
    case 3:
      let found = Divergence(task: "x\u{1B}[2J", step: turn, parameter: nil, loss: .nan)
      _ = app.update(.events([.diverged(found), .dropped(3)]))
    case 4 where turn % 5 == 0:
      _ = app.update(.began(StartRequest(model: "x\u{1B}[2J")))
      if turn % 3 == 0 { _ = app.update(.events([.failed(message: "x\u{1B}[2J\n\n y")])) }
      _ = app.update(.events([.prepared(Fixture.description(names))]))
    default: break
    }
  }
}
