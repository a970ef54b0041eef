import Runs
import Terminal
import Testing

@testable import Interface

/// Every screen in every state that looks different.
enum GoldenScreen: String, CaseIterable, Sendable {
  case dashboard, overlay, fullScreen, logarithmic, zoomedIn, scores
  case tasks, tasksPending, gatesMean, gatesSegment, gatesExample, gatesAbsent
  case masks, masksBitmap, masksMask, masksOverlap, masksLadder, masksAbsent
  case inspect, inspectCurves, inspectHistory, inspectAttention, inspectBias, inspectAbsent
  case inspectReviews
  case phase, dials, knockedOut
  case gatesMatrix, gatesMatrixGrowing, exampleAsked, dashboardMasks, dashboardBoth, masksMap
  case gradientsAbsent, explainAbsent
  case models, modelsOptions, modelsRefused, modelsUnfit, modelsAbsent, modelsStart, earlierRuns
  case modelsBalancer
  case runs, runsOpen, runsAlone, runsSameStep
  case facts, factsScrolled, best, bestScores, tasksBest, pasted
  case filterTasks, filterEvents, filterModels, filterSegments
  case help, helpSearch, commandLine, unknownCommand, quit, lastTask, weight, columns
  case loading, prepared, paused, diverged, finished, frozen
  case longNames, longNamesCurves, longNamesGates, longNamesExample, manyTasks, manyExperts

  /// The app in this state.
  var app: App {
    var app = base
    switch self {
    case .overlay: app.press("O")
    case .fullScreen, .logarithmic:
      app.press("jz")
      if self == .logarithmic { app.press("L") }
    case .zoomedIn: app.press("++")
    case .scores: app.press("v")
    case .tasks: app.press("5")
    case .tasksPending:
      app.press("5j ")
      _ = app.update(.sent(CommandTicket(id: 9, command: .setTask("like", isOn: false))))
    case .gatesMean: app.press("2jl")
    case .gatesSegment: app.press("2mj")
    case .gatesExample: app.press("2#3117", .enter)
    case .gatesAbsent: app.press("2")
    case .gradientsAbsent: app.press("8")
    case .explainAbsent: app.press("9")
    case .masks, .masksAbsent: app.press("3")
    case .masksOverlap: app.press("3", .tab, .enter)
    case .masksBitmap: app.press("3", .tab, .tab, .enter)
    case .masksMask: app.press("3", .tab, .tab, .tab, .enter)
    case .masksLadder: app.press("3", .backTab, .enter)
    case .inspect, .inspectReviews, .inspectAbsent: app.press("4")
    case .inspectCurves: app.press("4", .tab, .enter)
    case .inspectHistory: app.press("4", .tab, .tab, .enter)
    case .inspectBias: app.press("4", .tab, .tab, .tab, .enter)
    case .inspectAttention: app.press("4", .backTab, .backTab, .enter, .right, .right)
    case .phase: begin(&app)
    case .dials:
      app.press("4]")
      _ = app.update(.sent(CommandTicket(id: 9, command: .setDial("temperature", 2))))
      _ = app.update(.time(1_000))
    case .knockedOut:
      app.press("2l")
      _ = app.update(.events([.knockedOut(Fixture.knockOut())]))
      app.press("l")
    case .gatesMatrix:
      app.press("2")
      _ = app.update(.events([.knockedOutAll(Fixture.matrix())]))
      app.press("l")
    case .gatesMatrixGrowing:
      app.press("2")
      var newest = Fixture.snapshot()
      newest.question = Fixture.progress(.waits)
      newest.phase = .evaluating
      _ = app.update(.snapshot(newest))
      _ = app.update(.time(1_000))
    case .exampleAsked:
      app.press("2mm")
      app.press(":sort loss of click", .enter)
      app.press("nnjjjjjj")
      var newest = Fixture.snapshot(experts: 4)
      newest.example = Fixture.askedExample()
      _ = app.update(.snapshot(newest))
      _ = app.update(.time(1_000))
    case .models, .modelsAbsent: app.press("6")
    case .modelsOptions:
      app.press("6", .tab, .enter)
      app.press("12", .enter)
      app.press("j ")
    case .modelsRefused:
      _ = app.update(
        .refused("--set model.experts: mmoe cannot use this value.\n  found: x\n  fix:   1 to 4096")
      )
    case .runs: app.press("7k")
    case .runsSameStep: app.press("7kt")
    case .facts: app.press("5d")
    case .factsScrolled:
      let notice = "the answers of follow have been the same for every row for 200 steps"
      _ = app.update(.events([.noticed(notice, step: 1_790)]))
      app.press("5dG")
    case .best, .bestScores, .tasksBest:
      app.passTheBest()
      app.press(self == .best ? "" : self == .bestScores ? "v" : "5")
    case .pasted: app.press("", .paste("my notes q"))
    case .runsOpen: app.press("7gg", .enter)
    case .runsAlone: app.press("7")
    case .modelsUnfit: app.press("6G")
    case .modelsStart: app.press("6jR")
    case .modelsBalancer:
      app.press("6:option balancer pcgrad", .enter)
      _ = app.update(
        .previewed(app.wantedPreview ?? StartRequest(model: ""), Fixture.refusedPreview))
    case .filterTasks: app.press("/task1")
    case .filterEvents:
      app.press("", .backTab)
      app.press("/eval", .enter)
    case .filterModels: app.press("6/l")
    case .filterSegments: app.press("2m/a", .enter)
    case .help: app.press("?")
    case .helpSearch: app.press("?zoom")
    case .commandLine: app.press(":task ")
    case .unknownCommand: app.press(":wieght like 0.5", .enter)
    case .quit: app.press("q")
    case .lastTask: app.press("5 ")
    case .weight: app.press("5w")
    case .columns: app.press("2C")
    case .frozen:
      app.press("f")
      var later = Fixture.snapshot()
      later.step += 400
      _ = app.update(.snapshot(later))
      _ = app.update(.time(1_000))
    case .paused: _ = app.update(.snapshot(Self.pausedSnapshot))
    case .diverged: diverge(&app)
    case .finished: finish(&app)
    case .longNames: app.press("5")
    case .longNamesGates: app.press("2")
    case .longNamesExample: app.press("2mm")
    default: break
    }
    return app
  }

