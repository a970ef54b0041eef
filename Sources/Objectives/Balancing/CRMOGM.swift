public import Tensors

/// CR-MOGM: smooths the weights of another balancer, whose noise would keep it from converging.
///
///     λ ← a·λ + (1 − a)·λ̂      λ̂ the inner balancer's weights
///
/// λ starts with a task's first λ̂, or with 1/T of all T tasks, which mixes scales where λ̂ does not
/// sum to 1. What is a task's own is smoothed only where whole losses are weighed, else it takes what
/// the inner balancer gives it; a task's λ stands still while it is off. It goes around every balancer
/// that gives weights by task: not MetaBalance, GradDrop or DB-MTL, nor itself. The inner balancer's
/// choices are given beside its own.
///
/// Zhou, Zhang, Jiang, Zhong, Gu, Zhu. "On the Convergence of Stochastic Multi-Objective Gradient
/// Manipulation and Beyond." NeurIPS 2022. https://openreview.net/forum?id=ScwfQ7hdwyP
public struct CRMOGM: Balancing {
  /// What may be chosen about it.
  struct Choices: Sendable, Hashable {
    /// The balancer whose weights are smoothed.
    var inner = "pcgrad"
    /// a.
    var keep = 0.9
    /// λ before the first step.
    var start = "first"

    static let options = [
      BalancerOption<Self>(
        "inner", .balancer(\.inner), "the balancer whose weights are smoothed", isLive: false),
      BalancerOption("keep", .number(\.keep, in: 0...1), "a: 0 leaves the weights as they are"),
      BalancerOption(
        "start", .word(\.start, of: ["first", "uniform"]), "λ before the first step",
        isLive: false),
    ]
  }

  /// CR-MOGM.
  public var about: BalancerDescription { Self.about }

  static let about = BalancerDescription(
    name: "cr-mogm", title: "CR-MOGM",
    paper: "Zhou et al. On the Convergence of Stochastic Multi-Objective … NeurIPS 2022. "
      + "https://openreview.net/forum?id=ScwfQ7hdwyP",
    summary: "smooths the weights of another balancer")

  private var own: Choices
  private var inner: any Balancing
  /// λ by task; NaN before a task's first step.
  private var smoothed: BalancerWeights

  /// Around another balancer.
  init(_ own: Choices, around inner: any Balancing, tasks: BalancedTasks) {
    self.own = own
    self.inner = inner
    smoothed = BalancerWeights(tasks: tasks.count)
    for task in 0..<tasks.count {
      smoothed.setBoth(task, to: own.start == "uniform" ? 1 / Double(tasks.count) : .nan)
    }
  }

  /// What the inner one must see.
  public var sees: BalancerSight { inner.sees }

  /// Its choices, and those of the inner balancer.
  public var choices: [(name: String, value: String)] {
    Choices.options.map { ($0.name, $0.text(of: own)) } + inner.choices
  }

  /// Weights by task.
  public var givesTaskWeights: Bool { true }

  /// As the inner one.
  public var weighsWholeLosses: Bool { inner.weighsWholeLosses }

  /// As the inner one.
  public var weighsOneTask: Bool { inner.weighsOneTask }

  /// The inner balancer's weights, smoothed.
  public mutating func weigh(
    _ step: BalancingStep, scratch: inout BalancerScratch, weights: inout BalancerWeights
  ) {
    inner.weigh(step, scratch: &scratch, weights: &weights)
    for (index, task) in step.tasks.enumerated() {
      Self.smooth(&smoothed.shared[task], &weights.shared[index], keep: own.keep)
      if inner.weighsWholeLosses { weights.own[index] = weights.shared[index] }
    }
  }

  // Not of an instance: a call would hold the array that it changes, and copy it.
  private static func smooth(_ kept: inout Double, _ weight: inout Double, keep: Double) {
    kept = kept.isNaN ? weight : keep * kept + (1 - keep) * weight
    weight = kept
  }

