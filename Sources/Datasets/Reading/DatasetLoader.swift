public import Foundation
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
    try checkInputs()
    let columns = UsedColumns(schema)
    let files = schema.files.list
    var reading = Progress(files: files.count + schema.joins.count, report: progress)
    var parts: [TablePart] = []
    for file in files {
      let table: ParsedTable
      do throws(ReaderError) {
        table = try read(file.name, schema.format, columns, &reading)
      } catch {
        throw schema.explained(error)
      }
      parts.append(TablePart(path: table.reader.path, role: file.role, chunks: table.chunks))
    }
    let tables = try join(parts, columns, &reading)
    let plan = SplitPlan(schema.split, parts: parts, columns: columns)
    let log = LogRows(columns, parts: parts, tables: tables, plan: plan)
    return try DatasetAssembler(schema, log, pool: pool).assemble()
  }

  /// Reads the joined tables and finds the rows of the log in them.
  private func join(
    _ log: [TablePart], _ columns: UsedColumns, _ reading: inout Progress
  ) throws(ReaderError) -> [JoinedTable] {
    var tables: [JoinedTable] = []
    for join in schema.joins {
      guard let key = columns.place(ofText: join.logKey) else { continue }
      let table = try read(join.file, join.format, UsedColumns(join), &reading)
      tables.append(
        try JoinedTable(
          join, table, logKey: key, log: log, logMissing: columns.missing.canonical(join.logKey)))
    }
    return tables
  }

  private func read(
    _ file: String, _ format: TableFormat, _ columns: UsedColumns, _ reading: inout Progress
  ) throws(ReaderError) -> ParsedTable {
    reading.begin(file)
    let path = path(of: file)
    let reader = try TableReader(
      path: path, bytes: bytes(of: file), format: format, partBytes: partBytes)
    let chunks = try reader.parse(columns, pool: pool, progress: reading.part(of: file))
    return ParsedTable(reader: reader, columns: columns, chunks: chunks)
  }

  /// How much of the files is read.
  private struct Progress {
    let files: Int
    let report: (Double, String) -> Void
    private var begun = 0

    init(files: Int, report: @escaping (Double, String) -> Void) {
      self.files = files
      self.report = report
    }

    mutating func begin(_ file: String) {
      report(Double(begun) / Double(files), "reading \(printable(file))")
      begun += 1
    }

    /// Hears the share of the file that was begun last.
    func part(of file: String) -> (Double) -> Void {
      let (done, files, report) = (Double(begun - 1), Double(files), report)
      return { report((done + $0) / files, "reading \(printable(file))") }
    }
  }

  /// Where a file is: under its name, or packed under its name with `.gz`.
  private func path(of file: String) -> String {
    guard case .folder(let folder, _) = source else { return file }
    let path = folder.isEmpty || file.hasPrefix("/") ? file : "\(folder)/\(file)"
    let manager = FileManager.default
    let isPacked = !manager.fileExists(atPath: path) && manager.fileExists(atPath: path + ".gz")
    return isPacked ? path + ".gz" : path
  }

  private func bytes(of file: String) throws(ReaderError) -> Data {
    switch source {
    case .memory(let files):
      guard let bytes = files[file] else { throw .missingFile(path: file, hint: nil) }
      return try FileBytes.unpacked(bytes, path: file)
    case .folder(_, let hint): return try FileBytes.read(path(of: file), hint: hint)
    }
  }

  /// A label never becomes an input unless the schema says so aloud, and no name has two meanings.
  private func checkInputs() throws(ReaderError) {
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
  /// The files with their roles, the training rows first.
  var list: [(name: String, role: FileRole)] {
    switch self {
    case .all(let name): [(name, .all)]
    case .separate(let training, let validation, let test):
      [(training, .training)] + (validation.map { [($0, .validation)] } ?? []) + [(test, .test)]
    }
  }
}

/// A parsed file.
struct TablePart {
  let path: String
  let role: FileRole
  let chunks: [ParsedChunk]
}
