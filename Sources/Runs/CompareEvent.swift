/// What happens in a comparison, in the order in which it happens.
public enum CompareEvent: Sendable, Equatable {
  /// The data are being read: the share done in 0...1 and what is read.
  case loading(Double, String)
  /// The data are read: how many runs there are and how many of them were done before.
  case planned(runs: Int, found: Int)
  /// Something that a person should know, in one line.
  case notice(String)
  /// A run begins.
  case began(ComparedPlace)
  /// The newest numbers of the run that goes on.
  case progress(ComparedPlace, Snapshot, secondsLeft: Double?)
  /// An event of the run that goes on, as its session tells it.
  case run(ComparedPlace, Event)
  /// A run ended and was kept.
  case ended(ComparedPlace, ComparedRun)
  /// The table has changed.
  case table(ComparisonTable)
}

/// Which run of how many.
public struct ComparedPlace: Sendable, Hashable, Codable {
  /// The run's number, counted from 1.
  public var number: Int
  /// How many runs there are.
  public var count: Int
  /// The model's name in the registry.
  public var model: String
  /// The model's name as its paper writes it.
  public var title: String
  /// The seed; nil for a model that draws nothing.
  public var seed: UInt64?

  /// Names a run.
  public init(number: Int, count: Int, model: String, title: String, seed: UInt64?) {
    self.number = number
    self.count = count
    self.model = model
    self.title = title
    self.seed = seed
  }
}
