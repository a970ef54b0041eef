import Tensors

/// What rows say in words: a text for each row, as tokens of one vocabulary.
///
/// Words, counts and lists are those of training rows alone; texts of rows that validate and test
/// are in ``corpus``, where judges and only they look for what should have been said.
public final class TextData: Sendable {
  /// The name of the column.
  public let column: String
  /// How texts are cut into tokens, and tokens joined to texts.
  public let tokenizer: Tokenizer
  /// The tokens that are known, by id.
  public let vocabulary: TextVocabulary
  /// The texts of all rows.
  public let corpus: TokenCorpus
  /// How many texts of a user and of an item a row may be given, and how long they are.
  public let shape: ReviewShape
  /// The words that name what reviews are about, by id, rising; empty where nobody says which.
  public let concepts: [Int32]
  /// By id, whether the word is one of ``concepts``.
  let isConcept: Storage<Bool>

  /// Puts texts together.
  ///
  /// - Parameters:
  ///   - column: the name of the column.
  ///   - tokenizer: what cut the texts.
  ///   - vocabulary: the ids.
  ///   - corpus: the texts of all rows.
  ///   - shape: how many texts a row may be given.
  ///   - concepts: ids of words; ids that the vocabulary does not have are left out.
  public init(
    column: String = "text", tokenizer: Tokenizer = Tokenizer(), vocabulary: TextVocabulary,
    corpus: TokenCorpus, shape: ReviewShape, concepts: some Sequence<Int32> = []
  ) {
    self.column = column
    self.tokenizer = tokenizer
    self.vocabulary = vocabulary
    self.corpus = corpus
    self.shape = shape
    let words = Int32(TextVocabulary.specials.count)..<Int32(vocabulary.count)
    self.concepts = Set(concepts).filter { words.contains($0) }.sorted()
    isConcept = Storage(count: vocabulary.count, filling: false)
    for concept in self.concepts { isConcept.base[Int(concept)] = true }
  }

  /// What a model has to know of it: ``FeatureSchema/text``.
  public var features: TextShape {
    TextShape(
      vocabulary: vocabulary.count, shape: shape, hasConcepts: !concepts.isEmpty,
      meanTokens: corpus.meanTokens)
  }

  /// Whether a token is a concept.
  public func isConcept(_ token: Int32) -> Bool { isConcept[Int(token)] }

  /// The text of a row for people, raw, as far as its tokens are kept and known; behind one that goes
  /// on stands ` …`.
  ///
  /// - Parameters:
  ///   - text: the number of the text.
  ///   - most: tokens that are shown at most.
  /// - Returns: its tokens, joined.
  public func text(_ text: Int, tokens most: Int = .max) -> String {
    let tokens = corpus[text]
    let goesOn = corpus.isCut[text] || tokens.count > most
    return tokenizer.text(of: vocabulary.tokens(of: tokens.prefix(most))) + (goesOn ? " …" : "")
  }

  /// In what a text for people may be another one than was written, in a few words: `its first 30
  /// words, in small letters`; nil where it is not.
  ///
  /// Nobody knows any more which letters were capitals: small ones that have capitals are named.
  public func differences(ofText text: Int) -> String? {
    let tokens = corpus[text]
    let hasCapitals = vocabulary.tokens(of: tokens.filter { $0 != TextVocabulary.unknown })
      .contains { $0.uppercased() != $0 }
    let isUnknown = tokens.contains(TextVocabulary.unknown)
    let words = [
      corpus.isCut[text] ? "its first \(tokens.count) \(tokenizer.form.rawValue)" : nil,
      tokenizer.lowercases && hasCapitals ? "in small letters" : nil,
      isUnknown
        ? "\(vocabulary.tokens[Int(TextVocabulary.unknown)]) where training has no word" : nil,
    ]
    let found = words.compactMap { $0 }
    return found.isEmpty ? nil : found.joined(separator: ", ")
  }

  /// Cuts texts that are made by hand; words are those of training texts.
  public convenience init(
    training: [String], validation: [String] = [], test: [String] = [],
    tokenizer: Tokenizer = Tokenizer(), minimumCount: Int = 1, shape: ReviewShape,
    concepts: some Sequence<String> = []
  ) {
    let cut = [training, validation, test].map { $0.map(tokenizer.tokens) }
    var counts: [String: Int] = [:]
    for token in cut[0].joined() { counts[token, default: 0] += 1 }
    let vocabulary = TextVocabulary(counts: counts, minimumCount: minimumCount)
    let ids = cut.map { $0.map { vocabulary.ids(of: $0) } }
    self.init(
      tokenizer: tokenizer, vocabulary: vocabulary,
      corpus: TokenCorpus(
        training: ids[0], validation: ids[1], test: ids[2], most: shape.tokens),
      shape: shape, concepts: concepts.map(vocabulary.id))
  }
}
