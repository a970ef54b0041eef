public import Datasets
import Foundation
public import Runs
internal import Synchronization
import Tensors

/// A training run on its own thread, and the way to talk to it.
///
/// The engine is a dedicated thread, because the shared pool is as wide as the machine and a compute
/// loop would starve it. Data, model, plans and optimiser are made in the thread and never leave it;
/// only values of Runs cross.
public final class TrainingSession: TrainingLink {
  /// Reads the data; called on the session's thread.
  ///
  /// The closure it is given takes the share done and what is being read.
  public typealias DataSource = @Sendable (_ progress: (Double, String) -> Void) throws -> Dataset

  let inbox = CommandInbox()
  let events = EventQueue()
  let snapshots = Latest<Snapshot>()
  let wanted = Latest<WantedViews>()
  /// What the run's own screen shows and what is shown elsewhere; `isWatched`: somebody may look from
  /// elsewhere.
  private let wishes = Mutex(
    (own: WantedViews?.none, elsewhere: WantedViews?.none, isWatched: false))
  private let bins = Latest<LossBins>()
  private let ending = Mutex((isClosed: false, hasEnded: false))
  private let keepsakes: Mutex<Keepsakes>
  private let folder = Latest<String>()
  /// What the embeddings begin with; nil: drawn from the seed.
  let startEmbeddings: EmbeddingTables?
  /// How threads use the machine.
  let threads: ThreadUse
  /// Makes what keeps the run, and finds where it goes on; nil: it begins and is not kept.
  let recording: Recording.Source?
  /// Training rows of more bytes are shuffled within windows, unless the configuration says otherwise.
  let mostShuffledBytes: Int

  /// Starts a run; it prepares at once and trains unless it starts paused.
  ///
  /// Where the system starts no thread the run fails at once, and its events say so.
  ///
  /// Embedding tables that are given take the place of drawn ones of the same path and shape; a state
  /// that is resumed takes the place of everything. The answers for the test rows are kept at the end
  /// if they are asked for, see ``testAnswers``.
  public convenience init(
    _ configuration: TrainingConfiguration, embeddings: EmbeddingTables? = nil,
    recording: Recording.Source? = nil, keepingTestAnswers keepsAnswers: Bool = false,
    threads: ThreadUse = ThreadUse(), data: @escaping DataSource
  ) {
    self.init(
      configuration, embeddings: embeddings, recording: recording,
      keepingTestAnswers: keepsAnswers, threads: threads,
      mostShuffledBytes: Dataset.mostShuffledBytes, data: data)
  }

  /// The same with another bound of the bytes that are shuffled together.
  init(
    _ configuration: TrainingConfiguration, embeddings: EmbeddingTables? = nil,
    recording: Recording.Source? = nil, keepingTestAnswers keepsAnswers: Bool = false,
    threads: ThreadUse = ThreadUse(), mostShuffledBytes: Int, data: @escaping DataSource
  ) {
    self.threads = threads
    self.mostShuffledBytes = mostShuffledBytes
    keepsakes = Mutex(Keepsakes(wantsAnswers: keepsAnswers))
    startEmbeddings = embeddings
    self.recording = recording
    do {
      try EngineThread.start(named: "training") { [self] in
        let run = TrainingRun(configuration, session: self)
        run.main(data)
        ending.withLock { $0.hasEnded = true }
      }
    } catch {
      events.append(.failed(message: "\(error)"))
      ending.withLock { $0.hasEnded = true }
    }
  }

  /// Sends a command; its number comes back in the acknowledgement.
  @discardableResult public func send(_ command: Command) -> CommandTicket { inbox.send(command) }

  /// Says what is shown just now, and wakes a paused engine to see it.
  public func show(_ views: WantedViews) {
    publishWishes { $0.own = views }
  }

  private func publishWishes(
    _ change: ((inout (own: WantedViews?, elsewhere: WantedViews?, isWatched: Bool)) -> Void)
  ) {
    wishes.withLock { wishes in
      change(&wishes)
      // Who watches from elsewhere makes nothing rarer for the run's own lines.
      let own = wishes.own ?? WantedViews()
      wanted.publish(wishes.elsewhere.map(own.joined) ?? own)
    }
    inbox.ring()
  }

  /// The newest snapshot, or nil if it was taken already.
  public func takeSnapshot() -> Snapshot? { snapshots.take() }

  /// The events since the last call, oldest first.
  public func drainEvents() -> [Event] { events.drain() }

  /// The loss bins since the last call, by task and then by step.
  public func drainLosses() -> [LossBin] { bins.peek()?.drain() ?? [] }

