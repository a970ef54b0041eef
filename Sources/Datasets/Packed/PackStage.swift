import Foundation
import Runs
import Tensors

/// The files of a packed folder on their way, in a hidden folder that goes again unless it is
/// published.
struct PackStage: ~Copyable {
  private let folder: String
  private let isPrivate: Bool
  let pool: WorkerPool
  private var staging: StagingFolder
  private(set) var files: [PackedFile] = []
  /// Of all blocks of all files.
  private(set) var checksums: [UInt64] = []
  /// How many files, the first ones, are known to hold what was written.
  var filesReadBack = 0
  /// Whether somebody wants no more.
  let isEnded: () -> Bool

  /// Begins beside what is packed in a folder.
  init(
    in folder: String, isPrivate: Bool, on pool: WorkerPool, isEnded: @escaping () -> Bool
  ) throws(PackError) {
    (self.folder, self.isPrivate, self.pool, self.isEnded) = (folder, isPrivate, pool, isEnded)
    do throws(SystemRefusal) {
      staging = try StagingFolder.make(in: folder, isPrivate: isPrivate)
    } catch {
      throw .writing(.notWritable(path: folder, reason: error.reason))
    }
  }

  /// Where a file lies.
  func path(of file: PackedFile) -> String { "\(staging.path)/\(file.name)" }

  /// Makes a file that others fill, and that ``add(_:checksums:)`` takes in.
  mutating func makeFile(_ name: String) throws(SystemRefusal) -> SystemFile {
    try staging.makeFile(name)
  }

  /// Takes in a file that is written; the order of the files is that in which they come here.
  mutating func add(_ file: PackedFile, checksums: [UInt64]) {
    files.append(file)
    self.checksums += checksums
  }

  /// Writes columns; `done` hears the bytes of each piece.
  mutating func write(
    _ columns: [PackColumn], _ done: (PackColumn, Int) -> Void = { _, _ in }
  ) throws(PackError) {
    for column in columns {
      do throws(SystemRefusal) {
        let file = try staging.makeFile(column.file.name)
        let sums = column.checksums(on: pool)
        for start in stride(from: 0, to: column.file.bytes, by: Self.pieceBytes) {
          if isEnded() { break }
          let piece = column.bytes[start..<min(column.file.bytes, start + Self.pieceBytes)]
          try file.write(UnsafeRawBufferPointer(rebasing: piece))
          done(column, piece.count)
        }
        try file.synchronise()
        add(column.file, checksums: sums)
      } catch {
        throw .writing(.notWritable(path: folder, reason: error.reason))
      }
      try endIfAsked()
    }
  }

  /// Writes all files that are no rows: lists, names, facts and encoding.
  mutating func writeBesideRows(of dataset: Dataset) throws(PackError) {
    try write(PackColumn.lists(of: dataset))
    do throws(SystemRefusal) {
      try NameFiles.write(dataset.features, in: &self)
    } catch {
      throw .writing(.notWritable(path: folder, reason: error.reason))
    }
    try write(try PackColumn.facts(of: dataset, on: pool))
  }

  private static let pieceBytes = 64 << 20

  /// Throws where somebody wants no more.
  func endIfAsked() throws(PackError) {
    if isEnded() { throw .writing(.ended(path: folder)) }
  }
}

// MARK: - Reading back

extension PackStage {
  /// Reads the files back that were not yet, and compares the checksums of their blocks.
  ///
  /// It finds what went wrong between memory and file; whether the disk keeps it, later checks tell.
  ///
  /// - Throws: ``PackError`` that names the first block that is not what was written.
  func verify(_ progress: (Double) -> Void = { _ in }) throws(PackError) {
    let files = files[filesReadBack...]
    let all = Double(max(1, files.reduce(0) { $0 + $1.bytes }))
    var (first, done) = (firstBlock(ofFile: filesReadBack), 0)
    for file in files {
      let path = path(of: file)
      let mapped: MappedBytes
      do { mapped = try MappedBytes(reading: path) } catch {
        throw .unreadable(file: path, reason: error.reason)
      }
      guard mapped.bytes.count == file.bytes else {
        throw .size(file: path, found: mapped.bytes.count, expected: file.bytes)
      }
      if let block = try tornBlock(file, mapped, first, { progress(Double(done + $0) / all) }) {
        throw .torn(file: path, block: block, items: file.items(ofBlock: block))
      }
      first += file.blocks
      done += file.bytes
    }
  }

