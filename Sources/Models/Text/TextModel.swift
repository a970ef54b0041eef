public import Graph
public import Layers

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

  /// What a sentence starts from: the state before its first word [B, h], and what all of its words
  /// read besides, if there is something.
  func beginText(_ pass: Forward) -> (state: Variable, context: Variable?)

  /// The logits of a word [B, V] and the state that spoke it, from the word before it [B, 1], an id as
  /// a number; nil for the first word.
  func nextWord(
    after previous: Variable?, state: Variable, context: Variable?, _ pass: Forward
  ) -> (logits: Variable, state: Variable)
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
