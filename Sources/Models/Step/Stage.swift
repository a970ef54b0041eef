public import Graph
public import Objectives
public import Tensors

/// Something that a model does between the losses of a turn and its update.
///
/// A turn goes through these stages, in this order:
///
///     scale     factors of the losses                        stages of the model
///     descend   forward, and backward through what was scaled
///     note      what the losses were                         stages of the model
///     balance   the tasks' gradients become one              a balancer, if there is one
///     penalty   what depends on the parameters alone is added
///     sum       one gradient, lanes added in order
///     adjust    masks, ownership: the summed gradient        stages of the model
///     clip      the norm of all is limited
///     apply     the optimiser moves what the turn moves
///
/// Several processes exchange what lanes have before they are summed or balanced, and penalties of the first
/// lane before that; from there on all do the same, see `LaneExchange`.
///
/// What no stage needs is not done: without a need for sums, summing is part of applying. A stage is
/// made once for a trainer and belongs to its thread; what it does in a step allocates nothing.
public protocol Stage: AnyObject {
  /// What it must be given in a turn.
  func needs(in turn: TurnState) -> StageNeeds

  /// Multiplies the scales of the turn's losses, by place: those of the tasks first.
  func scale(_ scales: UnsafeMutablePointer<Float>, in turn: TurnState)

  /// Takes in the losses of a turn whose losses are all finite.
  func note(_ turn: TurnState)

  /// Changes the summed gradient, which lies in the first lane of the workspace; called only if
  /// ``needs(in:)`` asks for it.
  func adjust(_ turn: TurnState)

  /// Visits what it remembers from step to step, besides the numbers of the store; of what was put
  /// back it makes anew what follows from it.
  func visit(_ archive: inout Archive) throws(ArchiveError)
}

extension Stage {
  /// Nothing.
  public func needs(in turn: TurnState) -> StageNeeds { [] }
  /// Leaves them.
  public func scale(_ scales: UnsafeMutablePointer<Float>, in turn: TurnState) {}
  /// Takes in nothing.
  public func note(_ turn: TurnState) {}
  /// Leaves it.
  public func adjust(_ turn: TurnState) {}
}

/// What a stage must be given, so that nothing is computed for nobody.
public struct StageNeeds: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// A set of needs.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The sums of the losses before the gradients: the run stops between forward and backward.
  public static let lossesFirst = StageNeeds(rawValue: 1)
  /// The gradient summed before it is applied: a second pass over it.
  public static let summedGradient = StageNeeds(rawValue: 2)
  /// That the terms beside the tasks' losses are left out.
  public static let noTerms = StageNeeds(rawValue: 4)
  /// Gradients of all rows of a table, also of those that the batch does not touch, if the optimiser
  /// moves whole tables.
  public static let restingRows = StageNeeds(rawValue: 8)
  /// The losses of the same rows after the update: one more forward pass.
  public static let lossesAgain = StageNeeds(rawValue: 16)
}

/// A turn that is being taken: who takes part, and what its losses are.
///
/// There is one of a trainer, so that stages may read it without a copy; only the trainer writes it.
public final class TurnState {
  /// Which tasks train at all.
  public var isOn: [Bool]
  /// Which tasks take part in the turn.
  public var active: [Bool]
  /// The task whose turn it is; nil: several share it.
  public var task: Int?
  /// Which of the step's turns it is.
  public var turn = 0
  /// Of the losses besides the tasks' own that are some task's: their places, and the task.
  public var termOwners: [(place: Int, task: Int)] = []
  /// Steps taken before this one.
  public var step = 0
  /// Epochs begun before this one.
  public var epoch = 0
  /// The rows.
  public var batch: Batch
  /// Has the sums of the losses before the descent, by place; nil: no stage has asked for them.
  ///
  /// They hold until the descent, whose own sums take their place: they are read in
  /// ``Stage/scale(_:in:)`` and not later.
  public var first: Executor?
  /// Computes the losses of the same rows with the numbers that the update has left; nil: no stage
  /// has asked for them.
  public var again: Executor?
  /// Whether its gradients are looked at and not followed: stages remember nothing of it.
  public var isLooking = false
  /// By task, the sums of the newest descent that it took part in.
  public var sums: [LossSums]
  /// The same of what is minimised besides.
  public var terms: [LossSums]

  /// All tasks that are on, and no rows yet.
  public init(isOn: [Bool], sums: [LossSums], terms: [LossSums]) {
    self.isOn = isOn
    active = isOn
    self.sums = sums
    self.terms = terms
    batch = Batch(rows: 0)
  }
}

/// What stages are made from: the numbers and gradients of a trainer.
public struct StageSite {
  /// The numbers.
  public let store: ParameterStore
  /// Where gradients lie.
  public let workspace: Workspace
  /// How many tasks.
  public let tasks: Int
  /// What random draws begin with.
  public let seed: UInt64

  /// Names all of it.
  public init(store: ParameterStore, workspace: Workspace, tasks: Int, seed: UInt64) {
    self.store = store
    self.workspace = workspace
    self.tasks = tasks
    self.seed = seed
  }
}
