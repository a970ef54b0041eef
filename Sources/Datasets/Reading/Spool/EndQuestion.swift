import Synchronization

/// Whether somebody wants no more: asked from several threads, answered on one at a time.
final class EndQuestion: @unchecked Sendable {
  private let ask: () -> Bool
  private let lock = Mutex(())

  init(_ ask: @escaping () -> Bool) { self.ask = ask }

  /// Refuses to go on where no more is wanted.
  func check() throws(SystemRefusal) {
    if lock.withLock({ _ in ask() }) { throw SystemRefusal(reason: "a request to end") }
  }
}
