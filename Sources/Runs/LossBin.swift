/// The losses of consecutive steps of one task, so condensed that no extreme is lost.
public struct LossBin: Sendable, Hashable, Codable {
  /// The task's place in ``RunDescription/tasks``.
  public var task: Int
  /// The first step in the bin (0 is the run's first).
  public var firstStep: Int
  /// The last step in the bin.
  public var lastStep: Int
  /// The smallest finite loss; +∞ if there is none.
  public var minimum: Float
  /// The largest finite loss; −∞ if there is none.
  public var maximum: Float
  /// The sum of the finite losses.
  public var sum: Double
  /// How many finite losses.
  public var count: Int
  /// How many losses were NaN or infinite.
  public var notFinite: Int
  /// How the finite losses are spread.
  public var spread = LossSpread()

  /// An empty bin that starts at a step.
  public init(task: Int, step: Int) {
    self.task = task
    firstStep = step
    lastStep = step
    minimum = .infinity
    maximum = -.infinity
    sum = 0
    count = 0
    notFinite = 0
  }

  /// The mean of the finite losses; NaN if there are none.
  public var mean: Double { count == 0 ? .nan : sum / Double(count) }

  /// Takes in the loss of a later step.
  public mutating func add(_ loss: Float, step: Int) {
    lastStep = step
    guard loss.isFinite else {
      notFinite += 1
      return
    }
    minimum = min(minimum, loss)
    maximum = max(maximum, loss)
    sum += Double(loss)
    spread.merge(LossSpread(loss), counts: (count, 1))
    count += 1
  }

  /// Takes in a bin of later steps of the same task.
  public mutating func merge(_ later: LossBin) {
    lastStep = max(lastStep, later.lastStep)
    minimum = min(minimum, later.minimum)
    maximum = max(maximum, later.maximum)
    sum += later.sum
    spread.merge(later.spread, counts: (count, later.count))
    count += later.count
    notFinite += later.notFinite
  }
}
