import Foundation
import Runs
import Tensors

/// Writes a data set as a packed folder.
///
/// All files are written into a hidden folder beside `pack.json` and are on the disk before they get
/// their name; the last step puts the new `pack.json` in the place of the one before. Whoever opens
/// the folder meanwhile finds the old data or the new, never a mixture, and whoever has the old data
/// open keeps them. Several processes may write at once: the last one to finish stays.
public struct PackWriter {
  /// What a folder is made from.
  public struct Origin: Sendable {
    /// The version of the program.
    public var program: String
    /// The hash of the schema; empty where it has none.
    public var schema: String
    /// The files that were read.
    public var sources: [PackSource]

    /// Says where data come from.
    public init(program: String, schema: String, sources: [PackSource]) {
      self.program = program
      self.schema = schema
      self.sources = sources
    }
  }

  private let folder: String
  private let isPrivate: Bool
  private let pool: WorkerPool
  private let progress: (Double, String) -> Void

  /// Prepares to write; `threads` check, and `progress` hears the share done and what is done.
  ///
  /// Others may read what is written as far as the process' umask lets them, what is private never.
  public init(
    to folder: String, threads: Int, isPrivate: Bool = false,
    progress: @escaping (Double, String) -> Void = { _, _ in }
  ) {
    self.folder = folder.isEmpty ? "." : folder
    self.isPrivate = isPrivate
    pool = WorkerPool(threads: threads)
    self.progress = progress
  }

  /// Refuses a folder that is somebody's own.
  ///
  /// - Throws: ``PackError``.
  public static func check(_ folder: String) throws(PackError) {
    switch PathKind(folder) {
    case .nothing: return
    case .file, .other: throw .writing(.notAFolder(path: folder))
    case .folder, .link: break
    }
    // What a killed program left is ours, and so is a damaged description beside rows.
    let contents = try PackContents(of: folder)
    guard contents.isDescribed || contents.others.isEmpty else { throw .notOurs(folder: folder) }
  }

  /// Writes everything.
  ///
  /// - Throws: ``PackError``, and what was packed there before is as it was.
  public func write(_ dataset: Dataset, from origin: Origin) throws(PackError) {
    if let what = dataset.unpackable { throw .unpackable(data: dataset.name, what: what) }
    try Self.check(folder)
    do { try StagedFiles.makeDirectory(folder) } catch { throw .writing(error) }
    let columns = try PackColumn.all(of: dataset)
    var header = PackHeader(
      program: origin.program, name: dataset.name, schema: origin.schema,
      sources: origin.sources,
      rows: PackHeader.rowsPrefix + hexadecimal(UInt64.random(in: .min ... .max)),
      counts: [dataset.training.count, dataset.validation.count, dataset.test.count],
      fields: dataset.features.fields.count, dense: dataset.features.dense.count,
      tasks: dataset.tasks.count, files: columns.map(\.file), index: 0)
    do throws(SystemRefusal) {
      var staging = try StagingFolder.make(in: folder, isPrivate: isPrivate)
      header.index = try write(columns, into: &staging)
      try staging.move(to: "\(folder)/\(header.rows)")
      try SystemFile(opening: "\(folder)/.").synchronise()
      try publish(header)
      staging.close()
    } catch {
      // Rows that have their name and no description are of no use to anybody.
      if !isPublished(header) { StagingFolder.remove("\(folder)/\(header.rows)") }
      throw .writing(.notWritable(path: folder, reason: error.reason))
    }
  }

  /// Writes the files and their checksums; the checksum of these.
  private func write(
    _ columns: [PackColumn], into staging: inout StagingFolder
  ) throws(SystemRefusal) -> UInt64 {
    let all = max(1, columns.reduce(0) { $0 + $1.file.bytes })
    var done = 0
    var checksums: [UInt64] = []
    for column in columns {
      let file = try staging.makeFile(column.file.name)
      checksums += column.checksums(on: pool)
      for start in stride(from: 0, to: column.file.bytes, by: Self.pieceBytes) {
        let piece = column.bytes[start..<min(column.file.bytes, start + Self.pieceBytes)]
        try file.write(UnsafeRawBufferPointer(rebasing: piece))
        done += piece.count
        progress(Double(done) / Double(all), "packing \(column.file.name)")
      }
      try file.synchronise()
    }
    let index = checksums.map(\.littleEndian)
    let bytes = index.withUnsafeBytes { Array($0) }
    try staging.write(bytes, as: PackHeader.indexName)
    return bytes.withUnsafeBytes { xxh64($0) }
  }

  private static let pieceBytes = 64 << 20

  /// Puts the description in its place and drops what it no longer names.
  private func publish(_ header: PackHeader) throws(SystemRefusal) {
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
  private func isPublished(_ header: PackHeader) -> Bool {
    let path = "\(folder)/\(PackHeader.fileName)"
    guard PathKind(path) == .file, let bytes = FileManager.default.contents(atPath: path) else {
      return false
    }
    return (try? PackHeader(bytes, path: path))?.rows == header.rows
  }
}
