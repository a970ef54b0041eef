import Foundation
public import Metrics

/// A file without a name, for what memory has no room for: it goes with the program, however that ends.
public final class TemporaryFile: KeyScratch {
  private let file: SystemFile

  /// Makes one in a folder.
  ///
  /// - Throws: ``TemporaryFileError``.
  public init(in folder: String = TemporaryFile.usualFolder) throws(TemporaryFileError) {
    do {
      file = try SystemFile(scratchIn: folder)
    } catch {
      throw TemporaryFileError(folder: folder, reason: error.reason)
    }
    self.folder = folder
  }

  private let folder: String

  /// `TMPDIR` where it is set; else `/var/tmp`, which lies on a disk where `/tmp` may be memory.
  public static var usualFolder: String {
    if let named = ProcessInfo.processInfo.environment["TMPDIR"], !named.isEmpty { return named }
    return isFolder("/var/tmp") ? "/var/tmp" : "/tmp"
  }

  /// Writes bytes behind those that were written before.
  ///
  /// - Throws: ``TemporaryFileError``, such as for a full disk.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    do throws(SystemRefusal) { try file.write(bytes) } catch {
      throw TemporaryFileError(folder: folder, reason: error.reason)
    }
  }

  /// Fills a buffer with what was written from an offset on.
  ///
  /// - Throws: ``TemporaryFileError``, also where there is less.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    let count: Int
    do throws(SystemRefusal) { count = try file.read(into: buffer, at: offset) } catch {
      throw TemporaryFileError(folder: folder, reason: error.reason)
    }
    guard count == buffer.count else {
      throw TemporaryFileError(folder: folder, reason: "\(count) bytes of \(buffer.count)")
    }
  }
}

/// Why a temporary file cannot be had, written or read.
public struct TemporaryFileError: Error, CustomStringConvertible {
  let folder: String
  let reason: String

  /// Where and why; which variable names another folder.
  public var description: String {
    "a temporary file in \(folder): \(reason); TMPDIR names another folder"
  }
}
