import Runs
import Tensors

/// The margins of a contrast over the steps: a bounded course, thinned by halves, and which way it
/// goes.
struct MarginCourse {
  private var steps: [Int] = []
  /// By moment and task.
  private var margins: [[Double]] = []
  /// Steps that lie between two moments at least.
  private var distance = 1

  /// Moments that are kept at most.
  static let most = 240
  /// Moments of each half that a direction needs.
  static let least = 4

  /// Notes the margins of a step, if the last that were noted are old enough.
  mutating func note(_ found: [Double], step: Int) {
    if let last = steps.last, step < last + distance { return }
    steps.append(step)
    margins.append(found)
    guard steps.count > Self.most else { return }
    steps = stride(from: 0, to: steps.count, by: 2).map { steps[$0] }
    margins = stride(from: 0, to: margins.count, by: 2).map { margins[$0] }
    distance *= 2
  }

  /// Visits the course.
  mutating func visit(_ archive: inout Archive, tasks: Int) throws(ArchiveError) {
    try archive.number("distance", &distance, in: 1...Archive.counts.upperBound)
    try archive.numbers("steps", &steps)
    guard steps.allSatisfy(Archive.counts.contains), steps.count <= Self.most else {
      throw archive.invalid(
        "steps", "\(steps.count) moments are more than \(Self.most), or no steps")
    }
    var all = Array(margins.joined())
    try archive.numbers("margins", &all, shape: [steps.count, tasks])
    margins = steps.indices.map { Array(all[($0 * tasks)..<(($0 + 1) * tasks)]) }
  }

  /// Which way a task's margin goes: its mean over the later half of the newest half of the moments
  /// against that over the earlier; nil before there are enough.
  ///
  /// It is steady where the means lie no farther apart than twice their standard error, since the
  /// margin of a single batch jumps.
  func direction(of task: Int) -> MaskSummary.Direction? {
    let known = margins.map { $0[task] }.filter(\.isFinite)
    let newest = Array(known.suffix(max(2 * Self.least, known.count / 2)))
    guard newest.count >= 2 * Self.least else { return nil }
    let (early, late) = (
      Moments(newest.prefix(newest.count / 2)), Moments(newest.suffix(newest.count / 2))
    )
    let change = late.mean - early.mean
    let error = (early.squaredError + late.squaredError).squareRoot()
    guard abs(change) > 2 * error else { return .steady }
    return change > 0 ? .rising : .falling
  }

  /// The mean of some numbers and the square of its standard error.
  private struct Moments {
    let mean: Double
    let squaredError: Double

    init(_ numbers: some Collection<Double>) {
      let count = Double(numbers.count)
      let mean = numbers.reduce(0, +) / count
      self.mean = mean
      squaredError = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count
    }
  }
}
