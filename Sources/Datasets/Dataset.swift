/// A data set as models and trainers see it: what the columns mean, and the rows of each split.
public struct Dataset: Sendable {
  /// Its name, `census-income`.
  public let name: String
  /// The inputs.
  public let features: FeatureSchema
  /// The tasks, in the order of the labels.
  public let tasks: [TaskDefinition]
  /// Rows to train on.
  public let training: Examples
  /// Rows to choose on.
  public let validation: Examples
  /// Rows to report on, once.
  public let test: Examples
  /// By task, the main score that the truth itself has on the test rows, which nothing beats on
  /// average; known of made logs only.
  public var bounds: [String: Double] = [:]
  /// Why a truth that lies beside the rows says nothing about them; nil where there is none, or
  /// where it gave ``bounds``.
  public var boundNotice: String?
  /// By joined table, how many rows have no match there.
  public let joins: [JoinCount]
  /// The column that groups the rows for scores within groups; nil if none does.
  public var group: String?
  /// What looks wrong in the data or is easily misread, a sentence each.
  public var notices: [String] = []
  /// What was done to have the rows, a sentence each: which cache was used or made.
  ///
  /// No part of the data: the same rows may come another way.
  public var readingNotices: [String] = []
  /// What the inputs' columns hold, in the order of the schema; empty of data made in memory.
  public var inputs: [InputFacts] = []
  /// By input, how its texts are read; empty of data made in memory, whose texts are categories and
  /// numbers as they stand.
  public var spellings: [String: InputSpelling] = [:]
  /// Which user met which item in the training rows; nil where the data name no user and no item.
  public var interactions: Interactions?
  /// What the rows say in words; nil where no column is a text.
  public var text: TextData?
  /// What was said of features of items; nil where no file of opinions is named.
  public var opinions: OpinionTuples?
  /// What turned rows of files into rows of batches, without what only training rows tell.
  ///
  /// Nil of data made in memory; ``savedEncoding`` has all of it.
  var encoding: DatasetEncoding?
  /// What is known of the rows without a look at them; nil where all must be read for that.
  var known: KnownRows?

  /// Puts a data set together.
  public init(
    name: String, features: FeatureSchema, tasks: [TaskDefinition], training: Examples,
    validation: Examples, test: Examples, joins: [JoinCount] = []
  ) {
    self.name = name
    self.features = features
    self.tasks = tasks
    self.training = training
    self.validation = validation
    self.test = test
    self.joins = joins
  }
}
