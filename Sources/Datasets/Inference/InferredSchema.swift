import Runs

/// A first schema for some files, with the reason of each guess.
public struct InferredSchema: Sendable, Hashable {
  /// What the data are called.
  public var name: String
  /// The files of the log by their part, and why.
  public var files: Files
  /// How the log is written.
  public var format: Format
  /// The log's columns that are not told by a task or the split.
  public var columns: [Column]
  /// Tables that are looked up.
  public var joins: [Join] = []
  /// The tasks.
  public var tasks: [Task]
  /// How rows are split.
  public var split: Split
  /// The inputs that are a user and an item by their names; nil where not both are there.
  public var interactions: InteractionSchema?
  /// Files that are in no part of the schema, and what could not be told.
  public var doubts: [Doubt] = []
  /// Rows that were looked at.
  public var rows: Int

  /// Which files hold which rows.
  public enum Files: Sendable, Hashable {
    case all([String])
    case separate(training: [String], validation: [String], test: [String])
  }

  /// How a file is written.
  public struct Format: Sendable, Hashable {
    /// What stands between fields.
    public var delimiter: String
    /// Fields in each of the rows that tell.
    public var fields: Int
    /// Rows that tell.
    public var rows: Int
    /// Whether some field begins with a quote.
    public var hasQuotes: Bool
    /// Whether blanks stand around fields.
    public var hasBlanks: Bool
    /// The names, where there is no header.
    public var columnNames: [String]?
    /// What publishes a file of these columns.
    public var known: String?
    /// The first field of the first row, which is no name.
    public var firstField: String
    /// The texts of missing values.
    public var missing: [String]
  }

  /// An input, or a column that is none.
  public struct Column: Sendable, Hashable {
    /// The input's name.
    public var name: String
    /// The column's name in the file.
    public var source: String
    /// What it is to a model.
    public var role: Role
    /// Why.
    public var reason: Reason
    /// Rows in which nothing stands.
    public var missing: Int

    /// What it is to a model.
    public enum Role: Sendable, Hashable {
      case categorical, numeric(log1p: Bool), list(separator: String), ignore
    }

    /// Why.
    public enum Reason: Sendable, Hashable {
      case texts(distinct: Int)
      case idByName(distinct: Int)
      case codes(distinct: Int)
      case fewNumbers(distinct: Int)
      case numbers(least: Double, greatest: Double)
      case skewed(least: Double, median: Double, greatest: Double)
      case lists(example: String)
      case decimalComma(example: String)
      case constant(String)
      case empty
      case unique
      case time
      case outcome
      case flag
    }
  }

  /// A table that is looked up.
  public struct Join: Sendable, Hashable {
    /// The table's file.
    public var file: String
    /// How it is written.
    public var format: Format
    /// The key's column in the log.
    public var logKey: String
    /// The key's column in the table.
    public var tableKey: String
    /// How many of the log's different keys the table has.
    public var found: Int
    /// How many different keys the log has.
    public var of: Int
    /// The table's inputs.
    public var columns: [Column]
  }

  /// A task.
  public struct Task: Sendable, Hashable {
    /// The task's name.
    public var name: String
    /// The column of its label.
    public var column: String
    /// How the label is computed.
    public var rule: Rule
    /// Why it is a task.
    public var reason: Reason
    /// Rows whose label is missing.
    public var missing: Int

    /// How the label is computed.
    public enum Rule: Sendable, Hashable {
      case value, equals(String), atLeast(Double), regression(log1p: Bool)
    }

    /// Why it is a task.
    public enum Reason: Sendable, Hashable {
      case asked
      case named(values: [ValueCount])
      case rarer(values: [ValueCount])
      case rating(least: Double, greatest: Double, share: Double)
      case quantity(least: Double, greatest: Double)
      case onlyBinary(values: [ValueCount])
      /// One of the events that a column tells apart.
      case event(values: [ValueCount])
    }
  }

  /// How rows are split.
  public enum Split: Sendable, Hashable {
    case files
    case halves
    case ratio(noTime: Bool)
    case time(
      column: String, unit: TimeUnitName, validationFrom: String, testFrom: String,
      shares: [Double])
  }

  /// How times are written.
  public enum TimeUnitName: Sendable, Hashable {
    case date, dayNumber, unix(String)
  }

  /// What a person must look at.
  public enum Doubt: Sendable, Hashable {
    /// No column holds the log's keys.
    case notJoined(file: String)
    /// A column holds the log's keys, but no other one says anything.
    case nothingToJoin(file: String)
    case oneTask
  }
}

/// Why no schema can be guessed.
public enum InferenceError: Error, Equatable, Sendable {
  case reading(ReaderError)
  /// No column looks like a label.
  case noLabel(path: String, columns: [String])
  /// A column that a person asked for is not there.
  case unknownColumn(path: String, column: String, columns: [String])
  /// A column that a person asked for is no label.
  case notALabel(path: String, column: String, distinct: Int)
  /// Nothing is left to be an input.
  case noInput(path: String)
}

extension InferenceError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String {
    switch self {
    case .reading(let error): error.description
    case .noLabel(let path, let columns):
      wording(
        printable(path), "no column looks like a label", found: listing(columns),
        fix: "name one with --label COLUMN: of two values, or of numbers")
    case .unknownColumn(let path, let column, let columns):
      wording(
        printable(path), "no column '\(printable(column))'", found: listing(columns),
        fix: nearest(to: column, in: columns).map { "did you mean '\(printable($0))'?" }
          ?? "name one of these with --label")
    case .notALabel(let path, let column, let distinct):
      wording(
        printable(path), "column '\(printable(column))' is no label",
        found: "\(distinct) different texts that are no numbers",
        fix: "name a column of two values or of numbers, or write the task by hand with `in`")
    case .noInput(let path):
      wording(
        printable(path), "no column is left to be an input",
        found: "labels, times and columns that never vary", fix: "give a file with more columns")
    }
  }
}
