public import Models
public import Objectives
public import Runs

// MARK: - What a person chooses

extension Trainer {
  /// Which tasks train.
  public var isOn: [Bool] {
    get { state.isOn }
    set { state.isOn = newValue }
  }

  /// The only task that trains just now, whatever is on; nil: all that are on.
  public var restriction: Int? {
    get { state.restriction }
    set { state.restriction = newValue }
  }

  /// What descends on what.
  var program: StepProgram {
    get { state.program }
    set { state.program = newValue }
  }

  /// How tasks share the steps.
  public var alternation: Alternation {
    get { program.alternation }
    set { program.alternation = newValue }
  }

  /// ω_k by task.
  public var weights: [Float] {
    get { state.weights }
    set { state.weights = newValue }
  }

  /// Values of a batch that a step keeps at most until its losses are known.
  ///
  /// One that would keep more takes a forward pass for the losses alone. Plans that are there already
  /// stay.
  package var mostSpanningFloats: Int {
    get { plans.mostSpanningFloats }
    set { plans.mostSpanningFloats = newValue }
  }

  /// Epochs begun, from 0: what loss weights that decay by epoch go by.
  public var epoch: Int {
    get { state.epoch }
    set { state.epoch = newValue }
  }

  /// Whether the newest step's watched values are kept: gate weights by row.
  public var keepsWatched: Bool {
    get { state.keepsWatched }
    set { state.keepsWatched = newValue }
  }

  /// What may be changed while the model trains.
  public var dials: [Dial] { declared.map(\.dial) }

  /// Balances the tasks in another way from the next step on, with nothing remembered; nil: their
  /// gradients are added.
  public func balance(by choice: BalancerChoice?) {
    stages.balance = choice?.makeStage(stages.site)
  }
}

// MARK: - Where it stands

extension Trainer {
  /// The optimiser that turns have in common, and its moments.
  public var optimizer: Optimizer { optimizers.common }

  /// Steps taken.
  public var step: Int { state.step }

  /// The step of the numbers that were gone back to; nil: they are the newest step's.
  var keptStep: Int? {
    get { state.keptStep }
    set { state.keptStep = newValue }
  }

  /// Which tasks the newest step has trained.
  public var hasTrained: [Bool] { state.hasTrained }

  /// Sums by task of the newest step.
  public var sums: [LossSums] { state.turn.sums }

  /// Sums of the newest step of what is minimised besides the tasks' losses.
  public var terms: [LossSums] { state.turn.terms }

  /// By task the loss that is trained.
  var taskLosses: [any Loss] { answers.losses }

  /// Whether a task was part of the newest descent.
  func isActive(_ task: Int) -> Bool { state.turn.active[task] }

  /// The loss of a task in the newest step; NaN if the task is off.
  public func loss(of task: Int) -> Double {
    isOn[task] ? sums[task].loss / max(1, sums[task].rows) : .nan
  }

  /// ω_k as it holds just now: the person's factor and the model's.
  func weight(of task: Int) -> Float {
    weights[task] * Float(model.weightFactor(of: task, epoch: epoch, step: step))
  }

  /// What is minimised besides the losses and depends on the parameters alone.
  public var penalty: Double { model.penalties.reduce(0) { $0 + $1.value(in: store) } }
}
