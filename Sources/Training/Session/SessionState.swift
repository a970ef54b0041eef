import Objectives
import Runs
import Tensors

/// What a person has set and may undo: a value whose answers to commands are actions to carry out.
struct SessionState: Equatable {
  /// What the session must do because of a command.
  enum Action: Equatable {
    case setTask(Int, isOn: Bool)
    case setWeight(Int, Double)
    case setRateFactor(Double)
    case setPace(Double)
    case setDial(Int, Double)
    case setBalancer(BalancerSetting)
    case knockOut(Int)
    case knockOutAll(TrainingMeanwhile)
    case thinMask(String, share: Double)
    case shadow(without: Int)
    case shadowUnder(BalancerSetting)
    case dropShadow
    case cancel
    case evaluate
    case stop
    case refuse(String)

    /// Whether tasks' gradients are put together in another way from then on.
    var changesBalancer: Bool { if case .setBalancer = self { true } else { false } }

    /// Whether one of several ranks does it, while the others wait: it changes nothing that trains.
    var isOfOneRank: Bool {
      switch self {
      case .knockOut, .knockOutAll, .thinMask, .shadow, .shadowUnder, .dropShadow, .cancel: true
      case .setTask, .setWeight, .setRateFactor, .setPace, .setDial, .setBalancer, .evaluate, .stop,
        .refuse:
        false
      }
    }
  }

  /// A command's effect and the actions that bring it about.
  struct Answer: Equatable {
    var effect: Command
    var actions: [Action]
  }

  let tasks: [String]
  let dials: [Dial]
  private(set) var isOn: [Bool]
  private(set) var weights: [Double]
  private(set) var rateFactor = 1.0
  /// By dial.
  private(set) var settings: [Double]
  /// How the tasks' gradients are put together.
  private(set) var balancer: BalancerSetting
  /// What balancers may be chosen by.
  let balancing: BalancingContext
  private(set) var isPaused: Bool
  /// Steps to take before the next pause; nil for no end.
  private(set) var stepsLeft: Int?
  private var undoable: [Command] = []
  private var redoable: [Command] = []

  /// Without `weights` every task's is 1.
  init(
    tasks: [String], weights: [Double]? = nil, dials: [Dial] = [],
    balancer: BalancerSetting = .equal, balancing: BalancingContext? = nil, isPaused: Bool
  ) {
    self.tasks = tasks
    self.balancer = balancer
    self.balancing = balancing ?? BalancingContext(tasks: BalancedTasks(tasks))
    self.dials = dials
    settings = dials.map(\.start)
    isOn = tasks.map { _ in true }
    self.weights = weights ?? tasks.map { _ in 1 }
    self.isPaused = isPaused
  }

  /// Answers a command; the state is already the new one.
  mutating func handle(_ command: Command) -> Answer {
    switch command {
    case .pause:
      isPaused = true
      stepsLeft = nil
      return Answer(effect: command, actions: [])
    case .resume:
      isPaused = false
      stepsLeft = nil
      return Answer(effect: command, actions: [])
    case .step(let count):
      isPaused = false
      let (sum, isTooLarge) = (stepsLeft ?? 0).addingReportingOverflow(count)
      stepsLeft = isTooLarge ? .max : sum
      return Answer(effect: command, actions: [])
    case .setPace(let pace): return Answer(effect: command, actions: [.setPace(pace)])
    case .stop: return Answer(effect: command, actions: [.stop])
    case .evaluate: return Answer(effect: command, actions: [.evaluate])
    case .knockOut(let expert): return Answer(effect: command, actions: [.knockOut(expert)])
    case .knockOutAll(let meanwhile):
      return Answer(effect: command, actions: [.knockOutAll(meanwhile)])
    case .thinMask(let task, let share):
      return Answer(effect: command, actions: [.thinMask(task, share: share)])
    case .shadow(let name):
      let task = tasks.firstIndex(of: name)
      return Answer(
        effect: command,
        actions: [task.map { .shadow(without: $0) } ?? .refuse(reason(against: command))])
    case .shadowUnder(let balancer):
      let refusal = balancing.error(balancer).map { Action.refuse($0.sentence) }
      return Answer(effect: command, actions: [refusal ?? .shadowUnder(balancer)])
    case .dropShadow: return Answer(effect: command, actions: [.dropShadow])
    case .cancel: return Answer(effect: command, actions: [.cancel])
    case .undo: return travel(command, from: \.undoable, to: \.redoable)
    case .redo: return travel(command, from: \.redoable, to: \.undoable)
    case .setTask, .setTaskWeight, .setLearningRateFactor, .setDial, .setBalancer, .together:
      return change(command)
    }
  }

  /// Notes that a step was taken.
  mutating func stepTaken() {
    guard let left = stepsLeft else { return }
    stepsLeft = left > 1 ? left - 1 : nil
    if left <= 1 { isPaused = true }
  }

  /// Pauses without a person's command.
  mutating func pause() {
    isPaused = true
    stepsLeft = nil
  }

