public import Tensors

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

/// The fields of a row's ids that are user and item.
public struct InteractionFields: Sendable, Hashable, Codable {
  /// The index of the field that is the user.
  public var user: Int
  /// The index of the field that is the item.
  public var item: Int
  /// The id of rows that name no user, which is no user; nil where they have none of their own.
  public var missingUser: Int32?
  /// The id of rows that name no item, which is no item; nil where they have none of their own.
  public var missingItem: Int32?

  /// Names two fields.
  public init(user: Int, item: Int) {
    self.user = user
    self.item = item
  }

  /// Whether a row of these ids names a user and an item, be they rare.
  public func areNamed(user: Int32, item: Int32) -> Bool {
    user != missingUser && item != missingItem
  }
}
