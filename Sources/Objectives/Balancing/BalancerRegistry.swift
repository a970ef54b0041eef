/// Every balancer by name: one line a balancer.
public enum BalancerRegistry {
  /// All balancers, in the order in which they are listed.
  public static let entries: [BalancerEntry] = [
    BalancerEntry(EqualWeights.self),
    BalancerEntry(FixedWeights.self),
    BalancerEntry(RandomWeights.self),
    BalancerEntry(GeometricLoss.self),
    BalancerEntry(UncertaintyWeights.self),
    BalancerEntry(DynamicWeightAverage.self),
    BalancerEntry(GradNorm.self),
    BalancerEntry(ImpartialLoss.self),
    BalancerEntry(SmoothTchebycheff.self),
    BalancerEntry(FAMO.self),
    BalancerEntry(PCGrad.self),
    BalancerEntry(GradVac.self),
    BalancerEntry(CAGrad.self),
    BalancerEntry(MGDA.self),
    BalancerEntry(ImpartialGradient.self),
    BalancerEntry(NashMTL.self),
    BalancerEntry(FairGrad.self),
    BalancerEntry(AlignedMTL.self),
    BalancerEntry(ConFIG.self),
    BalancerEntry(UPGrad.self),
    BalancerEntry(DualProj.self),
    BalancerEntry(GradCraft.self),
    BalancerEntry(GradDrop.self),
    BalancerEntry(DBMTL.self),
    BalancerEntry(ExcessMTL.self),
    BalancerEntry(MetaBalance.self),
    .crMOGM,
  ]

  /// The balancer of a name.
  ///
  /// - Throws: ``BalancerError/unknownBalancer(_:near:known:)``.
  public static func entry(named name: String) throws(BalancerError) -> BalancerEntry {
    if let entry = entries.first(where: { $0.about.name == name }) { return entry }
    throw .unknown(name, among: entries.map(\.about.name))
  }

  /// A balancer with its choices.
  ///
  /// - Throws: ``BalancerError`` for an unknown name, an unknown choice, or a value that does not fit.
  public static func make(
    _ name: String, setting options: [String: String] = [:], for tasks: BalancedTasks
  ) throws(BalancerError) -> any Balancing {
    try entry(named: name).make(options, tasks)
  }
}

/// One balancer of the registry.
public struct BalancerEntry: Sendable {
  /// Its name, paper and summary.
  public let about: BalancerDescription
  /// What it must see, with its defaults.
  public let sees: BalancerSight
  /// What may be chosen, with the defaults as text.
  public let options: [BalancerOptionDescription]
  /// Says whether there are such choices, as far as they do not depend on the tasks.
  public let check: @Sendable ([String: String]) throws(BalancerError) -> Void
  /// Makes it with choices, ready for a run.
  public let make:
    @Sendable ([String: String], BalancedTasks) throws(BalancerError) -> any Balancing

  init(
    about: BalancerDescription, sees: BalancerSight, options: [BalancerOptionDescription],
    check: @escaping @Sendable ([String: String]) throws(BalancerError) -> Void,
    make:
      @escaping @Sendable (
        [String: String], BalancedTasks
      ) throws(BalancerError) -> any Balancing
  ) {
    (self.about, self.sees, self.options) = (about, sees, options)
    (self.check, self.make) = (check, make)
  }

  init<Rule: Balancer>(_ rule: Rule.Type) {
    let defaults = Rule()
    about = Rule.about
    sees = defaults.sees
    options = Rule.options.map { $0.described(in: defaults) }
    check = { (options) throws(BalancerError) in _ = try Rule(setting: options) }
    make = { (options, tasks) throws(BalancerError) -> any Balancing in
      var rule = try Rule(setting: options)
      try rule.fit(tasks)
      return RunningBalancer(rule, for: tasks)
    }
  }
}

extension Balancer {
  /// The defaults with some choices changed by name.
  init(setting options: [String: String]) throws(BalancerError) {
    self.init()
    for (name, text) in options.sorted(by: { $0.key < $1.key }) { try set(name, to: text) }
  }

  /// Changes a choice.
  ///
  /// - Throws: ``BalancerError`` for an unknown name or a value that does not fit.
  public mutating func set(_ name: String, to text: String) throws(BalancerError) {
    guard let option = Self.options.first(where: { $0.name == name }) else {
      throw .unknown(option: name, of: Self.about.name, among: Self.options.map(\.name))
    }
    guard option.set(text, in: &self) else {
      throw .badValue(
        balancer: Self.about.name, option: name, found: text, expected: option.expected)
    }
  }
}