  /// The number of a file's first checksum.
  func firstBlock(ofFile index: Int) -> Int { files[..<index].reduce(0) { $0 + $1.blocks } }

  private func tornBlock(
    _ file: PackedFile, _ mapped: MappedBytes, _ first: Int, _ progress: (Int) -> Void
  ) throws(PackError) -> Int? {
    let atOnce = max(1, Self.pieceBytes / (file.itemBytes * file.blockItems))
    for start in stride(from: 0, to: file.blocks, by: atOnce) {
      try endIfAsked()
      let end = min(file.blocks, start + atOnce)
      let map = ParallelMap<Bool>(count: end - start) { [checksums] block in
        let bytes = UnsafeRawBufferPointer(mapped.bytes)[file.bytes(ofBlock: start + block)]
        return xxh64(UnsafeRawBufferPointer(rebasing: bytes)) == checksums[first + start + block]
      }
      map.run(on: pool)
      if let block = map.results.firstIndex(of: false) { return start + block }
      // Pages that were looked at count as this program's until it lets them go.
      mapped.letGo()
      progress(end * file.itemBytes * file.blockItems)
    }
    return nil
  }
}

// MARK: - The last step

extension PackStage {
  /// Gives the files their name and puts the description that names them in the place of the one
  /// before.
  consuming func publish(_ described: PackHeader) throws(PackError) {
    var header = described
    header.files = files
    do throws(SystemRefusal) {
      let index = checksums.map(\.littleEndian).withUnsafeBytes { Array($0) }
      try staging.write(index, as: PackHeader.indexName)
      header.index = index.withUnsafeBytes { xxh64($0) }
      try staging.move(to: "\(folder)/\(header.rows)")
      try SystemFile(opening: "\(folder)/.").synchronise()
      try Self.publish(header, in: folder, isPrivate: isPrivate)
      staging.close()
    } catch {
      // Rows that have their name and no description are of no use to anybody.
      if !Self.isPublished(header, in: folder) {
        StagingFolder.remove("\(folder)/\(header.rows)")
      }
      throw .writing(.notWritable(path: folder, reason: error.reason))
    }
  }

  /// Puts the description in its place and drops what it no longer names.
  private static func publish(
    _ header: PackHeader, in folder: String, isPrivate: Bool
  ) throws(SystemRefusal) {
    let lock = try PackLock(of: folder)
    var staging = try StagingFolder.make(in: folder, isPrivate: isPrivate)
    let bytes: [UInt8]
    do { bytes = try header.sealed() } catch { throw SystemRefusal(reason: "\(error)") }
    try staging.write(bytes, as: PackHeader.fileName)
    try moveFile(
      "\(staging.path)/\(PackHeader.fileName)", to: "\(folder)/\(PackHeader.fileName)")
    try SystemFile(opening: "\(folder)/.").synchronise()
    PackStamp(header, in: folder)?.write(into: "\(folder)/\(header.rows)")
    lock.clear(keeping: header)
  }

  /// Whether the folder's description names these rows.
  private static func isPublished(_ header: PackHeader, in folder: String) -> Bool {
    let path = "\(folder)/\(PackHeader.fileName)"
    guard PathKind(path) == .file, let bytes = FileManager.default.contents(atPath: path) else {
      return false
    }
    return (try? PackHeader(bytes, path: path))?.rows == header.rows
  }
}
