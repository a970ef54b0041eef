public import Foundation
import Runs
import Tensors

/// Reads a data set as its schema says.
///
/// Files are parsed in parallel; the result does not depend on the number of threads.
public struct DatasetLoader {
  /// Where the bytes of the schema's files come from.
  public enum Source {
    /// Files in a folder; the hint says where absent ones can be had.
    case folder(String, hint: String? = nil)
    /// Bytes by the file's name in the schema.
    case memory([String: Data])

    /// The folder of the files, absolute; empty in memory.
    var folder: String {
      guard case .folder(let folder, _) = self else { return "" }
      return URL(fileURLWithPath: folder.isEmpty ? "." : folder).standardizedFileURL.path
    }
  }

  let schema: DatasetSchema
  let source: Source
  let pool: WorkerPool
  var partBytes = TableReader.usualPartBytes

  /// A loader; `threads` parse.
  public init(_ schema: DatasetSchema, from source: Source, threads: Int) {
    self.schema = schema
    self.source = source
    pool = WorkerPool(threads: threads)
  }

  /// Reads everything.
  ///
  /// - Parameter progress: hears the share done in 0...1 and what is being read.
  /// - Returns: the rows of each split, and what their columns mean.
  /// - Throws: ``ReaderError`` for the first thing that is wrong with the files.
  public func load(
    progress: @escaping (Double, String) -> Void = { _, _ in }
  ) throws(ReaderError) -> Dataset {
    try assembler(spool: nil, progress).assemble()
  }

  /// Reads the files, the log's columns into a spool where one is given.
  func assembler(
    spool: SpoolWriter?, _ progress: @escaping (Double, String) -> Void
  ) throws(ReaderError) -> DatasetAssembler {
    try Self.checkInputs(schema)
    let names = FileNames(source: source)
    let files = try SchemaPaths(schema, names)
    var reading = TableReading(
      pool: pool, partBytes: partBytes, names: names, files: files.count, report: progress)
    var schema = schema
    reading.spool = spool
    var parts = try log(files, &reading, &schema)
    reading.spool = nil
    if let spool { parts = try spool.parts(parts, threads: pool.threads) }
    for part in parts { try RowWeights.check(part, schema) }
    let rows = parts.reduce(0) { $0 + $1.chunks.reduce(0) { $0 + $1.rows } }
    let columns = UsedColumns(schema)
    let tables = try join(parts, columns, files, &reading, &schema)
    let beside = try BesideTables(schema, files, &reading)
    try Self.checkInputs(schema)
    let times = try TimeBounds(schema, parts)
    progress(1, "\(rows) rows are read; making numbers of them")
    let plan = try SplitPlan(
      schema.split, parts: parts, columns: columns, times: times,
      byUser: try UserSplit(schema, parts.flatMap(\.chunks), columns))
    let log = LogRows(columns, parts: parts, tables: tables, plan: plan)
    var assembler = DatasetAssembler(schema, log, beside, pool: pool)
    assembler.folder = source.folder
    return assembler
  }

  /// Reads the log; afterwards the schema names the columns that its patterns stand for.
  private func log(
    _ files: SchemaPaths, _ reading: inout TableReading, _ schema: inout DatasetSchema
  ) throws(ReaderError) -> [TablePart] {
    let wanted = WantedTable(schema)
    var parts: [TablePart] = []
    for (role, paths) in files.log {
      let table: ParsedTable
      do throws(ReaderError) {
        table = try reading.read(paths, wanted)
      } catch {
        throw schema.explained(schema.namingGroup(error))
      }
      if let first = parts.first, table.columns != schema.columns {
        throw .file(
          .headersDiffer(
            path: table.path, first: first.path,
            missing: schema.columns.names(notIn: table.columns),
            extra: table.columns.names(notIn: schema.columns)))
      }
      schema.columns = table.columns
      parts.append(TablePart(path: table.path, role: role, chunks: table.chunks))
    }
    return parts
  }

  /// Reads the joined tables and finds the rows of the log in them.
  private func join(
    _ log: [TablePart], _ columns: UsedColumns, _ files: SchemaPaths,
    _ reading: inout TableReading, _ schema: inout DatasetSchema
  ) throws(ReaderError) -> [JoinedTable] {
    var tables: [JoinedTable] = []
    let group = schema.groupColumn
    for (index, paths) in files.joins.enumerated() {
      let join = schema.joins[index]
      guard let key = columns.index(ofText: join.logKey) else { continue }
      let wanted = WantedTable(
        join, also: group?.table == index ? [group?.source].compactMap(\.self) : [])
      let table = try reading.read(paths, wanted)
      schema.joins[index].columns = table.columns
      tables.append(
        try JoinedTable(
          schema.joins[index], table, logKey: key, log: log,
          logMissing: columns.missing.canonical(join.logKey)))
    }
    return tables
  }

  /// A label never becomes an input unless the schema says so aloud, and no name has two meanings.
  private static func checkInputs(_ schema: DatasetSchema) throws(ReaderError) {
    if let (column, task) = schema.labelAmongInputs {
      throw .labelIsInput(column: column, task: task)
    }
    if let (name, table) = schema.ambiguousColumn {
      throw .ambiguousColumn(column: name, path: schema.joins[table].file)
    }
  }
}

/// What rows a file holds.
enum FileRole {
  case all, training, validation, test
}

extension DatasetSchema.Files {
  /// The lists with their roles, the training rows first.
  var lists: [(files: FileList, role: FileRole)] {
    switch self {
    case .all(let files): [(files, .all)]
    case .separate(let training, let validation, let test):
      [(training, .training)] + (validation.map { [($0, .validation)] } ?? []) + [(test, .test)]
    }
  }
}

/// The parsed files of one role, one after another.
struct TablePart {
  /// The first file.
  let path: String
  let role: FileRole
  let chunks: [ParsedChunk]
}
