import Runs
import Tensors

/// The losses of a run by task: their smoothed course, and which of them jumps.
struct LossWatch {
  private var courses: [SmoothedLoss]
  /// How many times its usual loss a task's newest one is.
  private var jumps: [Double]

  init(tasks: Int) {
    courses = (0..<tasks).map { _ in SmoothedLoss() }
    jumps = (0..<tasks).map { _ in 1 }
  }

  /// Takes in a task's loss of a step.
  mutating func add(_ loss: Double, task: Int) {
    let usual = courses[task].value
    jumps[task] = abs(loss) / (usual.isFinite && usual != 0 ? abs(usual) : 1)
    courses[task].add(loss)
  }

  /// A task's exponential mean.
  func smoothed(_ task: Int) -> Double { courses[task].value }

  /// The task that a run stopped being a number by, of those in its newest step.
  ///
  /// One loss that is no number tells. Where several are not, or none yet, what they share has
  /// broken in the step before: then it is the task whose loss had jumped highest there.
  func culprit(among tasks: [Int], loss: (Int) -> Double) -> Int {
    let broken = tasks.filter { !loss($0).isFinite }
    if broken.count == 1 { return broken[0] }
    let suspects = broken.isEmpty ? tasks : broken
    return suspects.max { jumps[$0] < jumps[$1] } ?? 0
  }
}

extension LossWatch {
  /// Visits the courses and jumps.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try SmoothedLoss.visit(&courses, &archive)
    try archive.numbers("jumps", &jumps, count: courses.count)
  }
}
