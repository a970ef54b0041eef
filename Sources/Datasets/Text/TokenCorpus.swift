public import Tensors

/// The texts of all rows as tokens: one for each row, in the order training, validation, test.
///
/// A text is empty where a row has none. Tokens are ids of a ``TextVocabulary`` without padding,
/// start and end; a text of more tokens than are kept has its first ones.
public final class TokenCorpus: Sendable {
  /// Where each text starts in ``tokens``, one more than there are texts.
  public let starts: Storage<Int32>
  /// The tokens of all texts, one text after another.
  public let tokens: Storage<Int32>
  /// By text, whether it has more tokens than are kept.
  public let isCut: Storage<Bool>
  private let firsts: [Int]

  /// Lays texts out.
  ///
  /// - Parameters:
  ///   - starts: where each text starts, one more than there are texts.
  ///   - tokens: the tokens of all.
  ///   - isCut: by text, whether it has more tokens than these.
  ///   - rows: how many texts train, validate and test; their sum is the number of texts.
  public init(
    starts: Storage<Int32>, tokens: Storage<Int32>, isCut: Storage<Bool>, rows: [Int]
  ) {
    precondition(
      rows.count == RowSplit.allCases.count && rows.reduce(1, +) == starts.count
        && isCut.count == starts.count - 1,
      "texts of \(rows) rows, and \(starts.count - 1) texts")
    self.starts = starts
    self.tokens = tokens
    self.isCut = isCut
    firsts = rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
  }

  /// Lays out texts that are made by hand; `most` tokens of each are kept.
  public convenience init(
    training: [[Int32]], validation: [[Int32]] = [], test: [[Int32]] = [], most: Int = .max
  ) {
    let all = training + validation + test
    self.init(
      starts: Storage(
        all.reduce(into: [Int32(0)]) { $0.append(($0.last ?? 0) + Int32(min(most, $1.count))) }),
      tokens: Storage(all.flatMap { $0.prefix(most) }),
      isCut: Storage(flags: all.map { $0.count > most }),
      rows: [training.count, validation.count, test.count])
  }

  /// How many texts: rows of all splits.
  public var count: Int { starts.count - 1 }

  /// The tokens of a text.
  public subscript(text: Int) -> UnsafeBufferPointer<Int32> {
    let (first, end) = (Int(starts[text]), Int(starts[text + 1]))
    return UnsafeBufferPointer(start: UnsafePointer(tokens.base) + first, count: end - first)
  }

  /// Tokens of a training text in the mean, of those that have any; nil without any.
  var meanTokens: Double? {
    let training = texts(of: .training)
    let filled = training.count { starts[$0 + 1] > starts[$0] }
    let tokens = starts[training.upperBound] - starts[training.lowerBound]
    return filled == 0 ? nil : Double(tokens) / Double(filled)
  }

  /// The numbers of the texts of a split: row r of it has the r-th of them.
  public func texts(of split: RowSplit) -> Range<Int> {
    let index = Int(split.number)
    return firsts[index]..<firsts[index + 1]
  }
}

extension Storage where Element == Bool {
  /// A copy of flags.
  convenience init(flags: [Bool]) {
    self.init(count: flags.count, filling: false)
    for (index, flag) in flags.enumerated() { base[index] = flag }
  }
}
