public import Graph

/// One descent and one update of a step: which losses, whose parameters, whose moments, which rows.
///
/// A teacher and a student of one model, each moved by its own losses on the rows of the step:
///
///     StepProgram([
///       Turn("teacher", losses: .terms, moves: [1]),
///       Turn("student", losses: .tasks, moves: [0]),
///     ])
///
/// with the teacher's parameters declared in `builder.shared.group(1)`, its losses by
/// `pass.minimise("rank.click", of: 0, in: 0)`, and its answers handed to the student as
/// `answer.detached()`, through which no gradient flows back.
public struct Turn: Sendable, Hashable {
  /// Which losses a turn descends from.
  public enum Losses: Sendable, Hashable {
    /// Those of the tasks, and the terms that were declared for this turn.
    case tasks
    /// The terms that were declared for this turn alone.
    case terms
  }

  /// Which moments the turn's update follows.
  public enum Moments: Sendable, Hashable {
    /// Those that all turns have in common.
    case common
    /// Of a turn that is one task's, the task's own; of one that several share, the common ones.
    case task
  }

  /// Which rows it descends on.
  public enum Rows: Sendable, Hashable {
    /// All rows of the step's batch.
    case batch
    /// One of several parts of it, as equal as they can be.
    case part(Int, of: Int)
  }

  /// What a person calls it; empty for the only turn of a step.
  public var name: String
  /// Which losses.
  public var losses: Losses
  /// The groups of parameters that it moves, by ``ParameterSpecification/group``; nil: all.
  ///
  /// Of these the shared ones move, and those of the tasks that take part.
  public var moves: Set<Int>?
  /// Which moments.
  public var moments: Moments
  /// Which rows.
  public var rows: Rows
  /// It is taken in every so manieth step, and first when so many have begun.
  public var every: Int
  /// The epochs, from 0, in which it is taken; nil: all.
  public var epochs: Range<Int>?
  /// By task, the weights that stand still in a turn of the task alone where none of their masks is
  /// 1, whatever their moments say; empty: none do.
  public var held: [[HeldWeight]]

  /// Names a turn; by default all losses move all parameters.
  public init(
    _ name: String = "", losses: Losses = .tasks, moves: Set<Int>? = nil,
    moments: Moments = .common, rows: Rows = .batch, every: Int = 1,
    epochs: Range<Int>? = nil, held: [[HeldWeight]] = []
  ) {
    precondition(every > 0, "turn '\(name)': taken in every \(every)th step")
    self.name = name
    self.losses = losses
    self.moves = moves
    self.moments = moments
    self.rows = rows
    self.every = every
    self.epochs = epochs
    self.held = held
  }

  /// Whether it is taken in a step of an epoch, both counted from 0.
  public func isDue(at step: Int, epoch: Int) -> Bool {
    step % every == every - 1 && epochs?.contains(epoch) ?? true
  }

  /// Whether it moves a group of parameters.
  public func moves(group: Int) -> Bool { moves?.contains(group) ?? true }
}

/// A dense weight and the masks of which one at least must be 1 for a number of it to move.
public struct HeldWeight: Sendable, Hashable {
  /// The weight.
  public var weight: Parameter
  /// Masks of its size.
  public var masks: [Parameter]

  /// Names both.
  public init(_ weight: Parameter, masks: [Parameter]) {
    self.weight = weight
    self.masks = masks
  }
}
