import Foundation
import Runs
import Tensors

/// The checksum by which a truth knows its log, of bytes that come in pieces.
///
/// 16 hexadecimal digits of FNV-1a 64; of a huge log `xxh64:` and those of XXH64, which reads sixteen
/// times as many bytes a second.
struct LogChecksum {
  private enum State {
    case fnv(UInt64)
    case xxh(XXH64Digest)
  }

  private static let mark = "xxh64:"
  private var state: State

  /// Of a log that is written.
  init(of preset: SyntheticPreset) {
    state = preset == .huge ? .xxh(XXH64Digest()) : .fnv(fnvOffset)
  }

  /// Of a log that is held against a checksum.
  init(like text: String) {
    state = text.hasPrefix(Self.mark) ? .xxh(XXH64Digest()) : .fnv(fnvOffset)
  }

  /// Takes the next bytes.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .fnv(let hash): state = .fnv(fnv1a(bytes, from: hash))
    case .xxh(var digest):
      state = .fnv(0)  // so that the digest's bytes have one owner
      digest.add(bytes)
      state = .xxh(digest)
    }
  }

  /// As it stands in the truth.
  var text: String {
    switch state {
    case .fnv(let hash): hexadecimal(hash)
    case .xxh(let digest): Self.mark + hexadecimal(digest.value)
    }
  }

  /// Whether bytes have a checksum.
  static func matches(_ bytes: Data, _ text: String) -> Bool {
    var sum = Self(like: text)
    bytes.withUnsafeBytes { sum.add($0) }
    return sum.text == text
  }

  /// Whether what is left of a source has a checksum; never more than a piece is in memory.
  static func matches(_ source: any ByteSource, _ text: String) throws(ReaderError) -> Bool {
    var sum = Self(like: text)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try buffer.fill(from: source, at: 0)
      if count == 0 { return sum.text == text }
      buffer.withUnsafeBytes { sum.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }
}
