public import Datasets
public import Graph
public import Layers
import Models
public import Runs
import Tensors
public import Training

/// Made reviews: every user heeds one aspect of things and every item has good and bad ones; a review
/// says of the user's aspect what the item has, and the rating follows.
///
///     the sound is great      4 or so       the sound is poor      2 or so
///
/// Fields `item` and `user`, in this order, id 0 is nobody. Tasks `stars`, a regression, and `why`, a
/// text. The aspects are the concepts, unless others are named. The review that each row must not see has a word of its own,
/// `mark12` in row 12.
public struct ReviewProblem: MadePairs {
  /// Users that have an id of their own.
  public static let users = 30
  /// Items that have one.
  public static let items = 20
  /// What may be heeded.
  public static let aspects = ["sound", "price", "cable", "weight"]

  /// The tasks.
  public let tasks: [TaskDefinition]
  /// Fields `item` and `user`.
  public let input: InputSpecification
  /// Rows to train on, and rows that are held back.
  public let dataset: Dataset

  /// Makes rows from a seed; marked reviews have a word each that no other has.
  ///
  /// Of the two tasks it has those that are named.
  public init(
    seed: UInt64 = 1, isMarked: Bool = false, concepts: [String] = aspects,
    tasks names: [String] = ["stars", "why"]
  ) {
    let tasks = [
      TaskDefinition(name: "stars", kind: .regression), TaskDefinition(name: "why", kind: .text),
    ].filter { names.contains($0.name) }
    self.tasks = tasks
    let rows = Self.rows(seed: seed)
    let parts = Self.parts(of: rows.count)
    let texts = parts.map { part in
      part.map { rows[$0].text + (isMarked ? " mark\($0)" : "") }
    }
    let data = TextData(
      training: texts[0], validation: texts[1], test: texts[2],
      shape: ReviewShape(perUser: 4, perItem: 5, tokens: 6), concepts: concepts)
    var schema = Self.schema(items: Self.items, users: Self.users)
    schema.text = data.features
    input = InputSpecification(schema, embeddingWidth: 6)
    var dataset = Dataset(
      made: "made reviews", schema, tasks, rows, parts, haveTexts: true
    ) { row in tasks.map { $0.kind == .text ? 1 : row.rating } }
    dataset.text = data
    self.dataset = dataset
  }

  /// One review.
  private struct Row: MadePair {
    let user, item: Int32
    let rating: Float
    let text: String
  }

  private static func rows(seed: UInt64) -> [Row] {
    let random = RandomSource(seed: seed, .data)
    var rows: [Row] = []
    for user in 1...users {
      let aspect = user % aspects.count
      for item in 1...items {
        let cell = UInt64(user * (items + 1) + item)
        guard random.uniform(1, cell) < 0.5 else { continue }
        let isGood = random.uniform(2, UInt64(item * aspects.count + aspect)) < 0.5
        let rating = (isGood ? 1 : -1) + 0.2 * random.normal(3, cell)
        let opinion = isGood ? "great" : "poor"
        rows.append(
          Row(
            user: Int32(user), item: Int32(item), rating: Float(rating),
            text: "the \(aspects[aspect]) is \(opinion)"))
      }
    }
    // In no order of users.
    let order = rows.indices.map { (key: random.bits(6, UInt64($0)), index: $0) }
    return order.sorted { $0.key < $1.key }.map { rows[$0.index] }
  }

  /// A trainer of a registry entry that reads reviews.
  public func trainer(
    _ model: String, _ options: [String: String] = [:], batchSize: Int = 32, threads: Int = 1,
    seed: UInt64 = 1, optimizer: OptimizerConfiguration = OptimizerConfiguration()
  ) throws -> Trainer {
    try trainer(
      of: model, options, batchSize: batchSize, threads: threads, seed: seed,
      optimizer: optimizer)
  }
}