  private var base: App {
    switch self {
    case .loading:
      var app = App()
      var snapshot = Snapshot()
      snapshot.phase = .loading(0.42, "reading census-income.data, 84,000 of 199,523 rows")
      _ = app.update(.snapshot(snapshot))
      return app
    case .prepared:
      var app = App()
      _ = app.update(.events([.prepared(Fixture.description())]))
      var snapshot = Fixture.snapshot(step: 0, experts: 0)
      snapshot.phase = .paused("by you")
      _ = app.update(.snapshot(snapshot))
      return app
    case .masks, .masksBitmap, .masksMask, .masksLadder, .masksOverlap, .inspect, .inspectCurves,
      .inspectHistory, .inspectAttention, .inspectBias:
      return Fixture.app(showing: Fixture.allViews())
    case .inspectReviews: return Fixture.app(showing: Fixture.reviewViews)
    case .dials: return Fixture.app(showing: Fixture.allViews(), dials: Fixture.dials)
    case .models, .modelsOptions, .filterModels, .modelsRefused, .modelsUnfit, .modelsStart:
      return Fixture.app(startable: Fixture.models)
    case .modelsBalancer: return Fixture.app(startable: Fixture.settableModels)
    case .earlierRuns, .runs, .runsOpen, .runsSameStep: return Fixture.appWithEarlierRuns()
    case .gatesAbsent: return Fixture.app(experts: 0)
    case .exampleAsked: return Fixture.app(experts: 4)
    case .dashboardMasks: return Fixture.appWithMasks()
    case .dashboardBoth: return Fixture.appWithMasks(gates: 4)
    case .masksMap: return Fixture.appOnMap()
    case .longNames, .longNamesCurves, .longNamesGates, .longNamesExample:
      return Fixture.app(Fixture.longNames)
    case .manyTasks, .filterTasks: return Fixture.app(Fixture.manyNames, experts: 4)
    case .manyExperts:
      var app = Fixture.app(experts: 18)
      app.press("2")
      return app
    case .lastTask: return Fixture.app(off: [1, 2, 3])
    default: return Fixture.app()
    }
  }

  private static var pausedSnapshot: Snapshot {
    var snapshot = Fixture.snapshot(off: [2])
    snapshot.phase = .paused("by you")
    return snapshot
  }

  private func begin(_ app: inout App) {
    _ = app.update(.events(Fixture.phases.map { .phaseBegan($0, step: $0.place * 500) }))
    var snapshot = Fixture.snapshot()
    snapshot.trainingPhase = Fixture.phases.last
    _ = app.update(.snapshot(snapshot))
    _ = app.update(.time(1_000))
  }

