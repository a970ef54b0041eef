import Tensors
import Testing

@testable import Datasets

/// Numbers of texts by first appearance.
@Suite struct ByteInternerTests {
  private static func id(_ text: [UInt8], _ interner: inout ByteInterner) -> Int32 {
    text.withUnsafeBufferPointer { interner.id(of: $0) }
  }

  /// Texts that are easily taken for one another: zeros behind, one byte less, another last byte.
  private static let alike: [[UInt8]] = (0...20).flatMap { count -> [[UInt8]] in
    let text = (0..<count).map { UInt8(97 + $0) }
    return [text, text + [0], text + [0, 0], Array(text.dropFirst()), text.dropLast() + [0x62]]
  }

  @Test func areThoseOfADictionary() {
    var interner = ByteInterner()
    var known: [[UInt8]: Int32] = [:]
    for round in 0..<3 {
      for text in Self.alike {
        let expected = known[text] ?? Int32(known.count)
        known[text] = expected
        #expect(Self.id(text, &interner) == expected, "\(text), round \(round)")
      }
    }
    #expect(interner.count == known.count)
    for (text, id) in known {
      #expect(text.withUnsafeBufferPointer { interner.find($0) } == id)
      #expect(interner.withBytes(Int(id)) { Array($0) } == text)
    }
    #expect(Array("none".utf8).withUnsafeBufferPointer { interner.find($0) } == nil)
  }

  /// Many texts make the table grow; closed it still knows them, and numbers further ones.
  @Test func closedTablesKnowTheirTexts() {
    let random = RandomSource(seed: 8, .test)
    let texts = (0..<3000).map { Array("\(random.bits(UInt64($0)) % 100_000)-\($0)".utf8) }
    var interner = ByteInterner()
    for (number, text) in texts.enumerated() { #expect(Self.id(text, &interner) == number) }
    let open = interner.bytes
    interner.close()
    #expect(interner.bytes < open - 16 * texts.count)
    #expect(texts[2999].withUnsafeBufferPointer { interner.find($0) } == 2999)
    #expect([UInt8](repeating: 1, count: 3).withUnsafeBufferPointer { interner.find($0) } == nil)
    #expect(Self.id([1, 2, 3], &interner) == 3000)
    for (number, text) in texts.enumerated() { #expect(Self.id(text, &interner) == number) }
  }

  /// What one table has numbered, another numbers as if it had seen the bytes.
  @Test func textsMoveToOtherTables() {
    var (own, other) = (ByteInterner(), ByteInterner())
    for text in Self.alike.reversed() { _ = Self.id(text, &other) }
    for text in Self.alike { _ = Self.id(text, &own) }
    own.close()
    for text in Self.alike + [[0, 0, 0, 1]] {
      let number = Int(Self.id(text, &own))
      let moved = other.id(ofText: number, in: own)
      #expect(Self.id(text, &other) == moved, "\(text)")
      #expect(other.withBytes(Int(moved)) { Array($0) } == text)
    }
    #expect(other.count == own.count)
  }

  /// Ids in a row, dates and long names are found with few looks, whichever characters differ.
  @Test(arguments: ["u0000000", "10000000", "20260000", "0000000", "900000", "user00000000"])
  func textsInARowAreSpread(first: String) {
    let digits = first.filter(\.isNumber).count
    let letters = String(first.dropLast(digits))
    let start = Int(first.dropFirst(letters.count)) ?? 0
    var interner = ByteInterner()
    for number in start..<start + 10_000 {
      let shown = String(number)
      let zeros = String(repeating: "0", count: digits - shown.count)
      _ = Self.id(Array((letters + zeros + shown).utf8), &interner)
    }
    #expect(interner.count == 10_000)
    #expect((1...3).contains(interner.meanProbes), "\(interner.meanProbes)")
  }

  /// Texts of one length up to eight bytes are told apart by their hashes alone.
  @Test func shortTextsHaveHashesOfTheirOwn() {
    let random = RandomSource(seed: 5, .test)
    for count in 1...8 {
      var hashes: Set<UInt64> = []
      var texts: Set<[UInt8]> = []
      for draw in 0..<4000 {
        let bits = random.bits(UInt64(draw), UInt64(count))
        let text = (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) & 0x71 }
        texts.insert(text)
        hashes.insert(text.withUnsafeBufferPointer { ByteInterner.hash($0) })
      }
      #expect(hashes.count == texts.count, "\(count) bytes")
    }
  }
}