  private mutating func change(_ command: Command) -> Answer {
    guard let inverse = inverse(of: command) else {
      return Answer(effect: command, actions: [.refuse(reason(against: command))])
    }
    if let refusal = refusal(of: command) {
      return Answer(effect: command, actions: [.refuse(refusal)])
    }
    undoable.append(inverse)
    redoable = []
    return Answer(effect: command, actions: apply(command))
  }

  private mutating func travel(
    _ asked: Command, from source: WritableKeyPath<Self, [Command]>,
    to target: WritableKeyPath<Self, [Command]>
  ) -> Answer {
    guard let command = self[keyPath: source].last, let inverse = inverse(of: command) else {
      return Answer(effect: asked, actions: [.refuse("nothing to \(asked)")])
    }
    if let refusal = refusal(of: command) {
      return Answer(effect: command, actions: [.refuse(refusal)])
    }
    self[keyPath: source].removeLast()
    self[keyPath: target].append(inverse)
    return Answer(effect: command, actions: apply(command))
  }

  private mutating func apply(_ command: Command) -> [Action] {
    switch command {
    case .setTask(let name, let on):
      guard let task = tasks.firstIndex(of: name) else { return [] }
      isOn[task] = on
      return [.setTask(task, isOn: on)]
    case .setTaskWeight(let name, let weight):
      guard let task = tasks.firstIndex(of: name) else { return [] }
      weights[task] = weight
      return [.setWeight(task, weight)]
    case .setLearningRateFactor(let factor):
      rateFactor = factor
      return [.setRateFactor(factor)]
    case .setDial(let name, let value):
      guard let dial = dials.firstIndex(where: { $0.name == name }) else { return [] }
      settings[dial] = value
      return [.setDial(dial, value)]
    case .setBalancer(let balancer):
      self.balancer = balancer
      return [.setBalancer(balancer)]
    case .together(let changes): return changes.flatMap { apply($0) }
    default: return []
    }
  }

  /// The command that brings back what a change replaces; nil if it names no task of this run.
  private func inverse(of command: Command) -> Command? {
    switch command {
    case .setTask(let name, _):
      tasks.firstIndex(of: name).map { .setTask(name, isOn: isOn[$0]) }
    case .setTaskWeight(let name, _):
      tasks.firstIndex(of: name).map { .setTaskWeight(name, weights[$0]) }
    case .setLearningRateFactor: .setLearningRateFactor(rateFactor)
    case .setDial(let name, _):
      dials.firstIndex { $0.name == name }.map { .setDial(name, settings[$0]) }
    case .setBalancer: .setBalancer(balancer)
    case .together(let changes): inverse(of: changes)
    default: nil
    }
  }

  /// The inverses of changes that are made one after the other, the last one first.
  private func inverse(of changes: [Command]) -> Command? {
    var state = self
    var inverses: [Command] = []
    for change in changes {
      guard let inverse = state.inverse(of: change) else { return nil }
      inverses.insert(inverse, at: 0)
      _ = state.apply(change)
    }
    return changes.isEmpty ? nil : .together(inverses)
  }

  /// The first refusal of changes that are made one after the other.
  private func refusal(of changes: [Command]) -> String? {
    var state = self
    for change in changes {
      if let refusal = state.refusal(of: change) { return refusal }
      _ = state.apply(change)
    }
    return nil
  }

  private func refusal(of command: Command) -> String? {
    if case .together(let changes) = command { return refusal(of: changes) }
    if case .setDial(let name, let value) = command,
      let dial = dials.first(where: { $0.name == name }), !dial.range.contains(value)
    {
      return "\(name) takes numbers from \(dial.least) to \(dial.most)"
    }
    if case .setBalancer(let balancer) = command, let error = balancing.error(balancer) {
      return error.sentence
    }
    guard case .setTask(let name, isOn: false) = command,
      let task = tasks.firstIndex(of: name), isOn[task], isOn.filter({ $0 }).count == 1
    else { return nil }
    return "\(name) is the only task that is on; pause instead, or turn another one on first"
  }

  private func reason(against command: Command) -> String {
    switch command {
    case .setTask(let name, _), .setTaskWeight(let name, _), .shadow(let name):
      "no task '\(name)'"
        + (nearest(to: name, in: tasks).map { "; did you mean '\($0)'?" } ?? "")
        + " (tasks: \(tasks.joined(separator: ", ")))"
    case .setDial(let name, _):
      dials.isEmpty
        ? "this model has no number that could be changed"
        : "no dial '\(name)' (dials: \(dials.map(\.name).joined(separator: ", ")))"
    case .together(let changes):
      changes.first { inverse(of: $0) == nil }.map(reason) ?? "there is nothing to change"
    default: "not possible"
    }
  }
}

// MARK: - Saving

extension SessionState {
  /// Visits what a person has set and may undo; commands as their texts.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.flags("is-on", &isOn, count: tasks.count)
    try archive.numbers("weights", &weights, count: tasks.count)
    try archive.number("rate-factor", &rateFactor)
    try archive.numbers("dials", &settings, count: dials.count)
    try archive.value("balancer", &balancer)
    try archive.flag("is-paused", &isPaused)
    try archive.number("steps-left", &stepsLeft)
    try archive.value("undo", &undoable)
    try archive.value("redo", &redoable)
  }
}
