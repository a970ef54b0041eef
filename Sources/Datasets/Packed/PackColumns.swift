import Tensors

/// A file of a packed folder with its numbers in memory.
struct PackColumn: Sendable {
  /// Numbers of one kind.
  private enum Numbers: Sendable {
    case ids(Storage<Int32>)
    case floats(Storage<Float>)
    case starts(Storage<Int64>)
    case bytes(Storage<UInt8>)
  }

  let file: PackedFile
  private let numbers: Numbers

  /// The bytes; whoever holds the column keeps them.
  var bytes: UnsafeRawBufferPointer {
    switch numbers {
    case .ids(let all): UnsafeRawBufferPointer(start: all.base, count: file.bytes)
    case .floats(let all): UnsafeRawBufferPointer(start: all.base, count: file.bytes)
    case .starts(let all): UnsafeRawBufferPointer(start: all.base, count: file.bytes)
    case .bytes(let all): UnsafeRawBufferPointer(start: all.base, count: file.bytes)
    }
  }

  /// A column of so many rows, some numbers each; nil without a number.
  init?(_ column: RowColumn, of split: RowSplit, _ ids: Storage<Int32>, rows: Int) {
    guard let file = PackedFile(column, of: split, numbers: ids.count, rows: rows) else {
      return nil
    }
    (self.file, numbers) = (file, .ids(ids))
  }

  /// A column of so many rows, some numbers each; nil without a number.
  init?(_ column: RowColumn, of split: RowSplit, _ floats: Storage<Float>, rows: Int) {
    guard let file = PackedFile(column, of: split, numbers: floats.count, rows: rows) else {
      return nil
    }
    (self.file, numbers) = (file, .floats(floats))
  }

  /// Numbers that are no rows.
  init(_ name: String, _ ids: Storage<Int32>) {
    (file, numbers) = (.whole(name, bytes: 4 * ids.count), .ids(ids))
  }

  /// Where texts start.
  init(_ name: String, _ starts: [Int64]) {
    (file, numbers) = (.whole(name, bytes: 8 * starts.count), .starts(Storage(starts)))
  }

  /// Bytes that are no rows.
  init(_ name: String, _ bytes: [UInt8]) {
    (file, numbers) = (.whole(name, bytes: bytes.count), .bytes(Storage(bytes)))
  }

  /// The checksum of each block.
  func checksums(on pool: WorkerPool) -> [UInt64] {
    let map = ParallelMap<UInt64>(count: file.blocks) { [self] block in
      xxh64(UnsafeRawBufferPointer(rebasing: bytes[file.bytes(ofBlock: block)]))
    }
    map.run(on: pool)
    return map.results
  }
}

extension PackedFile {
  /// A column of so many rows, some numbers each; nil without a number.
  init?(_ column: RowColumn, of split: RowSplit, numbers: Int, rows: Int) {
    guard numbers > 0, rows > 0 else { return nil }
    self.init(
      name: column.fileName(of: split), itemBytes: 4 * (numbers / rows), items: rows,
      blockItems: PackedRows.blockRows)
  }
}

// MARK: - Of a data set

extension PackColumn {
  /// The rows of a data set.
  static func rows(of dataset: Dataset) -> [PackColumn] {
    var columns: [PackColumn] = []
    for (split, examples) in zip(
      RowSplit.allCases, [dataset.training, dataset.validation, dataset.test])
    {
      columns += rows(of: examples, split)
    }
    return columns
  }

  /// The lists of all fields.
  static func lists(of dataset: Dataset) -> [PackColumn] {
    var columns: [PackColumn] = []
    for (field, table) in (dataset.training.lists?.tables ?? []).enumerated() {
      guard let table else { continue }
      columns.append(PackColumn(PackedFile.listStarts(field), table.starts))
      columns.append(PackColumn(PackedFile.listIds(field), table.ids))
    }
    return columns
  }

  /// What is known of the rows, and what made them.
  static func facts(
    of dataset: Dataset, on pool: WorkerPool
  ) throws(PackError) -> [PackColumn] {
    var columns = [PackColumn(PackFacts.fileName, try PackFacts(dataset, on: pool).json())]
    guard let encoding = dataset.encoding?.naming(dataset.features.withoutNames) else {
      throw .unpackable(data: dataset.name, what: "rows that were made in memory")
    }
    columns.append(
      PackColumn(PackedFile.encoding, try PackJSON.bytes(of: encoding, PackedFile.encoding)))
    return columns
  }

  private static func rows(of examples: Examples, _ split: RowSplit) -> [PackColumn] {
    let rows = examples.count
    return [
      PackColumn(.ids, of: split, examples.ids, rows: rows),
      PackColumn(.dense, of: split, examples.dense, rows: rows),
      PackColumn(.labels, of: split, examples.labels, rows: rows),
      examples.spaces.flatMap { PackColumn(.spaces, of: split, $0, rows: rows) },
      examples.groups.flatMap { PackColumn(.groups, of: split, $0, rows: rows) },
    ].compactMap(\.self)
  }
}

extension PackedFile {
  static let encoding = "encoding.json"
  /// Of each field with names where they start, and where the last one ends.
  static let nameStarts = "names.i64"
  static let nameBytes = "names.utf8"

  static func listStarts(_ field: Int) -> String { "lists.\(field).starts.i32" }
  static func listIds(_ field: Int) -> String { "lists.\(field).ids.i32" }
}
