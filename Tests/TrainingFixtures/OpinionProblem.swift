public import Datasets
public import Graph
public import Layers
import Models
public import Runs
import Tensors
public import Training

/// Made reviews in tuples: items good or bad in features, users who care for some of them.
///
///     quality of feature f of item i: good or bad; user u cares for two features
///     rating = 1 + 2 · how many of the features that u cares for are good at i
///     tuples: what u cares for, in the word of the feature for good or for bad
///
/// Fields `item` and `user`, in this order, id 0 is nobody. Tasks `stars`, `next` and `said`. The last word
/// is said in one test row alone.
public struct OpinionProblem: MadePairs {
  /// Users that have an id of their own.
  public static let users = 16
  /// Items that have one.
  public static let items = 9
  /// What is spoken of.
  public static let words = OpinionWords(
    features: ["sound", "price", "weight", "look"],
    opinions: [
      "clear", "dull", "fair", "high", "light", "heavy", "pretty", "plain", "unheard",
    ])
  /// The tasks.
  public let tasks: [TaskDefinition]
  /// Fields `item` and `user`.
  public let input: InputSpecification
  /// Rows to train on, and rows that are held back.
  public let dataset: Dataset

  /// Makes rows from a seed.
  ///
  /// - Parameters:
  ///   - seed: of what is made.
  ///   - scale: in which the ratings are read: a stored rating is what it is in stars of 1 to 5.
  ///   - isTurned: that tuples say the opposite; ratings stay.
  public init(
    seed: UInt64 = 1, scale: LabelScale = LabelScale(mean: 3, deviation: 1.5),
    isTurned: Bool = false
  ) {
    tasks = [
      TaskDefinition(name: "stars", kind: .regression, scale: scale),
      TaskDefinition(name: "next", kind: .ranking),
      TaskDefinition(name: "said", kind: .tuples),
    ]
    func names(_ kind: String, _ count: Int) -> [String] {
      [""] + (1...count).map { "\(kind)\($0)" }
    }
    var schema = Self.schema(
      CategoricalField(name: "item", categories: names("i", Self.items)),
      CategoricalField(name: "user", categories: names("u", Self.users)))
    schema.opinions = Self.words
    input = InputSpecification(schema)
    let rows = Self.rows(seed: seed, isTurned: isTurned)
    let numbers = Self.parts(of: rows.count)
    var dataset = Dataset(made: "made opinions", schema, tasks, rows, numbers) {
      [Float(($0.rating - 3) / 1.5), 1, 1]
    }
    let parts = numbers.map { $0.map { rows[$0] } }
    var test = parts[2].flatMap(\.tuples)
    if let first = test.first {
      test.append(
        OpinionTuple(
          user: first.user, item: first.item, feature: 3,
          opinion: Int32(Self.words.opinions.count - 1), sentiment: 1))
    }
    dataset.opinions = OpinionTuples(
      features: Self.words.features, opinions: Self.words.opinions,
      training: parts[0].flatMap(\.tuples), validation: parts[1].flatMap(\.tuples), test: test)
    self.dataset = dataset
  }

  /// One review.
  private struct Row: MadePair {
    let user, item: Int32
    let rating: Double
    let tuples: [OpinionTuple]
  }

  /// The two features that a user cares for.
  public static func cares(_ user: Int) -> [Int] { [user % 4, (user + 1 + user / 4 % 3) % 4] }

  /// Whether an item is good in a feature.
  public static func isGood(_ item: Int, _ feature: Int) -> Bool {
    (item * 5 + feature * 3) % 7 < 4
  }

  private static func rows(seed: UInt64, isTurned: Bool) -> [Row] {
    let random = RandomSource(seed: seed, .data)
    var rows: [Row] = []
    for user in 1...users {
      for item in 1...items where random.uniform(UInt64(user), UInt64(item)) < 0.8 {
        let rating = 1 + 2 * Double(cares(user).count { isGood(item, $0) })
        let tuples = cares(user).map { feature in
          let isGood = isGood(item, feature) != isTurned
          return OpinionTuple(
            user: Int32(user), item: Int32(item), feature: Int32(feature),
            opinion: Int32(2 * feature + (isGood ? 0 : 1)), sentiment: isGood ? 1 : -1)
        }
        rows.append(
          Row(user: Int32(user), item: Int32(item), rating: rating, tuples: tuples))
      }
    }
    return rows.enumerated().sorted {
      random.bits(100, UInt64($0.offset)) < random.bits(100, UInt64($1.offset))
    }.map(\.element)
  }

  /// Few factors, from 0 to 1, and few draws a step.
  public static let small = [
    "user": "4", "item": "5", "feature": "3", "opinion": "6", "entries": "12", "pairs": "30",
    "start": "unit",
  ]

  /// MTER of few factors, and its trainer.
  public func trainer(
    _ options: [String: String] = small, threads: Int = 1, seed: UInt64 = 1,
    optimizer: OptimizerConfiguration = OptimizerConfiguration(.projectedAdagrad())
  ) throws -> Trainer {
    try trainer(
      of: "mter", options, batchSize: 16, threads: threads, seed: seed, optimizer: optimizer)
  }
}
