import Tensors
import Testing

@testable import Metrics

/// Bytes of memory in place of a file.
private final class MemoryScratch: KeyScratch {
  private(set) var bytes: [UInt8] = []
  /// Bytes that there is room for.
  var room = Int.max

  struct Full: Error, CustomStringConvertible { var description: String { "the disk is full" } }

  func append(_ more: UnsafeRawBufferPointer) throws {
    guard bytes.count + more.count <= room else { throw Full() }
    bytes += more
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
  }
}

@Suite("Keys beyond memory") struct SortedKeysTests {
  @Test("are visited in rising order, whatever memory holds", arguments: [1, 2, 7, 100, 1_000])
  func order(budget: Int) throws {
    for seed in 1...UInt64(3) {
      let draw = RandomSource(seed: seed, .test)
      let keys = (0..<UInt64(997)).map { UInt64(draw.index(below: 400, $0)) << 33 }
      let scratch = MemoryScratch()
      var sorted = SortedKeys<UInt64>(budget: budget, scratch: { scratch })
      for key in keys { try sorted.add(key) }
      #expect(sorted.count == 997 && sorted.isInMemory == (budget == 1_000))
      var seen: [UInt64] = []
      try sorted.visit { seen.append($0) }
      #expect(seen == keys.sorted(), "seed \(seed), \(budget) in memory")
      // More may come.
      try sorted.add(5)
      seen = []
      try sorted.visit { seen.append($0) }
      #expect(seen == (keys + [5]).sorted() && sorted.count == 998)
    }
  }

  @Test("a run longer than a block of it is read on") func blocks() throws {
    let scratch = MemoryScratch()
    var sorted = SortedKeys<UInt64>(budget: 10_000, scratch: { scratch })
    for key in 0..<UInt64(25_000) { try sorted.add(key * 7_919 % 25_000) }
    var next: UInt64 = 0
    try sorted.visit {
      if $0 == next { next += 1 }
    }
    #expect(next == 25_000)
  }

  @Test("without room they are refused, and why is said") func refused() {
    let scratch = MemoryScratch()
    scratch.room = 100
    var (groups, pairs) = (
      StreamedGroups(budget: 10, scratch: { scratch }), StreamedXAUC(budget: 3)
    )
    for row in 0..<30 {
      let isCounted = groups.add(Float(row), label: Double(row % 2), group: 1)
      _ = pairs.add(Float(row), label: Float(row))
      #expect(isCounted)
    }
    #expect(groups.refusal == "the disk is full" && groups.mean().isNaN)
    #expect(pairs.refusal == "no more are kept" && pairs.share().value.isNaN)
  }
}

@Suite("XAUC that is streamed") struct StreamedXAUCTests {
  private struct Row {
    let score, label: Float
    let group: Int32
  }

  private static func rows(seed: UInt64) -> [Row] {
    let draw = RandomSource(seed: seed, .test)
    return (0..<UInt64(700)).map { i in
      let label = Float(draw.index(below: 50, 0, i)) - 20
      return Row(
        score: label / 10 + Float(draw.normal(1, i)), label: label,
        group: Int32(draw.index(below: 6, 2, i)) - 1)
    }
  }

  private static func exact(_ rows: [Row]) -> (share: Double, deviation: Double) {
    var xauc = XAUC()
    let share = xauc(
      LabelledRows(
        predictions: rows.map { Double($0.score) }, labels: rows.map { Double($0.label) }))
    return (share, xauc.chanceDeviation)
  }

  @Test("within the budget it is that of all rows, beyond within the bound", arguments: 1...4)
  func share(seed: UInt64) {
    let rows = Self.rows(seed: seed)
    let exact = Self.exact(rows)
    for budget in [1, 60, 699, 700] {
      let scratch = MemoryScratch()
      var streamed = StreamedXAUC(budget: budget, scratch: { scratch })
      for row in rows {
        let isCounted = streamed.add(row.score, label: row.label)
        #expect(isCounted)
      }
      let found = streamed.share()
      #expect((found.bound == 0) == (budget == 700) && scratch.bytes.isEmpty == (budget == 700))
      #expect(abs(found.value - exact.share) <= found.bound && found.bound < 1e-3)
      #expect(streamed.chanceDeviation.bitPattern == exact.deviation.bitPattern)
      if budget == 700 { #expect(found.value.bitPattern == exact.share.bitPattern) }
    }
  }

  @Test("by hand: equal labels, equal scores and two of one bin") func byHand() {
    let scratch = MemoryScratch()
    var streamed = StreamedXAUC(budget: 2, scratch: { scratch })
    // Of the five pairs of different labels three are right, the second and the last are in disorder,
    // and the first and the third row share a bin.
    for (score, label) in [(1, 1), (2, 2), (1 + 0x1p-20, 2), (1.5, 3)] as [(Float, Float)] {
      _ = streamed.add(score, label: label)
    }
    let found = streamed.share()
    #expect(abs(found.value - 3.5 / 5) < 1e-12 && abs(found.bound - 0.5 / 5) < 1e-12)
    let refused = streamed.add(.nan, label: 1) || streamed.add(1, label: .infinity)
    #expect(!refused)
    var alike = StreamedXAUC(budget: 1, scratch: { MemoryScratch() })
    for score in [Float(1), 2] { _ = alike.add(score, label: 4) }
    #expect(alike.share().value.isNaN)
  }

  @Test("within groups: exact, but for groups of more rows than memory has", arguments: 1...3)
  func groups(seed: UInt64) {
    let rows = Self.rows(seed: seed)
    let own = rows.filter { $0.group >= 0 }
    let exact = GroupedScore.xauc(
      LabelledRows(
        predictions: own.map { Double($0.score) }, labels: own.map { Double($0.label) }),
      groups: own.map { Int($0.group) }
    ).mean(.rows)
    for budget in [1, 20, 300, 700] {
      let scratch = MemoryScratch()
      var streamed = StreamedGroupedXAUC(budget: budget, scratch: { scratch })
      for row in rows { _ = streamed.add(row.score, label: row.label, group: row.group) }
      let found = streamed.mean()
      // About 117 rows a group.
      #expect((found.bound > 0) == (budget < 100), "\(budget) rows: \(found)")
      #expect(abs(found.value - exact) <= found.bound + 1e-15 && found.bound < 5e-3)
      if budget >= 100 { #expect(found.value.bitPattern == exact.bitPattern) }
    }
  }

  @Test("grouped AUC in runs is that in memory, bit by bit", arguments: 1...3)
  func groupedRuns(seed: UInt64) {
    let rows = Self.rows(seed: seed)
    let scratch = MemoryScratch()
    var (memory, runs) = (
      StreamedGroups(budget: 2_000), StreamedGroups(budget: 64, scratch: { scratch })
    )
    for row in rows {
      for label in [0.0, row.label > 3 ? 1 : 0] {
        _ = memory.add(row.score, label: label, group: row.group)
        _ = runs.add(row.score, label: label, group: row.group)
      }
    }
    let (found, expected) = (runs.mean(), memory.mean())
    #expect(found.bitPattern == expected.bitPattern && found > 0.5 && !scratch.bytes.isEmpty)
  }
}
