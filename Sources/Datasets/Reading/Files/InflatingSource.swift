import CZlib

/// The bytes that a gzip source holds, several members one after another included.
///
/// Memory does not grow with the file: a few bytes of gzip may stand for gigabytes.
final class InflatingSource: ByteSource {
  private let source: any ByteSource
  private let path: String
  private var stream = z_stream()
  private var input = [UInt8](repeating: 0, count: 1 << 18)
  /// Which bytes of `input` are not inflated yet.
  private var unread = 0..<0
  private var state = State.inflating
  private var written = 0

  /// How gzip begins.
  static let mark: [UInt8] = [0x1F, 0x8B]

  private enum State {
    case inflating
    /// Behind a member: another one, zeros or the end.
    case between
    case ended
  }

  init(_ source: any ByteSource, path: String) throws(ReaderError) {
    self.source = source
    self.path = path
    guard inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .badGzip(path: path, reason: "zlib does not start") }
  }

  deinit { inflateEnd(&stream) }

  var share: Double { source.share }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReaderError) -> Int {
    while state != .ended {
      if state == .between { try beginMember() }
      guard state == .inflating else { continue }
      if unread.isEmpty { try fill() }
      let got = try inflate(into: buffer)
      written += got
      if got > 0 { return got }
    }
    return 0
  }

  private func fill() throws(ReaderError) { unread = 0..<(try input.fill(from: source, at: 0)) }

  /// Some programs fill the last block up with zeros; they are no member.
  private func beginMember() throws(ReaderError) {
    while true {
      if unread.isEmpty { try fill() }
      guard let first = unread.first else {
        state = .ended
        return
      }
      if input[first] != 0 { break }
      unread = (first + 1)..<unread.upperBound
    }
    guard inflateReset(&stream) == Z_OK else {
      throw .badGzip(path: path, reason: "a damaged member")
    }
    state = .inflating
  }

  private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(ReaderError) -> Int {
    let given = unread.count
    let room = min(buffer.count, 1 << 30)
    let start = unread.lowerBound
    let status = input.withUnsafeMutableBufferPointer { bytes -> Int32 in
      stream.next_in = bytes.baseAddress.map { $0 + start }
      stream.avail_in = uInt(given)
      stream.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
      stream.avail_out = uInt(room)
      return CZlib.inflate(&stream, Z_NO_FLUSH)
    }
    unread = (unread.upperBound - Int(stream.avail_in))..<unread.upperBound
    let got = room - Int(stream.avail_out)
    switch status {
    case Z_STREAM_END: state = .between
    case Z_OK, Z_BUF_ERROR:
      guard given > 0 || got > 0 else {
        throw .badGzip(
          path: path, reason: "the data end after \(written) bytes, before the gzip end mark")
      }
    default:
      throw .badGzip(
        path: path, reason: stream.msg.map { String(cString: $0) } ?? "zlib status \(status)")
    }
    return got
  }
}
