/// Why a packed folder cannot be made or used.
public enum PackError: Error, Equatable, Sendable {
  /// There is no packed folder at the path.
  case missing(folder: String)
  /// The file that describes the folder is not as it was written.
  case header(path: String, what: String)
  /// Another version of the program has written it.
  case version(path: String, found: Int, known: Int)
  /// A file has another size than the folder says.
  case size(file: String, found: Int, expected: Int)
  /// Bytes of a file are not those that were written: which block, and which items it has, such as
  /// rows.
  case torn(file: String, block: Int, items: Range<Int>)
  /// A file holds numbers that nothing can be found by.
  case wrong(file: String, what: String)
  /// A file of the folder cannot be read.
  case unreadable(file: String, reason: String)
  /// The data have something that a packed folder does not keep.
  case unpackable(data: String, what: String)
  /// The folder holds other rows than are asked for.
  case refused(folder: String, reason: String)
  /// The folder is not a packed one and not empty.
  case notOurs(folder: String)
  /// Not all of a folder was removed: the names of what is not packed, or is being written.
  case remaining(folder: String, names: [String])
  /// Files or folders cannot be written.
  case writing(WritingError)
  /// The files to be packed are not what the schema says.
  case reading(ReaderError)
}

extension PackError: CustomStringConvertible {
  /// Where, what, what was found, and what to do.
  public var description: String {
    switch self {
    case .missing(let folder):
      wording(
        printable(folder), "no packed folder", found: "no \(PackHeader.fileName) in it",
        fix: "make one with `mtl-tui data pack SCHEMA --out DIR`")
    case .header(let path, let what):
      wording(
        printable(path), "the description of the packed folder is damaged",
        found: printable(what), fix: Self.again)
    case .version(let path, let found, let known):
      wording(
        printable(path), "a packed folder of another version",
        found: "format \(found), this program knows \(known)", fix: Self.again)
    case .size(let file, let found, let expected):
      wording(
        printable(file), "the file was cut or lengthened",
        found: "\(found) bytes, written were \(expected)", fix: Self.again)
    case .torn(let file, let block, let items):
      wording(
        printable(file), "block \(block) is damaged",
        found:
          "other bytes of items \(items.lowerBound) to \(items.upperBound - 1) than were written",
        fix: Self.again)
    case .wrong(let file, let what):
      wording(
        printable(file), "the file holds what cannot be", found: printable(what), fix: Self.again)
    case .unreadable(let file, let reason):
      wording(
        printable(file), "cannot be read", found: printable(reason),
        fix: "see that you may read it; else " + Self.again)
    case .unpackable(let data, let what):
      wording(
        printable(data), "cannot be packed", found: "\(what), which a packed folder does not keep",
        fix: "train from the schema itself, which reads the files")
    case .refused(let folder, let reason):
      wording(
        printable(folder), "the rows are not used: \(reason)",
        found: "other packed rows than are asked for", fix: Self.again)
    case .notOurs(let folder):
      wording(
        printable(folder), "is not replaced", found: "a folder that is neither packed nor empty",
        fix: "name a folder that is not there, is empty or holds what `data pack` wrote")
    case .remaining(let folder, let names):
      wording(
        printable(folder), "is not removed, only what was packed in it",
        found: names.prefix(5).map(printable).joined(separator: ", ")
          + (names.count > 5 ? " and \(names.count - 5) more" : ""),
        fix: "move away what is yours; what is being written can be removed once that has ended")
    case .writing(let error): error.description
    case .reading(let error): error.description
    }
  }

  private static let again = "pack the data again with `mtl-tui data pack SCHEMA --out DIR`"
}
