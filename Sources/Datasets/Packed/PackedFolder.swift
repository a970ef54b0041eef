import Foundation
import Runs
import Tensors

/// A folder of rows that were packed: opened without reading the rows.
///
///     DIR/pack.json                       what there is, sealed
///     DIR/rows-HEX/training.ids.i32 …     columns row-major, little-endian, 4 bytes a number
///     DIR/rows-HEX/blocks.xxh             XXH64 of every block of every file
///     DIR/rows-HEX/checked.json           how the files were when all blocks fitted
///
/// All files but the last are checked in blocks; see ``verify(threads:progress:)``.
public struct PackedFolder: Sendable {
  /// Where it is.
  public let path: String
  let header: PackHeader
  private let checksums: [UInt64]

  /// Opens a folder: reads the description and the checksums, and looks at the sizes of all files.
  ///
  /// - Throws: ``PackError``.
  public init(path: String) throws(PackError) {
    self.path = path
    // Another process may put other rows in the place of these at any moment.
    var attempt = 0
    while true {
      attempt += 1
      let header = try Self.header(in: path)
      do throws(PackError) {
        checksums = try Self.checksums(header, in: path)
        self.header = header
        return
      } catch {
        guard attempt < 5, try Self.header(in: path).rows != header.rows else { throw error }
      }
    }
  }

  /// Whether a folder holds packed rows, whole or damaged.
  public static func isThere(_ path: String) -> Bool {
    PathKind("\(path)/\(PackHeader.fileName)") == .file
  }

  /// The data's name.
  public var name: String { header.name }
  /// The rows of training, validation and test.
  public var counts: [Int] { header.counts }
  /// Bytes of all files.
  public var bytes: Int { header.files.reduce(0) { $0 + $1.bytes } }
  /// The version of the program that wrote it.
  public var program: String { header.program }
  /// The hash of the schema that the rows were read by.
  public var schema: String { header.schema }
  /// The files that were read, and how they were then.
  public var sources: [PackSource] { header.sources }

  var rows: String { "\(path)/\(header.rows)" }

  private static func header(in folder: String) throws(PackError) -> PackHeader {
    let path = "\(folder)/\(PackHeader.fileName)"
    guard let stamp = FileStamp(path: path) else { throw .missing(folder: folder) }
    guard stamp.size <= PackHeader.mostBytes else {
      throw .header(path: path, what: "\(stamp.size) bytes")
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw .unreadable(file: path, reason: error.localizedDescription)
    }
    return try PackHeader(bytes, path: path)
  }

  private static func checksums(
    _ header: PackHeader, in folder: String
  ) throws(PackError) -> [UInt64] {
    let rows = "\(folder)/\(header.rows)"
    for file in header.files { try checkSize(of: file.name, in: rows, expected: file.bytes) }
    try checkSize(of: PackHeader.indexName, in: rows, expected: 8 * header.blocks)
    let path = "\(rows)/\(PackHeader.indexName)"
    let bytes = try map(path)
    let raw = UnsafeRawBufferPointer(bytes.bytes)
    guard raw.count == 8 * header.blocks, xxh64(raw) == header.index else {
      throw .torn(file: path, block: 0, items: 0..<header.blocks)
    }
    return (0..<header.blocks).map {
      UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
    }
  }

  private static func checkSize(
    of name: String, in rows: String, expected: Int
  ) throws(PackError) {
    let path = "\(rows)/\(name)"
    guard let stamp = FileStamp(path: path) else {
      throw .unreadable(file: path, reason: "there is no such file")
    }
    guard stamp.size == expected else {
      throw .size(file: path, found: stamp.size, expected: expected)
    }
  }

  private static func map(_ path: String) throws(PackError) -> MappedBytes {
    do { return try MappedBytes(reading: path) } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
  }
}

// MARK: - Checking

extension PackedFolder {
  /// Counts all checksums and looks at what the files hold, unless they are as they were when that was
  /// done last.
  ///
  /// - Parameters:
  ///   - threads: how many count.
  ///   - progress: hears the share done, and what is being done.
  /// - Throws: ``PackError`` that names the first block that is not what was written, or the first
  ///   number that cannot be.
  public func verifyIfTouched(
    threads: Int, progress: (Double, String) -> Void
  ) throws(PackError) {
    let stamp = PackStamp(header, in: path)
    if let stamp, stamp.isKnown(in: rows) { return }
    try verify(threads: threads, progress: progress)
    try checkContents(threads: threads)
    if let stamp, stamp == PackStamp(header, in: path) { stamp.write(into: rows) }
  }

  /// Counts all checksums.
  ///
  /// - Parameters:
  ///   - threads: how many count.
  ///   - progress: hears the share done, and what is being done.
  /// - Throws: ``PackError`` that names the first block that is not what was written.
  public func verify(
    threads: Int, progress: (Double, String) -> Void = { _, _ in }
  ) throws(PackError) {
    let pool = WorkerPool(threads: threads)
    let all = Double(max(1, bytes))
    var done = 0
    for file in header.files {
      try verify(file, on: pool) {
        progress(
          Double(done + $0 * file.itemBytes * file.blockItems) / all, "checking \(file.name)")
      }
      done += file.bytes
    }
  }

