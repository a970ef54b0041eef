public import Datasets
public import Graph
public import Layers
public import Runs

/// Sparse sharing: every task trains its own sub-network of one over-parameterised network.
///
///     h_k = MLP(x; M_k ∘ W),   y_k = t_k(h_k),   L = Σ ω_k L_k
///
/// The masks M_k are found by iterative magnitude pruning, task by task, after a warm-up of the
/// dense network; the weights that are pruned are those of the bottom's layers, never biases,
/// embeddings or towers. Then all tasks train from the warm-up's numbers, in turns. The paper leaves
/// open how tasks are sampled; here each takes a step on every batch by default.
///
/// Sun, Shao, Li, Liu, Yan, Qiu, Huang. "Learning Sparse Sharing Architectures for Multiple Tasks."
/// AAAI 2020. doi:10.1609/aaai.v34i05.6424
public struct SparseSharing: MultiTaskModel {
  /// Layer sizes and the schedule of the lottery.
  public struct Configuration: LotteryConfiguration {
    /// Layers of the bottom.
    public var bottomSizes = [128, 64]
    /// Hidden layers of a tower.
    public var towerSizes = [16]
    /// How its masks are found and used.
    public var schedule = LotterySchedule()

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("bottom", .sizes(\.bottomSizes), "layers of the bottom, which are masked"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
      ] + scheduleOptions
    }
  }

  let embeddings: Embeddings  // shared
  let bottom: MaskedTrunk  // shared
  let towers: [Tower]  // one per task
  let schedule: LotterySchedule

  /// Declares the bottom with a mask for each task, and the towers.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    schedule = configuration.schedule
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    let bottom = MaskedTrunk(
      input.width, configuration.bottomSizes, tasks: tasks.map(\.name),
      in: builder.shared / "bottom")
    self.bottom = bottom
    towers = tasks.indices.map {
      Tower(
        bottom.width, configuration.towerSizes, in: builder.task($0) / "towers" / tasks[$0].name)
    }
  }

  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    return towers.indices.map { k in towers[k](bottom(x, mask: k)) }  // [B, 1]
  }

  /// The masks of the bottom.
  public var lottery: LotteryPlan? { LotteryPlan(layers: bottom.layers, schedule: schedule) }

  /// Its masks.
  public var subjects: Set<ModelView.Subject> { [.masks] }
}

extension SparseSharing {
  /// Any tasks will do, but not any schedule.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try configuration.checkSchedule(of: name)
  }
}
