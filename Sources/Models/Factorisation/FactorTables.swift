import Datasets
import Graph
import Layers
import Objectives
import Runs

/// A vector of every user and of every item.
///
///     U [users, k], V [items, k], named `user.weight` and `item.weight`
struct FactorTables: Sendable {
  /// U.
  let users: Parameter
  /// V.
  let items: Parameter
  /// k.
  let width: Int
  /// Which fields are user and item.
  let fields: InteractionFields

  /// Declares both in a scope, N(0, 0.1²); the inputs must say which fields they are.
  init(_ input: InputSpecification, width: Int, in scope: Scope) {
    guard let fields = input.schema.interactions else {
      preconditionFailure("factors: the inputs name no user and item")
    }
    self.fields = fields
    self.width = width
    func table(_ name: String, _ field: Int) -> Parameter {
      (scope / name).table(
        "weight", vocabulary: input.schema.fields[field].vocabulary, width: width,
        .normal(deviation: 0.1))
    }
    users = table("user", fields.user)
    items = table("item", fields.item)
  }

  /// U_u of every row, [B, k].
  func user(_ pass: Forward) -> Variable { pass.lookup(users, of: .field(fields.user), width) }

  /// V_i of every row, [B, k].
  func item(_ pass: Forward) -> Variable { pass.lookup(items, of: .field(fields.item), width) }

  /// Says why a model of users and items cannot be built for some inputs.
  static func check(_ input: InputSpecification, of model: String) throws(ModelError) {
    guard input.schema.interactions == nil else { return }
    throw .unfitData(
      model: model, needs: "to know which inputs are the user and the item",
      found: "a schema that does not say so",
      fix: "add a line to the schema, as in `interactions: {user: user, item: item}`")
  }

  /// Says why a model of one task of each of some kinds cannot be built for these.
  static func check(
    _ tasks: [TaskDefinition], have kinds: [(kind: LabelKind, name: String)], of model: String
  ) throws(ModelError) {
    let isOneEach = kinds.allSatisfy { wanted in
      tasks.count { $0.kind == wanted.kind } == 1
    }
    guard !isOneEach || tasks.count != kinds.count else { return }
    let found = tasks.map { "\($0.name) (\($0.kind.rawValue))" }.joined(separator: ", ")
    throw .unfitData(
      model: model, needs: kinds.map { "one \($0.name)" }.joined(separator: " and "),
      found: found.isEmpty ? "no task" : found,
      fix: "name in the schema's tasks those that it is to learn, and no others")
  }
}

extension Forward {
  /// Rows of a table by a column of ids, [B, width].
  func lookup(_ table: Parameter, of column: IdColumn, _ width: Int) -> Variable {
    graph.lookup([table], columns: [column], widths: [width])
  }

  /// Biases by a column of ids, [B, 1].
  func biases(_ table: Parameter, of column: IdColumn) -> Variable { lookup(table, of: column, 1) }
}

/// What ranks items for a user: a score of the item of a row, and of items that are drawn beside it.
///
///     s_ui = U_u·V_i + b_i                     the bias is named `item_bias`, [items]
///     L = BPR over pairs (i, j), j not met by u; see ``Objectives/PairLoss``
struct RankHead: Sendable {
  let factors: FactorTables
  /// b.
  let bias: Parameter
  /// How many items are drawn beside a row.
  let negatives: Int
  /// The task.
  let task: Int

  private static let drawn = "rank.drawn"

  /// Declares the bias in a scope; with 0 negatives as many are drawn as the task says.
  init(
    _ factors: FactorTables, _ input: InputSpecification, negatives: Int, task: Int,
    of tasks: [TaskDefinition], in scope: Scope
  ) {
    self.factors = factors
    self.task = task
    self.negatives = negatives > 0 ? negatives : max(1, tasks[task].sampled?.negatives ?? 1)
    bias = scope.biases(
      "item_bias", vocabulary: input.schema.fields[factors.fields.item].vocabulary)
  }

  /// s of every row, [B, 1], of the vectors of its user and item.
  func callAsFunction(_ u: Variable, _ v: Variable, _ pass: Forward) -> Variable {
    if !pass.isAnswering {
      let columns = (0..<negatives).map { IdColumn.drawn($0) }
      func each(_ table: Parameter, _ width: Int) -> Variable {
        pass.graph.lookup(
          columns.map { _ in table }, columns: columns, widths: columns.map { _ in width })
      }
      let scores = u.dots(each(factors.items, factors.width)) + each(bias, 1)  // [B, n]
      pass.graph.remember(scores, as: Self.drawn)
    }
    return u.dot(v) + pass.biases(bias, of: .field(factors.fields.item))
  }

  /// The loss of the scores of a pass that does not answer.
  func loss(of score: Variable) -> Variable {
    guard let others = score.graph.recalled(Self.drawn) else {
      preconditionFailure("rank: a loss of scores beside which nothing was drawn")
    }
    return score.pairLoss(
      above: others, task: task,
      comparing: .init(.field(factors.fields.item), with: 0..<negatives))
  }

  /// Draws the items; nil where it is not known who met what.
  func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? {
    site.dataset?.interactions.map {
      NegativeSampler(
        $0, count: negatives, for: purpose, seed: site.seed, batchRows: site.batchRows)
    }
  }
}
