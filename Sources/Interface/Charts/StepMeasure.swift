import Runs

/// What steps are counted in along a chart.
enum StepUnit: String, Sendable, CaseIterable {
  case step, epoch, examples, time

  /// The name on the axis; steps go without saying.
  var axisName: String {
    switch self {
    case .step: "steps"
    case .epoch: "epochs"
    case .examples: "examples"
    case .time: "training time"
    }
  }
}

/// How far a run has come at a step, in one of ``StepUnit``.
struct StepMeasure: Sendable, Equatable {
  var unit = StepUnit.step
  var stepsPerEpoch = 1
  /// Rows of a step, the batches that are summed for it together.
  var stepRows = 1
  var trainingRows = 1
  /// Empty where steps are not counted in time.
  var clock = StepClock()

  init() {}

  /// Steps of a run, counted in a unit; without a description in steps.
  init(_ unit: StepUnit, of description: RunDescription?, clock: StepClock) {
    guard let description else { return }
    self.unit = unit
    stepsPerEpoch = max(1, description.stepsPerEpoch)
    stepRows = description.stepRows
    trainingRows = description.trainingRows
    // Elsewhere it would only make measures differ that are the same.
    if unit == .time { self.clock = clock }
  }

  /// Epochs that have ended, examples that were seen, or seconds that were trained, after so many
  /// steps.
  func value(of step: Double) -> Double {
    switch unit {
    case .step: return step
    case .epoch: return step / Double(stepsPerEpoch)
    case .examples:
      // The last step of an epoch is a short one.
      let epochs = (step / Double(stepsPerEpoch)).rounded(.down)
      let rest = (step - epochs * Double(stepsPerEpoch)) * Double(stepRows)
      return epochs * Double(trainingRows) + min(rest, Double(trainingRows))
    case .time: return clock.seconds(at: step)
    }
  }

  /// The step in a range after which a value is reached, to the next whole one.
  func step(of value: Double, in steps: ClosedRange<Int>) -> Int {
    var (low, high) = (steps.lowerBound, steps.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if self.value(of: Double(middle)) >= value { high = middle } else { low = middle + 1 }
    }
    let before = max(steps.lowerBound, low - 1)
    let isNearer =
      value - self.value(of: Double(before)) < self.value(of: Double(low)) - value
    return isNearer ? before : low
  }
}

/// When steps were taken, in seconds of training, in bounded memory.
struct StepClock: Sendable, Equatable {
  /// Pairs at most; when full, every second one is dropped.
  static let capacity = 1024

  /// Steps and the seconds behind them, both rising.
  private(set) var ticks: [(step: Int, seconds: Double)] = []
  private var least = 1

  /// Notes how long so many steps took together.
  mutating func note(step: Int, seconds: Double) {
    guard seconds.isFinite, seconds >= 0, step > 0 else { return }
    guard let last = ticks.last else {
      ticks = [(0, 0), (step, seconds)]
      return
    }
    guard step > last.step, seconds >= last.seconds else { return }
    let before = ticks[ticks.count - 2].step
    // The newest pair moves on until it is far enough from the one before it.
    if last.step - before < least { ticks.removeLast() }
    ticks.append((step, seconds))
    guard ticks.count >= Self.capacity else { return }
    least *= 2
    ticks = ticks.enumerated().filter {
      $0.offset.isMultiple(of: 2) || $0.offset == ticks.count - 1
    }.map(\.element)
  }

  /// The seconds behind a step: between two pairs in proportion, after the last as fast as before it.
  func seconds(at step: Double) -> Double {
    guard ticks.count > 1 else { return 0 }
    let after = min(
      ticks.count - 1, max(1, ticks.firstPlace { Double($0.step) >= step }))
    let (from, to) = (ticks[after - 1], ticks[after])
    let share = (step - Double(from.step)) / Double(to.step - from.step)
    return max(0, from.seconds + share * (to.seconds - from.seconds))
  }

  static func == (left: StepClock, right: StepClock) -> Bool {
    left.ticks.elementsEqual(right.ticks) { $0 == $1 }
  }
}
