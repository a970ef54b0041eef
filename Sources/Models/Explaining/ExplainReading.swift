public import Datasets
import Graph

/// A user and an item whose rating is explained.
public struct ExplainedPair: Sendable, Hashable {
  /// The user's id in the user field.
  public let user: Int32
  /// The item's id in the item field.
  public let item: Int32
  /// What the data call the user.
  public let userName: String
  /// What the data call the item.
  public let itemName: String

  /// Names a pair.
  public init(user: Int32, item: Int32, userName: String, itemName: String) {
    self.user = user
    self.item = item
    self.userName = userName
    self.itemName = itemName
  }
}

/// What a model may read to explain a pair: its numbers and its answers for that one row, and the data.
///
/// The batch of ``model`` has the one row of the pair, with what the model's source for answers draws
/// beside it (``Graph/Batch/drawn``), so that gathered reviews and their weights are those that the
/// answer was made from. Evidence is looked for in training rows alone.
public struct ExplainReading {
  /// Numbers, watched values and the row.
  public let model: ModelReading
  /// The data; interactions name user and item.
  public let dataset: Dataset

  /// What a model may read.
  public init(model: ModelReading, dataset: Dataset) {
    self.model = model
    self.dataset = dataset
  }

  /// The answer of a task for the pair, a probability or a value in the label's own units; NaN if the
  /// model has none.
  public func answer(of task: Int) -> Double {
    let definition = model.tasks[task]
    let z = model.watched(.logit(definition.name)).map { Double($0.values[0]) }
    return z.map { definition.scale.original(definition.answer.value(of: $0)) } ?? .nan
  }

  /// In which order gathered reviews stand, in words.
  var reviewOrder: String {
    dataset.interactions?.isByTime == true ? "newest first" : "last in the file first"
  }

  /// A review in a few words, by whom it is of an item's or of which item of a user's; nil for the other
  /// where the rows do not say.
  func reviewWords(ofUser isOfUser: Bool, with other: Int32?) -> String {
    guard let other else { return isOfUser ? "a review of the user" : "a review of the item" }
    return isOfUser ? "the user's of \(itemName(other))" : "by \(userName(other))"
  }

  /// User and item of the training row whose text has this number in the corpus, counted from 1; nil
  /// where rows are not in memory.
  func parties(ofText number: Int32) -> (user: Int32, item: Int32)? {
    guard let fields = dataset.features.interactions, let first = dataset.training.firstText
    else { return nil }
    let (row, width) = (Int(number) - 1 - first, dataset.features.fields.count)
    let ids = dataset.training.ids
    guard (0..<dataset.training.count).contains(row), (row + 1) * width <= ids.count else {
      return nil
    }
    return (ids[row * width + fields.user], ids[row * width + fields.item])
  }

  /// What the data call an id of the user field.
  public func userName(_ id: Int32) -> String { name(id, of: dataset.features.interactions?.user) }

  /// What the data call an id of the item field.
  public func itemName(_ id: Int32) -> String { name(id, of: dataset.features.interactions?.item) }

  private func name(_ id: Int32, of field: Int?) -> String {
    guard let field else { return "\(id)" }
    return dataset.features.fields[field].name(of: Int(id))
  }
}
