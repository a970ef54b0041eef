import Tensors

/// The rows of one split of a packed folder, read block by block without mapping them.
///
/// Every block that is read is checked, so that what comes from here is what was written. Blocks may be
/// read by several threads at once.
public final class PackedRows: Sendable {
  /// Rows of a block; the last one may have fewer.
  public static let blockRows = 1024

  /// Which rows they are.
  public let split: RowSplit
  /// How many rows.
  public let count: Int
  /// Ids of a row.
  public let fields: Int
  /// Dense features of a row.
  public let dense: Int
  /// Labels of a row.
  public let tasks: Int
  /// The tasks whose labels are read, by their number in the folder; nil: all.
  private let kept: [Int]?
  private let lists: FieldLists?
  private let columns: [PackedColumn]

  init(
    _ split: RowSplit, _ header: PackHeader, in rows: String, checksums: [UInt64],
    lists: FieldLists?
  ) throws(PackError) {
    self.split = split
    self.lists = lists
    count = header.counts[Int(split.number)]
    (fields, dense, tasks) = (header.fields, header.dense, header.tasks)
    var columns: [PackedColumn] = []
    for column in RowColumn.allCases {
      guard let file = header[column.fileName(of: split)] else { continue }
      columns.append(
        try PackedColumn(column, file, in: rows, checksums, from: header.firstBlock(of: file)))
    }
    self.columns = columns
    kept = nil
  }

  /// The same rows with the labels of some tasks alone, in their order.
  init(_ rows: PackedRows, keeping kept: [Int]) {
    (split, count, fields, dense) = (rows.split, rows.count, rows.fields, rows.dense)
    (lists, columns) = (rows.lists, rows.columns)
    tasks = kept.count
    self.kept = kept.map { rows.kept?[$0] ?? $0 }
  }

  /// Whether rows count differently for tasks.
  public var hasSpaces: Bool { columns.contains { $0.kind == .spaces } }
  /// Whether rows are grouped.
  public var hasGroups: Bool { columns.contains { $0.kind == .groups } }
  /// Bytes of a row in all columns.
  public var rowBytes: Int { columns.reduce(0) { $0 + $1.file.itemBytes } }
  /// How many blocks.
  public var blocks: Int { (count + Self.blockRows - 1) / Self.blockRows }

  /// The rows of a block.
  public func rows(ofBlock block: Int) -> Range<Int> {
    block * Self.blockRows..<min(count, (block + 1) * Self.blockRows)
  }

  /// Memory for so many rows, with the columns that these rows have.
  public func memory(rows: Int) -> Examples {
    SplitMemory(
      rows: rows, fields: fields, dense: dense, tasks: tasks, hasSpaces: hasSpaces, lists: lists,
      hasGroups: hasGroups
    ).examples
  }

  /// Reads the rows of a block into memory as ``memory(rows:)`` gives it, from one of its rows on.
  ///
  /// - Throws: ``PackError`` for what cannot be read or is not what was written.
  public func read(block: Int, into target: Examples, at row: Int) throws(PackError) {
    let rows = rows(ofBlock: block)
    precondition(
      !rows.isEmpty && row >= 0 && row + rows.count <= target.count,
      "block \(block) of \(blocks) does not fit at row \(row) of \(target.count)")
    for column in columns {
      guard let start = target.start(of: column.kind) else { continue }
      if let kept, column.kind == .labels || column.kind == .spaces {
        let own = UnsafeMutableRawPointer(start + 4 * row * tasks)
        try column.read(block, rows: rows.count, keeping: kept, into: own)
      } else {
        try column.read(block, into: start + row * column.file.itemBytes)
      }
    }
  }
}

extension Examples {
  /// The memory of a column; nil if rows have none.
  fileprivate func start(of column: RowColumn) -> UnsafeMutableRawPointer? {
    switch column {
    case .ids: UnsafeMutableRawPointer(ids.base)
    case .dense: UnsafeMutableRawPointer(dense.base)
    case .labels: UnsafeMutableRawPointer(labels.base)
    case .spaces: spaces.map { UnsafeMutableRawPointer($0.base) }
    case .groups: groups.map { UnsafeMutableRawPointer($0.base) }
    }
  }
}

/// One column of rows in its file.
private final class PackedColumn: Sendable {
  let kind: RowColumn
  let file: PackedFile
  private let path: String
  private let opened: SystemFile
  private let checksums: ArraySlice<UInt64>

  init(
    _ kind: RowColumn, _ file: PackedFile, in rows: String, _ checksums: [UInt64], from first: Int
  ) throws(PackError) {
    self.kind = kind
    self.file = file
    path = "\(rows)/\(file.name)"
    self.checksums = checksums[first..<first + file.blocks]
    do { opened = try SystemFile(opening: path) } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
  }

  /// Reads some numbers of each row.
  func read(
    _ block: Int, rows: Int, keeping kept: [Int], into start: UnsafeMutableRawPointer
  ) throws(PackError) {
    let width = file.itemBytes / 4
    let all = Storage<Float>(unwritten: rows * width)
    try read(block, into: UnsafeMutableRawPointer(all.base))
    for row in 0..<rows {
      for (at, task) in kept.enumerated() {
        start.storeBytes(
          of: all.base[row * width + task], toByteOffset: 4 * (row * kept.count + at),
          as: Float.self)
      }
    }
  }

  func read(_ block: Int, into start: UnsafeMutableRawPointer) throws(PackError) {
    let bytes = file.bytes(ofBlock: block)
    let target = UnsafeMutableRawBufferPointer(start: start, count: bytes.count)
    do {
      let got = try opened.read(into: target, at: bytes.lowerBound)
      guard got == bytes.count else {
        throw PackError.size(file: path, found: bytes.lowerBound + got, expected: file.bytes)
      }
    } catch let error as SystemRefusal {
      throw .unreadable(file: path, reason: error.reason)
    } catch let error as PackError {
      throw error
    } catch {
      throw .unreadable(file: path, reason: "\(error)")
    }
    guard xxh64(UnsafeRawBufferPointer(target)) == checksums[checksums.startIndex + block] else {
      throw .torn(file: path, block: block, items: file.items(ofBlock: block))
    }
  }
}
