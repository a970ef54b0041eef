/// What a rule on a column decides.
public enum RuleUse: Sendable, Hashable {
  /// A task's label.
  case label(task: String)
  /// For which rows a task counts.
  case space(task: String)
  /// Which rows train, validate and test.
  case split
}

/// A text of a column, and how many rows have it.
public struct ValueCount: Sendable, Hashable {
  /// The text, as the file spells it.
  public var text: String
  /// Rows.
  public var rows: Int

  /// Counts a text.
  public init(_ text: String, _ rows: Int) {
    self.text = text
    self.rows = rows
  }
}

/// Where a row stands.
public struct RowLocation: Sendable, Hashable {
  /// The file.
  public var path: String
  /// The line, counted from 1.
  public var line: Int

  /// Names a line of a file.
  public init(_ path: String, _ line: Int) {
    self.path = path
    self.line = line
  }
}

/// Why the labels, the sample spaces or the split of data cannot be told.
///
/// Cases carry the facts; `first` is the first row that has the fault, and the rows are all of them.
public enum LabelError: Error, Equatable, Sendable {
  /// Nothing stands where a rule looks; `values` are texts that do stand in the column, or for a rule
  /// of numbers `least` is the least of them.
  case missing(
    RuleUse, column: String, rows: Int, first: RowLocation, values: [String], least: Double?)
  /// No text that a rule names, but one that looks like it.
  case misspelled(RuleUse, column: String, named: String, found: ValueCount, first: RowLocation)
  /// A text that a rule names stands in no row.
  case absent(RuleUse, column: String, named: [String], values: [ValueCount])
  /// A text where a rule needs numbers.
  case text(RuleUse, rule: TaskSchema.Rule, column: String, found: String, first: RowLocation)
  /// A text where a regression needs a number.
  case noAmount(task: String, column: String, found: String, first: RowLocation)
  /// A binary label that is neither 0 nor 1.
  case notBinary(task: String, column: String, values: [ValueCount], first: RowLocation)
  /// The logarithm of −1 or less.
  case noLogarithm(task: String, column: String, found: Double, rows: Int, first: RowLocation)
  /// A label that is too large for a number.
  case tooLarge(task: String, column: String, found: Double, rows: Int, first: RowLocation)
  /// A label or a split from a column that only a joined table has.
  case joined(RuleUse, column: String, table: String)
}
