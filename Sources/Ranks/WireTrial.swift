/// What a wire between ranks reaches, and whether sums over it are those of one process.
public struct WireTrial: Sendable {
  /// Seconds of the smallest message from one rank to the next, one way.
  public let latency: Double
  /// Bytes a second of large messages between two ranks, one way.
  public let bandwidth: Double
  /// Seconds of a sum of ``sumFloats`` floats over all ranks.
  public let sumSeconds: Double
  /// Floats that were summed.
  public let sumFloats: Int
  /// Whether sums and gathered parts had the bits of one process, on every rank.
  public let isExact: Bool

  /// Measures it; all ranks call it together, and rank 0's figures are those of its wire to rank 1.
  public init(_ group: RankGroup, sumFloats: Int = 262_144) throws(RankError) {
    self.sumFloats = sumFloats
    latency = try Self.roundTrip(group, bytes: 8, times: 400) / 2
    let large = 4 << 20
    bandwidth = Double(large) / max(1e-9, try Self.roundTrip(group, bytes: large, times: 10) / 2)
    (sumSeconds, isExact) = try Self.sum(group, count: sumFloats)
  }

  /// The median time for a message to rank 1 and back.
  private static func roundTrip(
    _ group: RankGroup, bytes: Int, times: Int
  ) throws(RankError) -> Double {
    guard group.wire.count > 1 else { return 0 }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
    defer { buffer.deallocate() }
    buffer.initializeMemory(as: UInt8.self, repeating: 1)
    let wire = group.wire
    var seconds: [Double] = []
    let clock = ContinuousClock()
    for time in 0..<times where wire.rank < 2 {
      let start = clock.now
      let other = 1 - wire.rank
      for isSending in wire.rank == 0 ? [true, false] : [false, true] {
        let tag = Int32(time)
        let request =
          isSending
          ? try wire.send(UnsafeRawBufferPointer(buffer), to: other, tag: tag)
          : try wire.receive(into: buffer, from: other, tag: tag)
        try wire.wait(for: request)
      }
      seconds.append(start.duration(to: clock.now) / .seconds(1))
    }
    return seconds.isEmpty ? 0 : seconds.sorted()[seconds.count / 2]
  }

  /// Sums two lanes of every rank and gathers what every rank made of it; how long a sum takes, and whether
  /// all have the bits of sums in order.
  private static func sum(
    _ group: RankGroup, count: Int
  ) throws(RankError) -> (seconds: Double, isExact: Bool) {
    let (rank, ranks) = (group.wire.rank, group.wire.count)
    let lanes = UnsafeMutablePointer<Float>.allocate(capacity: 2 * count)
    let total = UnsafeMutablePointer<Float>.allocate(capacity: count)
    defer {
      lanes.deallocate()
      total.deallocate()
    }
    for lane in 0..<2 {
      for i in 0..<count { lanes[lane * count + i] = value(lane: 2 * rank + lane, i) }
    }
    let start = ContinuousClock().now
    try group.sum(lanes, stride: count, laneCount: 2, count: count, into: total)
    let seconds = start.duration(to: ContinuousClock().now) / .seconds(1)
    var isRight = (0..<count).allSatisfy { i in
      let expected = (1..<(2 * ranks)).reduce(value(lane: 0, i)) { $0 + value(lane: $1, i) }
      return total[i].bitPattern == expected.bitPattern
    }
    let verdicts = UnsafeMutablePointer<UInt64>.allocate(capacity: ranks)
    defer { verdicts.deallocate() }
    verdicts.initialize(repeating: 0, count: ranks)
    verdicts[rank] = (isRight ? 1 : 2) << 32 | UInt64(rank)
    try group.gather(verdicts, parts: (0..<ranks).map { (8 * $0)..<(8 * ($0 + 1)) }, for: .sums)
    for other in 0..<ranks where verdicts[other] != 1 << 32 | UInt64(other) { isRight = false }
    return (seconds, isRight)
  }

  /// Numbers of very different sizes, so that another order has other bits.
  private static func value(lane: Int, _ index: Int) -> Float {
    var bits = UInt64(lane &* 1_000_003 &+ index) &* 0x9e37_79b9_7f4a_7c15
    bits ^= bits >> 29
    let unit = Float(Int32(truncatingIfNeeded: bits)) / Float(Int32.max)
    return unit * Float(sign: .plus, exponent: Int(bits >> 40 & 15) - 8, significand: 1)
  }
}
