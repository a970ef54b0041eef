public import Datasets
public import Graph
public import Layers
import Objectives

/// Adaptive Information Transfer Multi-task: tasks that follow each other, as click, basket,
/// purchase; each step reads what the one before it has found.
///
///     h_t  = MLP_t(x),   h'_1 = h_1
///     p_t  = max(W_t h'_{t−1} + b_t, 0)
///     h'_t = attention over {h_t, p_t},   z_t = tower_t(h'_t)
///     L    = Σ ω_t L_t + γ Σ_{t>1} mean max(σ(z_t) − σ(z_{t−1}), 0)
///
/// The last term, the calibrator, holds a later step below an earlier one: labels should be nested.
/// Its mean is over the rows (a published code sums, so that γ depends on the batch). It falls away
/// while one of its two tasks is off. Tasks outside the chain have a column and a tower on the same
/// embeddings.
///
/// Xi, Chen, Yan, Zhang, Zhu, Zhuang, Chen. "Modeling the Sequential Dependence among Audience
/// Multi-step Conversions with Multi-task Learning in Targeted Display Advertising." KDD 2021.
/// doi:10.1145/3447548.3467071
public struct AITM: MultiTaskModel {
  /// Layer sizes, the calibrator, and the order of the tasks.
  public struct Configuration: ModelConfiguration {
    /// Layers of a column.
    public var columnSizes = [64, 32]
    /// Hidden layers of a tower.
    public var towerSizes = [16]
    /// γ at the start.
    public var calibrator = 0.6
    /// The tasks of the chain, the first step first; nil: all binary tasks, in the order that the
    /// labels show, without data as the data have them.
    public var chain: [String]?

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("columns", .sizes(\.columnSizes), "layers of a column"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption("calibrator", .number(\.calibrator), "the calibrator's strength at the start"),
        ModelOption(
          "chain", .tasks(\.chain),
          "the steps, first one first; auto: all binary tasks, ordered by the labels"),
      ]
    }
  }

  /// A step of the chain: what it reads of the step before it, and how.
  struct Link: Sendable {
    let earlier: Int
    let later: Int
    let transfer: MLP
    let attention: PairAttention
    /// Which of the two that are attended to are kept.
    let kept: Parameter
  }

  let embeddings: Embeddings  // shared
  let columns: [MLP]  // one per task
  let links: [Link]  // of the later task
  let towers: [Tower]  // one per task
  let calibrator: Parameter  // γ
  let names: [String]

  /// Declares the columns, the links and the towers; the tasks must have passed the check.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    names = tasks.map(\.name)
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    columns = tasks.indices.map {
      MLP(
        input.width, configuration.columnSizes, in: builder.task($0) / "columns" / tasks[$0].name)
    }
    let chain = configuration.steps(of: tasks)
    let width = columns[0].width
    links = zip(chain, chain.dropFirst()).map { earlier, later in
      let (scope, name) = (builder.task(later), tasks[later].name)
      return Link(
        earlier: earlier, later: later,
        transfer: MLP(width, [width], in: scope / "transfers" / name),
        attention: PairAttention(width, in: scope / "attention" / name),
        kept: (scope / "attention.kept").given(name, count: 2, 1))
    }
    towers = tasks.indices.map {
      Tower(width, configuration.towerSizes, in: builder.task($0) / "towers" / tasks[$0].name)
    }
    calibrator = builder.dial(
      "calibrator", "how strongly a later step is held below an earlier one",
      in: 0...max(2, configuration.calibrator), start: configuration.calibrator)
  }

  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    var h = columns.map { $0(x) }  // T × [B, H]
    for link in links {
      let transferred = link.transfer(h[link.earlier])  // [B, H]
      let (sum, weights) = link.attention(
        h[link.later], transferred, keeping: pass.isTraining ? nil : link.kept)
      pass.watch(weights, as: .attention(names[link.later]))  // [B, 2]
      h[link.later] = sum
    }
    let logits = zip(towers, h).map { tower, h in tower(h) }  // T × [B, 1]
    for link in links {
      pass.minimise(
        "calibrator.\(names[link.later])", of: nil, needing: [link.earlier, link.later]
      ) { logits[link.later].rise(above: logits[link.earlier], strength: calibrator, at: $0) }
    }
    return logits
  }
}

extension AITM {
  /// A step's attention weighs its own column and what the step before it hands on.
  public var gateDeclarations: [GateDeclaration] {
    links.map { link in
      GateDeclaration(
        watched: .attention(names[link.later]), task: link.later,
        experts: [
          .init(task: link.later, number: 0, label: "column"),
          .init(task: link.earlier, number: 1, label: "handed on"),
        ],
        kept: link.kept)
    }
  }
}

// MARK: - Which tasks

extension AITM {
  /// Needs two binary tasks, those named if any are.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    let binary = tasks.indicesWithClasses.map { tasks[$0].name }
    guard binary.count >= 2 else {
      throw .unfitData(
        model: name, needs: "two binary tasks or more that follow each other",
        found: binary.first.map { "one binary task: \(printable($0))" } ?? "no binary task",
        fix: "choose another model, or add a binary task to the schema")
    }
    guard let chain = configuration.chain else { return }
    guard chain.count >= 2, Set(chain).count == chain.count, Set(chain).isSubset(of: binary) else {
      throw .badValue(
        model: name, option: "chain", found: printable(chain.joined(separator: ",")),
        expected: "auto or at least two different binary tasks of the data: "
          + binary.map(printable).joined(separator: ","))
    }
  }
}

extension AITM {
  /// The chain, by the labels where it is not set.
  public static func assignRoles(
    in configuration: inout Configuration, to tasks: [TaskDefinition], by labels: () -> LabelPairs
  ) -> TaskRoles {
    let choice = ChainChoice(
      configuration.chain.map { _ in configuration.steps(of: tasks) }, of: tasks, by: labels())
    configuration.chain = choice.steps.map { tasks[$0].name }
    return choice.roles
  }
}

extension AITM.Configuration {
  /// The places of the chain's tasks.
  func steps(of tasks: [TaskDefinition]) -> [Int] {
    let binary = tasks.indicesWithClasses
    guard let chain else { return binary }
    return chain.compactMap { name in binary.first { tasks[$0].name == name } }
  }
}
