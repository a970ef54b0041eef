import Graph
import Models

// MARK: - Forks

extension Trainer {
  /// Why no other run can begin from where this one stands; nil: one can.
  ///
  /// What a stage remembers between steps is not copied: the masks, contrasts and rewind points of a
  /// lottery (sparse sharing, LT4REC, CSRec), what CrossDistil's turns remember, and whatever a
  /// balancer has learned.
  var whyNotForking: String? {
    if !stages.model.isEmpty || program.turns.count > 1 {
      return "what this model remembers between steps besides its numbers cannot be copied"
    }
    return stages.balance == nil ? nil : "what the balancer remembers cannot be copied"
  }

  /// Another trainer that stands where this one does, with numbers, moments and memory of its own: with
  /// the same batches and rates it takes the same steps, to the bit.
  ///
  /// Copied are: parameters, tables, running means, dials; moments and step counts of every owner; steps
  /// and epochs, from which every random draw follows; which tasks are on, their weights, their turns.
  /// The threads are shared, so the two take their steps one after the other.
  func fork() -> Trainer {
    let copy = Trainer(
      model, store: ParameterStore(copyOf: store), tasks: tasks, batchSize: plans.rows,
      optimizer: optimizer.configuration, dials: declared, seed: stages.site.seed,
      pool: workspace.pool)
    copy.roles = roles
    copy.program = program
    copy.state.step = state.step
    copy.state.epoch = state.epoch
    copy.state.keptStep = state.keptStep
    copy.state.weights = state.weights
    copy.state.restriction = state.restriction
    copy.state.isOn = state.isOn
    copy.optimizer.copyMoments(of: optimizer)
    return copy
  }
}
