import Foundation
import Runs
import Tensors

/// Everything that turns a row of a file into a row of a batch: columns, kinds, vocabularies,
/// standardisation, bins, lists, joins, and what labels and answers are counted in.
///
/// It is made while training data are read, saved beside a model, and read again where the model is
/// used, so that a row has the same ids and numbers there as it had in training, without the rows that
/// trained. Categories that no training row had are the unknown one, as they were then.
public struct DatasetEncoding: Sendable, Hashable {
  /// The data's name.
  public let name: String
  /// The schema by which the training rows were read, with the columns that its patterns stood for.
  public let schema: DatasetSchema
  /// The inputs, with vocabularies and standardisation.
  public let features: FeatureSchema
  /// The tasks, with what their labels are counted in.
  public let tasks: [TaskDefinition]
  /// The folder of the files, absolute; empty where the data lay in memory.
  ///
  /// Joined tables are found there where nothing else is named.
  public var folder = ""
  /// How many rows trained.
  public internal(set) var trainingRows = 0
  /// How often the training rows' labels occurred together, from which models learn which task plays
  /// which part; nil before the rows are known.
  public internal(set) var labelPairs: LabelPairs?
  /// By field, the intervals of a number's categories; nil for others.
  let buckets: [FieldBuckets?]
  /// By field, the bytes of categories that are not UTF-8.
  let rawNames: [[RawName]]

  init(
    _ schema: DatasetSchema, features: FeatureSchema, tasks: [TaskDefinition],
    buckets: [FieldBuckets?], rawNames: [[RawName]]
  ) {
    name = schema.name
    self.schema = schema
    self.features = features
    self.tasks = tasks
    self.buckets = buckets
    self.rawNames = rawNames
  }

  /// Intervals of a number, as they are saved.
  struct FieldBuckets: Sendable, Hashable, Codable {
    /// The bounds between intervals, rising.
    var bounds: [Double]
    /// Whether a missing number has a category of its own.
    var hasMissing: Bool
  }
}

extension Dataset {
  /// What turned rows of files into the rows of this data set; nil of data made in memory.
  ///
  /// O(rows · tasks²): labels are counted; O(1) of a packed folder.
  public var savedEncoding: DatasetEncoding? {
    encoding?.adding(rows: training.count, labels: labelPairs)
  }
}

extension DatasetEncoding {
  fileprivate func adding(rows: Int, labels: LabelPairs) -> Self {
    var encoding = self
    encoding.trainingRows = rows
    encoding.labelPairs = labels
    return encoding
  }

  /// A data set of these columns and tasks without a row: what a model is built for.
  public var withoutRows: Dataset {
    let none = Examples(
      count: 0, ids: Storage([]), dense: Storage([]), labels: Storage([]),
      lists: FieldLists(features.fields.map { $0.list.map { _ in FieldLists.Table([]) } }))
    return Dataset(
      name: name, features: features, tasks: tasks, training: none, validation: none, test: none)
  }
}

// MARK: - Units

extension DatasetEncoding {
  /// A task's label or answer in the unit of the file, of one in the unit of the label.
  ///
  ///     v = divide · y,    with log1p: v = divide · (eʸ − 1)
  ///
  /// What `cap` has cut stays cut. A binary task's answers are probabilities and stay as they are.
  public func fileValue(_ value: Double, ofTask task: Int) -> Double {
    guard tasks[task].kind.hasUnit, schema.tasks.indices.contains(task) else { return value }
    let rule = schema.tasks[task]
    return rule.divisor * (rule.takesLogarithm ? expm1(value) : value)
  }

  /// The unit of a task's label in words, where it is not that of the file; else nil.
  public func labelUnit(ofTask task: Int) -> String? {
    guard tasks[task].kind.hasUnit, schema.tasks.indices.contains(task) else { return nil }
    let rule = schema.tasks[task]
    guard rule.takesLogarithm || rule.divisor != 1 else { return nil }
    let column = printable(rule.label?.column ?? rule.name)
    let divided = rule.divisor == 1 ? column : "\(column) / \(rule.divisor)"
    return rule.takesLogarithm ? "log(1 + \(divided))" : divided
  }
}
