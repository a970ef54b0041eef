import Datasets
import Graph
import Models
import Objectives
import Runs

/// What a balancer must fit: the tasks, and how the model is trained.
struct BalancingContext: Equatable {
  let tasks: BalancedTasks
  /// What stands in the way of every balancer that weighs tasks against each other; nil: nothing.
  var turns: BalancerRefusal?
  /// What stands in the way of every balancer by gradients; nil: nothing.
  var separate: BalancerRefusal?

  init(tasks: BalancedTasks) { self.tasks = tasks }

  /// That of a trainer.
  init(_ trainer: Trainer, model: String) {
    self.init(
      trainer.model, trainer.tasks, trainer.store.specifications, named: model,
      alternation: trainer.alternation)
  }

  /// That of a model on some tasks, whose parameters are declared; `alternation` is how its tasks take
  /// turns just now.
  init(
    _ model: any MultiTaskModel, _ tasks: [TaskDefinition],
    _ specifications: [ParameterSpecification], named name: String,
    alternation: Alternation = .joint
  ) {
    self.tasks = BalancedTasks(tasks)
    // A warm-up trains jointly what takes turns later: what the model says counts too.
    let alternations = [model.program.alternation, alternation]
    if let found = alternations.first(where: { $0 != .joint }) { turns = .turns(found.rawValue) }
    let isShared = specifications.contains { $0.isLearned && $0.owner == .shared }
    if !isShared { separate = .nothingShared(model: name) }
  }

  /// Why a balancer cannot be used; nil: it can.
  func error(_ setting: BalancerSetting) -> BalancerError? {
    do throws(BalancerError) {
      let balancer = try BalancerRegistry.make(
        setting.name, setting: setting.options, for: tasks)
      if balancer.weighsOneTask { return nil }
      let refusal = turns ?? (balancer.sees.needsGradients ? separate : nil)
      return refusal.map { .refused(balancer: setting.name, $0) }
    } catch {
      return error
    }
  }
}

extension BalancedTasks {
  /// Tasks as a balancer sees them.
  init(_ tasks: [TaskDefinition]) {
    self.init(tasks.map(\.name), answers: tasks.map(\.answer))
  }
}

extension BalancerError {
  /// In one line, for a person who typed it.
  var sentence: String {
    var lines = "\(self)".split(separator: "\n").map { $0.drop { $0 == " " } }
    if lines[0].hasPrefix("--"), let colon = lines[0].firstIndex(of: ":") {
      lines[0] = lines[0][lines[0].index(after: colon)...].drop { $0 == " " }
    }
    return lines.joined(separator: " ")
  }
}

extension Trainer {
  /// Balances the tasks so from the next step on.
  ///
  /// Of the balancer in use its choices change and what it remembers stays, if all of them are live; any
  /// other one begins with nothing remembered. The optimiser's moments stay in any case.
  ///
  /// - Throws: ``BalancerError`` if there is no such balancer or choice; nothing has changed then.
  public func balance(
    by setting: BalancerSetting, for tasks: BalancedTasks
  ) throws(BalancerError) {
    if let stage = stages.balance as? BalancerStage,
      stage.balancer.about.name == setting.name
    {
      var changed = stage.balancer
      if try changed.takeLive(setting, for: tasks) { return stage.balancer = changed }
    }
    guard setting != .equal else { return balance(by: BalancerChoice?.none) }
    balance(by: try BalancerChoice(named: setting.name, setting: setting.options, for: tasks))
  }
}

extension Balancing {
  /// Takes the choices that differ; false if one of them is not live.
  fileprivate mutating func takeLive(
    _ setting: BalancerSetting, for tasks: BalancedTasks
  ) throws(BalancerError) -> Bool {
    let wanted = try BalancerRegistry.make(setting.name, setting: setting.options, for: tasks)
    let texts = Dictionary(uniqueKeysWithValues: choices.map { ($0.name, $0.value) })
    for (name, value) in wanted.choices where texts[name] != value {
      do throws(BalancerError) {
        try set(name, to: value)
      } catch {
        guard case .notLive = error else { throw error }
        return false
      }
    }
    return wanted.choices.count == choices.count
  }
}

extension BalancerRegistry {
  /// What may be chosen, as a screen lists it.
  static var choices: [BalancerChoices] {
    entries.map { entry in
      BalancerChoices(
        name: entry.about.name, title: entry.about.title, summary: entry.about.summary,
        options: entry.options.map {
          ModelDescription.Option(
            name: $0.name, defaultValue: $0.defaultValue, summary: $0.summary)
        })
    }
  }
}
