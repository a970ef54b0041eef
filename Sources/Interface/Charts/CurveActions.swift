import Runs
import Terminal

extension Screen {
  /// How curves are drawn and read: what a screen with curves can do.
  static var curveActions: [ScreenAction<Self>] { ranges + looks + readings }

  /// Which part of the run, and which losses.
  private static var ranges: [ScreenAction<Self>] {
    [
      ScreenAction(
        name: "zoom", form: "FIRST LAST | all", keys: keys("0"),
        section: .curves, summary: "whole run, or some steps"
      ) { _, desk, invocation throws(CommandLineError) in try desk.zoom(invocation) },
      ScreenAction(
        name: "zoom in", keys: keys("+", "="), section: .curves, hint: "zoom",
        summary: "half as many steps"
      ) { _, desk, _ in
        desk.charts.zoom(in: true, last: desk.lastStep)
        return []
      },
      ScreenAction(
        name: "zoom out", keys: keys("-"), section: .curves, summary: "twice as many steps"
      ) { _, desk, _ in
        desk.charts.zoom(in: false, last: desk.lastStep)
        return []
      },
      ScreenAction(
        name: "pan left", keys: keys("["), section: .curves, summary: "earlier steps"
      ) { _, desk, _ in
        desk.charts.pan(-1, last: desk.lastStep)
        return []
      },
      ScreenAction(
        name: "pan right", keys: keys("]"), section: .curves, summary: "later steps, then follow"
      ) { _, desk, _ in
        desk.charts.pan(1, last: desk.lastStep)
        return []
      },
      ScreenAction(
        name: "y", form: "LOW HIGH | most|all", keys: keys("Y"), section: .curves,
        hint: "range", summary: "most losses, all, or fixed"
      ) { _, desk, invocation throws(CommandLineError) in try desk.setSpan(invocation) },
      ScreenAction(
        name: "x", form: "[step|epoch|examples|time]",
        keys: keys("X"),
        section: .curves, summary: "what steps are counted in"
      ) { _, desk, invocation throws(CommandLineError) in try desk.setUnit(invocation) },
      ScreenAction(
        name: "scale", form: "x|y log|linear",
        keys: keys("L"),
        section: .curves, hint: "log", summary: "log losses, steps, both"
      ) { _, desk, invocation throws(CommandLineError) in try desk.scale(invocation) },
    ]
  }

  /// What is drawn of them.
  private static var looks: [ScreenAction<Self>] {
    [
      ScreenAction(
        name: "smooth", form: "SHARE|off|.9|.95|.98|.995",
        keys: keys("s"), section: .curves, hint: "smooth", summary: "smoother curves"
      ) { _, desk, invocation throws(CommandLineError) in try desk.smooth(invocation) },
      ScreenAction(
        name: "smooth less", keys: keys("S"), section: .curves, hint: "less smooth",
        summary: "less smooth curves"
      ) { _, desk, _ in
        let level = desk.charts.smoothing ?? 0
        desk.setSmoothing(level > 0 ? level - 1 : nil)
        return []
      },
      ScreenAction(
        name: "band", form: "[tenths|extremes|off]",
        keys: keys("b"),
        section: .curves, summary: "p10 to p90, min to max, no"
      ) { _, desk, invocation throws(CommandLineError) in try desk.setBand(invocation) },
      ScreenAction(
        name: "validation", form: "[loss|score|off]",
        keys: keys("v"),
        section: .curves, hint: "validation", summary: "validation loss or score"
      ) { _, desk, invocation throws(CommandLineError) in try desk.showValidation(invocation) },
      ScreenAction(
        name: "overlay", keys: keys("O"), section: .curves, summary: "one chart, or one a task"
      ) { _, desk, _ in
        desk.charts.isOverlay.toggle()
        return []
      },
      ScreenAction(
        name: "earlier", keys: keys("B"), section: .curves, summary: "earlier runs behind"
      ) { _, desk, _ in
        desk.charts.showsEarlier.toggle()
        desk.say(desk.charts.showsEarlier ? "earlier runs are drawn behind" : "this run alone")
        return []
      },
    ]
  }

