/// What a task's labels look like, as a schema says it.
///
/// What is done with labels asks ``hasLabelColumn``, ``hasClasses`` and ``hasUnit``; what is done with
/// a model's answers asks the ``Answer``.
public enum LabelKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// A label of 0 or 1.
  case binary
  /// An amount in a unit.
  case regression
  /// Which items a user comes to: every row is one that came to be.
  case ranking
  /// The words of a row.
  case text
  /// What a row says of which feature: (feature, opinion, sentiment).
  case tuples

  /// Whether a column of the data has the labels.
  ///
  /// Without one the stored label is 1 in every row, and a row is in the task's sample space where it
  /// has what the task is about: an item, a text, tuples.
  public var hasLabelColumn: Bool {
    switch self {
    case .binary, .regression: true
    case .ranking, .text, .tuples: false
    }
  }

  /// Whether labels are 0 or 1, so that positives are counted and two tasks' labels compared.
  public var hasClasses: Bool { self == .binary }

  /// Whether labels are amounts in a unit: they are trained centred and divided by their deviation.
  public var hasUnit: Bool { self == .regression }

  /// What a model answers for such labels unless it declares otherwise.
  public var usualAnswer: Answer {
    switch self {
    case .binary: .chance
    case .regression: .amount
    case .ranking: .ranking
    case .text: .text
    case .tuples: .tuples
    }
  }
}
