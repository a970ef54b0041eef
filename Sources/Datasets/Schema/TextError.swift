import Runs

/// Why texts, opinions or concepts cannot be read.
///
/// Cases carry the facts; ``description`` words them.
public enum TextError: Error, Equatable, Sendable {
  /// The texts of a column have more tokens than numbers of 32 bits count.
  case tooManyTokens(path: String, column: String)
  /// No training text has a word that is frequent enough.
  case noWords(column: String, minimumCount: Int)
  /// A row of opinions without what it must have; what stands in its place, nil for nothing.
  case opinion(path: String, line: Int, column: String, found: String?)
  /// No row of opinions is of a user and an item that train; of how many rows, and why of each.
  case noOpinions(path: String, user: String, item: String, rows: Int, LeftOpinions)
  /// None of so many names of concepts is a word of the vocabulary.
  case noConcepts(of: String, names: Int)
}

/// Why rows of opinions are none that train: how many for each reason.
public struct LeftOpinions: Equatable, Sendable {
  /// User and item stand together in no row of the log.
  public var strangers = 0
  /// User or item is too rare for an id of its own.
  public var rare = 0
  /// User and item meet in a row that validates or tests.
  public var heldOut = 0

  /// `3 whose user and item …, 2 of …`; reasons without a row are not named.
  fileprivate var words: String {
    let all = [
      (strangers, "whose user and item no row of the log has together"),
      (rare, "of a user or an item with fewer training rows than `minimumCount`"),
      (heldOut, "of a user and an item that meet in rows that validate or test"),
    ]
    return all.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }
}

extension TextError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String { wording(location, what, found: found, fix: fix) }

  private var location: String {
    switch self {
    case .tooManyTokens(let path, _), .noOpinions(let path, _, _, _, _): printable(path)
    case .noConcepts(let source, _): printable(source)
    case .noWords(let column, _): "column '\(printable(column))'"
    case .opinion(let path, let line, _, _): "\(printable(path)):\(line)"
    }
  }

  private var what: String {
    switch self {
    case .tooManyTokens(_, let column):
      "the texts of column '\(printable(column))' have too many tokens"
    case .noWords: "no word of the training texts is frequent enough to be known"
    case .opinion(_, _, let column, nil): "nothing in the column '\(printable(column))'"
    case .opinion(_, _, let column, _):
      "no sentiment in the column '\(printable(column))'"
    case .noOpinions: "no opinion is of a user and an item that meet in training rows alone"
    case .noConcepts: "no concept is a word of the vocabulary"
    }
  }

  private var found: String {
    switch self {
    case .tooManyTokens: "more than \(Int32.max)"
    case .noWords(_, let minimumCount): "none that stands there \(minimumCount) times"
    case .opinion(_, _, _, let found): found.map(excerpt) ?? "an empty text"
    case .noOpinions(_, _, _, let rows, let left):
      rows == 0 ? "no row" : "of \(rows) row\(rows == 1 ? "" : "s") \(left.words)"
    case .noConcepts(_, let names): "\(names) names"
    }
  }

  private var fix: String {
    switch self {
    case .tooManyTokens: "set a smaller `maximumTokens`, or give fewer rows"
    case .noWords: "set a smaller `minimumCount`, or name the column that has the texts"
    case .opinion(_, _, _, nil): "write a feature and an opinion in every row, or leave the row out"
    case .opinion: "write 1 for, or -1 against"
    case .noOpinions(_, _, _, _, let left) where left.rare > max(left.strangers, left.heldOut):
      "set `minimumCount: 1` for the inputs that are user and item, or give more rows"
    case .noOpinions(_, _, _, _, let left) where left.heldOut > left.strangers:
      "choose another split, so that rows with opinions train, or give more rows"
    case .noOpinions(_, let user, let item, _, _):
      "name the columns that write users and items as the log does as `user` (now "
        + "'\(printable(user))') and `item` (now '\(printable(item))')"
    case .noConcepts:
      "name a table of single words as the texts have them, or set a smaller `minimumCount`"
    }
  }
}
