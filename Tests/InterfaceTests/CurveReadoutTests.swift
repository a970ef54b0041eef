import Runs
import Terminal
import Testing

@testable import Interface

// Several runs in one chart, and what is read off them.
extension CurveChartTests {
  // MARK: Several runs

  @Test func runsAreNamedWithTheirStrokes() {
    var chart = chart(series((0..<400).map { _ in Float(0.25) }))
    chart.lines[0].name = "4 MMoE"
    chart.lines[0].smoothing = nil
    var other = chart.lines[0]
    other.series = series((0..<900).map { _ in Float(0.5) })
    (other.name, other.stroke, other.style) = ("3 PLE baseline", .dashed, .dim)
    chart.lines.insert(other, at: 0)
    chart.hasLegend = true
    let text = canvas(chart).text
    #expect(text.contains("╌╌ 3 PLE baseline") && text.contains("── 4 MMoE"))
    // The whole of the longer run is shown, with gaps; the shorter one ends where it ends.
    #expect(chart.stepAxis.high == 899)
    chart.charset = .ascii
    #expect(canvas(chart).text.contains("** 4 MMoE"))
  }

  /// By epochs runs of other batch sizes end at the same place.
  @Test func runsAreComparedByEpoch() {
    var chart = chart(series((0..<400).map { Float($0) }))
    chart.measure.unit = .epoch
    chart.measure.stepsPerEpoch = 100
    chart.lines[0].measure = chart.measure
    var other = chart.lines[0]
    other.series = series((0..<200).map { Float($0) })
    other.measure.stepsPerEpoch = 50
    chart.lines.append(other)
    #expect(abs(chart.stepAxis.high - 4) < 0.1)
    let condensed = CondensedLine(other, on: chart.stepAxis, width: 80)
    #expect(condensed.columns.filter { $0.count > 0 }.count > 76)
    #expect(canvas(chart).text.contains(" epochs"))
  }

  // MARK: The cursor

  @Test func theCursorReadsEveryLine() throws {
    var chart = chart(series((0..<101).map { Float($0) / 100 }))
    chart.validation = [trail([(0, 0.9), (40, 0.8), (80, 0.7)])]
    chart.cursor = CurveCursor(step: 60, mark: 20)
    let layout = try #require(
      CurveLayout(chart, in: Rect(row: 0, column: 0, rows: 13, columns: 47)))
    let readout = CurveReadout(
      chart: chart, cursor: CurveCursor(step: 60, mark: 20), layout: layout)
    let rows = readout.rows
    #expect(rows.map(\.name) == ["loss", "validation"])
    #expect(abs((rows[0].value ?? 0) - 0.6) < 1e-6 && abs((rows[0].change ?? 0) - 0.4) < 1e-6)
    // The newest evaluation before the step, never a later one.
    #expect(rows[1].value == 0.8 && abs((rows[1].change ?? 0) + 0.1) < 1e-9)
    #expect(rows[0].step == nil && rows[1].step == 40)
    #expect(readout.heading == "step 60  Δ 40 steps")
    let text = canvas(chart).text
    #expect(text.contains("0.6000  Δ +0.4000") && text.contains("│"))
    #expect(canvas(chart)[12, layout.column(of: 60) ?? 0]?.style.isReversed == true)
  }

  /// The cursor's step is never read together with a round one beside it.
  @Test(arguments: 0...100) func theCursorsStepStandsAlone(step: Int) {
    var chart = chart(series((0..<101).map { Float($0) / 100 }))
    chart.cursor = CurveCursor(step: step)
    let foot = canvas(chart).text(row: Self.size.rows - 1)
    let numbers = foot.split { !$0.isNumber }.compactMap { Int($0) }
    #expect(
      numbers.contains(step) && numbers.allSatisfy { $0 == step || $0 % 5 == 0 && $0 <= 100 })
  }

  @Test func theCursorSaysWhereThereIsNothing() throws {
    var chart = chart(series((0..<50).map { _ in Float(0.5) }))
    chart.lastStep = 200
    chart.cursor = CurveCursor(step: 150)
    let layout = try #require(
      CurveLayout(chart, in: Rect(row: 0, column: 0, rows: 13, columns: 47)))
    let rows = CurveReadout(chart: chart, cursor: CurveCursor(step: 150), layout: layout).rows
    #expect(rows[0].value == nil && rows[0].change == nil)
    #expect(canvas(chart).text.contains("loss -"))
  }

  /// What never trained has no loss in its title, whatever the engine holds in its place.
  @Test(arguments: [nil, 1] as [Int?]) func aTaskWithoutLossesHasNoNumber(smoothing: Int?) {
    var run = RunState()
    run.take(.prepared(Fixture.description()))
    var snapshot = Fixture.snapshot()
    snapshot.tasks[1].loss = 0
    run.take(snapshot)
    run.take(Fixture.losses(tasks: 1, steps: 0..<5))
    var canvas = Canvas(rows: 8, columns: 60)
    LossPanel(run: run, task: 1, chart: CurveChart(), smoothing: smoothing, isFocused: false)
      .draw(in: canvas.area, on: &canvas)
    #expect(canvas.text(row: 0).contains("like") && !canvas.text(row: 0).contains("0"))
    #expect(canvas.text.contains("No losses yet."))
  }
}