  private func diverge(_ app: inout App) {
    var bin = LossBin(task: 1, step: 1_800)
    bin.add(.nan, step: 1_800)
    _ = app.update(.losses([bin]))
    let found = Divergence(
      task: "like", step: 1_800, parameter: "towers.like.0.weight", loss: .nan)
    _ = app.update(.events([.diverged(found)]))
    var snapshot = Fixture.snapshot(step: 1_801)
    snapshot.phase = .paused("diverged")
    snapshot.tasks[1].loss = .nan
    _ = app.update(.snapshot(snapshot))
  }

  private func finish(_ app: inout App) {
    var test = Fixture.evaluation(step: 5_000, gain: 0.003)
    test.split = .test
    let summary = RunSummary(
      reason: .earlyStopping, step: 5_000, bestStep: 4_200, test: test,
      examplesPerSecond: 420_000, seconds: 14.2, parameterCount: 214_613,
      fingerprint: "0123456789abcdef")
    _ = app.update(.events([.evaluated(test), .finished(summary)]))
    var snapshot = Fixture.snapshot(step: 5_000)
    snapshot.phase = .finished
    _ = app.update(.snapshot(snapshot))
  }
}

extension App {
  /// Scores that are worse than the best, and a notice.
  fileprivate mutating func passTheBest() {
    var worse = Fixture.evaluation(step: 1_600, gain: -0.012)
    for task in worse.tasks.indices { worse.tasks[task].isBest = false }
    worse.isBest = false
    let notice = "the answers of follow have been the same for every row for 200 steps"
    _ = update(.events([.evaluated(worse), .noticed(notice, step: 1_790)]))
    _ = update(.time(1_000))
  }
}

@Suite struct GoldenTests {
  static let sizes = [(24, 80), (40, 120)].map { Size(rows: $0.0, columns: $0.1) }
  static let small = [(16, 60), (10, 40), (2, 19)].map { Size(rows: $0.0, columns: $0.1) }
  static let main: [GoldenScreen] = [
    .dashboard, .tasks, .gatesMean, .gatesSegment, .gatesExample, .help, .loading, .paused,
    .diverged, .masks, .masksBitmap, .masksMask, .inspect, .models,
    .runs,
  ]

  @Test(arguments: GoldenScreen.allCases, sizes)
  func screens(_ screen: GoldenScreen, size: Size) {
    check(screen, size)
  }

  @Test(arguments: main, small)
  func smallScreens(_ screen: GoldenScreen, size: Size) {
    check(screen, size)
  }

  @Test(arguments: [GoldenScreen.facts, .runs, .tasksBest])
  func largeScreens(_ screen: GoldenScreen) {
    check(screen, Size(rows: 60, columns: 200))
  }

  @Test(arguments: main, [Charset.block, .ascii])
  func otherCharacters(_ screen: GoldenScreen, charset: Charset) {
    var app = screen.app
    app.settings.charset = charset
    let canvas = app.view(Self.sizes[0])
    if charset == .ascii { #expect(canvas.text.utf8.allSatisfy { $0 < 0x80 }) }
    Golden.check(canvas.text, "\(screen.rawValue)_80x24_\(charset.rawValue)")
  }

  @Test(arguments: [
    GoldenScreen.dashboard, .tasks, .gatesMean, .quit, .diverged, .columns, .masksBitmap,
    .inspect,
  ])
  func styles(_ screen: GoldenScreen) {
    let canvas = screen.app.view(Self.sizes[0])
    Golden.check(canvas.roles, "\(screen.rawValue)_80x24_roles")
    Golden.check(canvas.attributes, "\(screen.rawValue)_80x24_mono")
  }

  @Test func everyScreenAndModeHasAGolden() {
    let apps = GoldenScreen.allCases.map(\.app)
    #expect(Set(apps.map(\.screenName)) == Set(Screens.all.map(\.name)))
    let modes = apps.filter { $0.screenName == "gates" }.map(\.gates.mode)
    #expect(Set(modes) == Set(GatesScreen.Mode.allCases))
    let shown = Set(apps.map { $0.mode.name })
    #expect(shown == ["normal", "command", "help", "question", "prompt", "choice", "filter"])
  }

  private func check(_ screen: GoldenScreen, _ size: Size) {
    var app = screen.app
    _ = app.update(.size(size))
    Golden.check(app.view(size).text, "\(screen.rawValue)_\(size.columns)x\(size.rows)")
  }
}

extension Mode {
  fileprivate var name: String {
    switch self {
    case .normal: "normal"
    case .command: "command"
    case .help: "help"
    case .question: "question"
    case .prompt: "prompt"
    case .choice: "choice"
    case .filter: "filter"
    }
  }
}
