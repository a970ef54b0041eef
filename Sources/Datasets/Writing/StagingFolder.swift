import Foundation
import Runs
import Tensors

/// A hidden folder in which files are written whole before they are renamed into their places.
///
/// Its name cannot be guessed and making it fails where something bears it, so nobody can put a link
/// in its way. The process that made it holds the lock of its file `owner` as long as it lives:
/// whoever can take that lock knows that the process is gone, and may clear the folder.
struct StagingFolder: ~Copyable {
  /// How its name begins; 16 hexadecimal digits follow.
  static let prefix = ".mtl-tui-"
  private static let ownerName = "owner"
  /// What stands in `owner`; written behind the lock, so that a folder is never cleared half made.
  private static let mark = Array("files on their way, of mtl-tui\n".utf8)

  /// Where it is.
  let path: String
  /// Directories that go with the folder if nothing else is in them, the innermost first.
  var parents: [String] = []
  private let owner: SystemFile
  private let isPrivate: Bool
  private var names: [String] = []

  /// Makes one in a directory; others may never read what is private.
  static func make(
    in directory: String, isPrivate: Bool = false
  ) throws(SystemRefusal) -> StagingFolder {
    let path = "\(directory)/\(prefix)\(hexadecimal(UInt64.random(in: .min ... .max)))"
    try makeFolder(path, mode: 0o700)
    return StagingFolder(
      path: path, owner: try ownerFile(of: path, isPrivate: isPrivate), isPrivate: isPrivate)
  }

  private init(path: String, owner: consuming SystemFile, isPrivate: Bool) {
    self.path = path
    self.owner = owner
    self.isPrivate = isPrivate
  }

  /// Makes the file that says that the folder is in use; without it the folder goes again.
  private static func ownerFile(
    of path: String, isPrivate: Bool
  ) throws(SystemRefusal) -> SystemFile {
    do throws(SystemRefusal) {
      let owner = try SystemFile(creating: "\(path)/\(ownerName)", isPrivate: isPrivate)
      _ = owner.lock()
      try owner.write(mark)
      return owner
    } catch {
      removeFile("\(path)/\(ownerName)")
      removeFolder(path)
      throw error
    }
  }

  deinit {
    for name in names { removeFile("\(path)/\(name)") }
    removeFile("\(path)/\(Self.ownerName)")
    removeFolder(path)
    for parent in parents { removeFolder(parent) }
  }

  /// Makes a file that somebody else writes, and that goes with the folder.
  mutating func makeFile(_ name: String) throws(SystemRefusal) -> SystemFile {
    let file = try SystemFile(creating: "\(path)/\(name)", isPrivate: isPrivate)
    names.append(name)
    return file
  }

  /// Gives the folder another name, under which it stays; its lock is held as long as this lives.
  mutating func move(to other: String) throws(SystemRefusal) {
    // Who may read the files may read what stays in the folder.
    try allowReading(path, asFileOf: owner.permissions())
    try moveFile(path, to: other)
    names = []
  }

  /// Lets go of the lock, and removes what was not moved; until here nobody may clear the folder.
  consuming func close() {}

  /// Writes a file and waits until the disk has it.
  mutating func write(_ bytes: [UInt8], as name: String) throws(SystemRefusal) {
    let file = try makeFile(name)
    try file.write(bytes)
    try file.synchronise()
  }
}

// MARK: - What others left
extension StagingFolder {
  /// The folders in a directory whose makers are gone.
  static func abandoned(in directory: String) -> [String] {
    // A directory that is not there, or may not be read, holds none that could be cleared.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasPrefix(prefix) }.map { "\(directory)/\($0)" }.filter(isAbandoned)
  }

  /// Removes what the folders in a directory hold whose makers are gone, and the folders.
  static func clear(in directory: String, of files: [String]) {
    for path in abandoned(in: directory) {
      for name in files + [ownerName] { removeFile("\(path)/\(name)") }
      removeFolder(path)
    }
  }

  /// Removes a folder and the files in it; the mark goes last, so that a half removed one is known.
  static func remove(_ path: String) {
    clear(in: path, of: [PackStamp.fileName])
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for file in files where file != ownerName { removeFile("\(path)/\(file)") }
    removeFile("\(path)/\(ownerName)")
    removeFolder(path)
  }

  /// Whether a folder carries the mark, so that this program has made it.
  static func isMarked(_ path: String) -> Bool {
    // A file that cannot be opened is no mark that can be seen.
    guard let owner = try? SystemFile(opening: "\(path)/\(ownerName)") else { return false }
    return owner.start(count: mark.count) == mark
  }

  static func isAbandoned(_ path: String) -> Bool {
    guard PathKind(path) == .folder else { return false }
    let isOld = secondsSinceChange(of: path).map { $0 > 60 } ?? false
    do {
      let owner = try SystemFile(opening: "\(path)/\(ownerName)")
      guard owner.lock() else { return false }
      let start = owner.start(count: mark.count)
      // Killed before it wrote its mark, or about to write it.
      return start == mark || (start.isEmpty && isOld)
    } catch {
      return isOld
    }
  }
}
