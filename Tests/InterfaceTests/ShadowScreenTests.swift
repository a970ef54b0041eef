import Runs
import Terminal
import Testing

@testable import Interface

/// What is seen of a run beside the main one, and the key that begins and ends it.
@Suite struct ShadowScreenTests {
  static let sizes = [(24, 80), (40, 120), (60, 200)].map { Size(rows: $0.0, columns: $0.1) }

  private static func shadow() -> ShadowSnapshot {
    let steps = Array(stride(from: 1_204, through: 1_800, by: 4))
    func task(
      _ index: Int, _ difference: PairedDifference.Estimate?, _ score: ShadowSnapshot.Score? = nil
    ) -> ShadowSnapshot.Task {
      ShadowSnapshot.Task(
        name: Fixture.shortNames[index], isOn: index != 1, difference: difference, score: score,
        losses: index == 1
          ? steps.map { _ in .nan }
          : steps.map { Float(0.3) / Float(index + 1) - Float($0 - 1_200) / 20_000 })
    }
    return ShadowSnapshot(
      change: "without like", fork: 1_200, step: 1_800, share: 0.43,
      tasks: [
        task(
          0, .init(mean: -0.0122, error: 0.0031, steps: 288),
          .init(name: "auc", step: 1_600, main: 0.8121, shadow: 0.8165, error: 0.002)),
        task(1, nil), task(2, .init(mean: 0.0003, error: 0.0005, steps: 288)),
        task(3, .init(mean: 0.0216, error: 0.004, steps: 288)),
      ], steps: steps)
  }

  private static func app() -> App {
    var app = Fixture.app()
    var newest = Fixture.snapshot(step: 1_801)
    newest.shadow = shadow()
    _ = app.update(.snapshot(newest))
    _ = app.update(.time(1_000))
    return app
  }

  private func text(_ app: App, _ size: Size) -> String {
    var app = app
    _ = app.update(.size(size))
    return app.view(size).text
  }

  @Test(arguments: sizes) func dashboard(_ size: Size) {
    Golden.check(text(Self.app(), size), "shadow_\(size.columns)x\(size.rows)")
  }

  @Test func gainsAndLossesAreToldFromNoise() {
    let line = ShadowLine(shadow: Self.shadow(), tasks: Fixture.shortNames)
    let words = line.lines(columns: 400, most: 1).map { $0.map(\.text).joined() }.joined()
    #expect(
      words == "╌ shadow without like since 1,200, 43% of the time · "
        + "● click loss -0.0122±0.0031 gains (auc +0.0044±0.0020) · "
        + "■ follow loss +0.0003±0.0005 within noise · ▲ longview loss +0.0216±0.0040 loses")
    let short = line.lines(columns: 76, most: 2).map { $0.map(\.text).joined() }
    #expect(
      short == [
        "╌ shadow without like since 1,200, loss · ● click -0.0122±0.0031 gains",
        "■ follow +0.0003±0.0005 within noise · ▲ longview +0.0216±0.0040 loses",
      ])
    let cut = line.lines(columns: 40, most: 1)
    #expect(cut.count == 1 && cut[0].last?.text == " …")
  }

  /// What two phases of a search have come to is no gain of either.
  @Test func differentPhasesAreNotCompared() {
    var shadow = Self.shadow()
    shadow.phases = .init(shadow: "joint training", main: "pruning follow")
    let line = ShadowLine(shadow: shadow, tasks: Fixture.shortNames)
    let words = line.lines(columns: 80, most: 2).map { $0.map(\.text).joined() }
    #expect(
      words == [
        "╌ shadow without like since 1,200, 43% of the time",
        "in joint training, the run in pruning follow: not compared",
      ])
  }

  @Test func theCurveIsDashed() throws {
    let chart = Self.app().desk.chart(of: [0])
    let dashed = try #require(chart.lines.first { $0.stroke == .dashed })
    #expect(dashed.name == "shadow without like" && dashed.series.lastStep == 1_799)
    // The task that the shadow leaves out has no curve there.
    #expect(!Self.app().desk.chart(of: [1]).lines.contains { $0.stroke == .dashed })
  }

  @Test func aKeyBeginsAndEndsIt() {
    let robot = Robot()
    robot.start()
    robot.press("jF")
    #expect(robot.link.commands.last == .shadow(without: "like"))
    robot.link.current.shadow = Self.shadow()
    robot.link.snapshot = robot.link.current
    robot.wait(1)
    #expect(robot.text.contains("shadow without like since 1,200"))
    robot.press("F")
    #expect(robot.link.commands.last == .dropShadow)
    robot.press(":shadow follow", .enter)
    #expect(robot.link.commands.last == .shadow(without: "follow"))
    robot.press(":shadow drop", .enter)
    #expect(robot.link.commands.last == .dropShadow)
  }

  /// Another balancer, with what is chosen about it, beside the run or in it.
  @Test func anotherBalancerIsTyped() {
    let robot = Robot()
    robot.link.balancers = [
      BalancerChoices(
        name: "metabalance", title: "MetaBalance", summary: "",
        options: [.init(name: "relax", defaultValue: "0.7", summary: "")])
    ]
    robot.start()
    robot.press(":shadow balancer metabalance relax=0.5", .enter)
    let metabalance = BalancerSetting("metabalance", options: ["relax": "0.5"])
    #expect(robot.link.commands.last == .shadowUnder(metabalance))
    robot.press(":balancer metabalance relax=0.5", .enter)
    #expect(robot.link.commands.last == .setBalancer(metabalance))
  }

  /// What is too small for its decimals is no zero of either sign.
  @Test(arguments: [
    (0.11, 2, "+0.11"), (-0.41, 2, "-0.41"), (-0.004, 2, "-<.01"), (-0.02, 1, "-<.1"),
    (-0.00004, 4, "-<.0001"), (0.004, 2, "+0.00"), (-0.0, 2, "+0.00"), (.nan, 2, "-"),
    (-0.005001, 2, "-0.01"),
  ]) func smallNegativesAreNoZeros(value: Double, decimals: Int, text: String) {
    #expect(signedFixed(value, decimals) == text)
  }

  @Test func whatItSaysIsExported() throws {
    var app = Self.app()
    app.press("8")
    let file = try #require(app.screen.files(app.desk).first { $0.name == "shadow.csv" })
    let lines = file.text.split(separator: "\r\n")
    #expect(lines.count == 5)
    #expect(lines[1] == "without like,1200,1800,click,-0.0122,0.0031,288,auc,1600,0.8121,0.8165")
  }
}
