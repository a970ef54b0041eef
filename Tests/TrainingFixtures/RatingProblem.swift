public import Datasets
public import Graph
public import Layers
import Models
public import Runs
import Tensors
public import Training

/// Made ratings: users and items with tastes of two numbers, and who met what.
///
///     user u meets item i with a chance that grows with p_u·q_i
///     rating = (p_u·q_i + d_i + noise − mean) / deviation,  d_i of the item alone
///
/// Fields `item` and `user`, in this order, id 0 is nobody. A rating task `stars` and a ranking `next`,
/// or those of them that a model answers.
public struct RatingProblem: MadePairs {
  /// Users that have an id of their own.
  public static let users = 80
  /// Items that have one.
  public static let items = 24

  /// The tasks.
  public let tasks: [TaskDefinition]
  /// Fields `item` and `user`.
  public let input: InputSpecification
  /// Rows to train on, and rows that are held back.
  public let dataset: Dataset

  /// Makes rows from a seed; of both tasks those that are of some kinds.
  public init(kinds: Set<LabelKind> = [.regression, .ranking], seed: UInt64 = 1) {
    var ranking = TaskDefinition(name: "next", kind: .ranking)
    ranking.sampled = NegativeSampling(negatives: 3)
    tasks = [TaskDefinition(name: "stars", kind: .regression), ranking].filter {
      kinds.contains($0.kind)
    }
    let schema = Self.schema(items: Self.items, users: Self.users)
    input = InputSpecification(schema)
    let rows = Self.rows(seed: seed)
    let isRated = tasks.map { $0.kind == .regression }
    dataset = Dataset(made: "made ratings", schema, tasks, rows, Self.parts(of: rows.count)) {
      row in
      isRated.map { $0 ? row.rating : 1 }
    }
  }

  /// One rating.
  private struct Row: MadePair {
    let user, item: Int32
    let rating: Float
  }

  private static func rows(seed: UInt64) -> [Row] {
    let random = RandomSource(seed: seed, .data)
    func taste(_ kind: UInt64, _ id: Int) -> [Double] {
      (0..<2).map { random.normal(kind, UInt64(4 * id + $0)) }
    }
    var rows: [Row] = []
    for user in 1...users {
      for item in 1...items {
        let (p, q) = (taste(1, user), taste(2, item))
        let liking = p[0] * q[0] + p[1] * q[1]
        let cell = UInt64(user * (items + 1) + item)
        guard random.uniform(3, cell) < (liking > 0 ? 0.7 : 0.15) else { continue }
        let rating = liking + random.normal(4, UInt64(item)) + 0.2 * random.normal(5, cell)
        rows.append(Row(user: Int32(user), item: Int32(item), rating: Float(rating / 2)))
      }
    }
    // In no order of users.
    return rows.enumerated().sorted {
      random.bits(6, UInt64($0.offset)) < random.bits(6, UInt64($1.offset))
    }.map(\.element)
  }

  /// The problem of the tasks that a model of the registry answers.
  public static func of(_ model: String) throws -> RatingProblem {
    RatingProblem(kinds: try ModelRegistry.entry(named: model).kinds)
  }

  /// A trainer of a registry entry.
  public func trainer(
    _ model: String, _ options: [String: String] = [:], batchSize: Int = 64, threads: Int = 1,
    seed: UInt64 = 1, optimizer: OptimizerConfiguration = OptimizerConfiguration()
  ) throws -> Trainer {
    try trainer(
      of: model, options, batchSize: batchSize, threads: threads, seed: seed,
      optimizer: optimizer)
  }
}
