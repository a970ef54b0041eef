public import Runs
public import Tensors

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

/// The inputs of a model: categorical fields, each with its vocabulary, and dense features.
public struct FeatureSchema: Sendable, Hashable, Codable {
  /// The categorical fields, in the order of the ids in a row.
  public var fields: [CategoricalField]
  /// The dense features, in the order of the numbers in a row.
  public var dense: [DenseFeature]
  /// Which fields are user and item; nil where the data name none.
  public var interactions: InteractionFields?
  /// What texts rows are given; nil where no column is a text.
  public var text: TextShape?
  /// What reviews speak of and in which words; nil where the data name no tuples.
  public var opinions: OpinionWords?

  /// Lists the inputs.
  public init(fields: [CategoricalField], dense: [DenseFeature]) {
    self.fields = fields
    self.dense = dense
  }
}

/// A categorical input: id 0 stands for rare and unseen values.
public struct CategoricalField: Sendable, Hashable, Codable {
  /// The column's name.
  public var name: String
  /// The categories by id, as the data spell them; place 0 is the unknown row.
  public var categories: CategoryNames
  /// How many ids: rows of the embedding table.
  public var vocabulary: Int
  /// Whether ids are hashes, which have no names.
  public var isHashed = false
  /// What its lists are like; nil if every row has one value.
  public var list: ListShape?

  /// Names a field and its categories.
  public init(name: String, categories: [String]) {
    self.name = name
    self.categories = CategoryNames(categories)
    vocabulary = categories.count
  }

  /// Names a field whose ids have no names (made data, golden cases).
  public init(name: String, vocabulary: Int) {
    self.name = name
    categories = []
    self.vocabulary = vocabulary
  }
}

/// A dense input: a number made from one column.
public struct DenseFeature: Sendable, Hashable, Codable {
  /// How the number was made from the column's value v.
  public enum Form: Sendable, Hashable, Codable {
    /// (v − mean) / deviation.
    case value(mean: Double, deviation: Double)
    /// (log(1 + v) − mean) / deviation.
    case logarithm(mean: Double, deviation: Double)
    /// 1 if v > 0, else 0.
    case indicator
  }

  /// The column's name.
  public var column: String
  /// How the number was made.
  public var form: Form

  /// Names a dense feature.
  public init(column: String, form: Form) {
    self.column = column
    self.form = form
  }
}

/// A task: what is predicted.
public struct TaskDefinition: Sendable, Hashable, Codable {
  /// The task's name.
  public var name: String
  /// What its labels look like.
  public var kind: LabelKind
  /// How a ranking task's items that were not met are drawn; nil of other tasks.
  public var sampled: NegativeSampling?
  /// What a model declares that it answers; nil: what is usual for such labels.
  public var declaredAnswer: Answer?
  /// The weight of its loss where all tasks train one network, until a person changes it.
  public var weight: Double
  /// What a regression's stored labels and a model's answers are counted in.
  public var scale: LabelScale
  /// ε of a binary task: it is trained towards (1 − ε)·y + ε/2, and judged against y; 0 of data, since
  /// a run chooses it.
  public var labelSmoothing = 0.0

  private enum CodingKeys: String, CodingKey { case name, kind, weight, scale, sampled }

  /// Names a task.
  public init(name: String, kind: LabelKind, weight: Double = 1, scale: LabelScale = LabelScale()) {
    self.name = name
    self.kind = kind
    self.weight = weight
    self.scale = scale
  }

  /// What is answered for it.
  public var answer: Answer { declaredAnswer ?? kind.usualAnswer }
}

extension [TaskDefinition] {
  /// The tasks whose labels are 0 or 1, by index.
  public var indicesWithClasses: [Int] { indices.filter { self[$0].kind.hasClasses } }
}

