/// What one input's column holds, before it is made into ids or numbers.
public struct InputFacts: Sendable, Hashable, Codable {
  /// What the column is to a model.
  public enum Kind: String, Sendable, Hashable, Codable {
    case categorical, numeric
  }

  /// The input's name.
  public var name: String
  /// Categories or numbers.
  public var kind: Kind
  /// Training rows.
  public var rows: Int
  /// Training rows in which nothing stands, or that have no match in the joined table.
  public var missing: Int
  /// Different texts of the training rows, missing ones aside; 0 of a numeric input.
  public var distinct = 0
  /// Categories with an id of their own; 0 of a numeric input.
  public var kept = 0
  /// Training rows that a category needs for an id of its own; 0 of a numeric input.
  public var minimumCount = 0
  /// The least and the greatest number of the training rows; nil without any.
  public var range: ClosedRange<Double>?
  /// Whether 1 is an input of its own where the number is above 0.
  public var hasIndicator = false
  /// The separator that its values seem to be lists by; nil if they do not, or are read as lists.
  public var listSeparator: String?
  /// The separator that its values are read as lists by though it stands in none of them; else nil.
  public var idleSeparator: String?
  /// A value that seems to be a list.
  public var listExample: String?

  /// What is wrong with it, if it tells a model nothing.
  public var fault: Fault? {
    switch kind {
    case .numeric:
      guard let range else { return .noNumber }
      let isConstant = range.lowerBound == range.upperBound
      let tellsMissing = hasIndicator && missing > 0 && range.lowerBound > 0
      return isConstant && !tellsMissing ? .neverVaries : nil
    case .categorical:
      if distinct == 0 { return .noText }
      if kept == 0 { return .rareOnly(minimumCount: minimumCount) }
      return distinct == 1 && missing == 0 ? .neverVaries : nil
    }
  }

  /// Why an input tells a model nothing.
  public enum Fault: Sendable, Hashable {
    case noNumber, noText, neverVaries, rareOnly(minimumCount: Int)

    /// In words, behind the input's name.
    var words: String {
      switch self {
      case .noNumber: "has no number in the training rows"
      case .noText: "has no value in the training rows"
      case .neverVaries: "never varies in the training rows"
      case .rareOnly(let count):
        "has no category with \(count) training row\(count == 1 ? "" : "s") or more"
      }
    }
  }
}

extension [InputFacts] {
  /// What of the inputs carries nothing, and which look like lists.
  var notices: [String] {
    let faults = compactMap { input in input.fault.map { "\(printable(input.name)) \($0.words)" } }
    let lists = compactMap { input -> String? in
      guard let separator = input.listSeparator, let example = input.listExample else { return nil }
      return "\(printable(input.name)): values such as \(excerpt(example)) look like lists; name "
        + "`separator: \"\(separator)\"` to read each part as a value"
    }
    let dead =
      faults.isEmpty ? [] : ["inputs that carry nothing: " + faults.joined(separator: "; ")]
    let idle = compactMap { input in
      input.idleSeparator.map {
        "\(printable(input.name)): the separator \(excerpt($0)) stands in no training row's value, so "
          + "each is a list of one"
      }
    }
    return dead + lists + idle
  }
}
