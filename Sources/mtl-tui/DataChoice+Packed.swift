import Datasets
import Runs

extension DataChoice {
  /// Rows that `data pack` wrote; the folder is opened at once, so that what is wrong with it shows
  /// before a screen opens.
  ///
  /// - Throws: ``Failure`` for a folder that cannot be used, or not in this way.
  static func packed(_ folder: String, group: String?, threads: Int) throws -> Self {
    let (grouped, choice): (String?, Self)
    do throws(PackError) {
      let packed = try PackedFolder(path: folder)
      grouped = try packed.group()
      choice = Self(name: packed.name) { progress in
        let dataset = try PackedFolder.dataset(in: folder, threads: threads, progress: progress)
        // Other rows may lie there since.
        guard dataset.group == grouped else { throw Failure.otherGroup(folder, dataset.group) }
        return dataset
      }
    } catch {
      throw Failure(message: "\(error)")
    }
    guard group == nil || group == grouped else { throw Failure.otherGroup(folder, grouped) }
    return choice
  }

  /// Packs the rows, block after block where that can be done; else through memory, which is said on
  /// stderr.
  func pack(
    with writer: PackWriter, threads: Int, progress: @escaping (Double, String) -> Void
  ) throws {
    let origin = try origin()
    if let files {
      if let what = files.schema.unpackable { throw PackError.unpackable(data: name, what: what) }
      guard let obstacle = PackStream.obstacle(to: files.schema) else {
        let loader = DatasetLoader(
          files.schema, from: .folder(files.folder, hint: hint), threads: threads)
        return try PackStream(loader, with: writer).write(from: origin, judge: judge)
      }
      StandardError.writeLine("mtl-tui: \(printable(name)) goes through memory: \(obstacle)")
    }
    try writer.write(try judgedSource(progress), from: origin)
  }

  /// What packed rows are made from.
  ///
  /// - Throws: ``Failure`` for data that have no files.
  func origin() throws -> PackWriter.Origin {
    guard let files, let sources = try files.schema.sources(in: files.folder) else {
      throw Failure(
        message: """
          \(printable(name)): cannot be packed.
            found: data without files of their own, or that can be read only once
            fix:   name the schema (.yaml) of files; `mtl-tui data generate` writes some
          """)
    }
    return PackWriter.Origin(
      program: programVersion, schema: files.schema.packHash ?? "", sources: sources)
  }
}

extension Failure {
  fileprivate static func otherGroup(_ folder: String, _ grouped: String?) -> Failure {
    Failure(
      message: """
        --data \(printable(folder)): the rows were packed with other groups.
          found: \(grouped.map { "groups by \(printable($0))" } ?? "rows that are not grouped")
          fix:   leave --group out, or pack the data again with this --group
        """)
  }
}
