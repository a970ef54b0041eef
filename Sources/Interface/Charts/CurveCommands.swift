import Runs
import Terminal

// What the actions of a screen with curves do: see `CurveActions.swift`.

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

  mutating func setCursor(
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

  mutating func pin(_ invocation: Action.Invocation) throws(CommandLineError)
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
  mutating func setSpan(
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

  mutating func setUnit(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    charts.unit = try charts.unit.chosen(by: invocation, "x step|epoch|examples|time")
    say("along the curves: \(charts.unit.axisName)")
    return []
  }

  mutating func scale(
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

  mutating func setBand(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    charts.band = try charts.band.chosen(by: invocation, "band tenths|extremes|off")
    say("band: \(charts.band.words)")
    return []
  }

  mutating func zoom(_ invocation: Action.Invocation) throws(CommandLineError)
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

  mutating func smooth(_ invocation: Action.Invocation) throws(CommandLineError)
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

  /// Smooths the curves by a level of ``LossSeries/smoothings``; nil: not at all.
  mutating func setSmoothing(_ level: Int?) {
    charts.smoothing = level
    let name = level.map { trimmed(fixed(LossSeries.smoothings[$0 & 3], 3)) }
    say(name.map { "smoothing \($0)" } ?? "no smoothing")
  }

  mutating func showValidation(
    _ invocation: Action.Invocation
  ) throws(CommandLineError) -> [Effect] {
    charts.validation = try charts.validation.chosen(by: invocation, "validation loss|score|off")
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

extension CaseIterable where Self: RawRepresentable<String> & Equatable, AllCases == [Self] {
  /// The choice that a person names, or without a name the one behind this one, and the first again.
  fileprivate func chosen(
    by invocation: Action.Invocation, _ usage: String
  ) throws(CommandLineError) -> Self {
    guard let word = invocation.words?.first else {
      let index = Self.allCases.firstIndex(of: self) ?? 0
      return Self.allCases[(index + 1) % Self.allCases.count]
    }
    guard let choice = Self(rawValue: word) else { throw .usage(usage, found: word) }
    return choice
  }
}
