/// Something about the tasks' gradients that a person should look at, with what speaks for it.
///
/// A pure function of what was looked at: it knows only steps during which somebody watched.
public struct GradientAlarm: Sendable, Hashable {
  /// What is wrong, the worst first.
  public enum Kind: Int, Sendable, Hashable, CaseIterable {
    /// More than 60 % of the pairs of tasks pull against each other, on the mean of 500 steps.
    case conflict
    /// One task's gradient is on the mean of 500 steps more than ten times as long as any other's.
    case dominance
  }

  /// What is wrong.
  public var kind: Kind
  /// The tasks that it is about.
  public var tasks: [String]
  /// What is wrong and what speaks for it, in a sentence without a full stop.
  public var sentence: String

  /// Steps that an alarm is about.
  public static let steps = 500
  /// The conflict rate above which it is one.
  public static let mostConflict = 0.6
  /// How many times as long as the next one a gradient may be.
  public static let mostRatio = 10.0

  /// What is wrong in the newest 500 steps, the worst first.
  ///
  /// - Parameters:
  ///   - course: the looks; without ten of them that reach back 500 steps nothing is said.
  ///   - standing: what was wrong before: it stays until it is a tenth better than what begins it.
  /// - Returns: the alarms.
  public static func all(
    in course: GradientCourse, standing: [GradientAlarm] = []
  ) -> [GradientAlarm] {
    let window = course.window(of: steps)
    guard let first = window.first, let last = window.last, window.count >= GradientCourse.fewest,
      last.step - first.step >= steps
    else { return [] }
    return [conflict(in: window, standing), dominance(in: window, standing)].compactMap { $0 }
  }

  private static func limit(_ limit: Double, isStanding: Bool) -> Double {
    isStanding ? limit * 0.9 : limit
  }

  private static func conflict(
    in window: ArraySlice<GradientCourse.Sample>, _ standing: [GradientAlarm]
  ) -> GradientAlarm? {
    let rate = window.mean(\.conflictRate)
    let isStanding = standing.contains { $0.kind == .conflict }
    guard rate > limit(mostConflict, isStanding: isStanding), let last = window.last else {
      return nil
    }
    let cosines = window.means(\.cosines)
    let count = last.tasks.count
    let worst = (0..<count * count).filter { $0 / count < $0 % count && !cosines[$0].isNaN }
      .min { cosines[$0] < cosines[$1] }
    let tasks = worst.map { [last.tasks[$0 / count], last.tasks[$0 % count]] } ?? []
    let most = tasks.isEmpty ? "" : ", most of all \(tasks[0]) and \(tasks[1])"
    return GradientAlarm(
      kind: .conflict, tasks: tasks,
      sentence: "\(wholePercent(rate)) of the pairs of tasks pull against each other, on the mean "
        + "of \(steps(of: window)) steps\(most)")
  }

  private static func dominance(
    in window: ArraySlice<GradientCourse.Sample>, _ standing: [GradientAlarm]
  ) -> GradientAlarm? {
    guard let last = window.last, last.tasks.count > 1 else { return nil }
    let norms = window.means(\.norms)
    let falling = norms.indices.sorted { norms[$0] > norms[$1] }
    let (longest, next) = (falling[0], falling[1])
    let isStanding = standing.contains {
      $0.kind == .dominance && $0.tasks.first == last.tasks[longest]
    }
    let ratio = norms[longest] / norms[next]
    guard norms[next] > 0, ratio > limit(mostRatio, isStanding: isStanding) else { return nil }
    return GradientAlarm(
      kind: .dominance, tasks: [last.tasks[longest], last.tasks[next]],
      sentence: "the gradient of \(last.tasks[longest]) is \(Int(ratio.rounded(.down))) times as "
        + "long as that of \(last.tasks[next]), the next one: it decides where shared numbers go")
  }

  private static func steps(of window: ArraySlice<GradientCourse.Sample>) -> Int {
    (window.last?.step ?? 0) - (window.first?.step ?? 0)
  }

  private static func wholePercent(_ share: Double) -> String {
    "\(Int((share * 100).rounded())) %"
  }
}
