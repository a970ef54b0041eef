/// How much serving watchers may cost.
public struct WatchLimits: Sendable {
  /// Watchers at a time.
  public var mostWatchers = 16
  /// Bytes that wait for a watcher before no more events are put behind them.
  public var waitingBytes = 1 << 16
  /// Events that are put into bytes at a time.
  public var eventsAtATime = 256
  /// Seconds in which a watcher for which something waits must take some of it.
  public var secondsOfPatience = 60.0
  /// Bytes of a message of a watcher.
  public var mostMessageBytes = 1 << 18
  /// Messages of a watcher that are heard at once, after it was silent for long enough.
  public var messagesAtOnce = 64
  /// Messages of a watcher that are heard in a second; what it says beyond them waits with it.
  public var messagesPerSecond = 50.0
  /// Loss bins of a task that are kept for who comes later.
  public var binsOfHistory = 4_096
  /// Loss bins of a task that wait for a watcher; more are condensed.
  public var waitingBins = 2_048
  /// Loss bins of a task that a look tells at most; more are condensed.
  public var binsOfLook = 64
  /// Milliseconds between two looks at the run while one watches.
  public var millisecondsOfLook = 50
  /// Milliseconds that a look comes later for each further watcher, up to ``mostMillisecondsOfLook``.
  public var millisecondsOfWatcher = 10
  /// Milliseconds between two looks, however many watch.
  public var mostMillisecondsOfLook = 90
  /// Seconds in which a watcher must say who it is.
  public var secondsOfHello = 5.0
  /// The share of one core's time that writing snapshots may take; costly ones come less often.
  public var shareOfSnapshots = 0.005
  /// Seconds that the end waits for watchers to take what is left.
  public var secondsOfEnd = 0.3

  /// What is usual.
  public init() {}

  /// Milliseconds between two looks while so many watch.
  func millisecondsOfLook(watchers: Int) -> Int {
    let later = millisecondsOfLook + millisecondsOfWatcher * max(0, watchers - 1)
    return max(millisecondsOfLook, min(mostMillisecondsOfLook, later))
  }
}
