/// What a task's labels look like, as a schema says it.
///
/// What is done with labels asks ``hasClasses`` and ``hasUnit``; what is done with a model's answers
/// asks the ``Answer``.
public enum LabelKind: String, Sendable, Hashable, Codable {
  /// A label of 0 or 1.
  case binary
  /// An amount in a unit.
  case regression

  /// Whether labels are 0 or 1, so that positives are counted and two tasks' labels compared.
  public var hasClasses: Bool {
    switch self {
    case .binary: true
    case .regression: false
    }
  }

  /// Whether labels are amounts in a unit: they are trained centred and divided by their deviation.
  public var hasUnit: Bool {
    switch self {
    case .binary: false
    case .regression: true
    }
  }

  /// What a model answers for such labels unless it declares otherwise.
  public var usualAnswer: Answer {
    switch self {
    case .binary: .chance
    case .regression: .amount
    }
  }
}
