public import Datasets
public import Runs

extension MTER {
  /// Features and words that are told of a pair.
  static let told = MTERExplanation.Length(features: 5, opinions: 3)

  /// The features that it expects the user to like of the item, with the words that fit both.
  public func explain(_ pair: ExplainedPair, _ reading: ExplainReading) -> Explanation? {
    let opinions = reading.dataset.opinions
    let numbers = MTERNumbers(
      self, store: reading.model.store, user: Int(pair.user), item: Int(pair.item))
    let found = numbers.explanation(
      ofItem: Int(pair.item), Mentions(opinions), length: Self.told)
    let own = (opinions?.training ?? []).filter { $0.item == pair.item }
    let reasons = found.reasons.map { reason -> Explanation.Reason in
      let said = own.filter { Int($0.feature) == reason.feature }
      return Explanation.Reason(
        words.features[reason.feature], score: reason.score,
        evidence: evidence(reason, said))
    }
    return Explanation(
      reasons: reasons,
      scoreWords: "what the user is expected to think of it, on the ratings' scale",
      generated: sentence(found).map { .init($0, source: "a template") },
      note: own.isEmpty ? "No training review speaks of this item's features." : nil)
  }

  /// The first of those features.
  public func features(from dataset: Dataset) -> (any FeatureNaming)? {
    FirstReasons(model: self, mentions: Mentions(dataset.opinions))
  }

  /// The words of a feature, and what training reviews of the item say of it.
  private func evidence(
    _ reason: MTERExplanation.Reason, _ said: [OpinionTuple]
  ) -> [Explanation.Passage] {
    let chosen = reason.opinions.map { words.opinions[$0] }
    let praise = said.count { $0.sentiment > 0 }
    let fitting = chosen.joined(separator: ", ")
    let common = Self.mostSaid(said).map { words.opinions[$0] }.joined(separator: ", ")
    let times = said.count == 1 ? "once" : "\(said.count) times"
    let counts = "said \(times) of this item, \(praise) in praise"
    var passages: [Explanation.Passage] = []
    if !chosen.isEmpty {
      // The same words are said once, with both of what they are.
      let source = common == fitting && !said.isEmpty ? "; \(counts)" : ""
      passages.append(.init(fitting, source: "words that fit both\(source)"))
    }
    if !said.isEmpty, common != fitting { passages.append(.init(common, source: counts)) }
    return passages
  }

  /// The three words that are said most, of equal ones the first.
  private static func mostSaid(_ tuples: [OpinionTuple]) -> [Int] {
    let counts = Dictionary(tuples.map { (Int($0.opinion), 1) }, uniquingKeysWith: +)
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map(\.key)
  }

  /// `Its sound is clear, crisp. Its price is fair.`; nil without a feature that has words.
  func sentence(_ explanation: MTERExplanation) -> String? {
    let parts = explanation.reasons.prefix(2).compactMap { reason -> String? in
      guard !reason.opinions.isEmpty else { return nil }
      let said = reason.opinions.prefix(2).map { words.opinions[$0] }.joined(separator: ", ")
      return "Its \(words.features[reason.feature]) is \(said)."
    }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}
