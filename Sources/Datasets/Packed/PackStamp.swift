import Foundation
import Tensors

/// How the files of a packed folder were when they had been written, or all their checksums fitted: as
/// long as they are so, nobody has touched them, and no checksum is counted again.
///
/// A file that was copied, changed or damaged by a program is another one by its node or its times.
struct PackStamp: Codable, Equatable {
  static let fileName = "checked.json"

  private let files: [String: FileStamp]
  /// What the description says.
  private let description: UInt64

  /// The files of a folder as they are now; nil if one is missing.
  init?(_ header: PackHeader, in folder: String) {
    var files: [String: FileStamp] = [:]
    for name in header.files.map(\.name) + [PackHeader.indexName] {
      guard let stamp = FileStamp(path: "\(folder)/\(header.rows)/\(name)") else { return nil }
      files[name] = stamp
    }
    self.files = files
    guard let bytes = try? header.sealed() else { return nil }
    description = bytes.withUnsafeBytes { xxh64($0) }
  }

  /// Whether the folder's note says the same.
  func isKnown(in rows: String) -> Bool {
    guard let bytes = FileManager.default.contents(atPath: "\(rows)/\(Self.fileName)"),
      FileSeal.isIntact(bytes), let kept = try? JSONDecoder().decode(Self.self, from: bytes)
    else { return false }
    return kept == self
  }

  /// Leaves the note; a folder that cannot be written is checked anew each time.
  func write(into rows: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    guard let bytes = try? encoder.encode(self),
      var files = try? StagedFiles([Self.fileName], in: rows, replacing: .all),
      (try? files.stage(
        Array(FileSeal.json.sealing(String(decoding: bytes, as: UTF8.self)).utf8),
        as: Self.fileName)) != nil
    else { return }
    try? files.publish()
  }
}
