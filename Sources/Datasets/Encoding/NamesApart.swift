import Runs
import Tensors

/// The names of vocabularies that are too large for `encoding.json`: two files beside it.
///
///     names.i64    where each text starts in the other file, and where the last one ends, field by field
///     names.utf8   the texts, one after another
///
/// They are those of a packed folder. A run's folder gets links to them where the system makes some, so
/// that 10⁸ names cost a run nothing, and copies else; either stays when the packed folder goes.
public struct NamesApart: Sendable {
  /// Bytes of names above which they lie apart.
  public static let usualBound = 64 << 20
  /// What the files are called in every folder.
  static let names = [PackedFile.nameStarts, PackedFile.nameBytes]

  let starts: Storage<Int64>
  let texts: Storage<UInt8>
  /// Where the files were when they were mapped, and their checksum as a packed folder counts it.
  private let files: NameTable.Files

  /// Names that are mapped already.
  init(_ starts: Storage<Int64>, _ texts: Storage<UInt8>, in folder: String, checksum: UInt64) {
    (self.starts, self.texts) = (starts, texts)
    files = NameTable.Files(folder: folder, checksum: checksum)
  }

  /// The files of a field's names, and of those of others; nil where there are none.
  private init?(_ table: NameTable) {
    guard let files = table.files else { return nil }
    (starts, texts, self.files) = (table.starts, table.bytes, files)
  }

  /// The files that a folder has; nil where it has none.
  ///
  /// Their bytes are not looked at.
  public init?(in folder: String) {
    // A folder without them is the usual one.
    guard let starts = try? MappedBytes(reading: "\(folder)/\(Self.names[0])"),
      let texts = try? MappedBytes(reading: "\(folder)/\(Self.names[1])")
    else { return nil }
    self.init(
      Storage(mapping: starts, count: starts.bytes.count / 8),
      Storage(mapping: texts, count: texts.bytes.count), in: folder, checksum: 0)
  }

  /// Bytes of both files.
  var bytes: Int { 8 * starts.count + texts.count }

  /// The names of one field.
  func table(first: Int, count: Int) -> NameTable {
    NameTable(starts: starts, bytes: texts, first: first, count: count, files: files)
  }

  /// XXH64 of checksums.
  static func checksum(of blocks: [UInt64]) -> UInt64 {
    blocks.map(\.littleEndian).withUnsafeBytes { xxh64($0) }
  }
}

// MARK: - Keeping

extension NamesApart {
  /// Sees to it that a folder has the files.
  ///
  /// - Throws: ``EncodingFileError/unkept(folder:reason:)``, such as for a full disk.
  public func keep(in other: String) throws(EncodingFileError) {
    do throws(SystemRefusal) {
      let contents = [
        UnsafeRawBufferPointer(starts.elements), UnsafeRawBufferPointer(texts.elements),
      ]
      for (name, bytes) in zip(Self.names, contents) {
        let path = "\(other)/\(name)"
        // One of another size was being copied when its program was killed.
        if FileStamp(path: path)?.size == bytes.count { continue }
        removeFile(path)
        if FileStamp(path: "\(files.folder)/\(name)")?.size == bytes.count,
          PackedFolder.linkFile(name, ofRows: files.folder, at: path)
        {
          continue
        }
        try copy(bytes, to: path)
      }
    } catch {
      throw .unkept(folder: other, reason: error.reason)
    }
  }

  private static let pieceBytes = 64 << 20

  private func copy(_ bytes: UnsafeRawBufferPointer, to path: String) throws(SystemRefusal) {
    let file = try SystemFile(creating: path, isPrivate: true)
    do throws(SystemRefusal) {
      for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
        let end = min(bytes.count, start + Self.pieceBytes)
        try file.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        starts.letGo()
        texts.letGo()
      }
    } catch {
      removeFile(path)
      throw error
    }
  }
}

// MARK: - In the description

extension NamesApart {
  /// What `encoding.json` says of them.
  struct Description: Codable, Hashable {
    /// A field whose names lie there, and the number of its first one.
    struct Field: Codable, Hashable {
      let field: Int
      let first: Int
      let count: Int
    }

    /// Numbers of the one file, and bytes of the other.
    let starts: Int
    let bytes: Int
    /// In hexadecimal digits.
    let checksum: String
    let fields: [Field]
  }

  /// The names of some columns that lie in files together, if they take more than so many bytes.
  static func of(
    _ features: FeatureSchema, above bound: Int
  ) -> (names: NamesApart, description: Description)? {
    let tables = features.fields.map(\.categories.table)
    guard let names = tables.lazy.compactMap({ $0.flatMap(Self.init) }).first,
      names.bytes > bound
    else {
      return nil
    }
    let fields = tables.enumerated().compactMap { index, table -> Description.Field? in
      guard let table, table.starts === names.starts else { return nil }
      return Description.Field(field: index, first: table.first, count: table.count)
    }
    return (
      names,
      Description(
        starts: names.starts.count, bytes: names.texts.count,
        checksum: hexadecimal(names.files.checksum), fields: fields)
    )
  }

  /// Maps the files of a folder, and looks at every byte.
  ///
  /// - Throws: ``EncodingFileError/damaged(path:what:)``.
  init(_ described: Description, in folder: String) throws(EncodingFileError) {
    var maps: [MappedBytes] = []
    var sums: [UInt64] = []
    let sizes = [8 * described.starts, described.bytes]
    for (name, size) in zip(Self.names, sizes) {
      let path = "\(folder)/\(name)"
      do throws(MappingRefusal) { maps.append(try MappedBytes(reading: path)) } catch {
        throw .damaged(path: path, what: error.reason)
      }
      let bytes = UnsafeRawBufferPointer(maps[maps.count - 1].bytes)
      guard bytes.count == size else {
        throw .damaged(path: path, what: "\(bytes.count) bytes, where \(size) were written")
      }
      let file = PackedFile.whole(name, bytes: size)
      for block in 0..<file.blocks {
        sums.append(xxh64(UnsafeRawBufferPointer(rebasing: bytes[file.bytes(ofBlock: block)])))
      }
      maps[maps.count - 1].letGo()
    }
    self.init(
      Storage(mapping: maps[0], count: described.starts),
      Storage(mapping: maps[1], count: described.bytes), in: folder,
      checksum: Self.checksum(of: sums))
    guard hexadecimal(files.checksum) == described.checksum else {
      throw .damaged(
        path: "\(folder)/\(Self.names[0])", what: "bytes of it, or of the texts, are others")
    }
  }
}

extension NamesApart.Description {
  /// The columns with the names of files.
  ///
  /// - Throws: ``EncodingFileError/damaged(path:what:)`` for fields that are not there.
  func named(
    _ features: FeatureSchema, _ names: NamesApart, path: String
  ) throws(EncodingFileError) -> FeatureSchema {
    var named = features
    for own in fields {
      // Texts begin one behind the other, or what is written is no more than numbers that fit.
      guard named.fields.indices.contains(own.field), own.first >= 0, own.count > 0,
        own.count < starts, own.first < starts - own.count, areRising(names, own)
      else { throw .damaged(path: path, what: "names apart of field \(own.field)") }
      named.fields[own.field].categories = CategoryNames(
        names.table(first: own.first, count: own.count))
    }
    return named
  }

  private func areRising(_ names: NamesApart, _ own: Field) -> Bool {
    var before: Int64 = 0
    for start in names.starts.elements[own.first...own.first + own.count] {
      guard start >= before, start <= bytes else { return false }
      before = start
    }
    return true
  }
}