  /// Changes a choice of its own or of the inner balancer.
  public mutating func set(_ option: String, to text: String) throws(BalancerError) {
    guard let known = Choices.options.first(where: { $0.name == option }) else {
      return try inner.set(option, to: text)
    }
    guard known.isLive else { throw .notLive(balancer: Self.about.name, option: option) }
    try own.set(known, to: text)
  }

  /// Whether another one remembers the same.
  public func remembersSame(as other: any Balancing) -> Bool {
    guard let other = other as? Self else { return false }
    return other.smoothed == smoothed && inner.remembersSame(as: other.inner)
  }
}

extension CRMOGM {
  /// Visits λ, and what the inner balancer remembers.
  public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.numbers("shared", &smoothed.shared, count: smoothed.shared.count)
    try archive.numbers("own", &smoothed.own, count: smoothed.own.count)
    try archive.part("inner") { archive throws(ArchiveError) in try inner.visit(&archive) }
  }
}

// MARK: - What goes to the inner balancer

extension CRMOGM {
  /// No array is weighed by itself.
  public mutating func weigh(
    array: Int, _ norms: [Double], _ step: BalancingStep, weights: inout BalancerWeights
  ) { inner.weigh(array: array, norms, step, weights: &weights) }

  /// Floats that the inner balancer remembers for each entry.
  public var entryMemory: Int { inner.entryMemory }

  /// Looks at some entries.
  public func survey(
    _ entries: GradientEntries, _ step: BalancingStep, sums: UnsafeMutablePointer<Double>
  ) { inner.survey(entries, step, sums: sums) }

  /// Puts some entries together.
  public func combine(
    _ entries: GradientEntries, _ step: BalancingStep, weights: BalancerWeights,
    into result: UnsafeMutablePointer<Float>
  ) { inner.combine(entries, step, weights: weights, into: result) }

  /// Learns from the losses of a step.
  public mutating func learn(_ step: BalancingStep, scratch: inout BalancerScratch) {
    inner.learn(step, scratch: &scratch)
  }

  /// Learns from the same batch's losses after the update.
  public mutating func lookAgain(
    _ losses: [Double], _ step: BalancingStep, scratch: inout BalancerScratch
  ) { inner.lookAgain(losses, step, scratch: &scratch) }
}

extension CRMOGM.Choices {
  fileprivate mutating func set(
    _ option: BalancerOption<Self>, to text: String
  ) throws(BalancerError) {
    guard option.set(text, in: &self) else {
      throw .badValue(
        balancer: CRMOGM.about.name, option: option.name, found: text, expected: option.expected)
    }
  }
}

extension BalancerEntry {
  /// CR-MOGM around the balancer that its choices name.
  static let crMOGM = BalancerEntry(
    about: CRMOGM.about, sees: PCGrad().sees,
    options: CRMOGM.Choices.options.map { $0.described(in: CRMOGM.Choices()) },
    check: { (options) throws(BalancerError) in
      let (own, others) = try CRMOGM.Choices.parted(options)
      try BalancerRegistry.entry(named: own.inner).check(others)
    },
    make: { (options, tasks) throws(BalancerError) -> any Balancing in
      let (own, others) = try CRMOGM.Choices.parted(options)
      let inner = try BalancerRegistry.make(own.inner, setting: others, for: tasks)
      guard inner.givesTaskWeights else {
        throw .refused(balancer: CRMOGM.about.name, .inner(own.inner))
      }
      return CRMOGM(own, around: inner, tasks: tasks)
    })
}

extension CRMOGM.Choices {
  /// Its own choices, and those that are the inner balancer's.
  fileprivate static func parted(
    _ options: [String: String]
  ) throws(BalancerError) -> (own: Self, others: [String: String]) {
    var own = Self()
    var others = options
    for option in Self.options {
      guard let text = others.removeValue(forKey: option.name) else { continue }
      try own.set(option, to: text)
    }
    guard own.inner != CRMOGM.about.name else {
      throw .refused(balancer: CRMOGM.about.name, .inner(own.inner))
    }
    return (own, others)
  }
}
