import Ranks

/// A wire over which nothing goes that ranks give each other for scored rows or to save.
final class WireWithoutAnswers: Wire {
  private let wire: ThreadWire
  private let reason: String
  var rank: Int { wire.rank }
  var count: Int { wire.count }

  init(_ wire: ThreadWire, saying reason: String) { (self.wire, self.reason) = (wire, reason) }

  func send(_ bytes: UnsafeRawBufferPointer, to other: Int, tag: Int32) throws(RankError)
    -> WireRequest
  {
    guard tag & 15 != RankPurpose.answers.rawValue else { throw .mpi(reason) }
    return try wire.send(bytes, to: other, tag: tag)
  }

  func receive(into bytes: UnsafeMutableRawBufferPointer, from other: Int, tag: Int32)
    throws(RankError) -> WireRequest
  { try wire.receive(into: bytes, from: other, tag: tag) }

  func wait(for request: WireRequest) throws(RankError) { try wire.wait(for: request) }
  func isDone(_ request: WireRequest) throws(RankError) -> Bool { try wire.isDone(request) }

  func leave() { wire.leave() }
}
