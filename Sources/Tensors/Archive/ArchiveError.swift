/// Why state could not be put back.
public enum ArchiveError: Error, Equatable {
  /// Nothing was saved by this name.
  case missing(String)
  /// What was saved has other elements.
  case kind(String, found: ArchiveKind, expected: ArchiveKind)
  /// What was saved has another number of elements.
  case size(String, found: Int, expected: Int)
  /// What was saved says what cannot be.
  case content(String, String)
  /// These were saved and belong to nothing.
  case unknown([String])
}

extension ArchiveError: CustomStringConvertible {
  /// Where, and what was found and expected.
  public var description: String {
    switch self {
    case .missing(let name): "'\(name)' is missing"
    case .kind(let name, let found, let expected):
      "'\(name)' has elements of kind \(found.rawValue), expected \(expected.rawValue)"
    case .size(let name, let found, let expected):
      "'\(name)' has \(found) elements, expected \(expected)"
    case .content(let name, let what): "'\(name)': \(what)"
    case .unknown(let names):
      "nothing knows "
        + names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        + (names.count > 3 ? " and \(names.count - 3) more" : "")
    }
  }
}
