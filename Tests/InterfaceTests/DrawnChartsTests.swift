import Runs
import Terminal
import Testing

@testable import Interface

@Suite("Charts that are kept") struct DrawnChartsTests {
  static let size = Size(rows: 40, columns: 120)

  // MARK: - The same picture

  @Test(
    "a chart that was kept looks as if it were drawn anew", arguments: 1...6 as ClosedRange<UInt64>)
  func charts(seed: UInt64) {
    var noise = Noise(seed: seed)
    var chart = Self.chart()
    var area = Rect(row: 1, column: 2, rows: 9, columns: 34)
    var drawn = DrawnCharts()
    let turns = 240
    for turn in 0..<turns {
      if Bool.random(using: &noise) { Self.change(&chart, turn, &noise) }
      if turn % 11 == 10 {
        area = Rect(
          row: turn % 3, column: turn % 5, rows: [5, 9, 12][turn % 3], columns: 24 + turn % 2 * 10)
      }
      drawn.keep([PlacedChart(chart: chart, area: area)])
      var (kept, anew) = (Canvas(rows: 16, columns: 44), Canvas(rows: 16, columns: 44))
      drawn.draw(chart, in: area, on: &kept)
      chart.draw(in: area, on: &anew)
      guard kept == anew else {
        Issue.record("seed \(seed), turn \(turn):\n\(kept.text)\n\(anew.text)")
        return
      }
      #expect(drawn.pictures.count == 1)
    }
    #expect(drawn.drawings > turns / 4 && drawn.drawings < turns * 3 / 4, "seed \(seed)")
  }

  private static func chart() -> CurveChart {
    var chart = CurveChart()
    for task in 0..<2 {
      var series = LossSeries()
      for bin in Fixture.losses(tasks: 2, steps: 0..<120) where bin.task == task {
        series.push(bin)
      }
      chart.lines.append(
        CurveChart.Line(series: series, name: "t\(task)", glyph: "*", style: Style(.series(task))))
    }
    chart.lastStep = 160
    return chart
  }

  /// Changes one thing of a chart.
  private static func change(_ chart: inout CurveChart, _ turn: Int, _ noise: inout Noise) {
    let line = turn % 2
    let isOn = Bool.random(using: &noise)
    let step = Int.random(in: 1..<160, using: &noise)
    let value = 0.4 + 0.2 * noise.share()
    switch Int.random(in: 0..<18, using: &noise) {
    case 0, 1:
      // A later loss, or one more of the newest step.
      let last = chart.lines[line].series.lastStep ?? 0
      var bin = LossBin(task: line, step: min(159, last + (isOn ? 1 : 0)))
      bin.add(turn % 9 == 0 ? .nan : Float(value), step: bin.firstStep)
      chart.lines[line].series.push(bin)
    case 2: chart.lines[line].smoothing = isOn ? step % 4 : nil
    case 3: chart.lines[line].band = [.tenths, .extremes, .off][step % 3]
    case 4: chart.lines[line].stroke = Stroke.allCases[step % Stroke.allCases.count]
    case 5: (chart.lines[line].hue, chart.lines[line].style) = (step % 8, Style(.series(step % 8)))
    case 6: (chart.lines[line].name, chart.hasLegend) = ("line \(step)", isOn)
    case 7: chart.lines[line].glyph = isOn ? "*" : "o"
    case 8: chart.validation = isOn ? [trail(step, value, turn)] : []
    case 9: chart.scores = isOn ? [trail(step, value, turn)] : []
    case 10: chart.marks = isOn ? [CurveChart.Mark(step: step, label: "m\(turn)")] : []
    case 11: chart.ticks = isOn ? [step] : []
    case 12: chart.steps = isOn ? step / 2...step + 8 : nil
    case 13: chart.span = [.typical, .everything, .fixed(0.3...value + 0.2)][step % 3]
    case 14: (chart.isLogarithmic, chart.isLogarithmicInSteps) = (isOn, step % 2 == 0)
    case 15: chart.charset = Charset.allCases[step % Charset.allCases.count]
    case 16: chart.cursor = isOn ? CurveCursor(step: step, mark: step % 2 == 0 ? 10 : nil) : nil
    default:
      chart.measure.unit = isOn ? .epoch : .step
      chart.measure.stepsPerEpoch = 7 + step
      for index in chart.lines.indices { chart.lines[index].measure = chart.measure }
    }
  }

  private static func trail(_ step: Int, _ value: Double, _ turn: Int) -> CurveChart.Trail {
    CurveChart.Trail(
      points: [(20, 0.5), (step, turn % 5 == 0 ? .nan : value)].map {
        CurveChart.Point(step: $0.0, value: $0.1)
      },
      best: turn % 2 == 0 ? CurveChart.Point(step: step, value: value) : nil, style: .plain)
  }

