import Runs
import Terminal

extension RunState {
  /// The task whose words explain: a text, else opinions; nil where there is neither.
  var explainingTask: String? {
    let tasks = description?.tasks ?? []
    return (tasks.first { $0.kind == .text } ?? tasks.first { $0.kind == .tuples })?.name
  }

  /// The task beside the rating by which that gains or loses: the one that explains, else a ranking; nil
  /// where there is none, or no rating.
  var taskBesideRating: String? {
    guard let rating = ratingTask else { return nil }
    let ranking = description?.tasks.first { $0.kind == .ranking }?.name
    return (explainingTask ?? ranking).flatMap { $0 == rating ? nil : $0 }
  }

  /// Whether a task is trained just now, as far as is known.
  func isOn(_ task: String) -> Bool { snapshot.tasks.first { $0.name == task }?.isOn ?? true }

  /// What the rating gains or loses by the task beside it, as far as it is known, in lines.
  ///
  /// A shadow without the task is compared on the same rows while the run trains it; where that is not so,
  /// the scores before and after the task was switched are, which training has moved besides.
  func explainingEffect(columns: Int) -> [[Span]] {
    guard let name = taskBesideRating, let rating = ratingTask else { return [] }
    if isOn(name), let lines = shadowEffect(of: name, on: rating, columns: columns) {
      return lines
    }
    if let change = lastChange, change.words == "\(name) OFF" || change.words == "\(name) ON" {
      return change.effect(on: rating, columns: columns)
    }
    let words =
      isFinished
      ? "What \(rating) gains by \(name) was not compared: F runs a copy without it while a run trains."
      : isOn(name)
        ? "What \(rating) gains by \(name): F runs a copy without it beside, on the same rows."
        : "\(name) is off: what \(rating) gained or lost by that was not scored; Space trains it again."
    return wrapped(words, columns: columns, lines: 2).map { [Span($0, .dim)] }
  }

  /// The task whose answer is shown as a rating.
  private var ratingTask: String? {
    description?.tasks.first { $0.kind == .regression }?.name
  }

  private func shadowEffect(
    of name: String, on rating: String, columns: Int
  ) -> [[Span]]? {
    guard let shadow = snapshot.shadow,
      shadow.tasks.first(where: { $0.name == name })?.isOn == false,
      let found = shadow.tasks.first(where: { $0.name == rating })
    else { return nil }
    let head = [
      Span("\(rating) without \(name)", style: .bold),
      Span(" since \(grouped(shadow.fork)): ", .dim),
    ]
    guard let difference = found.difference else {
      return [head + [Span("too few steps yet", .dim)]]
    }
    let verdict =
      !difference.isClear
      ? "within noise" : difference.mean < 0 ? "gains without it" : "loses without it"
    let role: Role = !difference.isClear ? .plain : difference.mean < 0 ? .good : .warning
    let line =
      head + [
        Span("loss \(signedFixed(difference.mean, 4))", role),
        Span("±\(fixed(difference.error, 4)) ", .dim), Span(verdict, role),
      ]
    guard let score = found.score, (score.shadow - score.main).isFinite else { return [line] }
    let change = signedFixed(score.shadow - score.main, 4)
    let words = Span("(\(score.name) \(change) at \(grouped(score.step)))", .dim)
    let used = (line + [words]).reduce(1) { $0 + columnsTaken(by: $1.text) }
    return used <= columns ? [line + [Span(" "), words]] : [line, [words]]
  }
}

extension ChangeEffect {
  /// What became of a task's score, and that other steps were taken besides.
  fileprivate func effect(on rating: String, columns: Int) -> [[Span]] {
    var only = self
    only.before?.tasks.removeAll { $0.task != rating }
    only.after?.tasks.removeAll { $0.task != rating }
    let lines = only.lines(columns: columns)
    guard !only.differences.isEmpty else { return lines }
    return lines + [
      [Span("all that was learned in these steps is in it; F compares with a copy", .dim)]
    ]
  }
}
