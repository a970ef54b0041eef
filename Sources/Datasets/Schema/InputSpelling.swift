import Runs

/// How a typed text becomes the value of an input: as the schema reads the texts of its column.
public struct InputSpelling: Sendable, Hashable, Codable {
  /// What a text of the column is.
  enum Form: Sendable, Hashable, Codable {
    /// A category, or several of them.
    case text(CategoryRule.List?)
    /// A number whose group is the category.
    case grouped(NumberGrouping)
    /// A number whose interval is the category, by rising bounds; and whether a missing one has a
    /// category of its own.
    case buckets([Double], hasMissing: Bool)
    /// A number.
    case number
  }

  /// What a text is.
  var form: Form
  /// The texts that mean a missing value.
  var missing: [String]
}

extension InputSpelling {
  /// How a column of a schema is spelled; nil for one that is no input.
  init?(_ column: DatasetSchema.Column, missing: MissingTexts, buckets: NumberBuckets?) {
    self.missing = missing[column.source]
    switch column.role {
    case .ignore: return nil
    case .numeric: form = .number
    case .categorical:
      if let buckets {
        form = .buckets(buckets.bounds, hasMissing: buckets.hasMissing)
      } else {
        form = column.grouping.map { .grouped($0) } ?? .text(column.rule.list)
      }
    }
  }
}

/// Why an input of a row cannot be given another value.
public enum InputChangeError: Error, Equatable, Sendable {
  /// There is no input of this name.
  case noInput(String, known: [String])
  /// The column holds numbers, and the text is none.
  case notANumber(column: String, found: String)
  /// The column's values are counted and have no names, and the text is no number of one.
  case noValue(column: String, found: String, count: Int)
}

extension InputChangeError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .noInput(let name, let known):
      "no input '\(printable(name))'"
        + (nearest(to: name, in: known).map { "; did you mean '\(printable($0))'?" }
          ?? "; give one of \(known.prefix(8).map(printable).joined(separator: ", "))"
          + (known.count > 8 ? " …" : ""))
    case .notANumber(let column, let found):
      "\(printable(column)) holds numbers, found '\(printable(found))'; give a number, as in 0.5"
    case .noValue(let column, let found, let count):
      "\(printable(column)) has values 0 to \(count - 1), found '\(printable(found))'; give one of these"
    }
  }
}
