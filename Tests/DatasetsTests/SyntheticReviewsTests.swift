import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Generated reviews") struct SyntheticReviewsTests {
  static let design = ReviewDesign(users: 30, items: 24, reviews: 300)
  static let few = SyntheticReviews(design, seed: 7)
  static let preset = SyntheticReviews(seed: 1)
  private static let written = (0..<few.count).map { few.review($0) }

  /// The bytes of these sets are promised: a change here changes every figure ever cited.
  @Test func bytesAreTheOnesPromised() {
    let texts = Self.few.texts()
    #expect(fnv1a(texts.reviews) == 4_151_709_970_498_410_212)
    #expect(fnv1a(texts.opinions) == 14_465_351_202_347_154_303)
    let first = (0..<200).map { Self.preset.lines(of: $0) }
    #expect(fnv1a(first.map(\.review).joined().utf8) == 4_355_321_283_275_776_255)
    #expect(fnv1a(first.map(\.opinions).joined().utf8) == 13_836_385_460_926_448_227)
  }

  @Test func sameSeedSameBytesAnotherSeedOthers() {
    let again = SyntheticReviews(Self.design, seed: 7).texts()
    #expect(again.reviews == Self.few.texts().reviews)
    #expect(SyntheticReviews(Self.design, seed: 8).texts().reviews != again.reviews)
  }

  @Test func reviewsComeAloneInAnyOrderAndOnAnyThread() async {
    let few = Self.few
    var backwards: [Int: String] = [:]
    for index in (0..<few.count).reversed() { backwards[index] = few.lines(of: index).review }
    let parallel = await withTaskGroup(of: (Int, String).self) { group in
      for index in 0..<few.count { group.addTask { (index, few.lines(of: index).review) } }
      return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
    }
    #expect(parallel == backwards)
    let inOrder = (0..<few.count).compactMap { backwards[$0] }.joined()
    #expect(Array(inOrder.utf8) == few.texts().reviews)
  }

  @Test func everyPairOnceInTheOrderOfTime() {
    for reviews in [Self.few, Self.preset] {
      let pairs = reviews.world.pairs
      #expect(Set(pairs.map { [$0.user, $0.item] }).count == pairs.count)
      #expect(zip(pairs, pairs.dropFirst()).allSatisfy { $0.time <= $1.time })
      #expect(Set(pairs.map(\.user)).count == reviews.world.users.count)
    }
    #expect(Self.few.count == 300 && Self.preset.count == 20_000)
  }

  @Test func splitsFollowTime() {
    let splits = (0..<Self.few.count).map { Self.few.split(of: $0) }
    #expect(splits[..<240].allSatisfy { $0 == .train })
    #expect(splits[240..<270].allSatisfy { $0 == .validation })
    #expect(splits[270...].allSatisfy { $0 == .test })
  }

  /// From the lengths of the first lines; the whole is 3.7 MB.
  @Test func presetIsSmall() {
    let lines = (0..<500).map { Self.preset.lines(of: $0) }
    let bytes = lines.reduce(0) { $0 + $1.review.utf8.count + $1.opinions.utf8.count }
    #expect(bytes * Self.preset.count / lines.count < 3_800_000)
  }
}

