import Datasets
import Foundation
import Runs
import Training

/// Which data a person asked for: the sample, a recipe, or a schema of their own.
struct DataChoice {
  /// What the data are called.
  let name: String
  /// Reads them.
  private(set) var source: TrainingSession.DataSource
  /// What was made of the files before; nil where there are none, or none is wanted.
  private(set) var cache: DataCache?
  /// The schema of files and their folder; nil where there are none.
  private(set) var files: (schema: DatasetSchema, folder: String)?
  /// Where absent files can be had.
  private(set) var hint: String?
  /// Adds what the truth of a made log would score, where there is one.
  private(set) var judge: @Sendable (Dataset) -> Dataset = { $0 }

  /// Reads them, and what the truth itself would score on them where that is known.
  var judgedSource: TrainingSession.DataSource {
    { [source, judge] progress in
      let dataset = try source(progress)
      // Packed rows were judged before.
      return dataset.training.packed == nil ? judge(dataset) : dataset
    }
  }

  /// Reads them, and says on stderr what was found while they were read.
  func readAloud() throws -> Dataset {
    let dataset = try source { _, _ in }
    dataset.readingNotices.forEach { StandardError.writeLine("mtl-tui: \($0)") }
    return dataset
  }

  /// Resolves `--data` and `--path`; rows are grouped by a column where one is named.
  ///
  /// - Throws: ``Failure`` for a name that is neither known nor a file.
  init(
    _ name: String, path: String?, group: String? = nil, threads: Int, usesCache: Bool = true
  ) throws {
    try DataName.refuse(path: path, with: name)
    switch DataName(name) {
    case .sample: self = Self.sample(group: group, threads: threads)
    case .recipe(let recipe):
      let folder = try DataName.folder(path, of: recipe)
      self = Self(
        recipe.schema(in: folder), in: folder, hint: recipe.origin, group: group, threads: threads)
    case .packed: self = try Self.packed(name, group: group, threads: threads)
    case .path:
      guard Self.isSchemaPath(name) else { throw Self.unknown(name) }
      self = try Self.own(name, path: path, group: group, threads: threads)
    }
    if !usesCache, let files {
      cache = nil
      source = Self.reading(files.schema, in: files.folder, hint: hint, threads: threads)
    } else if let cache, let files {
      let read = Self.reading(files.schema, in: files.folder, hint: hint, threads: threads)
      source = { [judge] progress in
        try withoutActuallyEscaping(progress) { progress in
          try cache.dataset(threads: threads, progress: progress, judge: judge) {
            try read(progress)
          }
        }
      }
    }
  }

  /// The data of a configuration.
  ///
  /// - Throws: ``Failure`` for a name that is neither known nor a file.
  init(_ merged: SourcedConfiguration, usesCache: Bool = true) throws {
    let (data, threads) = (merged.configuration.data, merged.configuration.threads)
    do {
      try self.init(
        data.name, path: data.folder, group: data.group, threads: threads, usesCache: usesCache)
    } catch let failure as Failure {
      throw Failure(message: merged.placed(failure.message), exitCode: failure.exitCode)
    }
  }

  init(name: String, source: @escaping TrainingSession.DataSource) {
    self.name = name
    self.source = source
  }

  private init(
    _ schema: DatasetSchema, at schemaPath: String = "", in folder: String, hint: String?,
    group: String?, threads: Int
  ) {
    let schema = schema.grouped(by: group)
    name = schema.name
    self.hint = hint
    files = (schema, folder)
    cache = DataCache(
      of: schema, at: schemaPath, in: folder, program: programVersion,
      fallback: DataCache.usualFallback())
    source = Self.reading(schema, in: folder, hint: hint, threads: threads)
  }

  private static func reading(
    _ schema: DatasetSchema, in folder: String, hint: String?, threads: Int
  ) -> TrainingSession.DataSource {
    { progress in
      try withoutActuallyEscaping(progress) { progress in
        try DatasetLoader(schema, from: .folder(folder, hint: hint), threads: threads)
          .load(progress: progress)
      }
    }
  }

  private static func sample(group: String?, threads: Int) -> Self {
    var choice = Self(name: "sample") { progress in
      try SampleData.load(group: group, threads: threads, progress: progress)
    }
    choice.judge = SampleData.judged
    return choice
  }

  /// The schema is read at once, so that a mistake in it shows before a screen opens.
  private static func own(
    _ name: String, path: String?, group: String?, threads: Int
  ) throws -> Self {
    do {
      let file = try SchemaFile(path: name)
      let folder = path ?? file.folder
      var choice = Self(
        file.schema, at: name, in: folder, hint: nil, group: group, threads: threads)
      choice.judge = { dataset in
        dataset.judged(byTruthIn: folder, schema: file.schema)
      }
      return choice
    } catch {
      throw Failure(message: SchemaDoubt(path: name).words(for: error))
    }
  }

  private static func isSchemaPath(_ name: String) -> Bool {
    name.contains("/") || [".yaml", ".yml"].contains { name.lowercased().hasSuffix($0) }
      || FileManager.default.fileExists(atPath: name)
  }

  private static func unknown(_ name: String) -> Failure {
    guard name != CorrelationCommand.dataName else {
      return Failure(
        message: """
          --data \(name): these rows are made by mtl-tui study, anew for every draw and correlation.
            found: a run of a study, or the name of its data; a run's folder does not say which draw
            fix:   the study itself goes on with what it began: give its command again; a run of it \
          cannot be resumed, replayed, evaluated or opened by itself
          """)
    }
    let known = ["sample"] + Recipe.all.map(\.name)
    let near = nearest(to: name, in: known)
    return Failure(
      message: """
        --data \(printable(name)): no such data set or schema file.
          known: \(known.joined(separator: ", ")), or the path of a schema (.yaml)
          fix:   \(near.map { "did you mean '\($0)'?" } ?? "choose one of these")
        """)
  }
}

/// The data that the program carries: a made log, the same as in `sample-data/`.
enum SampleData {
  static let seed: UInt64 = 1

  /// The data with what the log's maker knows of them.
  static func judged(_ dataset: Dataset) -> Dataset {
    let log = SyntheticLog(preset: .sample, seed: seed)
    let truth = TruthFile(json: Data(log.truthJSON().utf8))
    return truth.map { dataset.judged(by: $0, of: Data(log.csv())) } ?? dataset
  }

  /// Its schema, and its file in memory.
  static func files() throws -> (schema: DatasetSchema, files: [String: Data]) {
    let log = SyntheticLog(preset: .sample, seed: seed)
    let schema = try DatasetSchema(yaml: log.schemaYAML(), path: "the sample's schema.yaml")
    return (schema, ["log.csv": Data(log.csv())])
  }

  static func load(
    group: String? = nil, threads: Int, progress: (Double, String) -> Void
  ) throws -> Dataset {
    progress(0, "making the sample")
    var (schema, files) = try Self.files()
    schema.group = group
    return try withoutActuallyEscaping(progress) { progress in
      try DatasetLoader(schema, from: .memory(files), threads: threads).load { share, what in
        // The sample lies in memory: there is no file of this name.
        progress(share, share < 1 ? "reading the sample, made in memory" : what)
      }
    }
  }
}
