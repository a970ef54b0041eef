public import Tensors

/// A balancer of any kind with what it remembers: a value, so that a run can be copied and gone back
/// to.
public protocol Balancing: Sendable {
  /// Its name, paper and summary.
  var about: BalancerDescription { get }
  /// What it must see of every step.
  var sees: BalancerSight { get }
  /// Its choices as text, by name.
  var choices: [(name: String, value: String)] { get }
  /// Whether it gives weights by task, which can be smoothed.
  var givesTaskWeights: Bool { get }
  /// Whether its weights are those of whole losses.
  var weighsWholeLosses: Bool { get }
  /// Whether it says something of a task that trains alone.
  var weighsOneTask: Bool { get }

  /// The weights of a step.
  mutating func weigh(
    _ step: BalancingStep, scratch: inout BalancerScratch, weights: inout BalancerWeights)
  /// The weights of one array's gradients.
  mutating func weigh(
    array: Int, _ norms: [Double], _ step: BalancingStep, weights: inout BalancerWeights)
  /// Floats that are remembered for each entry and task.
  var entryMemory: Int { get }
  /// Looks at some entries and adds to sums by task.
  func survey(
    _ entries: GradientEntries, _ step: BalancingStep, sums: UnsafeMutablePointer<Double>)
  /// Puts some entries together.
  func combine(
    _ entries: GradientEntries, _ step: BalancingStep, weights: BalancerWeights,
    into result: UnsafeMutablePointer<Float>)
  /// Learns from the losses of a step.
  mutating func learn(_ step: BalancingStep, scratch: inout BalancerScratch)
  /// Learns from the same batch's losses after the update.
  mutating func lookAgain(
    _ losses: [Double], _ step: BalancingStep, scratch: inout BalancerScratch)
  /// Changes a choice while the model trains; what it remembers stays.
  ///
  /// - Throws: ``BalancerError``; nothing has changed then.
  mutating func set(_ option: String, to text: String) throws(BalancerError)
  /// Whether another one remembers the same.
  func remembersSame(as other: any Balancing) -> Bool
  /// Visits what it remembers; its choices are not part of it.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError)
}

/// A rule with its memory.
public struct RunningBalancer<Rule: Balancer>: Balancing {
  /// The rule, with its choices.
  public private(set) var choice: Rule
  private let tasks: BalancedTasks
  /// What it remembers.
  public private(set) var memory: Rule.Memory

  /// A rule before its first step.
  public init(_ rule: Rule, for tasks: BalancedTasks) {
    choice = rule
    self.tasks = tasks
    memory = rule.memory(of: tasks)
  }

  /// Its name, paper and summary.
  public var about: BalancerDescription { Rule.about }

  /// What it must see of every step.
  public var sees: BalancerSight { choice.sees }

  /// Its choices as text, by name.
  public var choices: [(name: String, value: String)] {
    Rule.options.map { ($0.name, $0.text(of: choice)) }
  }

  /// Whether its weights are those of whole losses.
  public var weighsWholeLosses: Bool { choice.weighsWholeLosses }

  /// Whether it says something of a task that trains alone.
  public var weighsOneTask: Bool { choice.weighsOneTask }

  /// Whether it gives weights by task, which can be smoothed.
  public var givesTaskWeights: Bool { choice.givesTaskWeights }

  /// The weights of a step.
  public mutating func weigh(
    _ step: BalancingStep, scratch: inout BalancerScratch, weights: inout BalancerWeights
  ) {
    weights.reset(to: step.count)
    choice.weigh(step, memory: &memory, scratch: &scratch, weights: &weights)
  }

  /// The weights of one array's gradients.
  public mutating func weigh(
    array: Int, _ norms: [Double], _ step: BalancingStep, weights: inout BalancerWeights
  ) {
    weights.reset(to: step.count)
    choice.weigh(array: array, norms, step, memory: &memory, weights: &weights)
  }

  /// Floats that are remembered for each entry and task.
  public var entryMemory: Int { choice.entryMemory }

  /// Looks at some entries and adds to sums by task.
  public func survey(
    _ entries: GradientEntries, _ step: BalancingStep, sums: UnsafeMutablePointer<Double>
  ) { choice.survey(entries, step, sums: sums) }

  /// Puts some entries together.
  public func combine(
    _ entries: GradientEntries, _ step: BalancingStep, weights: BalancerWeights,
    into result: UnsafeMutablePointer<Float>
  ) { choice.combine(entries, step, weights: weights, into: result) }

  /// Learns from the losses of a step.
  public mutating func learn(_ step: BalancingStep, scratch: inout BalancerScratch) {
    choice.learn(step, memory: &memory, scratch: &scratch)
  }

  /// Learns from the same batch's losses after the update.
  public mutating func lookAgain(
    _ losses: [Double], _ step: BalancingStep, scratch: inout BalancerScratch
  ) {
    choice.lookAgain(losses, step, memory: &memory, scratch: &scratch)
  }

  /// Changes a choice while the model trains.
  public mutating func set(_ option: String, to text: String) throws(BalancerError) {
    if let known = Rule.options.first(where: { $0.name == option }), !known.isLive {
      throw .notLive(balancer: Rule.about.name, option: option)
    }
    var changed = choice
    try changed.set(option, to: text)
    try changed.fit(tasks)
    choice = changed
  }

  /// Whether another one remembers the same.
  public func remembersSame(as other: any Balancing) -> Bool {
    (other as? Self)?.memory == memory
  }

  /// Visits what it remembers.
  public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try memory.visit(&archive)
  }
}
