/// A run as it is read by whoever shows it elsewhere, beside its own screen: neither takes anything
/// from the other.
///
/// Every call returns at once and may come from any one thread.
public protocol WatchedRun: AnyObject, Sendable {
  /// Keeps what watchers read, from now on; what the run's own screen has not taken yet is kept, too.
  func openToWatchers()

  /// Sends a command; its number comes back in the acknowledgement.
  @discardableResult func send(_ command: Command) -> CommandTicket

  /// Says what is shown elsewhere just now; nil: nobody watches.
  func showElsewhere(_ views: WantedViews?)

  /// So many events of the run at most, from this one on, counted from 0; and the number of the one
  /// behind them.
  func events(from number: Int, most: Int) -> (events: [Event], next: Int)

  /// The newest snapshot and its number, if it is not of this number.
  func snapshot(after number: Int) -> (snapshot: Snapshot, number: Int)?

  /// The loss bins since the last call, by task and then by step, condensed if that was long ago.
  func drainLossesElsewhere() -> [LossBin]
}
