public import Datasets
public import Graph
public import Layers
public import Runs

/// STEM-Net: embeddings of each task's own and shared ones, mixed without disturbing each other.
///
/// An item may be near another for one task and far for the next; one table cannot say both. So
/// every task k has a set of tables x_k beside the shared set x_s, with experts on each. A task's
/// gate weighs the experts of all sets, but those of other tasks it only reads: their outputs are
/// stopped ("all-forward, task-specific-backward").
///
///     g_k = softmax(MLP_k(s_k + s_s)) over all experts
///     s_k ← Σ_e g_k,e · f_e,  f_e stopped if e belongs to another task;  s_k = x_k at first
///     s_s ← Σ_e g_s,e · f_e,  g_s = softmax(MLP_s(s_s)), nothing stopped; not at the last level
///     y_k = h_k(s_k)
///
/// With one level, the default, no task moves another's tables. With more, tasks reach each other
/// through the shared state, which the paper's code does not stop either. Dense features are read
/// beside every set.
///
/// Su et al. "STEM: Unleashing the Power of Embeddings for Multi-task Recommendation." AAAI 2024.
/// arXiv:2308.13537
public struct STEMNet: RepresentationModel {
  /// Experts, gates and layer sizes.
  public struct Configuration: GatedConfiguration {
    /// Experts of each task's own.
    public var ownCount = 1
    /// Experts that all tasks share.
    public var sharedCount = 4
    /// Layers of an expert, level after level.
    public var levelSizes = [[64, 32]]
    /// Hidden layers of a gate.
    public var gateSizes = [32]
    /// Hidden layers of a tower.
    public var towerSizes = [16]
    /// Temperature, dropout and load balance.
    public var gate = GateOptions()

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("own", .count(\.ownCount), "experts of a task's own"),
        ModelOption("shared", .count(\.sharedCount), "experts that all tasks share"),
        ModelOption("levels", .levels(\.levelSizes), "layers of an expert, level after level"),
        ModelOption("gate", .sizes(\.gateSizes, orNone: true), "hidden layers of a gate"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
      ] + gateOptions
    }
  }

  let embeddings: [Embeddings]  // one per task
  let common: Embeddings  // shared
  let levels: [StoppingLevel]
  /// One per task.
  public let towers: [Tower]
  let controls: GateControls
  let names: [String]
  let own: Int

  /// Declares the tables, the levels and the towers.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    names = tasks.map(\.name)
    own = configuration.ownCount
    embeddings = tasks.indices.map {
      Embeddings(input, in: builder.task($0) / "embeddings" / tasks[$0].name)
    }
    common = Embeddings(input, in: builder.shared / "embeddings" / "shared")
    let count = configuration.levelSizes.count
    let inputs = [input.width] + configuration.levelSizes.map { $0[$0.count - 1] }
    let levels = configuration.levelSizes.indices.map { index in
      StoppingLevel(
        index, of: count, inputs[index], configuration, tasks: tasks.map(\.name),
        builder: builder)
    }
    self.levels = levels
    towers = tasks.indices.map {
      Tower(
        inputs[count], configuration.towerSizes, in: builder.heads(of: $0) / tasks[$0].name)
    }
    controls = GateControls(
      configuration.gate, experts: tasks.count * own + configuration.sharedCount,
      gates: levels.flatMap(\.gateNames), in: builder)
  }

  /// s_k of the last level, T × [B, H].
  public func representations(_ pass: Forward) -> [Variable] {
    var state = StoppingLevel.State(
      tasks: embeddings.map { $0(pass) }, shared: common(pass))  // T × [B, D], [B, D]
    for level in levels { state = level(state, controls, pass) }
    return state.tasks
  }

  /// All gates of a level weigh the same experts.
  public var gateDeclarations: [GateDeclaration] {
    levels.flatMap { $0.declarations(keeping: controls.kept) }
  }
}

extension STEMNet {
  /// No task may have the name of what all tasks share.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try TaskNames.check(tasks, reserved: "shared", of: name)
  }
}

/// One level of STEM-Net: experts of each task's own and shared ones, and gates over all of them.
struct StoppingLevel: Sendable {
  /// What a level reads and makes: a vector for each task and a shared one.
  struct State {
    /// s_k, T × [B, H].
    var tasks: [Variable]
    /// s_s, [B, H].
    var shared: Variable
  }

  private let own: [Experts]
  private let shared: Experts
  private let gates: [DeepGate]
  private let sharedGate: DeepGate?
  private let names: [String]
  private let index: Int
  /// The level as its gates tell it; nil with one.
  fileprivate let level: Int?
  private let prefix: String
  private let counts: (own: Int, shared: Int)
  /// Which experts are kept; nil with one level, whose experts are all that there are.
  private let kept: Parameter?

