import Testing

@testable import Store

/// The examples of FIPS 180-4 and of NIST's "Secure Hash Algorithm Validation System".
@Suite struct SHA256Tests {
  private func hash(_ text: String) -> String { SHA256.hash(text.utf8).hexadecimal }

  @Test func nothingThreeLettersAndTwoBlocks() {
    #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      hash(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
          + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")
        == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")
  }

  @Test func zerosAroundTheEndOfABlock() {
    let known = [
      (55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
      (56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"),
      (57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"),
      (64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
      (1000, "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53"),
    ]
    for (count, digest) in known {
      let zeros = [UInt8](repeating: 0, count: count)
      #expect(SHA256.hash(zeros).hexadecimal == digest, "\(count) zeros")
    }
  }

  @Test func piecesOfAnyLengthAreTheSameAsAllAtOnce() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let whole = SHA256.hash(bytes)
    for length in [1, 3, 63, 64, 65, 127, 128, 299] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: length) {
        hash.update(bytes[start..<min(start + length, bytes.count)])
      }
      #expect(hash.finished() == whole, "pieces of \(length)")
      #expect(hash.finished() == whole, "it may be asked twice")
    }
    #expect(SHA256.hash(bytes.reversed()) != whole)
  }
}
