import Models
import Objectives
public import Runs

/// What is compared: models, seeds, and how all of them are trained.
public struct ComparisonPlan: Sendable, Hashable {
  /// A model and the choices about it.
  public struct Model: Sendable, Hashable {
    /// The name in the registry.
    public var name: String
    /// The choices by name.
    public var options: [String: String]
    /// How its tasks' gradients are put together.
    public var balancer = BalancerSetting.equal

    /// Names a model.
    public init(_ name: String, options: [String: String] = [:]) {
      self.name = name
      self.options = options
    }

    /// What its row is called: `mmoe`, `mmoe+pcgrad`.
    public var label: String { balancer == .equal ? name : "\(name)+\(balancer.name)" }

    /// The kinds of tasks that it answers; none where no such model is known.
    var kinds: Set<LabelKind> { ModelRegistry.entries.first { $0.name == name }?.kinds ?? [] }
  }

  /// A run that the plan asks for.
  public struct Run: Sendable, Hashable {
    /// The model.
    public var model: Model
    /// The seed; nil for a model that draws nothing.
    public var seed: UInt64?
  }

  /// The model that is the line to beat, always the first row.
  public static let line = "linear"
  /// The model over which gains are taken.
  public static let reference = "single-task"

  /// How models are trained, by name; model, options and seed in it do not matter.
  public let trainings: [String: TrainingConfiguration]
  /// How a model is trained for which nothing else is said, and what all have in common.
  public var training: TrainingConfiguration
  /// The rows, in order.
  public let models: [Model]
  /// The seeds of every model that draws something.
  public let seeds: [UInt64]
  /// The models among which the best is what the others are tested against.
  public var baselines = [line, reference]

  /// Plans a comparison: `linear` becomes the first row, and `single-task` the second where gains
  /// are wanted, unless they are among the models; a study may leave the `line` out.
  ///
  /// Every other model has a row with each of the balancers.
  ///
  /// - Throws: ``ModelError`` for a model that does not exist or an option that it has not,
  ///   `BalancerError` for such a balancer.
  public init(
    _ models: [Model], seeds: [UInt64], training: TrainingConfiguration,
    byModel: (String) -> TrainingConfiguration? = { _ in nil },
    options: [String: [String: String]] = [:], gains: Bool = true, line: Bool = true,
    balancers: [BalancerSetting] = [.equal]
  ) throws {
    var rows = models.map { model in
      Model(model.name, options: model.options.merging(options[model.name] ?? [:]) { $1 })
    }
    func lead(_ name: String) {
      let place = rows.firstIndex { $0.name == name }
      let row = place.map { rows.remove(at: $0) } ?? Model(name, options: options[name] ?? [:])
      rows.insert(row, at: 0)
    }
    if gains, !rows.contains(where: { $0.name == Self.reference }) { lead(Self.reference) }
    if line { lead(Self.line) }
    rows = rows.map { row in
      let advised = byModel(row.name)?.advisedOptions ?? [:]
      return Model(row.name, options: advised.merging(row.options) { $1 })
    }
    for row in rows { try ModelRegistry.check(row.options, of: row.name) }
    for balancer in balancers {
      try BalancerRegistry.entry(named: balancer.name).check(balancer.options)
    }
    rows = rows.flatMap { row in
      guard ![Self.line, Self.reference].contains(row.name) else { return [row] }
      return balancers.map { balancer in
        var row = row
        row.balancer = balancer
        return row
      }
    }
    self.models = rows
    self.seeds = seeds
    self.training = training
    let trainings = rows.compactMap { row in byModel(row.name).map { (row.name, $0) } }
    self.trainings = Dictionary(trainings) { first, _ in first }
  }

  /// Every run, model after model: a model that draws nothing runs once.
  public var runs: [Run] {
    get throws {
      try models.flatMap { model in
        try Self.isDeterministic(model.name)
          ? [Run(model: model, seed: nil)] : seeds.map { Run(model: model, seed: $0) }
      }
    }
  }

  /// Whether a model is fitted rather than trained, so that no seed matters.
  static func isDeterministic(_ model: String) throws -> Bool {
    if case .fitted = try ModelRegistry.entry(named: model).kind { true } else { false }
  }

  /// How a model is trained.
  func training(of model: String) -> TrainingConfiguration { trainings[model] ?? training }

  /// The configuration of a run.
  public func configuration(of run: Run) -> TrainingConfiguration {
    var configuration = training(of: run.model.name)
    configuration.model = run.model.name
    configuration.modelOptions = run.model.options
    configuration.balancer = run.model.balancer
    configuration.seed = run.seed ?? training.seed
    return configuration
  }
}
