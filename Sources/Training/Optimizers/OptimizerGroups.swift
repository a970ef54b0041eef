import Graph
import Models
import Tensors

/// The optimisers of a trainer, by turn and task: the common one, and those of tasks whose turns
/// have moments of their own.
final class OptimizerGroups {
  /// What most turns follow.
  let common: Optimizer
  /// By turn and task; empty for a turn that follows the common one.
  private let own: [[Optimizer]]
  /// By turn and task, what keeps masked weights where they are; empty for a turn in which all move.
  private let held: [[MaskedUpdate]]

  init(_ common: Optimizer, turns: [Turn], site: StageSite) {
    self.common = common
    own = turns.map { turn in
      guard turn.moments == .task else { return [] }
      return (0..<site.tasks).map { _ in
        Optimizer(
          common.configuration, store: site.store, penalties: common.penalties,
          workspace: site.workspace)
      }
    }
    held = turns.map { turn in
      turn.held.map {
        MaskedUpdate(
          $0, store: site.store, threads: site.workspace.pool.threads, piece: UpdateBody.piece)
      }
    }
  }

  /// Whose moments a turn follows; `task` is the one whose turn it is.
  func optimizer(ofTurn turn: Int, task: Int?) -> Optimizer {
    guard let task, !own[turn].isEmpty else { return common }
    return own[turn][task]
  }

  /// What keeps weights where they are in a task's turn; nil: nothing does.
  func held(inTurn turn: Int, task: Int?) -> MaskedUpdate? {
    guard let task, !held[turn].isEmpty else { return nil }
    return held[turn][task]
  }

  /// Visits all moments.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.part("common", common.visit)
    for (turn, optimizers) in own.enumerated() {
      for (task, optimizer) in optimizers.enumerated() {
        try archive.part("turn-\(turn)/task-\(task)", optimizer.visit)
      }
    }
  }

  /// Forgets all moments.
  func reset() {
    common.reset()
    for optimizer in own.joined() { optimizer.reset() }
  }
}
