import Dispatch
import Foundation
import Synchronization
import Tensors
import Testing

@testable import Ranks

/// What ranks do together, with a thread for each.
@Suite struct RankGroupTests {
  /// Of what was sent, what lies within steps; agreeing on them, and scoring, does not.
  @Test func timeOfStepsIsThatOfTheirExchanges() {
    var traffic = RankTraffic()
    for (index, purpose) in RankPurpose.allCases.enumerated() {
      traffic.add(.seconds(1 << index), for: purpose)
      traffic.count(1 << index, for: purpose)
    }
    #expect(traffic.total.time == .seconds(255))
    #expect(traffic.timeInSteps == .seconds(183))
    let scored = traffic.without(.answers).total
    #expect(scored.time == .seconds(191) && scored.bytes == 191 && scored.messages == 7)
  }

  /// What went wrong and what was sent, by rank.
  private final class Found: Sendable {
    let ranks = Mutex<[Int: (error: RankError?, traffic: RankTraffic)]>([:])
  }

  /// Calls `body` on a thread for each rank.
  private func onRanks(
    _ count: Int, _ body: @escaping @Sendable (RankGroup, ThreadWire) throws -> Void
  ) -> (errors: [RankError?], traffic: [RankTraffic]) {
    let (found, all) = (Found(), DispatchGroup())
    for end in ThreadWire.ends(count: count) {
      all.enter()
      Thread.detachNewThread {
        let group = RankGroup(end)
        var failure: RankError?
        do { try body(group, end) } catch { failure = error as? RankError }
        let (error, traffic) = (failure, group.traffic)
        found.ranks.withLock { $0[end.rank] = (error, traffic) }
        all.leave()
      }
    }
    all.wait()
    let ranks = found.ranks.withLock { found in (0..<count).compactMap { found[$0] } }
    return (ranks.map(\.error), ranks.map(\.traffic))
  }

  /// Numbers of very different sizes, of which any other order has another sum.
  private static func lanes(of rank: Int, count: Int, lanes: Int, seed: UInt64) -> Storage<Float> {
    let random = RandomSource(seed: seed &+ UInt64(rank), .test)
    let numbers = Storage<Float>(count: max(1, lanes * count), filling: 0)
    for i in 0..<(lanes * count) {
      let size = Float(1 << Int(20 * random.uniform(UInt64(i), 1)))
      numbers[i] = Float(random.normal(UInt64(i))) * size
    }
    return numbers
  }

  @Test(arguments: [1, 2, 3, 5, 8], [0, 1, 15, 16384, 33_000])
  func theSumIsThatOfOneProcess(_ ranks: Int, _ count: Int) {
    let seed: UInt64 = 17
    let laneCounts = (0..<ranks).map { 1 + $0 % 2 }
    let numbers = (0..<ranks).map {
      Self.lanes(of: $0, count: count, lanes: laneCounts[$0], seed: seed)
    }
    var expected = Array(numbers[0].array.prefix(count))
    for rank in 0..<ranks {
      for lane in (rank == 0 ? 1 : 0)..<max(rank == 0 ? 1 : 0, laneCounts[rank]) {
        for i in 0..<count { expected[i] += numbers[rank][lane * count + i] }
      }
    }
    let sums = (0..<ranks).map { rank in
      // Every other rank has the sum in the memory of its first lane.
      rank % 2 == 0 ? numbers[rank] : Storage<Float>(count: max(1, count), filling: .nan)
    }
    let (errors, traffic) = onRanks(ranks) { group, wire in
      let rank = wire.rank
      try group.sum(
        numbers[rank].base, stride: count, laneCount: laneCounts[rank], count: count,
        into: sums[rank].base)
    }
    #expect(errors.allSatisfy { $0 == nil })
    for rank in 0..<ranks {
      let found = sums[rank].array.prefix(count).map(\.bitPattern)
      #expect(found == expected.map(\.bitPattern), "seed \(seed), rank \(rank)")
    }
    #expect(traffic.reduce(0) { $0 + ($1.bytes[.dense] ?? 0) } == 2 * 4 * (ranks - 1) * count)
    let pieces = (count + 16383) / 16384
    let messages = traffic.reduce(0) { $0 + ($1.messages[.dense] ?? 0) }
    #expect(messages == 2 * (ranks - 1) * pieces)
  }