  init(
    _ index: Int, of count: Int, _ inputs: Int, _ configuration: STEMNet.Configuration,
    tasks: [String], builder: Builder
  ) {
    names = tasks
    self.index = index
    counts = (configuration.ownCount, configuration.sharedCount)
    level = count == 1 ? nil : index
    prefix = count == 1 ? "" : "levels.\(index)."
    func scope(_ owner: Scope, _ part: String) -> Scope { owner / "levels" / "\(index)" / part }
    let sizes = configuration.levelSizes[index]
    own = tasks.indices.map {
      Experts(
        configuration.ownCount, inputs, sizes,
        in: scope(builder.task($0), "experts") / tasks[$0])
    }
    shared = Experts(
      configuration.sharedCount, inputs, sizes, in: scope(builder.shared, "experts") / "shared")
    let all = tasks.count * configuration.ownCount + configuration.sharedCount
    func gate(_ owner: Scope, _ name: String) -> DeepGate {
      DeepGate(inputs, configuration.gateSizes, experts: all, in: scope(owner, "gates") / name)
    }
    gates = tasks.indices.map { gate(builder.task($0), tasks[$0]) }
    sharedGate = index == count - 1 ? nil : gate(builder.shared, "shared")
    kept = count == 1 ? nil : scope(builder.shared, "experts").given("kept", count: all, 1)
  }

  /// Whose gates there are, told apart by level where there are several.
  var gateNames: [String] { (names + (sharedGate == nil ? [] : ["shared"])).map { prefix + $0 } }

  /// The next level's state.
  func callAsFunction(_ state: State, _ controls: GateControls, _ pass: Forward) -> State {
    let experts = zip(own, state.tasks).map { experts, s in experts(s) }  // T × [B, m·H]
    let common = shared(state.shared)  // [B, n·H]
    let stopped = experts.count > 1 ? experts.map { $0.detached() } : experts
    func weights(_ logits: Variable, _ name: String, _ task: Int?) -> Variable {
      controls.weights(
        logits, of: prefix + name, task: task, watchedAs: .gate(name, level: level),
        keeping: kept, in: pass)
    }
    let tasks = names.indices.map { k in
      let logits = gates[k].logits(state.tasks[k] + state.shared)  // [B, E]
      let seen = names.indices.map { $0 == k ? experts[$0] : stopped[$0] }
      return weights(logits, names[k], k).mixture(of: seen + [common])  // [B, H]
    }
    guard let sharedGate else { return State(tasks: tasks, shared: state.shared) }
    let g = weights(sharedGate.logits(state.shared), "shared", nil)
    return State(tasks: tasks, shared: g.mixture(of: experts + [common]))
  }

  /// Its gates, each over the experts of all tasks and the shared ones.
  func declarations(keeping all: Parameter) -> [GateDeclaration] {
    let experts =
      names.indices.flatMap { GateDeclaration.Expert.all(counts.own, level: index, of: $0) }
      + GateDeclaration.Expert.all(counts.shared, level: index)
    func gate(_ name: String, _ task: Int?) -> GateDeclaration {
      GateDeclaration(
        watched: .gate(name, level: level), level: index, task: task, experts: experts,
        kept: kept ?? all)
    }
    return names.indices.map { gate(names[$0], $0) }
      + (sharedGate == nil ? [] : [gate("shared", nil)])
  }
}

// MARK: - What it shows

extension STEMNet {
  /// Whose experts the gates choose.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// By level and task, how a gate's weight is split.
  public func inspect(_ reading: ModelReading) -> Inspection {
    Inspection(
      views: levels.indices.map { index in
        ModelView(
          name: "gate_split.\(index)",
          title: levels.count == 1 ? "gate split" : "gate split, level \(index)",
          note: "Whose experts a task's gate weighs; those of other tasks are read and not moved. "
            + "A task that needs nobody has a long first part.",
          content: .bars(
            .init(
              parts: ["own", "other tasks", "shared"],
              bars: names.indices.map { k in
                .init(
                  name: names[k],
                  values: split(reading.mean(of: .gate(names[k], level: levels[index].level)), k))
              }, most: 1)))
      })
  }

  /// Σ of a task's gate over its own, the other tasks' and the shared experts.
  private func split(_ weights: [Float], _ task: Int) -> [Float] {
    let specific = names.count * own
    guard weights.count > specific else { return [0, 0, 0] }
    let mine = weights[task * own..<(task + 1) * own].reduce(0, +)
    return [mine, weights[..<specific].reduce(0, +) - mine, weights[specific...].reduce(0, +)]
  }
}
