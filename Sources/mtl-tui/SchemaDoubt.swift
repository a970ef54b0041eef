import Datasets
import Foundation

/// Whether a file that cannot be read as a schema was meant as one.
///
/// Somebody may name any file with `--data`: `/etc/shadow`, a key, a letter. A message about a line
/// of a schema quotes it; of any other file nothing may be printed.
struct SchemaDoubt {
  private let path: String

  /// Asks about a file.
  init(path: String) { self.path = path }

  /// What to say of an error: its own words, or others that quote nothing of the file.
  func words(for error: SchemaError) -> String {
    switch error {
    case .syntax, .duplicate, .unknownKey, .wrongValue:
      guard !namesASchema else { return "\(error)" }
      return """
        \(printable(path)): this is no schema.
          found: a file without a line that begins with \(Self.keys.joined(separator: ", "))
          fix:   name the schema of the data (.yaml); `mtl-tui data infer FILE` writes one for a table
        """
    default: return "\(error)"
    }
  }

  private static let keys = ["columns:", "files:", "tasks:"]

  /// Whether some line begins as one of a schema must.
  private var namesASchema: Bool {
    guard let bytes = FileManager.default.contents(atPath: path) else { return false }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).contains {
      line in
      let start = line.drop { " {\"'".contains($0) }
      return Self.keys.contains { key in
        start.hasPrefix(key) || start.hasPrefix(key.dropLast() + "\":")
          || start.hasPrefix(key.dropLast() + "':")
      }
    }
  }
}
