/// How the masks of a lottery are found and then used: warm-up, pruning task by task, joint training.
///
///     warm-up      the dense network learns all tasks; its best numbers are θ_w
///     pruning      for each task: train M ∘ θ, drop the smallest weights that are left, go back to θ_w
///     joint        from θ_w each task trains its own sub-network M_k ∘ θ
public struct LotterySchedule: Sendable, Hashable {
  /// Epochs of the dense network before pruning.
  public var warmUpEpochs = 1
  /// How often a task's mask is thinned.
  public var rounds = 6
  /// The share of the remaining weights that a round drops.
  public var rate = 0.3188
  /// Epochs that a task trains before its mask is thinned again.
  public var epochsPerRound = 1
  /// `global`: one threshold over all layers; `layer`: one for each.
  public var scope = "global"
  /// `order`: the threshold is one of the magnitudes; `linear`: it lies between two of them.
  public var quantile = "order"
  /// A mask may be chosen if it has dropped more than this share; with 0 any, the dense one too.
  public var leastSparsity = 0.0
  /// Where a task goes back to after a round: `warm-up` or `start`.
  public var rewind = "warm-up"
  /// `search`: the masks are found by pruning; `random`: they are drawn with the density that a
  /// search would end at.
  public var masks = "search"
  /// `turns`: a step for every task on each batch; `batches`: every batch is one task's; `epochs`:
  /// every epoch is; `joint`: one step for the sum of all.
  public var alternation = "turns"
  /// `shared`: one optimiser state for all tasks, so that a weight moves on by momentum in another
  /// task's step; `strict`: in a task's step nothing outside its masks moves; `per-task`: every
  /// task has a state of its own.
  public var moments = "shared"

  /// The defaults of sparse sharing: six rounds down to a tenth of the weights.
  public init() {}

  /// Masks that a search tries for each task, the full one among them.
  public var ladderLength: Int { masks == "search" ? rounds + 1 : 0 }

  /// Epochs of a whole run, if no task is off: warm-up, the search of every task, joint training.
  ///
  /// - Parameters:
  ///   - tasks: how many tasks search.
  ///   - joint: epochs of joint training.
  /// - Returns: the epochs.
  public func epochs(tasks: Int, joint: Int) -> Int {
    warmUpEpochs + tasks * ladderLength * epochsPerRound + joint
  }
}
