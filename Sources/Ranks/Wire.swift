/// Bytes between ranks: processes, or threads, that train one model together.
///
/// Messages from one rank to another arrive in the order in which they were sent, and whoever receives
/// says the tag and the size that it expects. Nothing else is asked of what carries them. A wire is used
/// by one thread of its rank.
public protocol Wire: AnyObject {
  /// The number of this rank, from 0 on.
  var rank: Int { get }
  /// How many ranks there are.
  var count: Int { get }

  /// Begins to send; the bytes stay as they are until the request is done.
  func send(_ bytes: UnsafeRawBufferPointer, to other: Int, tag: Int32) throws(RankError)
    -> WireRequest
  /// Begins to receive; the bytes are not read until the request is done.
  func receive(into bytes: UnsafeMutableRawBufferPointer, from other: Int, tag: Int32)
    throws(RankError) -> WireRequest
  /// Waits until a request is done, which is forgotten then.
  func wait(for request: WireRequest) throws(RankError)
  /// Whether a request is done, without waiting; one that is done is forgotten.
  func isDone(_ request: WireRequest) throws(RankError) -> Bool
  /// Says that this rank has come to its end and sends nothing more.
  func leave()
}

/// A message that is under way.
public struct WireRequest: Sendable, Hashable {
  /// The number that the wire knows it by.
  let number: UInt64
}
