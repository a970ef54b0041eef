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
    guard !isFolder.boolValue else { throw .folder(path: path, schemas: schemas(in: path)) }
    let bytes = try bytes(path)
    if let kind = FileKind(Array(bytes.prefix(PeekedSource.headBytes))),
      ![.json, .macLines].contains(kind)
    {
      throw .notASchema(path: path, kind: kind)
    }
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let body = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes
    if let (fields, delimiter) = table(body.prefix(1 << 16)) {
      throw .table(path: path, fields: fields, delimiter: delimiter)
    }
    guard bytes.count <= SchemaLimits.bytes else {
      throw .limit(path: path, line: 1, .bytes(found: bytes.count))
    }
    guard let text = String(validating: body, as: UTF8.self) else {
      throw .notUTF8(path: path, line: firstBadLine(bytes))
    }
    guard text.contains(where: { !$0.isWhitespace }) else { throw .empty(path: path) }
    return text
  }

  /// The bytes, at most one more than a schema may have: a device has no end.
  private static func bytes(_ path: String) throws(SchemaError) -> Data {
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      var bytes = Data()
      while bytes.count <= SchemaLimits.bytes,
        let more = try handle.read(upToCount: SchemaLimits.bytes + 1 - bytes.count), !more.isEmpty
      { bytes += more }
      return bytes
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
  }

  private static func schemas(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
  }

  /// How many fields each of the first rows has, where a text looks like a table: the first two
  /// lines have equally many of a delimiter, and the first is no `key: value`.
  private static func table(_ bytes: Data) -> (fields: Int, delimiter: String)? {
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).prefix(2)
    guard lines.count == 2, !lines[0].contains(": "), lines[0].last != ":",
      !lines.contains(where: { "#[]{}&*!%-".contains($0.first ?? " ") && $0.count < 4 })
    else { return nil }
    let counts = ["\t", ",", ";", "|"].map { delimiter in
      (
        delimiter: delimiter,
        counts: lines.map { $0.components(separatedBy: delimiter).count }
      )
    }
    let best = counts.filter { $0.counts[0] > 1 && $0.counts[0] == $0.counts[1] }
      .max { $0.counts[0] < $1.counts[0] }
    return best.map { ($0.counts[0], $0.delimiter) }
  }

  /// The line of the first bytes that are no UTF-8.
  private static func firstBadLine(_ bytes: Data) -> Int {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
    return 1 + (bad ?? 0)
  }
}
