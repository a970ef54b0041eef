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
  /// The files are larger than what is free on the disk, in bytes.
  case noRoom(path: String, needed: Int, free: Int)
  /// A person or the system asked to end before the files were whole.
  case ended(path: String)
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
    case .noRoom(let path, let needed, let free):
      wording(
        printable(path), "has no room for the files",
        found: "\(Self.megabytes(free)) free; they need about \(Self.megabytes(needed))",
        fix: "free space on that disk, choose a folder on another, or ask for fewer rows")
    case .ended(let path):
      wording(
        printable(path), "nothing was written", found: "a request to end before all was written",
        fix: "give the same command again, which begins anew")
    }
  }

  private static func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
}
