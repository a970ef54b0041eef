internal import Synchronization

/// A place for the newest value of something: writers replace it and never wait for readers.
final class Latest<Value: Sendable>: Sendable {
  private struct Slot {
    var value: Value?
    var isTaken = false
    /// How many values were published.
    var number = 0
  }

  private let slot = Mutex(Slot())

  /// Replaces what is there.
  func publish(_ value: Value) {
    slot.withLock { slot in
      slot = Slot(value: value, number: slot.number + 1)
    }
  }

  /// Takes the value, unless it was taken already.
  func take() -> Value? {
    slot.withLock { slot in
      guard !slot.isTaken else { return nil }
      slot.isTaken = slot.value != nil
      return slot.value
    }
  }

  /// Reads the value, whoever has taken it, and leaves it.
  func peek() -> Value? { slot.withLock { $0.value } }

  /// The value and its number, counted from 1, if it is not of this number; takes nothing from others.
  func value(after number: Int) -> (value: Value, number: Int)? {
    slot.withLock { slot in
      guard slot.number != number, let value = slot.value else { return nil }
      return (value, slot.number)
    }
  }
}
