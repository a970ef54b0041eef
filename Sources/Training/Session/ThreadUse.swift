/// How a run uses the machine's cores, which changes no bit of it and is not kept with it.
public struct ThreadUse: Sendable, Equatable {
  /// Whether each thread keeps to a core of its own.
  public var isPinned: Bool

  /// Threads that go where the system puts them, unless told.
  public init(isPinned: Bool = false) { self.isPinned = isPinned }
}
