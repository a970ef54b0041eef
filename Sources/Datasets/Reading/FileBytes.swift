import CZlib
import Foundation

/// The bytes of a file: mapped where it is plain, inflated where it is gzip (told by its first
/// bytes, not by its name).
enum FileBytes {
  /// Reads a file.
  static func read(_ path: String, hint: String?) throws(ReaderError) -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .missingFile(path: path, hint: hint)
    }
    guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "a folder") }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
    return try unpacked(bytes, path: path)
  }

  /// Bytes as they are, or inflated if they begin as gzip does.
  static func unpacked(_ bytes: Data, path: String) throws(ReaderError) -> Data {
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    return try inflate(bytes, path: path)
  }

  /// Inflates gzip data, several members one after another included.
  static func inflate(_ compressed: Data, path: String) throws(ReaderError) -> Data {
    var stream = z_stream()
    guard inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw .badGzip(path: path, reason: "zlib does not start") }
    defer { inflateEnd(&stream) }
    var result = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    let reason: String? = compressed.withUnsafeBytes { input -> String? in
      let base = input.bindMemory(to: UInt8.self).baseAddress
      var consumed = 0
      while true {
        let left = input.count - consumed
        stream.next_in = UnsafeMutablePointer(mutating: base.map { $0 + consumed })
        stream.avail_in = uInt(min(left, 1 << 30))
        let given = Int(stream.avail_in)
        let status = chunk.withUnsafeMutableBufferPointer { out -> Int32 in
          stream.next_out = out.baseAddress
          stream.avail_out = uInt(out.count)
          let status = CZlib.inflate(&stream, Z_NO_FLUSH)
          result.append(out.baseAddress.unsafelyUnwrapped, count: out.count - Int(stream.avail_out))
          return status
        }
        consumed += given - Int(stream.avail_in)
        switch status {
        case Z_STREAM_END:
          // Some programs fill the last block up with zeros.
          if input[consumed...].allSatisfy({ $0 == 0 }) { return nil }
          guard inflateReset(&stream) == Z_OK else { return "a damaged member" }
        case Z_OK: continue
        case Z_BUF_ERROR:
          return "the data end after \(result.count) bytes, before the gzip end mark"
        default: return stream.msg.map { String(cString: $0) } ?? "zlib status \(status)"
        }
      }
    }
    if let reason { throw .badGzip(path: path, reason: reason) }
    return result
  }
}
