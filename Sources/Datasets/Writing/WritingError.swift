/// What can go wrong when files are written.
public enum WritingError: Error, Sendable, Hashable {
  /// Something that is not a folder bears the folder's name.
  case notAFolder(path: String)
  /// A folder or a device bears the name of a file to be written.
  case occupied(path: String)
  /// A file is there that this program did not write, or that was changed since.
  case notOurs(path: String)
  /// The system refused to make or to write a file or folder.
  case notWritable(path: String, reason: String)
}

extension WritingError: CustomStringConvertible {
  /// Where, what, what was found, and what to do.
  public var description: String {
    switch self {
    case .notAFolder(let path):
      wording(
        printable(path), "cannot write into it", found: "a file",
        fix: "name a folder, or a path where none is yet")
    case .occupied(let path):
      wording(
        printable(path), "cannot be written",
        found: "a folder or a device of that name",
        fix: "move it away, or choose another folder")
    case .notOurs(let path):
      wording(
        printable(path), "is there already, and is not replaced",
        found: "a file that mtl-tui did not write, or that was changed since",
        fix: "choose another place, or replace it with --overwrite")
    case .notWritable(let path, let reason):
      wording(
        printable(path), "cannot be written", found: printable(reason),
        fix: "choose a folder you may write to, with room for the files")
    }
  }
}
