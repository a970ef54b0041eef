/// The order in which validation rows are looked through.
public enum ExampleOrder: Sendable, Hashable, Codable {
  /// As the data have them.
  case file
  /// By the loss that a task is trained by, the largest first; rows that do not count for the task
  /// come last.
  case loss(String)
  /// By how far the tasks' answers lie apart, the farthest first.
  ///
  /// An answer counts by its rank among the task's answers for all rows, from 0 to 1, so that tasks
  /// of any base rate can be compared; a row's disagreement is its highest rank minus its lowest.
  case disagreement
  /// By an input column: categories by name, unknown ones last; numbers by value, missing ones where the
  /// mean lies that stands for them.
  case column(String)
}

/// One input of a row that is asked about with another value.
public struct InputChange: Sendable, Hashable, Codable {
  /// The column.
  public var column: String
  /// The value as a person typed it, read as the schema reads the column's texts.
  public var text: String

  /// Asks about another value.
  public init(column: String, text: String) {
    self.column = column
    self.text = text
  }
}

extension ExampleView {
  /// How the row lies in the order that was asked for.
  public struct Ordering: Sendable, Equatable, Codable {
    /// The order.
    public var order: ExampleOrder
    /// The row's position in it, from 0.
    public var position: Int
    /// Rows that were put in order: all, or the first ones of very many.
    public var rows: Int
    /// The step of the parameters that the order was made with; nil where none were needed.
    public var step: Int?
    /// What the row was put in its position by: its loss, its disagreement; nil for other orders, NaN
    /// where the row does not count.
    public var measure: Double?

    /// Says how a row lies in an order.
    public init(
      order: ExampleOrder, position: Int, rows: Int, step: Int? = nil, measure: Double? = nil
    ) {
      self.order = order
      self.position = position
      self.rows = rows
      self.step = step
      self.measure = measure
    }
  }

  /// The row with one input changed, or without an expert, or both.
  public struct Altered: Sendable, Equatable, Codable {
    /// What was changed; nil: nothing.
    public var change: InputChange?
    /// The changed column as the model reads it now, in the data's own words.
    public var value: String?
    /// What a person should know of it: an unknown category is said to be unknown.
    public var note: String?
    /// Why the change could not be made, in a sentence; the answers are the original's then.
    public var problem: String?
    /// The expert that is left out, by its place; nil: none.
    public var without: Int?
    /// The tasks' answers.
    public var answers: [Answer]
    /// The gates' weights.
    public var gates: [Gate]

    /// Records an altered row.
    public init(
      change: InputChange? = nil, value: String? = nil, note: String? = nil,
      problem: String? = nil, without: Int? = nil, answers: [Answer], gates: [Gate]
    ) {
      self.change = change
      self.value = value
      self.note = note
      self.problem = problem
      self.without = without
      self.answers = answers
      self.gates = gates
    }
  }
}
