/// What a column of times is read for.
public enum TimePurpose: Sendable, Hashable {
  /// The split goes by it.
  case split
  /// It orders the rows of a user and of an item.
  case interactions

  /// What stands behind the column's name.
  var words: String {
    switch self {
    case .split: "that the split goes by"
    case .interactions: "that `interactions.time` names"
    }
  }
}

/// Why rows cannot be split or ordered by time.
///
/// Cases carry the facts; ``description`` words them.
public enum TimeError: Error, Equatable, Sendable {
  case noRowsInTime(split: String, data: String, column: String, first: String, last: String)
  case mixedTimes(
    column: String, first: TimeExample, second: TimeExample, purpose: TimePurpose = .split)
  case boundUnit(column: String, unit: TimeUnit, found: String, foundUnit: TimeUnit)
  case timesOutOfOrder(column: String, validation: String, test: String)
}

extension TimeError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String { wording(printable(location), what, found: found, fix: fix) }

  private var location: String {
    switch self {
    case .noRowsInTime(_, let data, _, _, _): data
    case .mixedTimes(_, _, let second, _): "\(second.path):\(second.line)"
    case .boundUnit(let column, _, _, _), .timesOutOfOrder(let column, _, _): "column '\(column)'"
    }
  }

  private var what: String {
    switch self {
    case .noRowsInTime(let split, _, _, _, _): "no \(split) rows"
    case .mixedTimes(let column, _, _, let purpose):
      "times of two kinds in the column '\(printable(column))' \(purpose.words)"
    case .boundUnit: "the split begins at a time of another kind than the column has"
    case .timesOutOfOrder: "testFrom must be a time after validationFrom"
    }
  }

  private var found: String {
    switch self {
    case .noRowsInTime(_, _, let column, let first, let last):
      "times from \(printable(first)) to \(printable(last)) in column '\(printable(column))'"
    case .mixedTimes(_, let first, let second, _):
      "\(Self.text(second)), and \(Self.text(first)) in \(printable(first.path)):\(first.line)"
    case .boundUnit(_, let unit, let found, let foundUnit):
      "\(excerpt(found)), which is \(foundUnit.name), where the column has \(unit.name)"
    case .timesOutOfOrder(_, let validation, let test):
      "validationFrom \(excerpt(validation)), testFrom \(excerpt(test))"
    }
  }

  private var fix: String {
    switch self {
    case .noRowsInTime: "change validationFrom and testFrom, or give more rows"
    case .mixedTimes(_, _, _, let purpose):
      "write all times alike; if they are alike, say which they are, as in "
        + (purpose == .split ? "`time: {unit: seconds, …}`" : "`interactions: {…, unit: seconds}`")
    case .boundUnit:
      "write a date such as 2022-05-04, or a number in the unit of the column"
    case .timesOutOfOrder: "exchange them, or mend one of them"
    }
  }

  private static func text(_ example: TimeExample) -> String {
    "\(excerpt(example.text)) (\(example.unit.name))"
  }
}
