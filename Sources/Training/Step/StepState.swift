import Graph
import Models
import Objectives
import Tensors

/// Where a trainer stands between two steps, and what a person has chosen.
struct StepState {
  /// The turn that is being taken, or was taken last.
  let turn: TurnState
  /// What descends on what.
  var program: StepProgram
  /// The only task that trains just now, whatever is on; nil: all that are on.
  var restriction: Int?
  /// ω_k by task.
  var weights: [Float]
  /// Steps taken.
  var step = 0
  /// The step of the numbers that were gone back to; nil: they are the newest step's.
  var keptStep: Int?
  /// Epochs begun, from 0.
  var epoch = 0
  /// Which tasks the newest step has trained.
  var hasTrained: [Bool]
  /// What besides the tasks' losses was no finite number in the newest descent, before any of
  /// theirs was, and whose it is; nil: nothing.
  var brokenTerm: (task: Int?, loss: Double)?
  /// Whether the newest step's watched values are kept.
  var keepsWatched = false
  /// By task, the set of it alone.
  let single: [[Bool]]
  /// ω_k / n_k by place of a loss.
  let scales: Storage<Float>
  /// What random draws of a step begin with.
  let draws: RandomSource

  init(weights: [Float], terms: Int, program: StepProgram, seed: UInt64) {
    let all = weights.map { _ in true }
    turn = TurnState(
      isOn: all, sums: all.map { _ in LossSums() }, terms: (0..<terms).map { _ in LossSums() })
    self.weights = weights
    self.program = program
    turn.turn = program.taskTurn
    hasTrained = all
    single = all.indices.map { task in all.indices.map { $0 == task } }
    scales = Storage(count: all.count + terms, filling: 0)
    draws = RandomSource(seed: seed, .dropout)
  }

  /// The turn that descends from the tasks' losses, of which gradients are looked at.
  var taskTurn: Int { program.taskTurn }

  /// Which tasks train; those are the next to take part.
  var isOn: [Bool] {
    get { turn.isOn }
    set {
      turn.isOn = newValue
      enter(taskTurn, of: nil)
    }
  }

  /// Begins a turn of the tasks that are on, or of one.
  func enter(_ number: Int, of task: Int?) {
    turn.turn = number
    turn.task = task
    turn.active = task.map { single[$0] } ?? turn.isOn
  }

  /// Of the tasks that are on, the one whose turn it is.
  func taskOn(at count: Int) -> Int {
    var left = count % max(1, turn.isOn.count { $0 })
    for task in turn.isOn.indices where turn.isOn[task] {
      if left == 0 { return task }
      left -= 1
    }
    return 0
  }
}
