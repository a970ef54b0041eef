/// What descends on what: the turns of a step in their order, and how the tasks share them.
///
///     joint training          one turn, all tasks together
///     a task at a time        one turn, which every task, batch or epoch has in its turn
///     teacher, then student   two turns, each with losses and parameters of its own
///     several to one          a turn that is taken in every n-th step only
///
/// A model declares it; the trainer runs it and names nobody.
public struct StepProgram: Sendable, Hashable {
  /// The turns of a step, one after another.
  public var turns: [Turn]
  /// How the tasks that are on share each of them.
  public var alternation: Alternation

  /// By default all losses together move all parameters.
  public init(_ turns: [Turn] = [Turn()], alternation: Alternation = .joint) {
    self.turns = turns
    self.alternation = alternation
  }
}

extension StepProgram {
  /// The first turn that descends from the tasks' losses; 0 if none does.
  public var taskTurn: Int { turns.firstIndex { $0.losses == .tasks } ?? 0 }
}

/// How tasks share the steps.
public enum Alternation: String, Sendable, Hashable, CaseIterable {
  /// One step for the sum of all losses.
  case joint
  /// A step for each task in turn on every batch.
  case turns
  /// Every batch is one task's.
  case batches
  /// Every epoch is.
  case epochs
}