  @Test("frames that keep charts are those that draw them", arguments: [1, 2] as [UInt64])
  func frames(seed: UInt64) {
    var noise = Noise(seed: seed)
    var app = seed == 1 ? Fixture.app(steps: 200) : Fixture.appWithEarlierRuns()
    let sizes = [(24, 80), (30, 104), (16, 60), (15, 59)].map { Size(rows: $0.0, columns: $0.1) }
    for turn in 0..<30 {
      switch Int.random(in: 0..<5, using: &noise) {
      case 0:
        _ = app.update(.losses(Fixture.losses(tasks: 3, steps: (2_400 + turn)..<(2_401 + turn))))
      case 1: _ = app.update(.snapshot(Fixture.snapshot(step: 2_400 + turn)))
      case 2:
        _ = app.update(.events([.evaluated(Fixture.evaluation(step: 2_400 + turn, gain: 0.1))]))
      default: app.press(String("157jkzOLv+-sb".randomElement(using: &noise) ?? "1"))
      }
      let size = sizes[turn / 3 % sizes.count]
      _ = app.update(.size(size))
      let frame = app.frame(size)
      var plain = app
      plain.desk.drawn = DrawnCharts()
      guard frame == plain.view(size) else {
        Issue.record("seed \(seed), turn \(turn):\n\(frame.text)\n\(plain.view(size).text)")
        return
      }
    }
  }

  // MARK: - Drawn once

  @Test("numbers that change draw no curve again, a loss draws its own") func drawnOnce() {
    var app = Fixture.app()
    var before = app.frame(Self.size)
    #expect(app.desk.drawn.drawings == 4)
    for turn in 1...5 {
      var snapshot = Fixture.snapshot(step: 1_800 + turn)
      snapshot.trainingSeconds = Double(turn)
      snapshot.stepsPerSecond += Double(100 * turn)
      _ = app.update(.snapshot(snapshot))
      let frame = app.frame(Self.size)
      #expect(frame != before)
      before = frame
    }
    #expect(app.desk.drawn.drawings == 4)
    // One more loss of the newest step: neither axis nor any other task changes.
    var bin = LossBin(task: 2, step: 1_799)
    bin.add(0.2, step: 1_799)
    _ = app.update(.losses([bin]))
    _ = app.frame(Self.size)
    #expect(app.desk.drawn.drawings == 5)
  }

  @Test("the loop draws no curve again while only numbers come") func loop() {
    let robot = Robot()
    robot.start()
    robot.wait(3)
    let (drawings, shown) = (robot.loop.app.desk.drawn.drawings, robot.terminal.shown.count)
    #expect(drawings > 0)
    for _ in 0..<6 {
      robot.link.current.stepsPerSecond += 100
      robot.link.current.step += 1
      robot.link.snapshot = robot.link.current
      robot.wait(0.4)
    }
    #expect(robot.loop.app.desk.drawn.drawings == drawings)
    #expect(robot.terminal.shown.count >= shown + 6)
  }

  @Test(
    "a screen draws every chart from what is kept",
    arguments: [.dashboard, .overlay, .fullScreen, .runs, .runsOpen, .tasks] as [GoldenScreen])
  func everyChart(_ screen: GoldenScreen) {
    var app = screen.app
    _ = app.update(.size(Self.size))
    let isCharted = app.frame(Self.size).text.contains("┤")
    for index in app.desk.drawn.pictures.indices {
      let area = app.desk.drawn.pictures[index].canvas.area
      app.desk.drawn.pictures[index].canvas.fill(area, with: "¤")
    }
    // Only the axis of a chart has this sign.
    let text = app.frame(Self.size).text
    #expect(isCharted && !text.contains("┤") && text.contains("¤"))
  }

  // MARK: - What is kept

  @Test("no losses are kept, so that the next one copies none") func noLosses() {
    var app = Fixture.app()
    _ = app.frame(Self.size)
    let kept = app.desk.drawn.pictures.flatMap(\.chart.lines)
    #expect(kept.count == 4)
    #expect(kept.allSatisfy { $0.series.history.isEmpty && $0.series.tail.isEmpty })
    app.press("5d")
    _ = app.frame(Self.size)
    #expect(app.desk.drawn.pictures.isEmpty)
  }

  @Test("series are equal where the same was pushed in the same order") func series() {
    func series(_ losses: [Float]) -> LossSeries {
      var series = LossSeries()
      for (step, loss) in losses.enumerated() {
        var bin = LossBin(task: 0, step: step)
        bin.add(loss, step: step)
        series.push(bin)
      }
      return series
    }
    #expect(series([0.5, 0.3, .nan]) == series([0.5, 0.3, .nan]))
    #expect(series([0.5, 0.3]) != series([0.3, 0.5]))
    #expect(series([0.5, 0.3]) != series([0.5]))
    #expect(series([0.5]) != LossSeries())
    #expect(series([0.5, 0.3]).emptied == series([0.5, 0.3]))
    #expect(series([0.5, 0.3]).emptied != LossSeries())
  }
}
