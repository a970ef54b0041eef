import Runs
import Terminal

// The charts of losses, as they are set up just now.
extension Desk {
  /// The newest step of what is shown.
  var lastStep: Int { max(1, shown.losses.compactMap(\.lastStep).max() ?? shown.snapshot.step) }

  /// The run that others are compared with, if it is not the one that is shown.
  var pinnedRun: RunState? {
    earlier.first { $0.number == charts.pinned && $0.number != shown.number }
  }

  /// The runs that are drawn behind: the newest few, and the pinned one in any case.
  private var runsBehind: [RunState] {
    let newest = charts.showsEarlier ? Array(earlier.suffix(3)) : []
    guard let pinned = pinnedRun else { return newest }
    return newest.filter { $0.number != pinned.number } + [pinned]
  }

  /// The chart of some tasks.
  func chart(of tasks: [Int]) -> CurveChart {
    let run = shown
    var chart = emptyChart(of: run)
    let names = run.taskNames
    for (index, other) in runsBehind.enumerated() {
      for task in tasks where names.indices.contains(task) {
        chart.lines += lines(of: names[task], task, in: other, behind: index)
      }
    }
    for task in tasks {
      if let shadow = run.snapshot.shadow, let series = shadow.series(of: task) {
        chart.lines.append(
          line(of: task, in: run, series: series, name: "shadow \(shadow.change)"))
      }
    }
    chart.hasLegend = !chart.lines.isEmpty
    for task in tasks {
      if run.losses.indices.contains(task) {
        var line = line(of: task, in: run)
        line.name = tasks.count > 1 ? names[task] : "\(run.number) \(run.title)"
        if tasks.count > 1 { line.band = .off }
        chart.lines.append(line)
      }
      guard run.scores.indices.contains(task) else { continue }
      let isAlone = tasks.count == 1
      chart.add(
        run.scores[task], best: run.best(of: task), charts.validation,
        style: isAlone ? Style(.plain) : Style(.series(task)), measure: chart.measure,
        name: isAlone ? validationName(of: task, in: run) : "\(names[task]) validation")
    }
    return chart
  }

  /// The chart of one task of a run, without others.
  func chart(of task: Int, in run: RunState) -> CurveChart {
    var chart = emptyChart(of: run)
    chart.steps = nil
    chart.cursor = nil
    guard run.losses.indices.contains(task) else { return chart }
    chart.lines = [line(of: task, in: run)]
    guard run.scores.indices.contains(task) else { return chart }
    chart.add(
      run.scores[task], best: run.best(of: task), .loss, style: Style(.plain),
      measure: chart.measure)
    return chart
  }

  private func emptyChart(of run: RunState) -> CurveChart {
    var chart = CurveChart()
    chart.charset = settings.charset
    chart.span = charts.span
    chart.isLogarithmic = charts.isLogarithmic
    chart.isLogarithmicInSteps = charts.isLogarithmicInSteps
    chart.marks = run.log.marks
    chart.ticks = run.log.ticks
    chart.lastStep = max(1, run.losses.compactMap(\.lastStep).max() ?? run.snapshot.step)
    chart.measure = StepMeasure(charts.unit, of: run.description, clock: run.clock)
    chart.steps = charts.window == nil ? nil : charts.steps(last: lastStep)
    chart.cursor = charts.cursor
    return chart
  }

  private func line(of task: Int, in run: RunState) -> CurveChart.Line {
    CurveChart.Line(
      series: run.losses[task], glyph: asciiTwins[seriesGlyph(task)] ?? "*",
      style: Style(.series(task), bold: true), hue: task, band: charts.band,
      smoothing: charts.smoothing,
      measure: StepMeasure(charts.unit, of: run.description, clock: run.clock))
  }

  /// The curve of the shadow: dashes in the task's own colour.
  private func line(
    of task: Int, in run: RunState, series: LossSeries, name: String
  ) -> CurveChart.Line {
    CurveChart.Line(
      series: series, name: name, glyph: "=", style: Style(.series(task)), hue: task,
      stroke: .dashed, smoothing: charts.smoothing,
      measure: StepMeasure(charts.unit, of: run.description, clock: run.clock))
  }

  /// The curve of an earlier run, by the task's name; the pinned one stands out by its dashes.
  private func lines(
    of name: String, _ task: Int, in run: RunState, behind index: Int
  ) -> [CurveChart.Line] {
    guard let place = run.taskNames.firstIndex(of: name), run.losses.indices.contains(place)
    else { return [] }
    var line = line(of: place, in: run)
    let isPinned = run.number == charts.pinned
    line.name = "\(run.number) \(run.title)" + (isPinned ? " baseline" : "")
    line.band = .off
    line.glyph = isPinned ? "=" : "."
    line.style = isPinned ? Style(.series(task)) : .dim
    line.stroke = isPinned ? .dashed : index.isMultiple(of: 2) ? .dotted : .dashDotted
    return [line]
  }

  private func validationName(of task: Int, in run: RunState) -> String {
    guard charts.validation == .score,
      let score = run.evaluation?.tasks.first(where: { $0.task == run.taskNames[task] })?.scores
        .first
    else { return "validation" }
    return "validation \(score.name)"
  }
}

extension RunState {
  /// The model's name, as far as it is known.
  var title: String { description?.modelTitle ?? request?.model ?? "run" }
}
