import Tensors

/// A file of one column of packed rows while rows come.
final class RowFile {
  /// Where rows are written; by several threads at once, each its own rows.
  let target: RowTarget
  private let path: String
  private var items = 0
  private(set) var checksums: [UInt64] = []
  /// Bytes behind the last whole block.
  private var open: [UInt8] = []

  init(
    _ file: PackedFile, _ system: consuming SystemFile, path: String, leavesMemory: Bool = false
  ) {
    target = RowTarget(file: file, system: ScratchFile(system), leavesMemory: leavesMemory)
    self.path = path
  }

  /// The file with the rows that it has.
  var file: PackedFile {
    var file = target.file
    file.items = items
    return file
  }

  /// Writes rows behind those that are there.
  func append(_ bytes: UnsafeRawBufferPointer) throws(SystemRefusal) {
    take(try target.write(bytes, at: items))
  }

  /// Takes in the rows that were written behind those that are there.
  func take(_ sums: BlockSums) {
    items += sums.items
    open += sums.head
    if open.count == target.file.itemBytes * target.file.blockItems { closeBlock() }
    checksums += sums.whole
    open += sums.tail
  }

  private func closeBlock() {
    checksums.append(open.withUnsafeBytes { xxh64($0) })
    open.removeAll(keepingCapacity: true)
  }

  /// Closes the last block and waits until the disk has all rows.
  func finish() throws(SystemRefusal) {
    if !open.isEmpty { closeBlock() }
    try target.system.system.synchronise()
  }

  /// The numbers of all rows, mapped.
  func storage<Number>(_: Number.Type) throws(PackError) -> Storage<Number> {
    do {
      let mapped = try MappedBytes(reading: path)
      return Storage(mapping: mapped, count: mapped.bytes.count / MemoryLayout<Number>.stride)
    } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
  }
}

/// A file that rows are written into.
///
/// Where a file is large its rows leave memory soon after they are written: whoever writes more than
/// memory keeps takes pages from others, and pages that were in use a moment ago are quicker to be had
/// than such as nobody has touched for long, on virtual machines by ten times.
struct RowTarget: Sendable {
  let file: PackedFile
  let system: ScratchFile
  /// Whether rows leave memory once the disk has them.
  var leavesMemory = false

  /// How far behind the newest bytes those are that leave memory: far enough for the disk to have them.
  private static let lag = 16 << 20
  /// Bytes that are asked to leave once more, since the system keeps them together with those behind them,
  /// up to so many.
  private static let together = 2 << 20

  /// Writes rows from a row on.
  func write(_ bytes: UnsafeRawBufferPointer, at row: Int) throws(SystemRefusal) -> BlockSums {
    let start = row * file.itemBytes
    try system.system.write(bytes, at: start)
    system.system.beginSynchronising(bytes.count, at: start)
    if leavesMemory, start + bytes.count > Self.lag {
      system.system.leaveMemory(
        max(0, start - Self.lag - Self.together)..<(start + bytes.count - Self.lag))
    }
    return BlockSums(bytes, at: row, of: file)
  }
}

/// The checksums of the blocks of some rows, of which the first and the last may be parts of blocks.
struct BlockSums: Sendable {
  /// How many rows.
  let items: Int
  /// Bytes of the block that rows before these have begun.
  let head: [UInt8]
  /// The checksums of whole blocks.
  let whole: [UInt64]
  /// Bytes of a block that these rows begin and do not end.
  let tail: [UInt8]

  /// Sums rows that stand from a row on in a file.
  init(_ bytes: UnsafeRawBufferPointer, at row: Int, of file: PackedFile) {
    items = bytes.count / file.itemBytes
    let missing = (file.blockItems - row % file.blockItems) % file.blockItems
    let blockBytes = file.itemBytes * file.blockItems
    head = Array(bytes.prefix(missing * file.itemBytes))
    var rest = bytes.dropFirst(head.count)
    var whole: [UInt64] = []
    while rest.count >= blockBytes {
      whole.append(xxh64(UnsafeRawBufferPointer(rebasing: rest.prefix(blockBytes))))
      rest = rest.dropFirst(blockBytes)
    }
    self.whole = whole
    tail = Array(rest)
  }
}

/// The files of all rows of a split; a column without a number has none.
struct RowFiles {
  private var files: [(column: RowColumn, file: RowFile)] = []
  private let rows: Int
  private let shape: SplitMemory

  /// Makes the files of rows like some memory without a row; `isLarge` says that more rows come, with
  /// those of other splits, than memory should keep.
  init(
    _ split: RowSplit, rows: Int, like shape: SplitMemory, fields: Int, dense: Int,
    isLarge: Bool = false, in stage: inout PackStage
  ) throws(SystemRefusal) {
    self.rows = rows
    self.shape = shape
    func width(_ column: RowColumn) -> Int {
      switch column {
      case .ids: fields
      case .dense: dense
      case .labels: shape.tasks
      case .spaces: shape.spaces == nil ? 0 : shape.tasks
      case .groups: shape.groups == nil ? 0 : 1
      }
    }
    for column in RowColumn.allCases {
      let numbers = rows * width(column)
      guard let file = PackedFile(column, of: split, numbers: numbers, rows: rows) else { continue }
      files.append(
        (
          column,
          RowFile(
            file, try stage.makeFile(file.name), path: stage.path(of: file),
            leavesMemory: isLarge && !column.isOfLabels)
        ))
    }
  }

  /// What writes rows of a split into all of its files.
  var targets: [(column: RowColumn, target: RowTarget)] { files.map { ($0, $1.target) } }

  /// Takes in rows that the targets have written behind those that are there.
  func take(_ sums: [BlockSums]) {
    for ((_, file), own) in zip(files, sums) { file.take(own) }
  }

  /// Closes the files and takes them into the folder.
  func finish(in stage: inout PackStage) throws(SystemRefusal) {
    for (_, file) in files {
      try file.finish()
      stage.add(file.file, checksums: file.checksums)
    }
  }

  /// The rows, mapped.
  func examples(_ lists: FieldLists?) throws(PackError) -> Examples {
    func storage<Number: ExpressibleByIntegerLiteral>(
      _ column: RowColumn, _: Number.Type
    ) throws(PackError) -> Storage<Number> {
      guard let found = files.first(where: { $0.column == column }) else { return Storage([]) }
      return try found.file.storage(Number.self)
    }
    return Examples(
      count: rows, ids: try storage(.ids, Int32.self), dense: try storage(.dense, Float.self),
      labels: try storage(.labels, Float.self),
      spaces: shape.spaces == nil ? nil : try storage(.spaces, Float.self), lists: lists,
      groups: shape.groups == nil ? nil : try storage(.groups, Int32.self))
  }
}

extension SplitMemory {
  /// Writes all rows from a row of their split on.
  func write(
    to targets: [(column: RowColumn, target: RowTarget)], at row: Int
  ) throws(SystemRefusal) -> [BlockSums] {
    var sums: [BlockSums] = []
    for (column, target) in targets {
      let bytes = UnsafeRawBufferPointer(
        start: start(of: column), count: rows * target.file.itemBytes)
      sums.append(try target.write(bytes, at: row))
    }
    return sums
  }

  /// The memory of a column; nil if rows have none.
  private func start(of column: RowColumn) -> UnsafeRawPointer? {
    switch column {
    case .ids: UnsafeRawPointer(ids.base)
    case .dense: UnsafeRawPointer(dense.base)
    case .labels: UnsafeRawPointer(labels.base)
    case .spaces: spaces.map { UnsafeRawPointer($0.base) }
    case .groups: groups.map { UnsafeRawPointer($0.base) }
    }
  }
}