  /// What is read off them.
  private static var readings: [ScreenAction<Self>] {
    [
      ScreenAction(
        name: "pin", form: "RUN|off",
        keys: keys("p"), section: .curves, summary: "next run as a baseline",
        whyNot: { _, desk in
          desk.earlier.isEmpty ? "there is no earlier run to compare with" : nil
        }
      ) { _, desk, invocation throws(CommandLineError) in try desk.pin(invocation) },
      ScreenAction(
        name: "cursor", form: "[STEP|off]", keys: keys("c"),
        section: .curves, hint: "cursor",
        hintNow: { _, desk in
          desk.charts.cursor == nil ? nil : "off, h/l move"
        },
        summary: "read off; Enter marks"
      ) { _, desk, invocation throws(CommandLineError) in try desk.setCursor(invocation) },
      ScreenAction(
        name: "rewind", form: "[STEP]", keys: keys("V"), section: .curves,
        summary: "branch off at the cursor",
        whyNot: { _, desk in desk.run.description == nil ? "the data are still being read" : nil }
      ) { _, desk, invocation throws(CommandLineError) in try desk.rewind(invocation) },
    ]
  }
}

// MARK: - Going back

extension Desk {
  /// Asks whether to go back to the last checkpoint at or before a step, that of the cursor unless one
  /// is named.
  mutating func rewind(_ invocation: Action.Invocation) throws(CommandLineError) -> [Effect] {
    let typed = invocation.words?.first
    guard let step = typed.map({ Int($0) }) ?? charts.cursor?.step, step >= 0 else {
      throw .usage("rewind STEP, or c and h, l to a step and then V", found: typed ?? "")
    }
    mode = .question(
      Question(
        title: "go back to step \(grouped(step))?",
        lines: [
          "A branch goes on from the last checkpoint at or before it.",
          "The run as it is now ends; it is kept.",
        ],
        yes: "branch off there", effects: [.rewind(step)]))
    return []
  }
}

// MARK: - The cursor

extension Desk {
  /// Steps that the cursor moves by: one, or as many as a column of a chart as wide as the screen
  /// stands for.
  private var cursorStep: Int {
    let shown = charts.steps(last: lastStep)
    return max(1, (shown.upperBound - shown.lowerBound) / max(40, size.columns))
  }

  /// Moves the cursor by so many steps of its own; false if there is none.
  mutating func moveCursor(by places: Int) -> Bool {
    guard charts.cursor != nil else { return false }
    charts.moveCursor(by: places * cursorStep, last: lastStep)
    return true
  }

  /// Keys that mean something only while there is a cursor; nil for the others.
  mutating func handleCursor(_ key: Key) -> [Effect]? {
    guard let cursor = charts.cursor else { return nil }
    switch key {
    case .character("H"): _ = moveCursor(by: -10)
    case .character("L"): _ = moveCursor(by: 10)
    case .enter:
      charts.cursor?.mark = cursor.mark == nil ? cursor.step : nil
      say(cursor.mark == nil ? "marked step \(grouped(cursor.step)); Δ is over it" : "no mark")
    case .escape: charts.cursor = nil
    default: return nil
    }
    return []
  }

  /// Puts the cursor at a step that was clicked on, or with the right button the mark.
  mutating func point(at step: Int?, _ mouse: Mouse) {
    guard let step else { return }
    let old = charts.cursor
    charts.cursor =
      mouse.action == .right
      ? CurveCursor(step: old?.step ?? step, mark: step) : CurveCursor(step: step, mark: old?.mark)
  }

  fileprivate mutating func setCursor(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    guard let word = invocation.words?.first else {
      if charts.cursor == nil {
        charts.moveCursor(by: 0, last: lastStep)
      } else {
        charts.cursor = nil
      }
      return []
    }
    guard word != "off" else {
      charts.cursor = nil
      return []
    }
    guard let step = wholeNumber(word) else { throw .usage("cursor STEP, cursor off", found: word) }
    charts.cursor = CurveCursor(step: max(0, min(lastStep, step)), mark: charts.cursor?.mark)
    return []
  }

  fileprivate mutating func pin(_ invocation: Action.Invocation) throws(CommandLineError)
    -> [Effect]
  {
    let numbers = earlier.map(\.number)
    if let word = invocation.words?.first {
      guard word == "off" || wholeNumber(word).map(numbers.contains) == true else {
        throw .unknownName(kind: "earlier run", name: word, near: nil)
      }
      charts.pinned = wholeNumber(word)
    } else {
      let index = charts.pinned.flatMap { numbers.firstIndex(of: $0) }
      charts.pinned = index == nil ? numbers.last : index == 0 ? nil : numbers[(index ?? 1) - 1]
    }
    let run = earlier.first { $0.number == charts.pinned }
    say(run.map { "the baseline is run \($0.number), \($0.title)" } ?? "no baseline")
    return []
  }
}

