import Datasets
import Tensors
import Testing

/// What is said of texts and opinions, counted by hand.
@Suite struct TextDescriptionTests {
  @Test func countsTexts() {
    let text = TextData(
      training: ["good sound good", "", "bad sound"], validation: ["good price low"], test: [""],
      minimumCount: 2, shape: ReviewShape(perUser: 3, perItem: 4, tokens: 4), concepts: ["sound"])
    let seen = TextDescription(text)
    #expect(seen.column == "text" && seen.words == 2 && seen.concepts == 1)
    #expect(seen.given == (3, 4))
    #expect(seen.splits.map(\.texts) == [2, 1, 0])
    #expect(seen.splits.map(\.tokens) == [5, 3, 0])
    #expect(seen.splits.map(\.unknown) == [1, 2, 0])
    #expect(seen.splits[0].meanTokens == 2.5 && seen.splits[0].unknownShare == 0.2)
    #expect(seen.splits[2].meanTokens.isNaN && seen.splits[2].unknownShare.isNaN)
  }

  @Test func countsOpinions() {
    let tuples = [1, -1, 1, 1].map {
      OpinionTuple(user: 1, item: 1, feature: 0, opinion: 1, sentiment: $0)
    }
    let seen = OpinionDescription(
      OpinionTuples(
        features: ["price"], opinions: ["low", "high"], training: tuples,
        validation: [tuples[1]]))
    #expect(seen.features == 1 && seen.opinions == 2)
    #expect(seen.tuples == [4, 1, 0] && seen.positiveShare == 0.75)
  }
}
