import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Bytes that come one after another, once: a file, a pipe, memory, or what was packed in one.
protocol ByteSource: AnyObject {
  /// The share of its bytes that is read, 0...1; 0 where nobody knows how many there will be.
  var share: Double { get }

  /// Fills a buffer from its front.
  ///
  /// - Returns: how many bytes came; 0 at the end only.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReaderError) -> Int
}

/// A file, a pipe or standard input, read with `read(2)`.
///
/// A pipe is read to its end like a file, and a file that is cut while it is read is an end, not a
/// fault of a memory map.
final class FileSource: ByteSource {
  private let descriptor: Int32
  private let path: String
  private let size: Int?
  private var count = 0

  /// Opens a path; `-` is standard input.
  init(_ path: String, hint: String?) throws(ReaderError) {
    self.path = FileNames.shown(path)
    let isInput = path == FileNames.standardInput
    descriptor = isInput ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if [ENOENT, ENOTDIR].contains(errno), !isInput {
        throw .missingFile(path: path, hint: hint)
      }
      throw .unreadable(path: self.path, reason: Self.reason(errno))
    }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw .unreadable(path: self.path, reason: Self.reason(errno))
    }
    size = facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
    guard facts.st_mode & S_IFMT != S_IFDIR else {
      throw .unreadable(path: path, reason: "a folder")
    }
    guard isatty(descriptor) == 0 else {
      throw .unreadable(path: self.path, reason: "a terminal, into which nothing is piped")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  var share: Double { size.map { $0 > 0 ? min(1, Double(count) / Double($0)) : 1 } ?? 0 }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReaderError) -> Int {
    while true {
      #if canImport(Glibc)
        let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let got = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if got >= 0 {
        count += got
        return got
      }
      guard errno == EINTR else { throw .unreadable(path: path, reason: Self.reason(errno)) }
    }
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}

/// Bytes in memory.
final class MemorySource: ByteSource {
  private let bytes: Data
  private var count = 0

  init(_ bytes: Data) { self.bytes = bytes }

  var share: Double { bytes.isEmpty ? 1 : Double(count) / Double(bytes.count) }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let got = min(buffer.count, bytes.count - count)
    let start = bytes.startIndex + count
    if got > 0 { bytes.copyBytes(to: buffer, from: start..<start + got) }
    count += got
    return got
  }
}

/// A source whose first bytes can be looked at before they are read.
final class PeekedSource: ByteSource {
  /// The first bytes, at most ``headBytes``.
  let head: [UInt8]
  private let source: any ByteSource
  private var given = 0

  /// Enough for every mark by which files are known.
  static let headBytes = 4096

  init(_ source: any ByteSource) throws(ReaderError) {
    self.source = source
    var head = [UInt8](repeating: 0, count: Self.headBytes)
    var count = 0
    while count < head.count {
      let got = try head.fill(from: source, at: count)
      if got == 0 { break }
      count += got
    }
    head.removeLast(head.count - count)
    self.head = head
  }

  var share: Double { source.share }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReaderError) -> Int {
    guard given < head.count else { return try source.read(into: buffer) }
    let got = min(buffer.count, head.count - given)
    head[given..<given + got].withUnsafeBytes { buffer.copyMemory(from: $0) }
    given += got
    return got
  }
}

extension ByteSource {
  /// All bytes that are left.
  func remainder() throws(ReaderError) -> Data {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var bytes = Data()
    while true {
      let count = try buffer.fill(from: self, at: 0)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}

extension [UInt8] {
  /// Reads into the bytes from a place on; 0 at the end of the source.
  mutating func fill(from source: any ByteSource, at start: Int) throws(ReaderError) -> Int {
    var failure: ReaderError?
    let got = withUnsafeMutableBytes { bytes -> Int in
      do throws(ReaderError) {
        return try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    return got
  }
}

extension ByteSource where Self == PeekedSource {
  /// The text of a file: inflated where it is gzip, which its first bytes tell, not its name.
  ///
  /// - Throws: ``ReaderError`` for what is no text, and for JSON where none is expected.
  static func text(
    of source: any ByteSource, path: String, isJSON: Bool = false
  ) throws(ReaderError) -> PeekedSource {
    var peeked = try PeekedSource(source)
    let isPacked = peeked.head.starts(with: InflatingSource.mark)
    if isPacked { peeked = try PeekedSource(InflatingSource(peeked, path: path)) }
    if let kind = FileKind(peeked.head), !(isJSON && kind == .json) {
      throw .file(.notText(path: path, kind: kind))
    }
    return peeked
  }
}
