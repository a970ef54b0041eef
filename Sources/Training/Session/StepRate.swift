/// How many steps and examples a run takes in a second, over its last half second of training.
///
/// Waiting for a pace counts; scoring, questions and pauses do not: the time before them is kept and
/// added to, so that runs whose epochs are shorter than the half second have a speed, too.
struct StepRate {
  private(set) var stepsPerSecond = 0.0
  private(set) var examplesPerSecond = 0.0

  private var steps = 0
  private var examples = 0
  /// The time of the window before the newest interruption.
  private var kept = Duration.zero
  /// Since when it trains without interruption; nil: the next step is the first.
  private var start: ContinuousClock.Instant?
  private var newest = ContinuousClock.now

  /// The time over which the speed is measured.
  static let window = Duration.milliseconds(500)

  /// Notes a step of so many examples that took this long and ends now.
  mutating func stepTaken(
    examples: Int, duration: Duration, now: ContinuousClock.Instant = .now
  ) {
    let start = start ?? now - duration
    self.start = start
    newest = now
    steps += 1
    self.examples += examples
    let elapsed = kept + (now - start)
    guard elapsed >= Self.window else { return }
    stepsPerSecond = Double(steps) / elapsed.seconds
    examplesPerSecond = Double(self.examples) / elapsed.seconds
    (self.start, kept, steps, self.examples) = (now, .zero, 0, 0)
  }

  /// Notes that something else than steps takes the time until the next step begins.
  mutating func interrupted() {
    if let start { kept += newest - start }
    start = nil
  }
}
