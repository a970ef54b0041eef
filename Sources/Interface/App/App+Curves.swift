import Runs
import Terminal

// How curves are drawn.
extension App {
  /// The newest step of what is shown.
  var lastStep: Int {
    let newest = shown.losses.compactMap(\.lastStep).max() ?? shown.snapshot.step
    return max(1, newest, drawnEarlier.flatMap(\.losses).compactMap(\.lastStep).max() ?? 0)
  }

  /// The earlier runs whose curves are drawn behind: the newest few.
  var drawnEarlier: ArraySlice<RunState> { charts.showsEarlier ? earlier.suffix(3) : [] }

  /// The curves of earlier runs for a task of this name.
  func earlierLines(of task: String) -> [CurveChart.Line] {
    drawnEarlier.compactMap { run in
      guard let place = run.taskNames.firstIndex(of: task), run.losses.indices.contains(place)
      else { return nil }
      return CurveChart.Line(
        series: run.losses[place], glyph: ".", style: .dim, showsBand: false,
        smoothing: charts.smoothing)
    }
  }

  mutating func zoom(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let words = invocation.words ?? []
    if words.isEmpty || words == ["all"] {
      charts.window = nil
      return []
    }
    guard words.count == 2, let first = wholeNumber(words[0]), let last = wholeNumber(words[1]),
      first < last
    else {
      throw .usage("zoom FIRST LAST, zoom all, zoom in, zoom out", found: words.joinedBySpaces)
    }
    screen = .dashboard
    charts.show(first...last)
    return []
  }

  mutating func smooth(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    guard let word = invocation.words?.first else {
      setSmoothing(min(3, charts.smoothing.map { $0 + 1 } ?? 0))
      return []
    }
    if word == "off" || word == "0" {
      setSmoothing(nil)
      return []
    }
    guard let share = Double(word), share > 0, share < 1 else {
      throw .usage("smooth SHARE, as in smooth .95, or smooth off", found: word)
    }
    let levels = LossSeries.smoothings
    let nearest = (0..<4).min { abs(levels[$0] - share) < abs(levels[$1] - share) }
    setSmoothing(nearest)
    return []
  }

  mutating func setSmoothing(_ level: Int?) {
    charts.smoothing = level
    let name = level.map { trimmed(fixed(LossSeries.smoothings[$0 & 3], 3)) }
    say(name.map { "smoothing \($0)" } ?? "no smoothing")
  }

  mutating func scale(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    switch invocation.words ?? [] {
    case []: charts.isLogarithmic.toggle()
    case ["y", "log"], ["log"]: charts.isLogarithmic = true
    case ["y", "linear"], ["linear"]: charts.isLogarithmic = false
    case let words: throw .usage("scale y log|linear", found: words.joinedBySpaces)
    }
    return []
  }

  mutating func showValidation(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    if let word = invocation.words?.first {
      guard let wanted = ChartSettings.Validation(rawValue: word) else {
        throw .usage("validation loss|score|off", found: word)
      }
      charts.validation = wanted
    } else {
      let all = ChartSettings.Validation.allCases
      let place = all.firstIndex(of: charts.validation) ?? 0
      charts.validation = all[(place + 1) % all.count]
    }
    say("validation: \(charts.validation.rawValue)")
    return []
  }
}

extension [String] {
  /// The words as they were typed.
  var joinedBySpaces: String { joined(separator: " ") }
}