/// How a regression's labels are stored: centred and divided, so that no task's loss is large only
/// because its unit is small.
///
///     z = (y − mean) / deviation,    y = mean + deviation · z
///
/// y is the label as the schema's rule makes it (behind `divide`, `cap` and `log1p`). A binary task
/// has mean 0 and deviation 1: its labels are stored as they are.
public struct LabelScale: Sendable, Hashable, Codable {
  /// The mean of the training rows' labels.
  public var mean: Double
  /// The deviation of the training rows' labels (population); 1 where they do not vary.
  public var deviation: Double

  /// A scale; without numbers the one that changes nothing.
  public init(mean: Double = 0, deviation: Double = 1) {
    self.mean = mean
    self.deviation = deviation
  }

  /// The scale of some labels; numbers that are not finite are left out.
  public init(of labels: [Double]) {
    let known = labels.filter(\.isFinite)
    let count = Double(max(1, known.count))
    let mean = known.reduce(0) { $0 + $1 / count }
    let deviation = known.reduce(0) { $0 + ($1 - mean) / count * ($1 - mean) }.squareRoot()
    // What the sums above leave of equal numbers is not a deviation.
    let varies = known.contains { $0 != known[0] } && deviation > 1e-14 * abs(mean)
    self.init(mean: known.first.map { varies ? mean : $0 } ?? 0, deviation: varies ? deviation : 1)
  }

  /// z of a label y.
  public func standardised(_ label: Double) -> Double { (label - mean) / deviation }

  /// y of a stored label or a model's answer z.
  public func original(_ standardised: Double) -> Double { mean + deviation * standardised }

  /// y of a stored label, without what single precision has added to it: a 5 that is stored as
  /// 1.3333334 deviations above 3 is 5 again, and a 0 is 0.
  ///
  ///     a multiple of 2^(k − 20),  2^k ≤ max(|mean|, deviation) < 2^(k + 1)
  public func restored(_ stored: Float) -> Double {
    let found = original(Double(stored))
    let size = max(abs(mean), deviation)
    guard size.isNormal, found.isFinite else { return found }
    let unit = Double(sign: .plus, exponent: size.exponent - 20, significand: 1)
    return (found / unit).rounded() * unit
  }

  /// Σ y from Σ z over some rows.
  public func sum(_ standardised: Double, rows: Double) -> Double {
    mean * rows + deviation * standardised
  }
}

/// Rows in memory or in mapped files, row after row: N rows, F fields, n dense features, T tasks.
///
/// A row lies in one piece, so that a shuffled batch touches few cache lines.
public final class Examples: Sendable {
  /// N, the number of rows.
  public let count: Int
  /// Ids [N, F]; of a field of lists the number of the row's list.
  public let ids: Storage<Int32>
  /// The lists of fields that have any; nil if none has.
  public let lists: FieldLists?
  /// Dense features [N, n].
  public let dense: Storage<Float>
  /// Labels [N, T]; outside a task's sample space the number is 0 and means nothing.
  public let labels: Storage<Float>
  /// What a row counts for a task [N, T]: 0 outside the task's sample space, inside 1 or, in training
  /// rows that are weighted, the row's weight; nil if every row counts for every task alike.
  public let spaces: Storage<Float>?
  /// The group of each row [N] for scores within groups, −1 for none; nil if rows are not grouped.
  public let groups: Storage<Int32>?
  /// The same rows in their packed folder, from which they can be read block by block; nil of rows that
  /// lie in none.
  public let packed: PackedRows?
  /// The number of the first row's own text in ``Dataset/text``, from which the others count on; nil
  /// where rows have none.
  public let firstText: Int?

  /// Takes rows over.
  public init(
    count: Int, ids: Storage<Int32>, dense: Storage<Float>, labels: Storage<Float>,
    spaces: Storage<Float>? = nil, lists: FieldLists? = nil, groups: Storage<Int32>? = nil,
    firstText: Int? = nil, packed: PackedRows? = nil
  ) {
    self.packed = packed
    self.firstText = firstText
    self.lists = lists
    self.count = count
    self.ids = ids
    self.dense = dense
    self.labels = labels
    self.spaces = spaces
    self.groups = groups
  }
}
