/// A file for a person that is there as a whole or not at all, with the permissions that a person's files
/// usually have.
public enum WholeFile {
  /// Writes a file beside its name, and gives it the name when all of it is on the disk.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: whether a file of that name may be replaced.
  ///   - body: hands the bytes to the sink that it is given, in order.
  /// - Throws: ``StoreError/unusable(path:doing:reason:)`` for what the system refuses, and for a file
  ///   that is there and may not be replaced; nothing of this one remains then.
  public static func write(
    to path: String, replacing: Bool,
    _ body: ((UnsafeRawBufferPointer) throws(StoreError) -> Void) throws(StoreError) -> Void
  ) throws(StoreError) {
    guard replacing || FileStatus(path) == nil else {
      throw .unusable(path: path, doing: "write it", reason: "something is there; see --overwrite")
    }
    if let folder = folder(of: path), FileStatus(folder)?.isFolder != true {
      throw .unusable(path: path, doing: "write it", reason: "its folder is not there")
    }
    let disk = Disk.real
    var file = try staged(path, on: disk, body)
    try file.rename()
    try disk.synchroniseNames(of: folder(of: path) ?? ".")
  }

  private static func staged(
    _ path: String, on disk: Disk,
    _ body: ((UnsafeRawBufferPointer) throws(StoreError) -> Void) throws(StoreError) -> Void
  ) throws(StoreError) -> AtomicFile {
    let file = try AtomicFile(path, on: disk, permissions: 0o666)
    try body { (bytes) throws(StoreError) in try file.write(bytes) }
    try file.synchronise()
    return file
  }
}