  private func verify(
    _ file: PackedFile, on pool: WorkerPool, _ count: (Int) -> Void
  ) throws(PackError) {
    guard file.blocks > 0 else { return }
    let mapped = try Self.map("\(rows)/\(file.name)")
    try check(file, mapped)
    let first = header.firstBlock(of: file)
    let fits = ParallelMap<Bool>(count: file.blocks) { [checksums] block in
      Self.sum(mapped, file, block) == checksums[first + block]
    }
    fits.run(on: pool) { done in if done % 1024 < 2 * pool.threads { count(done) } }
    guard let block = fits.results.firstIndex(of: false) else { return }
    throw .torn(file: "\(rows)/\(file.name)", block: block, items: file.items(ofBlock: block))
  }

  private func check(_ file: PackedFile, _ mapped: MappedBytes) throws(PackError) {
    guard mapped.bytes.count == file.bytes else {
      throw .size(
        file: "\(rows)/\(file.name)", found: mapped.bytes.count, expected: file.bytes)
    }
  }

  private static func sum(_ mapped: MappedBytes, _ file: PackedFile, _ block: Int) -> UInt64 {
    xxh64(
      UnsafeRawBufferPointer(
        rebasing: UnsafeRawBufferPointer(mapped.bytes)[file.bytes(ofBlock: block)]))
  }
}

// MARK: - Links

extension PackedFolder {
  /// Gives a file of a folder of rows a second name, which does not count as touching the folder; false
  /// where the system makes none.
  ///
  /// A link changes when a file was touched last, and nothing of its bytes: a folder that was checked
  /// stays so. When the second name goes, it is checked once more.
  static func linkFile(_ name: String, ofRows rows: String, at path: String) -> Bool {
    let folder = URL(fileURLWithPath: rows).deletingLastPathComponent().path
    // The file may lie in the folder of a run, which nobody checks so.
    let header = try? header(in: folder)
    let isChecked = header.map { PackStamp($0, in: folder)?.isKnown(in: rows) ?? false } ?? false
    guard Datasets.linkFile("\(rows)/\(name)", at: path) else { return false }
    if let header, isChecked { PackStamp(header, in: folder)?.write(into: rows) }
    return true
  }
}

// MARK: - The data set

extension PackedFolder {
  /// The data set of a folder, checked as far as anybody has touched its files: the one way to rows
  /// that are used.
  ///
  /// Where another process puts other rows in the place of these meanwhile, those are opened, and
  /// asked about as these were. A file that has changed since it was packed is said in
  /// ``Dataset/readingNotices``.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - threads: how many check.
  ///   - refusal: why rows that were just opened are not wanted; nil if they are.
  ///   - progress: hears the share done, and what is being done.
  /// - Returns: the rows.
  /// - Throws: ``PackError``.
  public static func dataset(
    in path: String, threads: Int, accepting refusal: (PackedFolder) -> String? = { _ in nil },
    progress: (Double, String) -> Void
  ) throws(PackError) -> Dataset {
    var attempt = 0
    while true {
      attempt += 1
      let folder = try PackedFolder(path: path)
      if let reason = refusal(folder) { throw .refused(folder: path, reason: reason) }
      do throws(PackError) {
        try folder.verifyIfTouched(threads: threads, progress: progress)
        var dataset = try folder.dataset()
        dataset.readingNotices =
          folder.changedSource.map {
            ["the rows are as \(printable(path)) has them; since it was packed, \($0)"]
          } ?? []
        return dataset
      } catch {
        guard attempt < 5, try header(in: path).rows != folder.header.rows else { throw error }
      }
    }
  }

  /// The column that groups the rows; nil if none does.
  ///
  /// Opens all files, so that a missing one shows.
  ///
  /// - Throws: ``PackError``.
  public func group() throws(PackError) -> String? { try dataset().group }

  /// The data set, whose rows lie in mapped files; O(1) in the rows.
  ///
  /// What is read here, all but rows, names and lists, is checked. The rest is as checked as
  /// ``verifyIfTouched(threads:progress:)`` left it.
  ///
  /// - Throws: ``PackError``.
  func dataset() throws(PackError) -> Dataset {
    let facts = try json(PackFacts.self, PackFacts.fileName)
    let bare = try json(DatasetEncoding.self, PackedFile.encoding)
    let features = try naming(facts)
    let lists = try lists(facts)
    var splits: [Examples] = []
    for split in RowSplit.allCases { splits.append(try examples(split, lists)) }
    guard facts.known.isWhole(tasks: header.tasks), facts.tasks.count == header.tasks,
      features.fields.count == header.fields, features.dense.count == header.dense
    else { throw damaged("facts of other columns") }
    var dataset = Dataset(
      name: header.name, features: features, tasks: facts.tasks, training: splits[0],
      validation: splits[1], test: splits[2], joins: facts.joins)
    (dataset.bounds, dataset.boundNotice) = (facts.bounds, facts.boundNotice)
    (dataset.group, dataset.notices) = (facts.group, facts.notices)
    (dataset.inputs, dataset.spellings) = (facts.inputs, facts.spellings)
    dataset.encoding = bare.naming(features).spelled(facts.yaml)
    dataset.known = facts.known
    return dataset
  }

