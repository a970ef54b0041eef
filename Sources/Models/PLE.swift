public import Datasets
public import Graph
public import Layers

/// Progressive Layered Extraction; with one level, Customized Gate Control (CGC).
///
/// Every task has experts of its own beside the shared ones, so that what only one task needs does
/// not disturb the others; levels separate the two step by step.
///
///     g_k,j = softmax(W_k,j · g_k,j−1) · [E_k,j(g_k,j−1); E_s,j(g_s,j−1)]        (eq. 6)
///     g_s,j = softmax(W_s,j · g_s,j−1) · [E_1,j; …; E_T,j; E_s,j]                j < N
///     y_k   = h_k(g_k,N),   g_k,0 = g_s,0 = x                                    (eq. 7)
///
/// The paper shows only in its figure what the experts of a level read: here each group reads its
/// own gate's output of the level before, as all published codes do. The last level has no shared
/// gate.
///
/// Tang, Liu, Zhao, Gong. "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL)
/// Model for Personalized Recommendations." RecSys 2020. doi:10.1145/3383313.3412236
public struct PLE: MultiTaskModel {
  /// Experts and layer sizes.
  public struct Configuration: ModelConfiguration {
    /// Experts of each task's own; the last number stands for all further tasks.
    public var ownCounts = [2]
    /// Experts that all tasks share.
    public var sharedCount = 2
    /// Layers of an expert, level after level.
    public var levelSizes = [[64], [32]]
    /// Hidden layers of a tower.
    public var towerSizes = [16]

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("own", .sizes(\.ownCounts), "experts of a task's own, by task"),
        ModelOption("shared", .count(\.sharedCount), "experts that all tasks share"),
        ModelOption("levels", .levels(\.levelSizes), "layers of an expert, level after level"),
        ModelOption("tower", .sizes(\.towerSizes), "hidden layers of a tower"),
      ]
    }
  }

  let embeddings: Embeddings  // shared
  let levels: [ExtractionLevel]
  let towers: [Tower]  // one per task
  let names: [String]

  /// Declares the levels and the towers.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    names = tasks.map(\.name)
    var width = input.width
    var levels: [ExtractionLevel] = []
    for (place, sizes) in configuration.levelSizes.enumerated() {
      let level = ExtractionLevel(
        place, width, sizes, own: configuration.ownCounts, shared: configuration.sharedCount,
        tasks: names, isLast: place == configuration.levelSizes.count - 1, builder: builder)
      levels.append(level)
      width = sizes.last ?? width
    }
    self.levels = levels
    towers = tasks.indices.map {
      Tower(width, configuration.towerSizes, in: builder.task($0) / "towers" / tasks[$0].name)
    }
  }

  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    var state = ExtractionLevel.State(tasks: names.map { _ in x }, shared: x)
    for level in levels { state = level(state, pass) }
    return zip(towers, state.tasks).map { tower, g in tower(g) }
  }
}

/// One level of PLE: experts of each task's own, shared experts, and gates over both.
struct ExtractionLevel: Sendable {
  /// What a level reads and makes: a vector for each task and a shared one.
  struct State {
    /// g_k, T × [B, H].
    var tasks: [Variable]
    /// g_s, [B, H].
    var shared: Variable
  }

  private let own: [Experts]
  private let shared: Experts
  private let gates: [Gate]
  private let sharedGate: Gate?
  private let names: [String]
  private let place: Int

  init(
    _ place: Int, _ inputs: Int, _ sizes: [Int], own counts: [Int], shared count: Int,
    tasks: [String], isLast: Bool, builder: Builder
  ) {
    self.place = place
    names = tasks
    func scope(_ owner: Scope, _ part: String) -> Scope { owner / "levels" / "\(place)" / part }
    let own = tasks.indices.map {
      Experts(
        counts[min($0, counts.count - 1)], inputs, sizes,
        in: scope(builder.task($0), "experts") / tasks[$0])
    }
    shared = Experts(count, inputs, sizes, in: scope(builder.shared, "experts") / "shared")
    gates = tasks.indices.map {
      Gate(
        inputs, experts: own[$0].count + count, in: scope(builder.task($0), "gates") / tasks[$0])
    }
    let all = own.reduce(count) { $0 + $1.count }
    sharedGate =
      isLast ? nil : Gate(inputs, experts: all, in: scope(builder.shared, "gates") / "shared")
    self.own = own
  }

  /// The next level's state.
  func callAsFunction(_ state: State, _ pass: Forward) -> State {
    let own = zip(self.own, state.tasks).map { experts, g in experts(g) }  // T × [B, m_k·H]
    let shared = self.shared(state.shared)  // [B, m_s·H]
    let tasks = gates.indices.map { k in
      let weights = pass.watch(gates[k](state.tasks[k]), as: watched(names[k]))
      return weights.mixture(of: [own[k], shared])  // [B, H]
    }
    guard let sharedGate else { return State(tasks: tasks, shared: state.shared) }
    let weights = pass.watch(sharedGate(state.shared), as: watched("shared"))
    return State(tasks: tasks, shared: weights.mixture(of: own + [shared]))
  }

  private func watched(_ gate: String) -> String { "levels.\(place).gates.\(gate)" }
}
