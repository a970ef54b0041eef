/// What can go wrong when a synthetic log is written.
public enum SyntheticError: Error, Sendable, Hashable {
  /// Something that is not a directory bears the directory's name.
  case notADirectory(path: String)
  /// A directory bears the name of a file to be written.
  case occupied(path: String)
  /// The system refused to make or to write a file or directory.
  case notWritable(path: String, reason: String)
}

extension SyntheticError: CustomStringConvertible {
  /// Where, what, what was found, and what to do.
  public var description: String {
    switch self {
    case .notADirectory(let path):
      """
      \(printable(path)): cannot write a log into it
        found: a file
        fix:   name a directory, or a path where none is yet
      """
    case .occupied(let path):
      """
      \(printable(path)): cannot be written
        found: a directory of that name
        fix:   move it away, or choose another directory
      """
    case .notWritable(let path, let reason):
      """
      \(printable(path)): cannot be written
        found: \(reason)
        fix:   choose a directory you may write to, with room for the log
      """
    }
  }

  /// Text with its control characters spelled out, so that a terminal does not obey them.
  private func printable(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format:
        "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      default: String(scalar)
      }
    }.joined()
  }
}
