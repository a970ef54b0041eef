public import Runs

/// What a data set's files mean: format, columns, tasks, split.
public struct DatasetSchema: Sendable, Hashable, Codable {
  /// Which files hold which rows; paths are relative to the schema's folder.
  public enum Files: Sendable, Hashable, Codable {
    /// Files whose rows, one after another, are split.
    case all(FileList)
    /// Files to train on and files to test on; without files to validate on, the test files' rows
    /// are shared (see ``Split/rowParity``).
    case separate(training: FileList, validation: FileList?, test: FileList)
  }

  /// How rows become training, validation and test rows.
  public enum Split: Sendable, Hashable, Codable {
    /// As the files say.
    case files
    /// Of the test file, counted from 0, even rows validate and odd rows test.
    case rowParity
    /// By a hash of the row's number: shares of validation and test rows, the rest trains.
    case ratio(validation: Double, test: Double, seed: UInt64)
    /// By a column's value: these validate, these test, all others train.
    case column(String, validation: String, test: String)
    /// By a column of times: rows from `testFrom` on test, earlier ones from `validationFrom` on
    /// validate, all before train.
    ///
    /// Rows and bounds may write times in several ways, see ``TimeUnit``.
    case time(String, validationFrom: TimeBound, testFrom: TimeBound)
    /// Of each user's rows by time the last ones test and those before them validate; a user of fewer
    /// rows than one more than that trains only.
    case lastByUser(validation: Int, test: Int)
    /// Shares of each user's rows, chosen by a hash of the row's number; one row at least trains.
    case ratioByUser(validation: Double, test: Double, seed: UInt64)
  }

  /// The data set's name.
  public var name: String
  /// Which files hold which rows.
  public var files: Files
  /// How a file is written.
  public var format = TableFormat()
  /// The columns that are used or named, in the order of the inputs.
  public var columns: [Column]
  /// Tables whose columns are looked up by key; their columns follow the log's own.
  public var joins: [Join]
  /// The tasks.
  public var tasks: [TaskSchema]
  /// How rows are split.
  public var split: Split
  /// Which columns say who met what; nil: the rows are no interactions.
  public var interactions: InteractionSchema?
  /// The column that says something in words; nil: none does.
  public var text: Text?
  /// Who said what of which feature; nil: nobody.
  public var opinions: Opinions?
  /// Which words name what texts are about; nil: nobody says.
  public var concepts: Concepts?
  /// What the numbers of the column of times count; nil: their size tells.
  public var timeUnit: TimeUnit?
  /// The column of how much each row counts in training; nil: all count alike.
  public var weight: String?
  /// The column whose values group the rows for scores within groups; nil: rows are not grouped.
  public var group: String?
  /// The text that it was read from; nil: it was made by the program.
  ///
  /// It is no part of what the schema means: two texts may say the same, and it is not coded.
  public internal(set) var yaml: String? {
    get { source.text }
    set { source.text = newValue }
  }
  /// What a person should know of how the schema came to be, a sentence each; no part of its meaning.
  var notices: [String] {
    get { source.notices }
    set { source.notices = newValue }
  }
  private var source = Source()

  /// What makes no two schemas unlike.
  private struct Source: Sendable, Hashable {
    var text: String?
    var notices: [String] = []

    static func == (_: Source, _: Source) -> Bool { true }
    func hash(into _: inout Hasher) {}
  }

  private enum CodingKeys: String, CodingKey {
    case name, files, format, columns, joins, tasks, split, timeUnit, weight, group, interactions
    case text, opinions, concepts
  }

  /// Describes a data set.
  public init(
    name: String, files: Files, format: TableFormat = TableFormat(), columns: [Column],
    joins: [Join] = [], tasks: [TaskSchema], split: Split
  ) {
    self.name = name
    self.files = files
    self.format = format
    self.columns = columns
    self.joins = joins
    self.tasks = tasks
    self.split = split
  }

  /// A column by name and role.
  public struct Column: Sendable, Hashable, Codable {
    /// What the column is to a model.
    public enum Role: Sendable, Hashable, Codable {
      /// An id; values seen in fewer than `minimumCount` training rows share the unknown id.
      case categorical(minimumCount: Int)
      /// A number, standardised; optionally also standardised log(1 + v), and 1 if v > 0.
      case numeric(log1p: Bool, indicator: Bool)
      /// Nothing.
      case ignore
    }

    /// Its name in the data set.
    public var name: String
    /// Its name in the header or in ``TableFormat/columnNames``.
    public var source: String
    /// What it is to a model.
    public var role: Role
    /// How a categorical column makes categories from numbers; nil if its texts are they.
    public var grouping: NumberGrouping?
    /// How a categorical column's texts become ids.
    public var rule = CategoryRule()
    /// Said aloud: the column may be an input although a label is computed from it.
    public var isInputDespiteLabel: Bool
    /// The texts that mean a missing value in this column; nil: those of its file's format.
    public var missing: [String]?

    /// Names a column.
    public init(
      _ name: String, _ role: Role, from source: String? = nil, grouping: NumberGrouping? = nil,
      isInputDespiteLabel: Bool = false, missing: [String]? = nil
    ) {
      self.name = name
      self.source = source ?? name
      self.role = role
      self.grouping = grouping
      self.isInputDespiteLabel = isInputDespiteLabel
      self.missing = missing
    }
  }
}

/// A task and how its label is computed.
public struct TaskSchema: Sendable, Hashable, Codable {
  /// How a column's value becomes a label.
  public enum Rule: Sendable, Hashable, Codable {
    /// The number in the column.
    case value
    /// 1 where the text is this.
    case equals(String)
    /// 1 where the text is one of these.
    case oneOf([String])
    /// 1 where the number is this or more.
    case atLeast(Double)
  }

  /// A rule on a column.
  public struct Condition: Sendable, Hashable, Codable {
    /// The column.
    public var column: String
    /// The rule.
    public var rule: Rule

    /// Puts a rule on a column.
    public init(column: String, rule: Rule) {
      self.column = column
      self.rule = rule
    }
  }

  /// The task's name.
  public var name: String
  /// What its labels look like.
  public var kind: LabelKind
  /// The label; nil where the kind has no label column, so that it is 1 in every row.
  public var label: Condition?
  /// What the number is divided by.
  public var divisor: Double
  /// The greatest number, behind the division; greater ones count as it.
  public var cap: Double?
  /// Whether the label is log(1 + v) of the number.
  public var takesLogarithm: Bool
  /// For which rows the task counts; nil for all.
  public var space: Condition?
  /// The weight of its loss, until a person changes it.
  public var weight: Double
  /// Whether rows without a label, or for which the space cannot be told, are outside of the task's
  /// sample space; else they are errors.
  public var skipsMissing = false
  /// How a ranking's items that were not met are drawn; nil of other tasks.
  public var sampled: NegativeSampling?

  /// Describes a task.
  public init(
    name: String, kind: LabelKind = .binary, label: Condition?,
    divisor: Double = 1, cap: Double? = nil, takesLogarithm: Bool = false,
    space: Condition? = nil, weight: Double = 1
  ) {
    self.name = name
    self.kind = kind
    self.label = label
    self.divisor = divisor
    self.cap = cap
    self.takesLogarithm = takesLogarithm
    self.space = space
    self.weight = weight
  }
}
