/// What a person may ask of a running training session.
///
/// Commands are looked at between two steps. Each is answered by one ``Event/acknowledged(_:)``
/// that names the step at which it took effect, and is written to the run's journal, so that a run
/// can be repeated from its seed and its commands.
///
/// ``description`` and ``typed`` are its text forms; ``init(parsing:)`` reads both.
public indirect enum Command: Sendable, Hashable {
  /// Stop before the next step and wait.
  case pause
  /// Go on after a pause.
  case resume
  /// Run this many steps, then pause.
  case step(Int)
  /// Take so many steps a second at most, so that a small run can be watched; 0: no limit.
  case setPace(Double)
  /// End the run after the current step; the results so far are kept.
  case stop
  /// Train a task, or leave it out: its own parameters then stay as they are, to the bit.
  case setTask(String, isOn: Bool)
  /// The factor ω of a task's loss in the sum that is minimised; 0 or more.
  case setTaskWeight(String, Double)
  /// A factor on the scheduled learning rate; 0 or more.
  case setLearningRateFactor(Double)
  /// The value of one of ``RunDescription/dials``.
  case setDial(String, Double)
  /// Put the tasks' losses and gradients together in another way; of the one in use, its choices change
  /// and what it remembers stays.
  case setBalancer(BalancerSetting)
  /// Several changes that are one action: all of them hold from the same step on, or none does, and
  /// one undo takes all of them back.
  case together([Command])
  /// Score the validation rows without an expert, by its place among the experts of the gates.
  case knockOut(Int)
  /// Score the validation rows without each expert in turn, on the parameters of now.
  case knockOutAll(TrainingMeanwhile)
  /// Score the validation rows as if a task's mask were thinned by a share of what it keeps, above 0
  /// and below 1.
  case thinMask(String, share: Double)
  /// Begin a shadow from here: the same run without a task beside this one, in place of the one before.
  case shadow(without: String)
  /// Begin a shadow from here: the same run under another balancer beside this one, in place of the one
  /// before.
  case shadowUnder(BalancerSetting)
  /// Give up the shadow.
  case dropShadow
  /// Give up the questions that are being answered.
  case cancel
  /// Evaluate on the validation rows before the next step.
  case evaluate
  /// Take back the newest change that has not been taken back yet.
  case undo
  /// Do again what the newest undo took back.
  case redo
}

extension Command {
  /// Whether the command changes how the model is trained, so that it can be undone.
  public var isChange: Bool {
    switch self {
    case .setTask, .setTaskWeight, .setLearningRateFactor, .setDial, .setBalancer: true
    case .together(let changes): !changes.isEmpty && changes.allSatisfy(\.isChange)
    default: false
    }
  }
}

extension Command {
  /// Whether the command only asks for scores and changes nothing: it is answered after the end of a
  /// run, too, on the parameters that were kept.
  public var isQuestion: Bool {
    switch self {
    case .evaluate, .knockOut, .knockOutAll, .thinMask, .cancel: true
    default: false
    }
  }

  /// The single changes of an action, in their order; the command itself if it is only one.
  public var parts: [Command] {
    guard case .together(let changes) = self else { return [self] }
    return changes.flatMap(\.parts)
  }
}

/// A command as it was sent: the number comes back in its acknowledgement.
public struct CommandTicket: Sendable, Hashable, Codable {
  /// Counted from 1 in the order of sending.
  public var id: UInt64
  /// What was asked.
  public var command: Command

  /// Names a command that was sent.
  public init(id: UInt64, command: Command) {
    self.id = id
    self.command = command
  }
}

/// The answer to a command.
public struct Acknowledgement: Sendable, Hashable, Codable {
  /// What became of a command.
  public enum Outcome: Sendable, Hashable, Codable {
    /// It holds from the step named by the acknowledgement on.
    case applied
    /// It was not done; the reason is a sentence for a person.
    case refused(String)
  }

  /// The command's number.
  public var id: UInt64
  /// The command itself; for ``Command/undo`` and ``Command/redo`` see ``effect``.
  public var command: Command
  /// What was done in the end: the inverse change for an undo, else the command itself.
  public var effect: Command
  /// The number of steps that had been taken when it took effect.
  public var step: Int
  /// Done, or refused with a reason.
  public var outcome: Outcome

  /// Answers a command.
  public init(id: UInt64, command: Command, effect: Command, step: Int, outcome: Outcome) {
    self.id = id
    self.command = command
    self.effect = effect
    self.step = step
    self.outcome = outcome
  }
}
