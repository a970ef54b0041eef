import Foundation
import Runs
import Tensors

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file that rows were read from, and how it was then.
public struct PackSource: Codable, Hashable, Sendable {
  /// Where it is, absolute.
  public var path: String
  /// Its bytes; −1 where there was none.
  public var size: Int
  /// When it was last changed, in nanoseconds since 1970.
  public var changed: Int

  /// A file as it is now.
  public init(path: String) {
    self.path = Self.absolute(path)
    var status = stat()
    guard stat(path, &status) == 0 else {
      (size, changed) = (-1, 0)
      return
    }
    (size, changed) = (Int(status.st_size), FileStamp(status).changed)
  }

  /// A path as it is from the root.
  static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

/// By what it shows that nobody has touched a file since.
struct FileStamp: Codable, Hashable, Sendable {
  let node: UInt64
  let size: Int
  /// When its bytes were last changed, in nanoseconds since 1970.
  let changed: Int
  /// When anything of it was last changed; no program can set it back.
  let touched: Int

  init(_ status: stat) {
    node = UInt64(status.st_ino)
    size = Int(status.st_size)
    #if canImport(Darwin)
      let (own, any) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (own, any) = (status.st_mtim, status.st_ctim)
    #endif
    changed = Int(own.tv_sec) * 1_000_000_000 + Int(own.tv_nsec)
    touched = Int(any.tv_sec) * 1_000_000_000 + Int(any.tv_nsec)
  }

  /// The file at a path; nil if there is none.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status)
  }
}

extension DatasetSchema {
  /// A number that follows from all that the schema means, the group of its rows included; nil where it
  /// cannot be written as JSON, so that nobody could tell.
  public var packHash: String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let bytes = try? encoder.encode(self) else { return nil }
    return hexadecimal(bytes.withUnsafeBytes { xxh64($0) })
  }

  /// The files that the schema names in a folder, as they are now; nil where one can be read only once.
  ///
  /// - Throws: ``ReaderError`` for a pattern that nothing matches.
  public func sources(in folder: String) throws(ReaderError) -> [PackSource]? {
    let paths = try SchemaPaths(self, FileNames(source: .folder(folder)))
    let all = paths.log.flatMap(\.paths) + paths.joins.flatMap(\.self)
    guard !all.contains(FileNames.standardInput) else { return nil }
    let truth = folder.isEmpty ? TruthFile.name : "\(folder)/\(TruthFile.name)"
    return (all + [truth]).map(PackSource.init(path:))
  }
}
