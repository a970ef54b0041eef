public import Tensors

/// The texts of users and items that the rows of a step have, as many as there are, and their words.
///
/// They are ragged columns; words stay where the corpus has them.
///
///     userTexts: texts of a row's user, userWords: words of a text, userOthers: the item of each text
///     itemTexts, itemWords, itemOthers: likewise of a row's item, the user of each text
///
/// Texts are their numbers in the ``TokenCorpus``, the newest first. It belongs to who fills it; its
/// memory is taken when it is made.
public final class PackedReviews {
  /// The columns, by their place among those of a batch.
  public enum Column: Int, CaseIterable {
    /// Texts of rows, words of texts, and beside texts whom they are of or by.
    case userTexts, userWords, itemTexts, itemWords, userOthers, itemOthers
  }

  /// The columns, as many as there are cases of ``Column``.
  public let columns: Storage<RaggedRows>
  let user: Side
  let item: Side
  private var rows = 0

  /// Memory for so many rows.
  ///
  /// - Parameters:
  ///   - corpus: where the words are.
  ///   - shape: texts a row and words a text at most.
  ///   - rows: rows at most.
  public init(_ corpus: TokenCorpus, shape: ReviewShape, rows: Int) {
    user = Side(corpus, texts: shape.perUser, tokens: shape.tokens, rows: rows)
    item = Side(corpus, texts: shape.perItem, tokens: shape.tokens, rows: rows)
    columns = Storage(count: Column.allCases.count, filling: user.textRows)
    columns[Column.userWords.rawValue] = user.wordRows
    columns[Column.itemTexts.rawValue] = item.textRows
    columns[Column.itemWords.rawValue] = item.wordRows
    columns[Column.userOthers.rawValue] = user.otherRows
    columns[Column.itemOthers.rawValue] = item.otherRows
  }

  /// What it takes for so many rows.
  ///
  ///     4 · Σ over both sides of (rows + 1) + (rows · texts + 1) + 3 · rows · texts
  public static func bytes(_ shape: ReviewShape, rows: Int) -> Int {
    [shape.perUser, shape.perItem].reduce(0) { sum, texts in
      let room = Side.Room(texts: texts, rows: rows)
      return sum + MemoryLayout<Int32>.size * (room.starts + room.wordStarts + 3 * room.texts)
    }
  }

  /// Forgets all rows.
  public func clear() {
    rows = 0
    user.clear()
    item.clear()
  }

  /// Ends the texts of a row, behind which those of the next come.
  func endRow() {
    rows += 1
    user.end(row: rows)
    item.end(row: rows)
  }
}

extension PackedReviews {
  /// The texts of one of both.
  final class Side {
    /// How many numbers each of a side's columns has room for.
    struct Room {
      /// Where texts of rows start.
      let starts: Int
      /// Texts of all rows.
      let texts: Int
      /// Where words of texts start.
      let wordStarts: Int

      init(texts: Int, rows: Int) {
        starts = rows + 1
        self.texts = rows * texts
        wordStarts = self.texts + 1
      }
    }

    /// Texts of a row at most.
    let texts: Int
    private let tokens: Int
    private let corpus: TokenCorpus
    private var count = 0
    private let textStarts: Storage<Int32>
    private let numbers: Storage<Int32>
    private let others: Storage<Int32>
    private let wordStarts: Storage<Int32>
    private let wordPlaces: Storage<Int32>

    init(_ corpus: TokenCorpus, texts: Int, tokens: Int, rows: Int) {
      (self.texts, self.tokens, self.corpus) = (texts, tokens, corpus)
      let room = Room(texts: texts, rows: rows)
      textStarts = Storage(count: room.starts, filling: 0)
      numbers = Storage(count: room.texts, filling: 0)
      others = Storage(count: room.texts, filling: 0)
      wordStarts = Storage(count: room.wordStarts, filling: 0)
      wordPlaces = Storage(count: room.texts, filling: 0)
    }

    var textRows: RaggedRows {
      RaggedRows(
        starts: UnsafePointer(textStarts.base), values: UnsafePointer(numbers.base))
    }

    var otherRows: RaggedRows {
      RaggedRows(starts: UnsafePointer(textStarts.base), values: UnsafePointer(others.base))
    }

    var wordRows: RaggedRows {
      RaggedRows(
        starts: UnsafePointer(wordStarts.base), at: UnsafePointer(wordPlaces.base),
        values: UnsafePointer(corpus.tokens.base))
    }

    func clear() { count = 0 }

    /// Adds a text to the row at hand, with whom it is of or by.
    func add(_ text: Int, _ other: Int32) {
      numbers.base[count] = Int32(text)
      others.base[count] = other
      wordPlaces.base[count] = corpus.starts.base[text]
      let words = Int(corpus.starts.base[text + 1] - corpus.starts.base[text])
      wordStarts.base[count + 1] = wordStarts.base[count] + Int32(min(words, tokens))
      count += 1
    }

    func end(row: Int) { textStarts.base[row] = Int32(count) }
  }
}
