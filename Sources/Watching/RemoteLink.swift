public import Runs
internal import Synchronization

/// A run that another process trains, as a screen sees it: the same boundary as that of a run of one's
/// own, over the socket in the run's folder.
///
/// It has no thread: what has come is read whenever it is asked for something.
public final class RemoteLink: TrainingLink {
  /// Whether commands may be sent.
  public let hasControl: Bool
  private let state: Mutex<RemoteState>

  /// Attaches to the run of a folder.
  ///
  /// - Parameters:
  ///   - folder: the run's folder.
  ///   - control: whether commands are to be sent; else they are refused here.
  ///   - seconds: how long the answer is waited for.
  /// - Throws: ``WatchError`` where nobody trains the run, or whoever does refuses.
  public init(folder: String, control: Bool, seconds: Double = 5) throws(WatchError) {
    var remote = RemoteState(try LocalSocket.connected(to: folder))
    hasControl = try remote.greet(control: control, folder: folder, seconds: seconds)
    state = Mutex(remote)
  }

  /// Sends a command, or answers it with a refusal where one only watches.
  @discardableResult public func send(_ command: Command) -> CommandTicket {
    state.withLock { $0.send(command, hasControl: hasControl) }
  }

  /// Says what is shown here.
  public func show(_ views: WantedViews) { state.withLock { $0.show(views) } }

  /// The newest snapshot that came, or nil if it was taken already.
  public func takeSnapshot() -> Snapshot? { state.withLock { $0.takeSnapshot() } }

  /// The events since the last call, oldest first; all of the run at first.
  public func drainEvents() -> [Event] { state.withLock { $0.drainEvents() } }

  /// The loss bins since the last call; those of the whole run, condensed, at first.
  public func drainLosses() -> [LossBin] { state.withLock { $0.drainLosses() } }

  /// Lets go of the run, which goes on.
  public func close() { state.withLock { $0.close() } }
}