// MARK: - Ranges and looks

extension Desk {
  fileprivate mutating func setSpan(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    switch invocation.words ?? [] {
    case []: charts.nextSpan()
    case ["most"]: charts.span = .typical
    case ["all"]: charts.span = .everything
    case let words:
      let ends = words.compactMap(Double.init)
      guard words.count == 2, ends.count == 2, ends.allSatisfy(\.isFinite), ends[0] < ends[1] else {
        throw .usage("y LOW HIGH, y most, y all", found: words.joinedBySpaces)
      }
      charts.fixedSpan = ends[0]...ends[1]
      charts.span = .fixed(ends[0]...ends[1])
    }
    say("losses shown: \(charts.span.name)")
    return []
  }

  fileprivate mutating func setUnit(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    let all = StepUnit.allCases
    if let word = invocation.words?.first {
      guard let unit = StepUnit(rawValue: word) else {
        throw .usage("x step|epoch|examples|time", found: word)
      }
      charts.unit = unit
    } else {
      charts.unit = all[((all.firstIndex(of: charts.unit) ?? 0) + 1) % all.count]
    }
    say("along the curves: \(charts.unit.axisName)")
    return []
  }

  fileprivate mutating func scale(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    switch invocation.words ?? [] {
    case []:
      // Linear, losses, steps, both.
      let next = (charts.isLogarithmic ? 1 : 0) + (charts.isLogarithmicInSteps ? 2 : 0) + 1
      charts.isLogarithmic = next & 1 == 1
      charts.isLogarithmicInSteps = next & 2 == 2
    case ["y", "log"], ["log"]: charts.isLogarithmic = true
    case ["y", "linear"]: charts.isLogarithmic = false
    case ["x", "log"]: charts.isLogarithmicInSteps = true
    case ["x", "linear"]: charts.isLogarithmicInSteps = false
    case ["linear"]: (charts.isLogarithmic, charts.isLogarithmicInSteps) = (false, false)
    case let words: throw .usage("scale x|y log|linear", found: words.joinedBySpaces)
    }
    let names =
      (charts.isLogarithmic ? ["losses"] : []) + (charts.isLogarithmicInSteps ? ["steps"] : [])
    say(names.isEmpty ? "linear" : "logarithmic: " + names.joined(separator: " and "))
    return []
  }

  fileprivate mutating func setBand(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    let all = CurveChart.Band.allCases
    if let word = invocation.words?.first {
      guard let band = CurveChart.Band(rawValue: word) else {
        throw .usage("band tenths|extremes|off", found: word)
      }
      charts.band = band
    } else {
      charts.band = all[((all.firstIndex(of: charts.band) ?? 0) + 1) % all.count]
    }
    say("band: \(charts.band.words)")
    return []
  }

  fileprivate mutating func zoom(_ invocation: Action.Invocation) throws(CommandLineError)
    -> [Effect]
  {
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
    charts.show(first...last)
    return []
  }

  fileprivate mutating func smooth(_ invocation: Action.Invocation) throws(CommandLineError)
    -> [Effect]
  {
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

  fileprivate mutating func setSmoothing(_ level: Int?) {
    charts.smoothing = level
    let name = level.map { trimmed(fixed(LossSeries.smoothings[$0 & 3], 3)) }
    say(name.map { "smoothing \($0)" } ?? "no smoothing")
  }

  fileprivate mutating func showValidation(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    if let word = invocation.words?.first {
      guard let wanted = ChartSettings.Validation(rawValue: word) else {
        throw .usage("validation loss|score|off", found: word)
      }
      charts.validation = wanted
    } else {
      let all = ChartSettings.Validation.allCases
      let index = all.firstIndex(of: charts.validation) ?? 0
      charts.validation = all[(index + 1) % all.count]
    }
    say("validation: \(charts.validation.rawValue)")
    return []
  }
}

extension CurveChart.Band {
  /// What it shows, in words.
  fileprivate var words: String {
    switch self {
    case .tenths: "from the 10th to the 90th percentile of the losses"
    case .extremes: "from the least to the greatest loss"
    case .off: "none"
    }
  }
}