  /// A short batch has fewer lanes than ranks: those without hand on what they get, to the bit, −0 too.
  @Test(arguments: [[0, 0, 0, 1], [1, 0, 0, 0], [0, 2, 0, 1]])
  func ranksWithoutLanesHandTheSumOn(_ laneCounts: [Int]) {
    let count = 5
    var numbers = laneCounts.indices.map { _ in [[Float]]() }
    for (rank, lanes) in laneCounts.enumerated() {
      numbers[rank] = (0..<lanes).map { lane in
        [-0.0, 0, 1e8, -3, Float(1 + rank + lane) / 3]
      }
    }
    let all = numbers.flatMap { $0 }
    let expected = (0..<count).map { i in
      all.dropFirst().reduce(all[0][i]) { $0 + $1[i] }.bitPattern
    }
    // What a rank without lanes has in memory is nobody's.
    let memory = numbers.map { Storage<Float>($0.isEmpty ? [9, 9, 9, 9, 9] : $0.flatMap { $0 }) }
    let (errors, _) = onRanks(laneCounts.count) { group, wire in
      let own = memory[wire.rank].base
      try group.sum(
        own, stride: count, laneCount: laneCounts[wire.rank], count: count, into: own)
    }
    #expect(errors.allSatisfy { $0 == nil })
    for rank in laneCounts.indices {
      let found = memory[rank].array.prefix(count).map(\.bitPattern)
      #expect(found == expected, "rank \(rank)")
    }
  }

