/// Files written beside their places and renamed together; dropped unpublished, none remain.
///
/// Each is on the disk before it gets its name, and the names are on the disk when ``publish()``
/// returns. A file that is there already is left alone unless it is among those that may be
/// replaced. What a killed program left of the same files is cleared.
public struct StagedFiles: ~Copyable {
  /// Which files that are there may be replaced.
  public enum Replacing: Sendable {
    /// Whatever is there.
    case all
    /// Those of these names.
    case only(Set<String>)

    func contains(_ name: String) -> Bool {
      switch self {
      case .all: true
      case .only(let names): names.contains(name)
      }
    }
  }

  private let directory: String
  private let replacing: Replacing
  /// The directories that were not there, the innermost first.
  private let made: [String]
  private var folder: StagingFolder
  private var staged: [String] = []

  /// Prepares to write files of these names into a directory, made if it is not there.
  ///
  /// - Throws: ``WritingError``, before anything is written, if one of them is there and may not be
  ///   replaced.
  public init(
    _ names: [String], in directory: String, replacing: Replacing
  ) throws(WritingError) {
    let directory = directory.isEmpty ? "." : directory
    let made = try Self.makeDirectory(directory)
    for name in names { try Self.check("\(directory)/\(name)", replacing.contains(name)) }
    StagingFolder.clear(in: directory, of: names)
    var folder = try Self.stagingFolder(in: directory)
    folder.parents = made
    self.directory = directory
    self.replacing = replacing
    self.made = made
    self.folder = folder
  }

  /// Writes a file beside its place.
  public mutating func stage(_ bytes: [UInt8], as name: String) throws(WritingError) {
    do { try folder.write(bytes, as: name) } catch {
      throw .notWritable(path: "\(directory)/\(name)", reason: error.reason)
    }
    staged.append(name)
  }

  /// Lets somebody else write a file beside its place, who waits until the disk has it.
  mutating func stage(
    as name: String, by write: (consuming SystemFile) throws(SystemRefusal) -> Void
  ) throws(WritingError) {
    do { try write(folder.makeFile(name)) } catch {
      throw .notWritable(path: "\(directory)/\(name)", reason: error.reason)
    }
    staged.append(name)
  }

  /// Refuses to begin where files of so many bytes have no room.
  func checkRoom(for bytes: Int) throws(WritingError) {
    // Where the system does not say, writing itself finds out.
    guard let free = freeBytes(at: folder.path), free < bytes else { return }
    throw .noRoom(path: directory, needed: bytes, free: free)
  }

  /// Renames the files into their places, in the order in which they were staged.
  public mutating func publish() throws(WritingError) {
    for name in staged {
      let (old, new) = ("\(folder.path)/\(name)", "\(directory)/\(name)")
      do throws(SystemRefusal) {
        if replacing.contains(name) {
          try moveFile(old, to: new)
        } else {
          try moveFile(old, toFree: new)
        }
      } catch {
        throw error.isOccupied ? .notOurs(path: new) : .notWritable(path: new, reason: error.reason)
      }
    }
    staged = []
    try synchroniseNames()
  }

  private func synchroniseNames() throws(WritingError) {
    let parent = Self.parent(of: made.last ?? directory)
    for path in made.isEmpty ? [directory] : made + [parent ?? "."] {
      do { try SystemFile(opening: "\(path)/.").synchronise() } catch {
        throw .notWritable(path: path, reason: error.reason)
      }
    }
  }
}

// MARK: - One file
extension StagedFiles {
  /// Writes a text that carries its ``FileSeal`` to a path, whole or not at all.
  ///
  /// A file that is there is replaced if it carries an intact seal, or if anything may be.
  ///
  /// - Throws: ``WritingError``.
  public static func write(
    sealed text: String, to path: String, overwrite: Bool
  ) throws(WritingError) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let directory = path.contains("/") ? parent(of: path) ?? "/" : "."
    let isOurs = FileSeal.isIntact(at: path)
    var files = try StagedFiles(
      [name], in: directory, replacing: overwrite ? .all : .only(isOurs ? [name] : []))
    try files.stage(Array(FileSeal.comment.sealing(text).utf8), as: name)
    try files.publish()
  }
}

// MARK: - Directories
extension StagedFiles {
  private static func stagingFolder(in directory: String) throws(WritingError) -> StagingFolder {
    do { return try StagingFolder.make(in: directory) } catch {
      throw .notWritable(path: directory, reason: error.reason)
    }
  }

  private static func check(_ path: String, _ mayReplace: Bool) throws(WritingError) {
    switch PathKind(path) {
    case .nothing: return
    case .folder, .other: throw .occupied(path: path)
    case .file, .link: if !mayReplace { throw .notOurs(path: path) }
    }
  }

  /// Makes a directory and those above it; those that were not there, the innermost first.
  @discardableResult
  static func makeDirectory(_ path: String) throws(WritingError) -> [String] {
    if isFolder(path) { return [] }
    guard PathKind(path) == .nothing else { throw .notAFolder(path: path) }
    let above = try parent(of: path).map { path throws(WritingError) in try makeDirectory(path) }
    do { try makeFolder(path, mode: 0o755) } catch {
      guard error.isOccupied, isFolder(path) else {
        throw .notWritable(path: path, reason: error.reason)
      }
    }
    return [path] + (above ?? [])
  }

  /// The path without its last part; nil if nothing is above it.
  private static func parent(of path: String) -> String? {
    let parts = path.split(separator: "/")
    guard parts.count > 1 else { return nil }
    return (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
  }
}
