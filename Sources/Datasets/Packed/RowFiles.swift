import Tensors

/// A file of one column of packed rows while rows come, in order.
final class RowFile {
  private(set) var file: PackedFile
  private let system: ScratchFile
  private let path: String
  private(set) var checksums: [UInt64] = []
  /// Bytes behind the last whole block.
  private var open: [UInt8] = []
  private var blockBytes: Int { file.itemBytes * file.blockItems }

  init(_ file: PackedFile, _ system: consuming SystemFile, path: String) {
    self.file = file
    self.file.items = 0
    self.system = ScratchFile(system)
    self.path = path
  }

  /// Writes rows behind those that are there.
  func append(_ bytes: UnsafeRawBufferPointer) throws(SystemRefusal) {
    try system.system.write(bytes)
    file.items += bytes.count / file.itemBytes
    var rest = bytes[...]
    if !open.isEmpty {
      let missing = rest.prefix(blockBytes - open.count)
      open.append(contentsOf: missing)
      rest = rest.dropFirst(missing.count)
      guard open.count == blockBytes else { return }
      closeBlock()
    }
    while rest.count >= blockBytes {
      checksums.append(xxh64(UnsafeRawBufferPointer(rebasing: rest.prefix(blockBytes))))
      rest = rest.dropFirst(blockBytes)
    }
    open.append(contentsOf: rest)
  }

  private func closeBlock() {
    checksums.append(open.withUnsafeBytes { xxh64($0) })
    open.removeAll(keepingCapacity: true)
  }

  /// Closes the last block and waits until the disk has all rows.
  func finish() throws(SystemRefusal) {
    if !open.isEmpty { closeBlock() }
    try system.system.synchronise()
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

/// The files of all rows of a split; a column without a number has none.
struct RowFiles {
  private var files: [(column: RowColumn, file: RowFile)] = []
  private let rows: Int
  private let shape: SplitMemory

  /// Makes the files of rows like some memory without a row.
  init(
    _ split: RowSplit, rows: Int, like shape: SplitMemory, fields: Int, dense: Int,
    in stage: inout PackStage
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
        (column, RowFile(file, try stage.makeFile(file.name), path: stage.path(of: file))))
    }
  }

  /// The files, and what is written into each of some memory.
  func pieces(_ memory: SplitMemory) -> [(file: RowFile, bytes: UnsafeRawBufferPointer)] {
    files.map { column, file in
      (
        file,
        UnsafeRawBufferPointer(
          start: memory.start(of: column), count: memory.rows * file.file.itemBytes)
      )
    }
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
  /// The memory of a column; nil if rows have none.
  fileprivate func start(of column: RowColumn) -> UnsafeRawPointer? {
    switch column {
    case .ids: UnsafeRawPointer(ids.base)
    case .dense: UnsafeRawPointer(dense.base)
    case .labels: UnsafeRawPointer(labels.base)
    case .spaces: spaces.map { UnsafeRawPointer($0.base) }
    case .groups: groups.map { UnsafeRawPointer($0.base) }
    }
  }
}
