/// The boundary between an engine and whoever watches it: values go up, commands go down.
///
/// Every call returns at once and may come from any one thread.
public protocol TrainingLink: AnyObject, Sendable {
  /// Sends a command; its number comes back in the acknowledgement.
  @discardableResult func send(_ command: Command) -> CommandTicket

  /// Says what is shown just now.
  func show(_ views: WantedViews)

  /// The newest snapshot, or nil if it was taken already.
  func takeSnapshot() -> Snapshot?

  /// The events since the last call, oldest first.
  func drainEvents() -> [Event]

  /// The loss bins since the last call, by task and then by step.
  func drainLosses() -> [LossBin]
}