  /// What came of reading the data and building the model.
  public enum Preparation: Sendable, Equatable {
    /// Both still go on.
    case goesOn
    /// The run was ready to train.
    case done
    /// The run could not begin, for this reason.
    case failed(String)
  }

  /// How far the run came before its first step; its events say the same to who drains them.
  public var preparation: Preparation { events.preparation }

  /// Asks the thread to end after its current step and waits for it.
  public func close() {
    beginClosing()
    while !ending.withLock({ $0.hasEnded }) { Thread.sleep(forTimeInterval: 0.001) }
  }

  /// Tells the session to end and returns at once; ``hasEnded`` says when it has.
  ///
  /// - Parameter keepsEmbeddings: Whether ``closeKeepingEmbeddings()`` will be asked for its tables.
  public func beginClosing(keepingEmbeddings keepsEmbeddings: Bool = false) {
    if keepsEmbeddings { keepsakes.withLock { $0.wantsTables = true } }
    ending.withLock { $0.isClosed = true }
    inbox.ring()
  }

  /// Closes the session and returns its embedding tables as they are at its end; nil if it never
  /// came to have any.
  public func closeKeepingEmbeddings() -> EmbeddingTables? {
    keepsakes.withLock { $0.wantsTables = true }
    close()
    return keepsakes.withLock { $0.tables }
  }

  /// Keeps a copy of the embedding tables, if somebody wants it.
  func keepEmbeddings(of tables: @autoclosure () -> EmbeddingTables) {
    guard keepsakes.withLock({ $0.wantsTables }) else { return }
    let copies = tables()
    keepsakes.withLock { $0.tables = copies }
  }

  /// What the kept model answers for the test rows; nil before the run has finished, and where nobody
  /// asked for it.
  public var testAnswers: TestAnswers? { keepsakes.withLock { $0.answers } }

  /// Keeps the answers for the test rows, if somebody wants them.
  func keep(_ testAnswers: @autoclosure () -> TestAnswers) {
    guard keepsakes.withLock({ $0.wantsAnswers }) else { return }
    let made = testAnswers()
    keepsakes.withLock { $0.answers = made }
  }

  /// Whether the thread has ended; its events are all there then.
  public var hasEnded: Bool { ending.withLock { $0.hasEnded } }

  /// Whether somebody asked the thread to end.
  var isClosed: Bool { ending.withLock { $0.isClosed } }

  /// Makes the place for the losses of a run.
  func openBins(tasks: Int) -> LossBins {
    let made = LossBins(tasks: tasks)
    made.open(to: .screen)
    wishes.withLock { wishes in
      if wishes.isWatched { made.open(to: .watchers) }
      bins.publish(made)
    }
    return made
  }
}

// MARK: - Watchers from elsewhere

extension TrainingSession: WatchedRun {
  /// The run's own folder; nil before it is ready to train, and where nothing is kept.
  public var keptFolder: String? { folder.peek() }

  /// Says where the run is kept.
  func isKept(in path: String?) {
    if let path { folder.publish(path) }
  }

  /// Keeps events and losses for watchers, from now on.
  public func openToWatchers() {
    events.keepHistory()
    wishes.withLock { wishes in
      wishes.isWatched = true
      bins.peek()?.open(to: .watchers)
    }
  }

  /// Says what is shown elsewhere, and wakes a paused engine to see it; nil: nobody watches.
  public func showElsewhere(_ views: WantedViews?) {
    publishWishes { $0.elsewhere = views }
  }

  /// So many events of the run at most from a number on; none unless it is open to watchers.
  public func events(from number: Int, most: Int) -> (events: [Event], next: Int) {
    events.events(from: number, most: most)
  }

  /// The newest snapshot, if it is not of this number; takes nothing from the run's screen.
  public func snapshot(after number: Int) -> (snapshot: Snapshot, number: Int)? {
    snapshots.value(after: number).map { ($0.value, $0.number) }
  }

  /// The loss bins since the last call; none unless it is open to watchers.
  public func drainLossesElsewhere() -> [LossBin] { bins.peek()?.drain(for: .watchers) ?? [] }
}

/// What of a run somebody wants to have behind its end.
private struct Keepsakes {
  /// Whether the embedding tables are wanted, and what they were at the end.
  var wantsTables = false
  var tables: EmbeddingTables?
  /// Whether the answers for the test rows are wanted, and what they were.
  let wantsAnswers: Bool
  var answers: TestAnswers?

  init(wantsAnswers: Bool) { self.wantsAnswers = wantsAnswers }
}
