import Runs
import Terminal
import Testing

@testable import Interface

/// The line of first steps, and the tabs of screens that the run has nothing for.
@Suite struct TourTests {
  private static let small = Size(rows: 24, columns: 80)

  /// A run of a model, with so many experts that gates weigh, on data that name users and items or not.
  private func app(_ title: String = "MMoE", experts: Int, namesPairs: Bool) -> App {
    var app = App(settings: ExplorerSettings())
    var description = Fixture.description(Fixture.explainedNames, title: title)
    description.experts = (0..<experts).map { ExpertDescription(name: "E\($0)") }
    description.pairs = namesPairs ? PairDescription(users: 400, items: 240) : nil
    _ = app.update(.time(0))
    _ = app.update(.events([.prepared(description)]))
    var newest = Fixture.snapshot(Fixture.explainedNames, experts: 0)
    newest.explanation = namesPairs ? Fixture.explanation() : nil
    _ = app.update(.snapshot(newest))
    _ = app.update(.size(Self.small))
    return app
  }

  private func firstSteps(_ app: App) -> String? {
    app.view(Self.small).text.split(separator: "\n").map(String.init)
      .first { $0.contains("first steps") }
  }

  @Test func onlyWhatTheRunHasIsAStep() throws {
    let gates = try #require(firstSteps(app(experts: 4, namesPairs: false)))
    #expect(gates.contains("· 2 gates · ?") && !gates.contains("why"))
    let pairs = try #require(firstSteps(app(experts: 0, namesPairs: true)))
    #expect(pairs.contains("· 9 why · ?") && !pairs.contains("gates"))
    let both = try #require(firstSteps(app(experts: 4, namesPairs: true)))
    #expect(both.contains("· 2 gates · 9 why · ? all keys"))
    let neither = try #require(firstSteps(app(experts: 0, namesPairs: false)))
    #expect(neither.contains("z large curve · ? all keys"))
  }

  /// A run without gates is toured to the end without them.
  @Test func theLineGoesWhenAllStepsAreDone() throws {
    var app = app(experts: 0, namesPairs: true)
    app.press("9")
    #expect(try #require(firstSteps(app)).contains("✓ 9 why"))
    app.press("1z ")
    #expect(firstSteps(app) != nil)
    app.press("?")
    #expect(!app.desk.tour.isShown(of: app.desk.run))
  }

  /// The tab of gates stands back where there are none, and the model's name has its room.
  @Test func aModelWithoutGatesHasRoomForItsName() {
    let row = app("Rank and Rate", experts: 0, namesPairs: true).view(Self.small).text(row: 0)
    #expect(row.hasPrefix(" mtl Rank and Rate ") && row.contains(" 2 3 4 "))
    let gated = app("Rank and Rate", experts: 4, namesPairs: true).view(Self.small).text(row: 0)
    #expect(gated.contains("Rank and Rate ") && gated.contains(" 2 Gate "))
    for index in 1...9 {
      var app = app("Why I like it", experts: 0, namesPairs: true)
      app.press("\(index)")
      let row = app.view(Self.small).text(row: 0)
      #expect(row.contains("Why I like it ") && row.contains("[\(index) "), "\(row)")
    }
  }

  /// The program's name stands before a whole one only.
  @Test func theModelsNameComesFirst() {
    var starts: Set<String> = []
    for count in 1...40 {
      let title = String(repeating: "x", count: count)
      let row = app(title, experts: 4, namesPairs: true).view(Self.small).text(row: 0)
      let isWhole = row.contains("x ")
      #expect(isWhole == row.contains("\(title) "), "\(count)")
      #expect(isWhole || !row.contains("mtl"), "\(count)")
      starts.insert(row.contains("mtl") ? "mtl" : isWhole ? "whole" : "cut")
    }
    #expect(starts == ["mtl", "whole", "cut"])
  }

  @Test func whatHasNoGatesSaysSoBeforeTheFirstStep() {
    var without = app(experts: 0, namesPairs: false)
    var newest = Fixture.snapshot(Fixture.explainedNames, experts: 0)
    newest.step = 0
    _ = without.update(.snapshot(newest))
    without.press("2")
    #expect(without.view(Self.small).text.contains("This model has no gates."))
  }
}
