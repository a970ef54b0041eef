internal import Synchronization

/// A place for the newest value of something: writers replace it and never wait for readers.
final class Latest<Value: Sendable>: Sendable {
  private let slot = Mutex<Value?>(nil)

  /// Replaces what is there.
  func publish(_ value: Value) { slot.withLock { $0 = value } }

  /// Takes the value out, if there is one.
  func take() -> Value? {
    slot.withLock { slot in
      defer { slot = nil }
      return slot
    }
  }

  /// Reads the value and leaves it.
  func peek() -> Value? { slot.withLock { $0 } }
}
