public import Foundation
import Runs
import Tensors

/// How a file says that this program wrote it, and that nobody changed it since: its end holds the
/// checksum (FNV-1a 64) of all that stands before. In a text whose comments begin with `#`:
///
///     # Written by mtl-tui and not changed since: checksum 0123456789abcdef
///
/// and in a JSON object, as its last value, `"seal": "0123456789abcdef"`. A file with an intact seal
/// may be replaced without asking; any other is somebody's own.
public enum FileSeal: CaseIterable, Sendable {
  /// A last line that is a comment.
  case comment
  /// A last value of an object that is written a line a value.
  case json

  private static let digits = 16

  private var opening: String {
    switch self {
    case .comment: "# Written by mtl-tui and not changed since: checksum "
    case .json: ",\n  \"seal\": \""
    }
  }

  private var closing: String {
    switch self {
    case .comment: "\n"
    case .json: "\"\n}\n"
    }
  }

  /// A text with its seal at the end; of an object the closing brace is on a line of its own.
  public func sealing(_ text: String) -> String {
    var body = text.hasSuffix("\n") ? text : text + "\n"
    if self == .json { body = String(body.dropLast("\n}\n".count)) }
    return body + end(of: Data(body.utf8))
  }

  /// Whether bytes end in a seal that fits what stands before it.
  public static func isIntact(_ bytes: Data) -> Bool {
    allCases.contains { seal in
      let length = seal.opening.utf8.count + digits + seal.closing.utf8.count
      guard bytes.count >= length else { return false }
      return bytes.suffix(length).elementsEqual(seal.end(of: bytes.dropLast(length)).utf8)
    }
  }

  /// Whether a file ends in a seal that fits; false also for what is no plain file or not readable.
  public static func isIntact(at path: String) -> Bool {
    guard PathKind(path) == .file, let bytes = FileManager.default.contents(atPath: path) else {
      return false
    }
    return isIntact(bytes)
  }

  private func end(of body: Data) -> String { opening + checksum(of: body) + closing }
}

/// The checksum of bytes, FNV-1a 64, as 16 hexadecimal digits.
func checksum(of bytes: Data) -> String { hexadecimal(bytes.withUnsafeBytes { fnv1a($0) }) }
