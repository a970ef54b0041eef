import Graph

/// The plans of a trainer's turns, with their updates: a bounded number, of which the one that was
/// longest unused goes when another is made.
///
/// A run that switches tasks on and off may use 2ᵀ sets of them, each with memory for whole batches.
final class PlanCache {
  /// Rows of a batch at most.
  let rows: Int
  /// By turn, rows that its plans take at most.
  let turnRows: [Int]
  /// Plans that are kept at most: twice what the turns of one step can need, for one plan a task.
  var most: Int
  /// Values of a batch that a plan keeps from forward to backward at most, 256 MiB: one that would keep
  /// more sees its losses by a forward pass of their own.
  var mostSpanningFloats = PlanCache.usualSpanningFloats
  static let usualSpanningFloats = 64 << 20

  private var plans: [(turn: CompiledTurn, used: Int)] = []
  private var clock = 0

  init(rows: Int, tasks: Int, turnRows: [Int]) {
    self.rows = rows
    self.turnRows = turnRows
    most = max(8, 2 * turnRows.count * (tasks + 1))
  }

  /// How many there are.
  var count: Int { plans.count }

  /// Lets go of all plans: they are made anew when they are used.
  func forget() { plans.removeAll() }

  /// The plan of a key, made if it is not there.
  func turn(_ key: CompiledTurn.Key, make: () -> CompiledTurn) -> CompiledTurn {
    clock += 1
    for index in plans.indices where plans[index].turn.key == key {
      plans[index].used = clock
      return plans[index].turn
    }
    while plans.count >= most,
      let oldest = plans.indices.min(by: { plans[$0].used < plans[$1].used })
    {
      plans.remove(at: oldest)
    }
    let made = make()
    plans.append((made, clock))
    return made
  }
}
