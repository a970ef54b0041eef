import Tensors
import Testing

@testable import Datasets

/// The text of a log, read back by its columns.
struct ReadLog {
  let header: [String]
  let rows: [[Substring]]

  init(_ bytes: [UInt8]) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    header = lines.first.map { $0.split(separator: ",").map(String.init) } ?? []
    rows = lines.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  func column(_ name: String) throws -> [Substring] {
    let place = try #require(header.firstIndex(of: name))
    return rows.map { $0[place] }
  }

  func flags(_ name: String) throws -> [Bool] {
    try column(name).map { try #require(["0": false, "1": true][$0] as Bool?) }
  }
}

@Suite struct SyntheticLogTests {
  static let tiny = SyntheticLog(preset: .tiny, seed: 1)
  static let sampleBytes = SyntheticLog(preset: .sample, seed: 1).csv()
  static let sample = ReadLog(sampleBytes)
  /// As many rows by the laws of the other sizes.
  static let general = ReadLog(SyntheticLog(preset: .sample, seed: 1, design: .general).csv())

  @Test func sameSeedSameBytes() {
    #expect(SyntheticLog(preset: .tiny, seed: 1).csv() == Self.tiny.csv())
    #expect(SyntheticLog(preset: .tiny, seed: 2).csv() != Self.tiny.csv())
  }

  /// The bytes of these logs are promised: a change here changes every log ever cited.
  @Test func bytesAreTheOnesPromised() {
    #expect(fnv(Self.tiny.csv()) == 3_273_045_737_091_808_672)
    #expect(fnv(Self.sampleBytes) == 14_834_239_243_430_274_200)
  }

  @Test func requestsComeAloneInAnyOrderAndOnAnyThread() async {
    var backwards: [Int: [UInt8]] = [:]
    for request in (0..<Self.tiny.requests.count).reversed() {
      backwards[request] = rows(request)
    }
    let parallel = await withTaskGroup(of: (Int, [UInt8]).self) { group in
      for request in 0..<Self.tiny.requests.count {
        group.addTask { (request, rows(request)) }
      }
      return await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
    }
    let inOrder = Self.tiny.header + backwards.sorted { $0.key < $1.key }.flatMap(\.value)
    #expect(inOrder == Self.tiny.csv())
    #expect(parallel == backwards)
  }

  @Test func everyLineHasEveryField() {
    #expect(Self.sample.header == SyntheticLog.columns)
    #expect(Self.sample.rows.count == SyntheticPreset.sample.impressions)
    #expect(Self.sample.rows.allSatisfy { $0.count == 21 && !$0.contains("") })
    #expect(Self.sampleBytes.last == UInt8(ascii: "\n"))
    #expect(Self.sampleBytes.allSatisfy { $0 >= 32 && $0 < 127 || $0 == 10 })
  }

  @Test func sampleIsSmall() { #expect(Self.sampleBytes.count <= 4_000_000) }

  @Test(arguments: [
    ("click", 0.134), ("cart", 0.0513), ("purchase", 0.0317), ("like", 0.0164),
    ("share", 0.0024),
  ])
  func ratesAreThoseOfTheDesign(task: String, rate: Double) throws {
    let flags = try Self.general.flags(task)
    let measured = Double(flags.count { $0 }) / Double(flags.count)
    #expect(abs(measured - rate) < 0.15 * rate + 0.0003)
  }

  @Test func outcomesFollowTheFunnel() throws {
    let click = try Self.sample.flags("click")
    let cart = try Self.sample.flags("cart")
    let purchase = try Self.sample.flags("purchase")
    let like = try Self.sample.flags("like")
    let share = try Self.sample.flags("share")
    let watch = try Self.sample.column("watch")
    for row in click.indices {
      #expect(!purchase[row] || cart[row])
      #expect(click[row] || !(cart[row] || like[row] || share[row]))
      #expect(click[row] || watch[row] == "0.0")
    }
  }

  @Test func clicksFallBySlot() throws {
    let slots = try Self.general.column("slot").map { try #require(Int($0)) }
    let click = try Self.general.flags("click")
    var rates = [Double](repeating: 0, count: 11)
    for (slot, click) in zip(slots, click) where click { rates[slot] += 1 / 4_000 }
    #expect(zip(rates[1...9], rates[2...10]).allSatisfy { $0 > $1 })
    #expect(abs(rates[1] - 0.476) < 0.03)
    #expect(abs(rates[10] - 0.018) < 0.009)
  }

  @Test func splitsFollowTime() throws {
    let splits = try Self.sample.column("split")
    #expect(splits[..<28_000].allSatisfy { $0 == "train" })
    #expect(splits[28_000..<34_000].allSatisfy { $0 == "validation" })
    #expect(splits[34_000...].allSatisfy { $0 == "test" })
    let general = try Self.general.column("split")
    #expect(general[31_999] == "train" && general[32_000] == "validation")
    #expect(general[35_999] == "validation" && general[36_000] == "test")
  }

  @Test func aRequestShowsDifferentItems() {
    for request in 0..<Self.tiny.requests.count {
      let rows = Self.tiny.requests(request)
      #expect(Set(rows.map(\.item)).count == 10)
      #expect(rows.map(\.slot) == Array(1...10))
    }
  }

  private func rows(_ request: Int) -> [UInt8] {
    var text: [UInt8] = []
    Self.tiny.appendRows(ofRequest: request, to: &text)
    return text
  }

  /// FNV-1a, 64 bits.
  private func fnv(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
