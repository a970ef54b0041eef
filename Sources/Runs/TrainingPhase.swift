/// A part of a run in which it trains in a way of its own: warm-up, a pruning round, joint training.
public struct TrainingPhase: Sendable, Hashable, Codable {
  /// The phase's name, `pruning income`.
  public var title: String
  /// What is done in it, in a few words: `round 3 of 10, density .73`.
  public var detail: String
  /// The phase's place in the run, from 0.
  public var place: Int
  /// How many phases the run has, as far as known.
  public var count: Int

  /// Names a part of a run.
  public init(title: String, detail: String, place: Int, count: Int) {
    self.title = title
    self.detail = detail
    self.place = place
    self.count = count
  }

  /// The phase in a line: `pruning income · round 3 of 10`.
  public var line: String { detail.isEmpty ? title : "\(title) · \(detail)" }
}

/// A number of a model that may be changed while it trains: a penalty's strength, a temperature.
public struct Dial: Sendable, Hashable, Codable {
  /// The name, `alpha`.
  public var name: String
  /// What it does, in a few words.
  public var summary: String
  /// The smallest value.
  public var least: Double
  /// The largest value.
  public var most: Double
  /// The value at the start.
  public var start: Double

  /// Names a number that may be changed.
  public init(name: String, summary: String, range: ClosedRange<Double>, start: Double) {
    self.name = name
    self.summary = summary
    least = range.lowerBound
    most = range.upperBound
    self.start = start
  }

  /// The values that it may take.
  public var range: ClosedRange<Double> { least...most }
}

/// What a run would score without one expert.
public struct KnockOut: Sendable, Equatable, Codable {
  /// The expert, `E3`.
  public var expert: String
  /// The step of the parameters.
  public var step: Int
  /// By task, the main score with all experts.
  public var with: [Score]
  /// By task, the main score without this one, the other weights scaled up to sum to 1.
  public var without: [Score]

  /// Records both scores.
  public init(expert: String, step: Int, with: [Score], without: [Score]) {
    self.expert = expert
    self.step = step
    self.with = with
    self.without = without
  }
}
