/// What can be wrong with a file or folder of a run; the wording of all of it is in one place.
public enum StoreError: Error, Equatable {
  /// A file or folder cannot be used: its path, what was tried, and what the system said.
  case unusable(path: String, doing: String, reason: String)
  /// A file is not what it should be: its path, and what is wrong with it.
  case damaged(path: String, what: String)
  /// A file is whole, but of another model: its path, and what does not fit.
  case mismatch(path: String, what: String)
}

extension StoreError: CustomStringConvertible {
  /// Where, what was found, and what to do.
  public var description: String {
    switch self {
    case .unusable(let path, let doing, let reason): "\(path): cannot \(doing): \(reason)"
    case .damaged(let path, let what): "\(path): damaged: \(what)"
    case .mismatch(let path, let what): "\(path): does not fit the model: \(what)"
    }
  }
}
