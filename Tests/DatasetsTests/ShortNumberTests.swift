import Tensors
import Testing

@testable import Datasets

/// Numbers of eight bytes at most, read without branches, are those that are read byte by byte.
@Suite struct ShortNumberTests {
  /// What the quick way says, of a text with these bytes.
  private static func short(_ text: [UInt8]) -> Double? {
    text.withUnsafeBufferPointer {
      NumberText.short(ByteInterner.word($0), count: $0.count)
    }
  }

  private static func exact(_ text: [UInt8]) -> Double? {
    text.withUnsafeBufferPointer { NumberText.exact($0) }
  }

  /// Nothing, or the same number, bit by bit; plain decimals are never left to others.
  private static func check(_ text: [UInt8]) {
    let shown = String(decoding: text, as: UTF8.self)
    guard let number = short(text) else {
      let isPlain =
        text.allSatisfy { $0 &- 0x30 < 10 || $0 == 0x2E || $0 == 0x2D }
        && text.count { $0 == 0x2E } <= 1 && !text.dropFirst().contains(0x2D)
        && text.contains { $0 &- 0x30 < 10 }
      #expect(!isPlain, "'\(shown)' is left to the slow way")
      return
    }
    #expect(number.bitPattern == exact(text)?.bitPattern, "'\(shown)'")
  }

  /// All texts of up to four bytes of an alphabet: signs, points, digits, neighbours of digits, zero.
  @Test func areExactInAllShortTexts() {
    let alphabet = Array("-+.0195e/: ".utf8) + [0, 0x2F, 0xB0, 0xFF]
    var texts: [[UInt8]] = [[]]
    for _ in 0..<4 {
      texts = texts.flatMap { text in alphabet.map { text + [$0] } }
      if texts.count > 5000 {
        texts = texts.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
      }
      for text in texts { Self.check(text) }
    }
  }

  @Test(arguments: 1...4) func areExactInLongerTexts(seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    let alphabet = Array("0123456789012345678901234567890123456789.-e".utf8)
    for draw in 0..<UInt64(20_000) {
      let count = 1 + random.index(below: 8, draw, 99)
      Self.check(
        (0..<count).map { alphabet[random.index(below: alphabet.count, draw, UInt64($0))] })
    }
  }

  @Test(arguments: [
    ("0", 0.0), ("-0", -0.0), ("7", 7), ("-7", -7), (".5", 0.5), ("5.", 5), ("-.25", -0.25),
    ("12345678", 12_345_678), ("1234567.", 1_234_567), (".1234567", 0.1234567),
    ("-1.23456", -1.23456), ("0.000001", 1e-6), ("00000.10", 0.1),
  ]) func spellNumbers(text: String, number: Double) {
    #expect(Self.short(Array(text.utf8))?.bitPattern == number.bitPattern)
  }

  @Test(arguments: ["", "-", ".", "-.", "+1", "1e3", "1.2.3", "--1", "1-", "a", "1 ", "12345678."])
  func leaveOthers(text: String) {
    let bytes = Array(text.utf8)
    #expect(bytes.count > 8 || Self.short(bytes) == nil)
  }
}