  @Test(arguments: [1, 2, 3, 4, 7]) func everybodyHasAllParts(_ ranks: Int) {
    // One part is empty, the others are of different sizes.
    var (parts, end): ([Range<Int>], Int) = ([], 0)
    for rank in 0..<ranks {
      parts.append(end..<(end + (rank == 1 ? 0 : 5 + 3 * rank)))
      end = parts[rank].upperBound
    }
    let ends = parts
    let memory = (0..<ranks).map { rank in
      Storage<UInt8>((0..<end).map { parts[rank].contains($0) ? UInt8(1 + 3 * rank + $0) : 0 })
    }
    let (errors, traffic) = onRanks(ranks) { group, wire in
      try group.gather(memory[wire.rank].base, parts: ends, for: .lookups)
    }
    #expect(errors.allSatisfy { $0 == nil })
    let expected = (0..<ranks).flatMap { rank in parts[rank].map { UInt8(1 + 3 * rank + $0) } }
    for rank in 0..<ranks { #expect(memory[rank].array == expected, "rank \(rank)") }
    // A rank sends all but the part of the next one.
    for rank in 0..<ranks where ranks > 1 {
      #expect(traffic[rank].bytes[.lookups] == end - parts[(rank + 1) % ranks].count)
    }
  }

  @Test(arguments: [0, 2]) func everybodyHasTheBytesOfOne(_ root: Int) {
    let memory = (0..<3).map { rank in Storage<UInt8>((0..<9).map { UInt8(10 * rank + $0) }) }
    let expected = memory[root].array
    let (errors, traffic) = onRanks(3) { group, wire in
      let own = memory[wire.rank]
      try group.broadcast(
        UnsafeMutableRawBufferPointer(start: own.base, count: own.count), from: root, for: .agenda)
    }
    #expect(errors.allSatisfy { $0 == nil })
    #expect(memory.allSatisfy { $0.array == expected })
    #expect(traffic.map { $0.bytes[.agenda] } == (0..<3).map { $0 == root ? 18 : 0 })
  }

  /// Many sums in a row, with more ranks than cores.
  @Test func stepsFollowEachOther() {
    let memory = (0..<4).map { rank in Storage<Float>((0..<5).map { Float(rank + $0) }) }
    let (errors, _) = onRanks(4) { group, wire in
      let own = memory[wire.rank].base
      for step in 0..<100 {
        group.step = step
        try group.sum(own, stride: 5, laneCount: 1, count: 5, into: own)
        for i in 0..<5 { own[i] = own[i] / 4 + Float(wire.rank) }
      }
    }
    #expect(errors.allSatisfy { $0 == nil })
    // The mean of the ranks stands still after the first step but for the mean of what is added, 1.5.
    for rank in 0..<4 {
      #expect((0..<5).allSatisfy { memory[rank][$0] == Float($0) + 150 + Float(rank) })
    }
  }

  /// Exchanges that are begun together go on whenever a rank looks, which each does at moments of its own; all
  /// come to what they come to one by one.
  @Test(arguments: [2, 3, 5]) func looksChangeNothing(_ ranks: Int) {
    let (seed, count) = (UInt64(23 + ranks), 33_000)
    let memory = (0..<ranks).map { rank in
      Storage<Float>((0..<count).map { Float(rank + 1) / Float(1 + $0 % 97) })
    }
    let gathered = (0..<ranks).map { rank in
      Storage<Float>((0..<(2 * ranks)).map { $0 % ranks == rank ? Float(10 + $0) : .nan })
    }
    let (errors, traffic) = onRanks(ranks) { group, wire in
      let random = RandomSource(seed: seed &+ UInt64(wire.rank), .test)
      let (own, parts) = (memory[wire.rank].base, gathered[wire.rank].base)
      for step in 0..<20 {
        group.step = step
        let before = group.begun
        try group.beginGather(
          parts, parts: (0..<ranks).map { (4 * $0)..<(4 * $0 + 4) }, for: .lookups)
        try group.beginSum(own, stride: count, laneCount: 1, count: count, into: own)
        try group.beginGather(
          parts + ranks, parts: (0..<ranks).map { (4 * $0)..<(4 * $0 + 4) }, for: .lookups)
        #expect(group.begun == before + 3)
        for _ in 0..<Int(4 * random.uniform(UInt64(step))) { try group.advance() }
        try group.finish(through: before + 1)
        for part in 0..<ranks where parts[part] != Float(10 + part) { throw RankError.mpi("early") }
        if random.uniform(UInt64(step), 1) < 0.5 { try group.advance() }
        try group.finish()
        for i in 0..<count { own[i] /= Float(ranks) }
        // Again only the own part is there.
        for part in 0..<(2 * ranks) where part % ranks != wire.rank { parts[part] = .nan }
      }
    }
    #expect(errors.allSatisfy { $0 == nil }, "seed \(seed): \(errors)")
    for rank in memory.indices { #expect(memory[rank].array == memory[0].array) }
    let sent = traffic.reduce(0) { $0 + ($1.bytes[.lookups] ?? 0) }
    #expect(sent == 20 * 2 * 4 * ranks * (ranks - 1))
    // What was sent has come, once.
    #expect(traffic.reduce(0) { $0 + ($1.received[.lookups] ?? 0) } == sent)
    #expect(traffic.allSatisfy { $0.timely[.lookups] ?? 0 <= $0.received[.lookups] ?? 0 })
  }

  /// A rank that computes while the other one is late hides what it computes, and waits for the rest.
  @Test func computingHidesWhatIsUnderWay() {
    let hasComputed = DispatchSemaphore(value: 0)
    let (errors, traffic) = onRanks(2) { group, wire in
      let number = Storage<Float>([1, 2])
      if wire.rank == 1 {
        hasComputed.wait()
        Thread.sleep(forTimeInterval: 0.2)
      }
      try group.beginGather(number.base, parts: [0..<4, 4..<8], for: .lookups)
      for _ in 0..<(wire.rank == 0 ? 10 : 0) {
        Thread.sleep(forTimeInterval: 0.01)
        try group.advance()
      }
      if wire.rank == 0 { hasComputed.signal() }
      try group.finish()
      // Nothing is under way: nothing is hidden.
      Thread.sleep(forTimeInterval: 0.05)
      try group.advance()
    }
    #expect(errors.allSatisfy { $0 == nil })
    #expect(traffic[0].hiddenInSteps >= .milliseconds(100))
    #expect(traffic[0].timeInSteps >= .milliseconds(100))
    #expect(traffic[0].overlap > 0 && traffic[0].overlap < 1)
    #expect(traffic[0].timelyShare == 0 && traffic[1].timelyShare == 1)
    #expect(traffic[1].hiddenInSteps == .zero && traffic[1].overlap == 0)
    // Of two windows the second has nothing.
    #expect(traffic[0].since(traffic[0]).overlap == 0)
  }

  /// Every rank gives every other one a message of its own, of any length, beside what else is under way.
  @Test(arguments: [1, 2, 3, 5]) func eachGivesEachOther(_ ranks: Int) {
    /// Bytes that one gives another.
    @Sendable func count(_ from: Int, _ to: Int) -> Int { from == to ? 0 : (3 * from + to) % 4 }
    @Sendable func byte(_ from: Int, _ to: Int, _ number: Int) -> UInt8 {
      UInt8(1 + 50 * from + 10 * to + number)
    }
    @Sendable func parts(_ counts: [Int]) -> [Range<Int>] {
      counts.indices.map {
        let start = counts[..<$0].reduce(0, +)
        return start..<(start + counts[$0])
      }
    }
    let (errors, traffic) = onRanks(ranks) { group, wire in
      let own = wire.rank
      let out = parts((0..<ranks).map { count(own, $0) })
      let into = parts((0..<ranks).map { count($0, own) })
      let outbox = Storage<UInt8>(count: 4 * ranks, filling: 0)
      let inboxes = (0..<2).map { _ in Storage<UInt8>(count: 4 * ranks, filling: 0) }
      for other in 0..<ranks {
        for (number, at) in out[other].enumerated() { outbox[at] = byte(own, other, number) }
      }
      let sum = Storage<Float>([1])
      for inbox in inboxes {
        try group.beginCross(
          outbox.base, parts: out, into: inbox.base, parts: into, for: .rows)
        try group.beginSum(sum.base, stride: 1, laneCount: 1, count: 1, into: sum.base)
      }
      try group.finish()
      for inbox in inboxes {
        for other in 0..<ranks {
          for (number, at) in into[other].enumerated() {
            #expect(inbox[at] == byte(other, own, number), "\(other) to \(own)")
          }
        }
      }
      #expect(sum[0] == Float(ranks * ranks))
    }
    #expect(errors.allSatisfy { $0 == nil })
    let bytes = (0..<ranks).reduce(0) { sum, from in
      (0..<ranks).reduce(sum) { $0 + count(from, $1) }
    }
    #expect(traffic.reduce(0) { $0 + ($1.bytes[.rows] ?? 0) } == 2 * bytes)
    #expect(traffic.reduce(0) { $0 + ($1.messages[.rows] ?? 0) } == 2 * ranks * (ranks - 1))
  }

  /// Ranks that are at different steps are told so, all of them, instead of waiting for ever.
  @Test func ranksAtDifferentStepsAreTold() {
    let (errors, _) = onRanks(2) { group, wire in
      let number = Storage<Float>([1])
      group.step = wire.rank
      try group.sum(number.base, stride: 1, laneCount: 1, count: 1, into: number.base)
    }
    let tags = (0..<2).map { "tag \($0 << 4 | 1), 4 bytes" }
    let unlike = RankError.unlike(expected: tags[1], found: tags[0], from: 0)
    #expect(errors == [unlike, unlike])
    #expect(
      unlike.description == """
        ranks are no longer at the same place: a message of rank 0 is not the one that is next.
          expected: tag 17, 4 bytes
          found:    tag 1, 4 bytes
        """)
  }

  /// A rank that is done earlier than others takes nothing from what they still have to say to each other.
  @Test func aRankThatIsDoneHindersNobody() {
    let (errors, _) = onRanks(4) { group, wire in
      let number = Storage<Float>(count: 4, filling: Float(wire.rank))
      for _ in 0..<50 {
        try group.gather(number.base, parts: (0..<4).map { (4 * $0)..<(4 * $0 + 4) }, for: .sums)
      }
      wire.leave()
    }
    #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
  }

  /// Who waits for a rank that has ended learns it.
  @Test func aRankThatEndsWakesTheOthers() {
    let (errors, _) = onRanks(3) { group, wire in
      guard wire.rank != 1 else { return wire.leave() }
      let number = Storage<Float>([1])
      try group.sum(number.base, stride: 1, laneCount: 1, count: 1, into: number.base)
    }
    #expect(errors == [.lost(rank: 1), nil, .lost(rank: 1)])
    #expect(
      RankError.lost(rank: 1).description
        == "rank 1 has ended: the others cannot go on without it")
  }
}