  private func damaged(_ what: String) -> PackError {
    .header(path: "\(path)/\(PackHeader.fileName)", what: what)
  }

  /// A part that is JSON, checked.
  private func json<Value: Decodable>(
    _: Value.Type, _ name: String
  ) throws(PackError) -> Value {
    guard let file = header[name] else { throw damaged("no file \(name)") }
    let mapped = try Self.map("\(rows)/\(name)")
    try check(file, mapped)
    let first = header.firstBlock(of: file)
    for block in 0..<file.blocks where Self.sum(mapped, file, block) != checksums[first + block] {
      throw .torn(file: "\(rows)/\(name)", block: block, items: file.items(ofBlock: block))
    }
    return try PackJSON.value(
      Value.self, of: UnsafeRawBufferPointer(mapped.bytes), "\(rows)/\(name)")
  }

  /// All numbers of a file.
  func storage<Number>(
    _ name: String, of: Number.Type, numbers: Int? = nil
  ) throws(PackError) -> Storage<Number> {
    guard let file = header[name] else {
      return try empty(name, numbers: numbers)
    }
    let size = MemoryLayout<Number>.stride
    guard file.bytes % size == 0, numbers == nil || numbers == file.bytes / size else {
      throw damaged("the file \(name) of \(file.bytes) bytes")
    }
    let mapped = try Self.map("\(rows)/\(name)")
    try check(file, mapped)
    return Storage(mapping: mapped, count: file.bytes / size)
  }

  private func empty<Number>(_ name: String, numbers: Int?) throws(PackError) -> Storage<Number> {
    guard numbers ?? 0 == 0 else { throw damaged("no file \(name)") }
    do {
      return Storage(mapping: try MappedBytes(reading: "\(path)/\(PackHeader.fileName)"), count: 0)
    } catch {
      throw .unreadable(file: "\(path)/\(PackHeader.fileName)", reason: error.reason)
    }
  }

  private func examples(_ split: RowSplit, _ lists: FieldLists?) throws(PackError) -> Examples {
    let count = header.counts[Int(split.number)]
    func column<Number>(_ column: RowColumn, _: Number.Type) throws(PackError) -> Storage<Number> {
      try storage(
        column.fileName(of: split), of: Number.self, numbers: count * header.width(of: column))
    }
    func has(_ column: RowColumn) -> Bool { header[column.fileName(of: split)] != nil }
    return Examples(
      count: count, ids: try column(.ids, Int32.self), dense: try column(.dense, Float.self),
      labels: try column(.labels, Float.self),
      spaces: has(.spaces) ? try column(.spaces, Float.self) : nil, lists: lists,
      groups: has(.groups) ? try column(.groups, Int32.self) : nil,
      packed: try PackedRows(split, header, in: rows, checksums: checksums, lists: lists))
  }

  /// The fields with their texts.
  private func naming(_ facts: PackFacts) throws(PackError) -> FeatureSchema {
    var features = facts.features
    let starts = try storage(PackedFile.nameStarts, of: Int64.self)
    let bytes = try storage(PackedFile.nameBytes, of: UInt8.self)
    guard facts.nameCounts.count == features.fields.count else { throw damaged("other names") }
    let apart = NamesApart(
      starts, bytes, in: rows, checksum: NamesApart.checksum(of: NamesApart.names.flatMap(sums)))
    var first = 0
    for (field, count) in facts.nameCounts.enumerated() where count >= 0 {
      guard count < starts.count - first else { throw damaged("fewer names than fields have") }
      features.fields[field].categories = CategoryNames(apart.table(first: first, count: count))
      first += count + 1
    }
    guard first == starts.count else { throw damaged("more names than fields have") }
    return features
  }

  /// The checksums of a file's blocks.
  private func sums(ofFile name: String) -> ArraySlice<UInt64> {
    guard let file = header[name] else { return [] }
    let first = header.firstBlock(of: file)
    return checksums[first..<first + file.blocks]
  }

  private func lists(_ facts: PackFacts) throws(PackError) -> FieldLists? {
    var tables = [FieldLists.Table?](repeating: nil, count: header.fields)
    for field in facts.listFields {
      guard tables.indices.contains(field) else { throw damaged("lists of field \(field)") }
      tables[field] = FieldLists.Table(
        starts: try storage(PackedFile.listStarts(field), of: Int32.self),
        ids: try storage(PackedFile.listIds(field), of: Int32.self))
    }
    return FieldLists(tables)
  }
}
