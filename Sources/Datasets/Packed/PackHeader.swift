import Foundation
import Tensors

/// What `pack.json` says of a packed folder: where its files are, what they hold, and what they were
/// made from.
///
/// The file carries the ``FileSeal`` of its bytes, so that no byte of it changes unseen.
struct PackHeader: Codable, Hashable, Sendable {
  /// The file's name.
  static let fileName = "pack.json"
  /// The version of the form, and of what reading makes of files; another one cannot be used.
  static let format = 1
  /// The file of the checksums.
  static let indexName = "blocks.xxh"
  /// How the name of the folder of the other files begins; 16 hexadecimal digits follow.
  static let rowsPrefix = "rows-"
  /// A description is no longer than this.
  static let mostBytes = 64 << 20

  /// ``format`` of who wrote it.
  var format = Self.format
  /// The version of the program that wrote it.
  var program: String
  /// The data's name.
  var name: String
  /// The hash of the schema, as ``DatasetSchema/packHash`` makes it.
  var schema: String
  /// The files that were read, and how they were then.
  var sources: [PackSource]
  /// The folder of the other files, inside.
  var rows: String
  /// Rows of training, validation and test.
  var counts: [Int]
  /// Ids, dense features and labels of a row.
  var fields, dense, tasks: Int
  /// The files, in the order of their checksums in ``indexName``.
  var files: [PackedFile]
  /// XXH64 of all checksums.
  var index: UInt64

  /// How many checksums there are.
  var blocks: Int { files.reduce(0) { $0 + $1.blocks } }

  /// A file by its name.
  subscript(_ name: String) -> PackedFile? { files.first { $0.name == name } }

  /// The number of a file's first checksum.
  func firstBlock(of file: PackedFile) -> Int {
    files.prefix { $0.name != file.name }.reduce(0) { $0 + $1.blocks }
  }
}

/// One file of a packed folder: items of a fixed size, checked in blocks of so many.
struct PackedFile: Codable, Hashable, Sendable {
  /// Its name.
  var name: String
  /// Bytes of an item, such as the ids of a row.
  var itemBytes: Int
  /// How many there are.
  var items: Int
  /// Items of a block; the last one may have fewer.
  var blockItems: Int

  /// Bytes of the file.
  var bytes: Int { itemBytes * items }

  var blocks: Int { (items + blockItems - 1) / blockItems }

  /// The items of a block.
  func items(ofBlock block: Int) -> Range<Int> {
    block * blockItems..<min(items, (block + 1) * blockItems)
  }

  /// The bytes of a block.
  func bytes(ofBlock block: Int) -> Range<Int> {
    let items = items(ofBlock: block)
    return items.lowerBound * itemBytes..<items.upperBound * itemBytes
  }

  /// A file of bytes that are no rows.
  static func whole(_ name: String, bytes: Int) -> Self {
    Self(name: name, itemBytes: 1, items: bytes, blockItems: 1 << 18)
  }
}

// MARK: - As a file

extension PackHeader {
  /// The file's bytes.
  func sealed() throws(PackError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return Array(
        FileSeal.json.sealing(String(decoding: try encoder.encode(self), as: UTF8.self)).utf8)
    } catch {
      throw .header(path: Self.fileName, what: "\(error)")
    }
  }

  private struct Version: Decodable { let format: Int }

  /// Reads the file's bytes and checks that what they say fits together.
  init(_ bytes: Data, path: String) throws(PackError) {
    guard FileSeal.isIntact(bytes) else {
      throw .header(path: path, what: "bytes that its seal does not fit")
    }
    do {
      let decoder = JSONDecoder()
      let format = try decoder.decode(Version.self, from: bytes).format
      guard format == Self.format else {
        throw PackError.version(path: path, found: format, known: Self.format)
      }
      self = try decoder.decode(Self.self, from: bytes)
    } catch let error as PackError {
      throw error
    } catch {
      throw .header(path: path, what: "\(error)")
    }
    if let what = contradiction { throw .header(path: path, what: what) }
  }

  /// What of it cannot be; nil if nothing.
  private var contradiction: String? {
    let digits = rows.dropFirst(Self.rowsPrefix.count)
    guard rows.hasPrefix(Self.rowsPrefix), digits.count == 16, digits.allSatisfy(\.isHexDigit)
    else { return "a folder of rows named '\(rows)'" }
    // Numbers within these bounds can be multiplied without a trap.
    guard counts.count == 3, counts.allSatisfy({ (0..<1 << 40).contains($0) }),
      [fields, dense, tasks].allSatisfy({ (0..<1 << 20).contains($0) })
    else { return "\(counts) rows of \(fields) ids, \(dense) numbers and \(tasks) labels" }
    for file in files {
      guard (1...1 << 22).contains(file.itemBytes), (0...1 << 40).contains(file.items),
        (1...1 << 30).contains(file.blockItems), !file.name.contains("/"), !file.name.hasPrefix(".")
      else { return "the file '\(file.name)'" }
    }
    guard Set(files.map(\.name)).count == files.count else { return "a file that stands twice" }
    for split in RowSplit.allCases {
      for column in RowColumn.allCases {
        guard let file = self[column.fileName(of: split)] else {
          if column.isOptional || width(of: column) * counts[Int(split.number)] == 0 { continue }
          return "no file of the \(column.rawValue) of \(split.rawValue)"
        }
        guard file.items == counts[Int(split.number)], file.itemBytes == 4 * width(of: column),
          file.blockItems == PackedRows.blockRows
        else { return "the file '\(file.name)' does not fit the rows" }
      }
    }
    return nil
  }

  /// Numbers of a row in a column file.
  func width(of column: RowColumn) -> Int {
    switch column {
    case .ids: fields
    case .dense: dense
    case .labels, .spaces: tasks
    case .groups: 1
    }
  }
}

/// What of the rows lies in a file of its own.
enum RowColumn: String, CaseIterable, Sendable {
  case ids, dense, labels, spaces, groups

  /// Whether it is read once more, for what is known of the labels.
  var isOfLabels: Bool { self == .labels || self == .spaces }

  /// Whether rows may be without it.
  var isOptional: Bool { self == .spaces || self == .groups }

  func fileName(of split: RowSplit) -> String {
    let type = self == .ids || self == .groups ? "i32" : "f32"
    return "\(split.rawValue).\(rawValue).\(type)"
  }
}