// MARK: - Words
extension SyntheticReviewsTests {
  @Test func wordsAreTokens() {
    let words = Self.few.world.lexicon.words
    #expect((280...380).contains(words.count) && Set(words).count == words.count)
    for word in words { #expect(Tokenizer().tokens(of: word) == [word]) }
    #expect(Self.written.allSatisfy { (2...22).contains($0.words.count) })
  }

  @Test func everyAspectHasWordsOfItsOwn() {
    let lexicon = Self.few.world.lexicon
    #expect(lexicon.aspects.count == 30 && Set(lexicon.aspects.map(\.name)).count == 30)
    for aspect in lexicon.aspects {
      let lists = aspect.opinions.flatMap { $0 }
      #expect(lists.count == 4 && lists.allSatisfy { $0.count == 3 })
      #expect(Set(lists.flatMap { $0 }).count == 12, "\(lexicon.words[aspect.name])")
    }
    #expect(lexicon.categories.allSatisfy { Set($0).count == 12 })
  }

  @Test("a word may praise an aspect and blame another") func contextWords() throws {
    let lexicon = Self.few.world.lexicon
    func lists(_ aspect: String, _ sign: Int) throws -> [String] {
      let found = try #require(lexicon.aspects.first { lexicon.words[$0.name] == aspect })
      return found.opinions[sign].flatMap { $0 }.map { lexicon.words[$0] }
    }
    #expect(try lists("quality", 0).contains("high") && lists("price", 1).contains("high"))
    #expect(try lists("weight", 0).contains("light") && lists("bass", 1).contains("light"))
    #expect(try lists("price", 0).contains("low") && lists("quality", 1).contains("low"))
  }

  @Test func tuplesAreWhatTheTextSays() {
    let lexicon = Self.few.world.lexicon
    for (review, pair) in zip(Self.written, Self.few.world.pairs) {
      let item = Self.few.world.items[pair.item]
      let own = item.aspects.map { lexicon.categories[item.category][$0] }
      #expect((1...3).contains(review.tuples.count))
      #expect(Set(review.tuples.map(\.aspect)).count == review.tuples.count)
      for tuple in review.tuples {
        let aspect = lexicon.aspects[tuple.aspect]
        #expect(own.contains(tuple.aspect) && review.words.contains(aspect.name))
        let list = tuple.isPraise == tuple.isNegated ? 1 : 0
        #expect(aspect.opinions[list].contains { $0.contains(tuple.word) })
        let index = review.words.firstIndex(of: tuple.word) ?? 0
        #expect(!tuple.isNegated || review.words[index - 1] == lexicon.not)
      }
    }
  }

  @Test("clauses of one sign join by and, others by but") func connectives() {
    let lexicon = Self.few.world.lexicon
    for review in Self.written {
      let joins = review.words.filter { $0 == lexicon.and || $0 == lexicon.but }
      let signs = review.tuples.map(\.isPraise)
      let expected = zip(signs, signs.dropFirst()).map { $0 == $1 ? lexicon.and : lexicon.but }
      #expect(joins == expected)
    }
  }
}

// MARK: - Probabilities
extension SyntheticReviewsTests {
  @Test("what may follow sums to one and is what a step says") func following() {
    for index in stride(from: 0, to: 300, by: 30) {
      let pair = Self.few.world.pairs[index]
      let grammar = Self.few.world.grammar(pair.user, pair.item)
      var belief = grammar.beginning
      for word in Self.written[index].words.map(Optional.some) + [nil] {
        let following = grammar.following(belief)
        #expect(abs(following.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        let step = grammar.advance(belief, by: word)
        let named = following.first { $0.word == word }?.probability ?? 0
        #expect(step.probability > 0 && abs(step.probability - named) < 1e-9)
        belief = step.belief
      }
    }
  }

  /// −ln p(w_t) less the entropy of what may follow is 0 on average, whatever the prefix.
  @Test("drawn reviews are as likely as the grammar says") func calibrated() {
    let world = Self.few.world
    let differences = (0..<Self.few.count).map { index in
      let pair = world.pairs[index]
      let grammar = world.grammar(pair.user, pair.item)
      var (belief, difference) = (grammar.beginning, 0.0)
      for word in Self.written[index].words.map(Optional.some) + [nil] {
        difference += grammar.following(belief).reduce(0) {
          $0 + $1.probability * naturalLogarithm($1.probability)
        }
        let step = grammar.advance(belief, by: word)
        difference -= naturalLogarithm(step.probability)
        belief = step.belief
      }
      return difference
    }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let square = differences.reduce(0) { $0 + $1 * $1 } / count
    #expect(abs(mean) < 3 * ((square - mean * mean) / count).squareRoot(), "seed 7")
  }

  @Test("a rating's chances by hand") func ratings() {
    // P(ε < 1) = .841345: from 3 the next half is one deviation away.
    let law = RatingLaw(leaning: 3)
    #expect(law.chances.count == 5 && abs(law.chances.reduce(0, +) - 1) < 1e-12)
    #expect(abs(law.chances[2] - 0.682_689_492) < 1e-8)
    #expect(abs(law.mean - 3) < 1e-12)
    #expect(abs(law.chances[3] - law.chances[1]) < 1e-12 && law.chances[4] > 0.001)
    #expect(RatingLaw(leaning: 12).mean == 5 && RatingLaw(leaning: -9).variance < 1e-12)
    #expect(RatingLaw(leaning: 3).rating(noise: 0.99) == 3)
    #expect(RatingLaw(leaning: 3).rating(noise: 1.01) == 4)
    #expect(RatingLaw(leaning: 3).rating(noise: -9) == 1)
  }

  @Test("drawn ratings leave what the floor says") func floor() {
    let draws = RandomSource(seed: 5, .test)
    for leaning in [1.2, 3.5, 3.9, 5.4] {
      let law = RatingLaw(leaning: leaning)
      let squares = (0..<4_000).map { index in
        let distance = Double(law.rating(noise: draws.normal(UInt64(index)))) - law.mean
        return distance * distance
      }
      let mean = squares.reduce(0, +) / 4_000
      let second = squares.reduce(0) { $0 + $1 * $1 } / 4_000
      let deviation = ((second - mean * mean) / 4_000).squareRoot()
      #expect(abs(mean - law.variance) < 3 * deviation, "x = \(leaning), seed 5")
    }
  }
}
