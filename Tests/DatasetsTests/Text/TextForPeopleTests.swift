import Datasets
import Testing

/// What people are shown of a text, and in what it is not what was written.
@Suite struct TextForPeopleTests {
  private static let data = TextData(
    training: ["The sound is good", "The price", ""], validation: ["The cable is good today"],
    shape: ReviewShape(perUser: 1, perItem: 1, tokens: 3))

  /// A mark says that a text goes on, because its rest is not kept or not read.
  @Test func marksWhatGoesOn() {
    #expect(
      (0..<4).map { Self.data.text($0) } == [
        "the sound is …", "the price", "", "the <unknown> is …",
      ])
    #expect(Self.data.text(1, tokens: 1) == "the …" && Self.data.text(1, tokens: 2) == "the price")
  }

  @Test func saysInWhatTextsDiffer() {
    #expect(
      (0..<4).map { Self.data.differences(ofText: $0) } == [
        "its first 3 words, in small letters", "in small letters", nil,
        "its first 3 words, in small letters, <unknown> where training has no word",
      ])
    // 9 and 价 are no letters that were made small; nor is what training does not know.
    let uncased = TextData(
      training: ["价格 9", "Good"], validation: ["Bad 9"],
      shape: ReviewShape(perUser: 1, perItem: 1, tokens: 3))
    #expect(uncased.differences(ofText: 0) == nil)
    #expect(uncased.differences(ofText: 1) == "in small letters")
    #expect(uncased.differences(ofText: 2) == "<unknown> where training has no word")
    let asWritten = TextData(
      training: ["Ab", "c"], tokenizer: Tokenizer(.characters, lowercases: false),
      shape: ReviewShape(perUser: 1, perItem: 1, tokens: 2))
    #expect(asWritten.differences(ofText: 0) == nil && asWritten.text(0) == "Ab")
  }
}
