public import Datasets
public import Runs
import Store
public import Tensors

/// What keeps a run while it trains.
///
/// It is made and called on the engine's thread, between two steps. Once the run trains nothing throws: it
/// goes on whether or not it can be kept, and ``trouble`` says what is wrong meanwhile.
public protocol RunRecorder: AnyObject {
  /// Whether the state is to be kept behind a step, so many after it was kept last; asked after every
  /// step, so it allocates nothing.
  func isDue(after step: Int, since count: Int) -> Bool

  /// What cannot be kept just now, in a sentence for a person; nil: all is well.
  var trouble: String? { get }

  /// The folder that the run is kept in; nil: none, or not yet.
  var folderPath: String? { get }

  /// What a person should be told since the last call.
  func takeNotices() -> [String]

  /// Keeps what a run is, once, before anything else of it; not of a run that goes on.
  func begin(_ run: BegunRun)

  /// Learns that the state of a run that goes on has been put back: from now on the run is changed.
  ///
  /// - Throws: what hinders that.
  func resumed() throws

  /// Keeps a fact.
  func record(_ event: Event)

  /// Keeps losses; they are later than those that were kept before.
  func record(_ losses: [LossBin])

  /// Notes that so many steps have been taken; called after every step, so it allocates nothing.
  func stepTaken(_ step: Int)

  /// Keeps the state between two steps.
  ///
  /// - Returns: whether it was taken; ``isKept()`` says what becomes of it.
  func save(_ checkpoint: RunCheckpoint) -> Bool

  /// Whether the state that was taken last is kept; nil: that is not known yet.
  func isKept() -> Bool?

  /// Whether what was kept last has gone since, with the folder that it was kept in.
  func isGone() -> Bool

  /// Waits until it is known what becomes of the state that was taken last.
  func settle()

  /// Tries again to keep what could not be kept; nothing where all is well.
  func retry()

  /// Lets go of the run: nothing follows.
  func close()
}

extension RunRecorder {
  /// None.
  public var folderPath: String? { nil }

  /// What is taken is kept at once.
  public func isKept() -> Bool? { true }

  /// What is kept stays.
  public func isGone() -> Bool { false }

  /// Nothing waits to be kept.
  public func retry() {}

  /// Nothing is waited for.
  public func settle() {}

  /// Nothing is to be done.
  public func resumed() throws {}
}

/// What a run is, when it is ready to train.
public struct BegunRun {
  /// Names and sizes.
  public let description: RunDescription
  /// All that determines it, what its rows are included.
  public let configuration: TrainingConfiguration
  /// What it is trained on.
  public let dataset: Dataset
  /// What it begins with besides what is drawn, in words for a person; nil: nothing.
  public let warmStart: String?
}

/// The state of a run between two steps.
///
/// Memory is referred to, not copied: it holds until the call that it was passed in returns.
public struct RunCheckpoint {
  /// Steps taken.
  public let step: Int
  /// Whether these numbers have the best scores so far.
  public let isBest: Bool
  /// Whether nothing else tells what the run began with.
  public let isStart: Bool
  /// All that answers follow from, by path, in the layout of files.
  public let parameters: [Archive.Entry]
  /// The rest of the state.
  public let state: [Archive.Entry]
  /// Other ranks, which have the same numbers and write some of them; nil: nobody.
  var help: (any CheckpointHelp)?
}

extension RunCheckpoint {
  /// What the names of parameters begin with among all entries of a run.
  static let prefix = "trainer/parameters/"

  /// Parts the state of a run into the parameters, under their own paths, and the rest.
  init(step: Int, isBest: Bool, isStart: Bool = false, entries: [Archive.Entry]) {
    self.init(
      step: step, isBest: isBest, isStart: isStart,
      parameters: entries.filter { $0.name.hasPrefix(Self.prefix) }.map {
        $0.named(String($0.name.dropFirst(Self.prefix.count)))
      },
      state: entries.filter { !$0.name.hasPrefix(Self.prefix) })
  }

  /// Puts both parts together again.
  public static func entries(
    parameters: [Archive.Entry], state: [Archive.Entry]
  ) -> [Archive.Entry] {
    state + parameters.map { $0.named(prefix + $0.name) }
  }
}

extension Archive.Entry {
  fileprivate func named(_ name: String) -> Self {
    Self(name: name, kind: kind, count: count, shape: shape, content: content)
  }
}

/// Where a run goes on.
public struct Resumption {
  /// The state that is put back.
  public var entries: [Archive.Entry]
  /// Whether a person wants more epochs than the run was begun with.
  public var hasMoreEpochs: Bool
  /// How many epochs the run had until here, where it may have others from here on; nil: as many.
  public var epochsBefore: Int?
  /// What a person should know of going on here, in sentences.
  public var remarks: [String]

  /// Goes on from a state.
  public init(
    entries: [Archive.Entry], epochsBefore: Int? = nil, hasMoreEpochs: Bool = false,
    remarks: [String] = []
  ) {
    self.entries = entries
    self.epochsBefore = epochsBefore
    self.hasMoreEpochs = hasMoreEpochs
    self.remarks = remarks
  }

  /// Goes on from a checkpoint.
  init(_ checkpoint: Checkpoint, epochsBefore: Int?, hasMoreEpochs: Bool, remarks: [String]) {
    self.init(
      entries: RunCheckpoint.entries(
        parameters: checkpoint.model.map(\.entry), state: checkpoint.state),
      epochsBefore: epochsBefore, hasMoreEpochs: hasMoreEpochs, remarks: remarks)
  }
}

/// What a run that is repeated went through that its configuration and its commands do not say.
struct RunPast: Sendable {
  /// Whether there is such a run: commands of its journal are scheduled besides its own.
  var isRepeated = false
  /// Steps at which it went on behind an end.
  var passedEnds: Set<Int> = []
  /// How many epochs it had before some steps, the earliest first.
  var epochs: [(before: Int, count: Int)] = []

  /// How many epochs it had when so many steps had been taken; nil: as many as in the end.
  func epochs(at step: Int) -> Int? { epochs.first { step < $0.before }?.count }
}

/// What keeps a run, and where it goes on.
public struct Recording {
  /// What keeps it; nil: nothing does.
  public var recorder: (any RunRecorder)?
  /// Where it goes on; nil: it begins.
  public var resumption: Resumption?
  /// What the run that it repeats went through besides commands.
  var past = RunPast()

  /// Keeps a run that begins or goes on.
  public init(_ recorder: (any RunRecorder)?, resuming resumption: Resumption? = nil) {
    self.recorder = recorder
    self.resumption = resumption
  }

  /// Makes it, on the session's thread.
  public typealias Source = @Sendable () throws -> Recording
}
