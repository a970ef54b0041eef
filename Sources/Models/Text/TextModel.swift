public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// A model that says a sentence for every row, word after word.
///
/// Its two functions are what a decoder runs: the first once for the rows of a batch, the second once
/// a word with the state that the word before it left. Trained, the same parameters read the words of
/// the true text instead.
public protocol TextModel: MultiTaskModel {
  /// How many words there are, specials included.
  var vocabulary: Int { get }

  /// The task whose texts it says, by its index.
  var textTask: Int { get }

  /// How many of its turns descend on sentences that it says just then; by default none.
  var writingTurns: Int { get }

  /// What a sentence starts from: the state before its first word [B, h], and what all of its words
  /// read besides, if there is something.
  func beginText(_ pass: Forward) -> (state: Variable, context: Variable?)

  /// The logits of a word [B, V] and the state that spoke it, from the word before it [B, 1], an id as
  /// a number; nil for the first word.
  func nextWord(
    after previous: Variable?, state: Variable, context: Variable?, _ pass: Forward
  ) -> (logits: Variable, state: Variable)
}

extension TextModel {
  /// None.
  public var writingTurns: Int { 0 }

  /// Many small steps: of 16,000 made reviews an epoch is 250 of them, and a decoder needs some 3,000; with
  /// batches of 1,024 these were 190 epochs.
  ///
  /// One seed, perplexity of the test reviews: of made ones NRT 3.71 behind 3,000 steps (bigrams 10.05),
  /// of Amazon's 75.8 behind 1,677 (bigrams 110).
  public static var ownRule: OwnRule? { textRule }

  static var textRule: OwnRule {
    OwnRule(.adam(), learningRate: 3e-3, batchSize: 64, isPartOfModel: false)
  }

  /// A rating and a text.
  public static var kinds: Set<LabelKind> { [.regression, .text] }

  /// It does, at least to be judged by rows' own texts.
  public static var readsReviews: Bool { true }

  /// Needs a text, a user and an item.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    try checkReviews(of: name, reading: input)
  }

  /// Needs one rating and one text.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try checkRatingAndText(of: name, tasks)
  }

  /// Its own loss of the text task, the usual one of the rating.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map { $0 == textTask ? logits[$0] : logits[$0].loss(of: tasks[$0], at: $0) }
  }
}

/// Writes what a ``TextModel`` would say, word after word, for a source of rows that descends on it.
///
/// It belongs to the thread of its trainer; its memory is taken when it is made.
public protocol SentenceWriter: AnyObject {
  /// Writes a sentence for every row by its words' shares; the same for the same rows, numbers and seed
  /// on any number of threads.
  func write(_ batch: Batch, seed: UInt64)

  /// The words of the newest sentence of a row, its end among them if it has one; they hold until it
  /// writes again.
  func words(ofRow row: Int) -> UnsafeBufferPointer<Int32>
}
