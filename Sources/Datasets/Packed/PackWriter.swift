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

  let folder: String
  private let isPrivate: Bool
  let pool: WorkerPool
  let progress: (Double, String) -> Void
  let isEnded: () -> Bool

  /// Prepares to write; `threads` check, and `progress` hears the share done and what is done.
  ///
  /// Others may read what is written as far as the process' umask lets them, what is private never.
  /// Where `isEnded` says that no more is wanted, nothing is left behind.
  public init(
    to folder: String, threads: Int, isPrivate: Bool = false,
    progress: @escaping (Double, String) -> Void = { _, _ in },
    isEnded: @escaping () -> Bool = { false }
  ) {
    self.folder = folder.isEmpty ? "." : folder
    self.isPrivate = isPrivate
    pool = WorkerPool(threads: threads)
    self.progress = progress
    self.isEnded = isEnded
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
    let made = try prepare()
    do throws(PackError) {
      let columns = PackColumn.rows(of: dataset)
      let all = columns.reduce(0) { $0 + $1.file.bytes }
      // Where the system does not say, writing itself finds out.
      if let free = freeBytes(at: folder), free < all {
        throw .writing(.noRoom(path: folder, needed: all, free: free))
      }
      var stage = try stage()
      var done = 0
      try stage.write(columns) { column, bytes in
        done += bytes
        progress(Double(done) / Double(max(1, all)), "packing \(column.file.name)")
      }
      try stage.writeBesideRows(of: dataset)
      try finish(stage, PackHeader(dataset, origin))
    } catch {
      discard(made)
      throw error
    }
  }

  /// Makes the folder, unless it is there; the folders that were made, the innermost first.
  func prepare() throws(PackError) -> [String] {
    try Self.check(folder)
    do { return try StagedFiles.makeDirectory(folder) } catch { throw .writing(error) }
  }

  /// Removes the folders that were made, as far as nothing is in them.
  func discard(_ made: [String]) { made.forEach(removeFolder) }

  /// Where the files are written.
  func stage() throws(PackError) -> PackStage {
    try PackStage(in: folder, isPrivate: isPrivate, on: pool, isEnded: isEnded)
  }

  /// Reads the files back and publishes them.
  func finish(_ stage: consuming PackStage, _ header: PackHeader) throws(PackError) {
    try stage.verify { progress($0, "reading back what was written") }
    try stage.publish(header)
  }
}

extension PackHeader {
  /// The description of a data set, without its files.
  init(_ dataset: Dataset, _ origin: PackWriter.Origin) {
    self.init(
      program: origin.program, name: dataset.name, schema: origin.schema,
      sources: origin.sources,
      rows: PackHeader.rowsPrefix + hexadecimal(UInt64.random(in: .min ... .max)),
      counts: [dataset.training.count, dataset.validation.count, dataset.test.count],
      fields: dataset.features.fields.count, dense: dataset.features.dense.count,
      tasks: dataset.tasks.count, files: [], index: 0)
  }
}
