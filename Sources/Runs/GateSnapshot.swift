/// One of the experts of a model, as its owner names it: `E3`, `click 1`, `shared 2`, `L1 click 1`.
public struct ExpertDescription: Sendable, Hashable, Codable {
  /// Its name among all experts of the model.
  public var name: String
  /// The task that owns it; nil: all share it.
  public var task: String?
  /// Its level, from 0; nil where there is one.
  public var level: Int?

  /// Names an expert.
  public init(name: String, task: String? = nil, level: Int? = nil) {
    self.name = name
    self.task = task
    self.level = level
  }
}

/// An expert as one gate sees it.
public struct GateExpert: Sendable, Hashable, Codable {
  /// Its name there: `E3`, `own 1`, `shared 2`, `click 1`.
  public var name: String
  /// Whose it is: `own`, `shared`, `click`; empty where all experts are alike.
  public var owner: String
  /// Its name behind the owner: `E3`, `1`.
  public var label: String
  /// The task that owns it; nil: all share it.
  public var task: String?
  /// Its number among ``RunDescription/experts``.
  public var index: Int

  /// Names an expert of a gate.
  public init(owner: String = "", label: String, task: String? = nil, index: Int) {
    name = owner.isEmpty ? label : "\(owner) \(label)"
    self.owner = owner
    self.label = label
    self.task = task
    self.index = index
  }
}

/// How one gate spread its rows over the experts.
public struct GateSnapshot: Sendable, Equatable, Codable {
  /// The gate's name: its task, or `shared`; with several levels `L0 click`.
  public var name: String
  /// The task that it serves; nil: all share it.
  public var task: String?
  /// Its level, from 0; nil where there is one.
  public var level: Int?
  /// What it weighs, in the order of the weights.
  public var members: [GateExpert]
  /// Mean weight by expert; they sum to 1.
  public var mean: [Float]
  /// Standard deviation over the rows (population), by expert.
  public var deviation: [Float]
  /// 10th percentile of the weight, by expert.
  public var low: [Float]
  /// 90th percentile of the weight, by expert.
  public var high: [Float]
  /// Load: the share of rows whose largest weight is this expert's.
  public var topShare: [Float]
  /// Mean over rows of H / ln E, in 0...1; NaN with one expert.
  public var entropy: Float
  /// How many rows were looked at.
  public var rows: Int
  /// The step of the parameters.
  public var step: Int
  /// Whether the numbers are older than the snapshot because the gate's task is off.
  public var isStale: Bool

  /// The experts' names, in the order of the weights.
  public var experts: [String] { members.map(\.name) }

  /// Records how a task's gate, of its name, spread its rows over experts that all share.
  public init(
    name: String, experts: [String], mean: [Float], deviation: [Float], low: [Float],
    high: [Float], topShare: [Float], entropy: Float, rows: Int, step: Int, isStale: Bool = false
  ) {
    self.name = name
    self.step = step
    task = name
    members = experts.enumerated().map { GateExpert(label: $0.element, index: $0.offset) }
    self.mean = mean
    self.deviation = deviation
    self.low = low
    self.high = high
    self.topShare = topShare
    self.entropy = entropy
    self.rows = rows
    self.isStale = isStale
  }
}

/// What one expert gives, over validation rows.
public struct ExpertSnapshot: Sendable, Equatable, Codable {
  /// Its name among all experts of the model.
  public var name: String
  /// The share of its outputs, over rows and columns, that are exactly zero.
  public var zeroShare: Float
  /// How many rows were looked at.
  public var rows: Int
  /// The step of the parameters.
  public var step: Int

  /// Records what an expert gives.
  public init(name: String, zeroShare: Float, rows: Int, step: Int) {
    self.name = name
    self.zeroShare = zeroShare
    self.rows = rows
    self.step = step
  }
}

/// How alike the gates of two tasks are that weigh the same experts.
public struct GatePair: Sendable, Equatable, Codable {
  /// The gates' names.
  public var first: String
  /// The other one.
  public var second: String
  /// The mean over rows of the Jensen–Shannon divergence of the two gates' weights, in bits: 0 where
  /// both choose the same for every row.
  public var divergence: Float

  /// Records how alike two gates are.
  public init(first: String, second: String, divergence: Float) {
    self.first = first
    self.second = second
    self.divergence = divergence
  }
}
