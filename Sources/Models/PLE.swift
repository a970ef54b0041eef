public import Datasets
import Foundation
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
/// gate. A task without experts of its own reads the shared ones alone.
///
/// The weights of the losses may decay, ω_k(t) = ω_k γ_k^t (eq. 10); the paper speaks of steps in one
/// sentence and of epochs in the next, so t counts what one chooses.
///
/// Tang, Liu, Zhao, Gong. "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL)
/// Model for Personalized Recommendations." RecSys 2020. doi:10.1145/3383313.3412236
public struct PLE: RepresentationModel {
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
    /// γ by task; the last number stands for all further tasks.
    public var gamma = [1.0]
    /// What γ's exponent counts, `epoch` or `step`.
    public var gammaUnit = "epoch"

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("own", .counts(\.ownCounts), "experts of a task's own, by task"),
        ModelOption("shared", .whole(\.sharedCount), "experts that all tasks share"),
        ModelOption("levels", .levels(\.levelSizes), "layers of an expert, level after level"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption("gamma", .numbers(\.gamma), "what a loss weight is multiplied by, by task"),
        ModelOption(
          "gamma-unit", .word(\.gammaUnit, of: ["epoch", "step"]), "how often it is multiplied"),
      ]
    }
  }

  let embeddings: Embeddings  // shared
  let levels: [ExtractionLevel]
  /// One per task.
  public let towers: [Tower]
  let names: [String]
  let gamma: [Double]  // one per task
  let countsSteps: Bool

  /// Declares the levels and the towers.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    names = tasks.map(\.name)
    let gamma = configuration.gamma
    self.gamma = tasks.indices.map { $0 < gamma.count ? gamma[$0] : gamma.last ?? 1 }
    countsSteps = configuration.gammaUnit == "step"
    var width = input.width
    var levels: [ExtractionLevel] = []
    for (index, sizes) in configuration.levelSizes.enumerated() {
      let level = ExtractionLevel(
        index, width, sizes, own: configuration.ownCounts, shared: configuration.sharedCount,
        tasks: names, isLast: index == configuration.levelSizes.count - 1, builder: builder)
      levels.append(level)
      width = sizes.last ?? width
    }
    self.levels = levels
    towers = tasks.indices.map {
      Tower(width, configuration.towerSizes, in: builder.heads(of: $0) / tasks[$0].name)
    }
  }

  /// g_k,N of every task, T × [B, H].
  public func representations(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    var state = ExtractionLevel.State(tasks: names.map { _ in x }, shared: x)
    for level in levels { state = level(state, pass) }
    return state.tasks
  }

  /// Of every level, a task's gate over its own and the shared experts, and the shared gate.
  public var gateDeclarations: [GateDeclaration] { levels.flatMap(\.declarations) }

  /// γ_k^t.
  public func weightFactor(of task: Int, epoch: Int, step: Int) -> Double {
    gamma[task] == 1 ? 1 : pow(gamma[task], Double(countsSteps ? step : epoch))
  }
}

extension PLE {
  /// Every task must have an expert, and no list be longer than the tasks.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try TaskNames.check(tasks, reserved: "shared", of: name)
    for (option, count) in [
      ("own", configuration.ownCounts.count), ("gamma", configuration.gamma.count),
    ] where count > tasks.count {
      throw .badValue(
        model: name, option: option, found: "\(count) numbers",
        expected: "one number for each of \(tasks.count) tasks at most; the last one stands for "
          + "all further tasks")
    }
    guard configuration.sharedCount == 0, configuration.ownCounts.contains(0) else { return }
    throw .badValue(
      model: name, option: "shared", found: "0",
      expected: "1 or more, or own experts for every task")
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

  /// Of each task, and of all; nil without any.
  private let own: [Experts?]
  private let shared: Experts?
  private let gates: [Gate]
  private let sharedGate: Gate?
  /// By gate, the shared one behind those of the tasks, which of its experts are kept.
  private let kept: [Parameter]
  /// How many experts each task has of its own.
  let ownCounts: [Int]
  private let sharedCount: Int
  let names: [String]
  private let index: Int

  init(
    _ index: Int, _ inputs: Int, _ sizes: [Int], own counts: [Int], shared count: Int,
    tasks: [String], isLast: Bool, builder: Builder
  ) {
    self.index = index
    names = tasks
    func scope(_ owner: Scope, _ part: String) -> Scope { owner / "levels" / "\(index)" / part }
    let ownCounts = tasks.indices.map { counts[min($0, counts.count - 1)] }
    own = tasks.indices.map {
      ownCounts[$0] == 0
        ? nil
        : Experts(
          ownCounts[$0], inputs, sizes, in: scope(builder.task($0), "experts") / tasks[$0])
    }
    shared =
      count == 0
      ? nil : Experts(count, inputs, sizes, in: scope(builder.shared, "experts") / "shared")
    gates = tasks.indices.map {
      Gate(
        inputs, experts: ownCounts[$0] + count, in: scope(builder.task($0), "gates") / tasks[$0])
    }
    let all = ownCounts.reduce(count, +)
    sharedGate =
      isLast || count == 0
      ? nil : Gate(inputs, experts: all, in: scope(builder.shared, "gates") / "shared")
    self.ownCounts = ownCounts
    sharedCount = count
    kept =
      tasks.indices.map {
        scope(builder.task($0), "kept").given(tasks[$0], count: ownCounts[$0] + count, 1)
      } + (sharedGate == nil ? [] : [scope(builder.shared, "kept").given("shared", count: all, 1)])
  }

  /// Whether there is a shared gate.
  var hasSharedGate: Bool { sharedGate != nil }

  /// The next level's state.
  func callAsFunction(_ state: State, _ pass: Forward) -> State {
    let own = zip(self.own, state.tasks).map { experts, g in experts?(g) }  // T × [B, m_k·H]
    let shared = self.shared?(state.shared)  // [B, m_s·H]
    let tasks = gates.indices.map { k in
      let weights = seen(gates[k](state.tasks[k]), k, names[k], pass)
      return weights.mixture(of: [own[k], shared].compactMap { $0 })  // [B, H]
    }
    guard let sharedGate else { return State(tasks: tasks, shared: state.shared) }
    let weights = seen(sharedGate(state.shared), names.count, "shared", pass)
    let all = (own + [shared]).compactMap { $0 }
    return State(tasks: tasks, shared: weights.mixture(of: all))
  }

  /// A gate's weights as they are mixed; in an evaluation without the experts that are left out.
  private func seen(_ g: Variable, _ gate: Int, _ name: String, _ pass: Forward) -> Variable {
    pass.watch(pass.isTraining ? g : g.renormalised(keeping: kept[gate]), as: watched(name))
  }

  /// Its gates: a task's over its own and the shared experts, the shared one over all.
  var declarations: [GateDeclaration] {
    typealias Expert = GateDeclaration.Expert
    let own = names.indices.map { Expert.all(ownCounts[$0], level: index, of: $0) }
    let shared = Expert.all(sharedCount, level: index)
    let tasks = names.indices.map { k in
      GateDeclaration(
        watched: watched(names[k]), level: index, task: k, experts: own[k] + shared, kept: kept[k])
    }
    guard hasSharedGate else { return tasks }
    return tasks + [
      GateDeclaration(
        watched: watched("shared"), level: index, task: nil, experts: own.flatMap { $0 } + shared,
        kept: kept[names.count])
    ]
  }

  /// What a gate's weights are watched as.
  func watched(_ gate: String) -> Watched { .gate(gate, level: index) }
}
