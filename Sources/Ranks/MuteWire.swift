/// A wire on which nothing happens: what a rank sends is let go, and what it receives stays as it was.
///
/// A rank alone on it does by itself what one of several does, in the time that this takes; what it comes to
/// is nobody's. Until it is silent it receives zeros, so that memory which nobody writes is finite.
public final class MuteWire: Wire {
  /// The number of this rank.
  public let rank: Int
  /// How many ranks there would be.
  public let count: Int
  /// Whether what is received stays as it was.
  public var isSilent = false

  /// The end of one of so many ranks.
  public init(rank: Int, count: Int) {
    precondition((0..<count).contains(rank), "rank \(rank) of \(count)")
    (self.rank, self.count) = (rank, count)
  }

  /// Sends nothing.
  public func send(_ bytes: UnsafeRawBufferPointer, to other: Int, tag: Int32) -> WireRequest {
    WireRequest(number: 0)
  }

  /// Receives zeros, or nothing.
  public func receive(
    into bytes: UnsafeMutableRawBufferPointer, from other: Int, tag: Int32
  ) -> WireRequest {
    if !isSilent { bytes.initializeMemory(as: UInt8.self, repeating: 0) }
    return WireRequest(number: 0)
  }

  /// All requests are done at once.
  public func isDone(_ request: WireRequest) -> Bool { true }

  /// Waits for nothing.
  public func wait(for request: WireRequest) {}

  /// Nobody is told.
  public func leave() {}
}
