import Foundation

/// A schema from a file, with the folder that its paths start at.
public struct SchemaFile: Sendable, Hashable {
  /// What the file says.
  public let schema: DatasetSchema
  /// The schema's folder.
  public let folder: String

  /// Reads the schema at a path.
  ///
  /// - Throws: ``SchemaError`` for a file that is missing or no schema.
  public init(path: String) throws(SchemaError) {
    schema = try DatasetSchema(yaml: Self.text(path), path: path)
    let parent = (path as NSString).deletingLastPathComponent
    folder = parent.isEmpty ? "." : parent
  }

  private static func text(_ path: String) throws(SchemaError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .missingFile(path: path)
    }
    guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "a folder") }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let body = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes
    guard let text = String(validating: body, as: UTF8.self) else {
      throw .notUTF8(path: path, line: firstBadLine(bytes))
    }
    guard text.contains(where: { !$0.isWhitespace }) else { throw .empty(path: path) }
    return text
  }

  /// The line of the first bytes that are no UTF-8.
  private static func firstBadLine(_ bytes: Data) -> Int {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
    return 1 + (bad ?? 0)
  }
}
