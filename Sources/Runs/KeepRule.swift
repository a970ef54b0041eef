/// Which step's parameters a run keeps, tests and hands on.
public enum KeepRule: Sendable, Hashable {
  /// The step of the best mean over the tasks that are on, where no task decides alone.
  ///
  ///     score = Σ_k r_k / σ_k  /  Σ_k 1 / σ_k
  ///
  /// r_k is the task's rank score on the validation rows, AUC or, of a regression, XAUC, of a ranking
  /// NDCG@10 and of a text 1 / perplexity (tuples have none and do not count); σ_k is how
  /// far chance alone carries it on these rows: its standard deviation where answers have nothing to
  /// do with labels, which follows from the labels. So a task's score counts in units of its own
  /// spread: one of few positive rows, whose AUC swings widely, decides no more than one of many.
  case balanced
  /// The step of the best score of this name of one task.
  case score(task: String, name: String)
  /// The last step.
  case last
}

extension KeepRule: CustomStringConvertible {
  /// What `--keep` takes: `balanced`, `last`, `click:auc`.
  public var description: String {
    switch self {
    case .balanced: "balanced"
    case .last: "last"
    case .score(let task, let name): "\(task):\(name)"
    }
  }

  /// Reads what `--keep` takes.
  ///
  /// - Throws: ``KeepError`` for a text of another form, and for a score that does not exist or has
  ///   no better and worse. Whether there is such a task only the data say; see ``check(_:hasGroups:conditional:)``.
  public init(parsing text: String) throws(KeepError) {
    switch text {
    case "balanced": self = .balanced
    case "last": self = .last
    default:
      guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else {
        throw .form(text)
      }
      let name = String(text[text.index(after: colon)...])
      guard let kind = ScoreKind.named(name) else { throw .unknownScore(name) }
      guard kind.higherIsBetter != nil else { throw .noDirection(name) }
      self = .score(task: String(text[..<colon]), name: name)
    }
  }

  /// Reads what `--stop` takes: TASK:SCORE, a score of one task.
  ///
  /// - Throws: ``KeepError`` as ``init(parsing:)``, and for a rule that names no task.
  public init(parsingScore text: String) throws(KeepError) {
    self = try KeepRule(parsing: text)
    guard case .score = self else { throw .form(text) }
  }

  /// Checks that the task is one of these and has the score.
  ///
  /// - Parameters:
  ///   - tasks: The tasks of the data, with what is answered for them; nil: no model has said it yet.
  ///   - hasGroups: Whether a column groups the rows.
  ///   - conditional: By task, whether it is judged on another one's positive rows; empty: none is.
  /// - Throws: ``KeepError``, with the near name.
  public func check(
    _ tasks: [(name: String, answer: Answer?)], hasGroups: Bool,
    conditional: [Bool] = []
  ) throws(KeepError) {
    guard case .score(let task, let name) = self, let score = ScoreKind.named(name) else { return }
    guard let index = tasks.firstIndex(where: { $0.name == task }) else {
      throw .unknownTask(task, known: tasks.map(\.name))
    }
    if let answer = tasks[index].answer, !answer.scores.contains(score) {
      throw .otherAnswer(name, task: task, answer)
    }
    switch score.need {
    case .nothing: break
    case .groups: if !hasGroups { throw .noGroups(name) }
    case .condition:
      if !(conditional.indices.contains(index) && conditional[index]) {
        throw .notConditional(name, task: task)
      }
    }
  }
}

/// Why `--keep` cannot be followed.
public enum KeepError: Error, Equatable, Sendable {
  /// Neither a word nor TASK:SCORE.
  case form(String)
  /// No score of this name.
  case unknownScore(String)
  /// The score is best at 1 and not at an end.
  case noDirection(String)
  /// No task of this name.
  case unknownTask(String, known: [String])
  /// The task's answer is of another kind and has no such score.
  case otherAnswer(String, task: String, Answer)
  /// The score needs rows that are grouped.
  case noGroups(String)
  /// The score is one of tasks that are judged on another one's positive rows.
  case notConditional(String, task: String)
}

extension KeepError: CustomStringConvertible {
  /// What is wrong, what was found, how to mend it.
  public var description: String {
    "--keep: \(what)\n  found: \(found)\n  fix:   \(fix)"
  }

  private var what: String {
    switch self {
    case .form: "needs balanced, last or TASK:SCORE."
    case .unknownScore: "no such score."
    case .noDirection: "this score is best at 1, so that none is the best."
    case .unknownTask: "no such task in these data."
    case .otherAnswer(_, let task, let answer):
      "task '\(task)' is \(answer.words.task) and has no such score."
    case .noGroups: "this score needs rows that are grouped."
    case .notConditional(_, let task):
      "task '\(task)' is not judged on another one's positive rows in this model."
    }
  }

  private var found: String {
    switch self {
    case .form(let text): "'\(text)'"
    case .unknownScore(let name), .noDirection(let name), .otherAnswer(let name, _, _),
      .noGroups(let name), .notConditional(let name, _):
      "'\(name)'"
    case .unknownTask(let task, _): "'\(task)'"
    }
  }

  private var fix: String {
    switch self {
    case .form: "write it as in --keep click:auc"
    case .unknownScore(let name):
      Self.choice(of: name, among: ScoreKind.all.filter { $0.higherIsBetter != nil }.map(\.name))
    case .noDirection: "take ece, ne or logloss"
    case .unknownTask(let task, let known): Self.choice(of: task, among: known)
    case .otherAnswer(let name, _, let answer):
      Self.choice(
        of: name, among: answer.scores.filter { $0.higherIsBetter != nil }.map(\.name))
    case .noGroups: "name the column with --group, as in --group user"
    case .notConditional: "take auc or logloss"
    }
  }

  private static func choice(of name: String, among known: [String]) -> String {
    let all = known.joined(separator: ", ")
    return nearest(to: name, in: known).map { "did you mean '\($0)'? (known: \(all))" }
      ?? "take one of \(all)"
  }
}

/// Why `--stop` cannot be followed.
public struct StopError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with the score that it names.
  public let error: KeepError

  /// Records an error.
  public init(_ error: KeepError) { self.error = error }

  /// What is wrong, what was found, how to mend it.
  public var description: String { "--stop" + error.description.dropFirst("--keep".count) }
}
