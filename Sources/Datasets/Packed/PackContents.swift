import Foundation
import Runs

/// What of a folder's contents packing has made, and what is somebody's own.
struct PackContents {
  /// Folders of rows, whether a description names them or not, and what killed programs left.
  private(set) var folders: [String] = []
  /// Whether the folder's description is one of packed rows: sealed, or damaged beside rows.
  private(set) var isDescribed = false
  /// Whether there is the file that writers lock.
  private(set) var hasLock = false
  /// Temporary files that killed programs left: others lose their names as soon as they are made.
  private(set) var scratches: [String] = []
  /// The names of what packing has not made.
  private(set) var others: [String] = []

  /// Looks at a folder.
  ///
  /// - Throws: ``PackError`` for a folder that cannot be read.
  init(of folder: String) throws(PackError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw .unreadable(file: folder, reason: error.localizedDescription)
    }
    let description = "\(folder)/\(PackHeader.fileName)"
    folders = names.filter { Self.isFolderOfOurs($0, in: folder) }
    // Ours is empty.
    let lock = "\(folder)/\(PackLock.name)"
    hasLock = PathKind(lock) == .file && FileStamp(path: lock)?.size == 0
    isDescribed =
      PathKind(description) == .file
      && (FileSeal.isIntact(at: description)
        || folders.contains { $0.hasPrefix(PackHeader.rowsPrefix) })
    scratches = names.filter {
      Self.isNumbered($0, scratchPrefix) && PathKind("\(folder)/\($0)") == .file
    }
    for name in names where !folders.contains(name) && !scratches.contains(name) {
      if name == PackLock.name && hasLock || name == PackHeader.fileName && isDescribed { continue }
      others.append(name)
    }
  }

  /// Whether there is anything but the lock that packing has made.
  var hasRows: Bool { isDescribed || !folders.isEmpty || !scratches.isEmpty }

  /// Whether a name is that of a folder that packing makes, and the folder is marked where its name
  /// alone does not say so.
  static func isFolderOfOurs(_ name: String, in folder: String) -> Bool {
    let path = "\(folder)/\(name)"
    guard PathKind(path) == .folder else { return false }
    if isNumbered(name, StagingFolder.prefix) { return true }
    return isNumbered(name, PackHeader.rowsPrefix) && StagingFolder.isMarked(path)
  }

  private static func isNumbered(_ name: String, _ prefix: String) -> Bool {
    let digits = name.dropFirst(prefix.count)
    return name.hasPrefix(prefix) && digits.count == 16 && digits.allSatisfy(\.isHexDigit)
  }

  /// Bytes of rows that nobody writes any more; nil if there are none.
  ///
  /// Of a folder without description.
  static func abandonedBytes(in folder: String) -> Int? {
    // A folder that is not there, or may not be read, holds none that could be cleared.
    let left = ((try? Self(of: folder))?.folders ?? []).map { "\(folder)/\($0)" }
      .filter(StagingFolder.isAbandoned)
    guard !left.isEmpty else { return nil }
    return left.reduce(0) { sum, path in
      let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return files.reduce(sum) { $0 + (FileStamp(path: "\(path)/\($1)")?.size ?? 0) }
    }
  }

  /// Removes all that packing has made in a folder, and the folder if nothing else is in it.
  ///
  /// - Returns: whether there was anything.
  /// - Throws: ``PackError/remaining(folder:names:)`` for what is somebody's own, or being written.
  static func remove(from folder: String) throws(PackError) -> Bool {
    guard isFolder(folder) else { return false }
    var contents = try Self(of: folder)
    let hadRows = contents.hasRows
    if hadRows {
      do throws(SystemRefusal) {
        let lock = try PackLock(of: folder)
        if contents.isDescribed { removeFile("\(folder)/\(PackHeader.fileName)") }
        lock.clear(keeping: nil)
      } catch {
        throw .writing(.notWritable(path: folder, reason: error.reason))
      }
      contents = try Self(of: folder)
    }
    let names = contents.others + contents.folders
    // A writer at work needs the lock.
    guard names.isEmpty, !contents.isDescribed else {
      throw .remaining(folder: folder, names: names)
    }
    if contents.hasLock { removeFile("\(folder)/\(PackLock.name)") }
    removeFolder(folder)
    return hadRows
  }
}

/// Who holds it may replace a folder's description, and remove what nobody describes.
struct PackLock: ~Copyable {
  static let name = ".lock"
  private let folder: String
  private let file: SystemFile

  /// Waits for the lock.
  init(of folder: String) throws(SystemRefusal) {
    self.folder = folder
    file = try SystemFile(locking: "\(folder)/\(Self.name)")
    _ = file.waitForLock()
  }

  /// Removes rows that a description does not name and nobody writes, and what killed programs left.
  func clear(keeping header: PackHeader?) {
    // A folder that may not be read holds none that could be cleared.
    guard let contents = try? PackContents(of: folder) else { return }
    // Whoever is making one this moment has it open, and takes its name away as well.
    for name in contents.scratches { removeFile("\(folder)/\(name)") }
    for name in contents.folders where name != header?.rows {
      let path = "\(folder)/\(name)"
      if StagingFolder.isAbandoned(path) { StagingFolder.remove(path) }
    }
  }
}
