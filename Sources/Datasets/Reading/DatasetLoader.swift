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
    var parts: [TablePart] = []
    let files = schema.files.list
    for (place, file) in files.enumerated() {
      let path = self.path(of: file.name)
      progress(Double(place) / Double(files.count), "reading \(printable(file.name))")
      let reader = try TableReader(
        path: path, bytes: bytes(of: file.name), format: schema.format, partBytes: partBytes)
      let chunks = try reader.parse(
        texts: columns.texts, numbers: columns.numbers, pool: pool
      ) { share in
        progress((Double(place) + share) / Double(files.count), "reading \(printable(file.name))")
      }
      parts.append(TablePart(path: path, role: file.role, chunks: chunks))
    }
    return try DatasetAssembler(schema, columns: columns, parts: parts, pool: pool).assemble()
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

  /// A label never becomes an input unless the schema says so aloud.
  private func checkInputs() throws(ReaderError) {
    guard let (column, task) = schema.labelAmongInputs else { return }
    throw .labelIsInput(column: column, task: task)
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

/// Which columns of the file are read as texts, and which as numbers.
struct UsedColumns {
  private(set) var texts: [String] = []
  private(set) var numbers: [String] = []

  init(_ schema: DatasetSchema) {
    for column in schema.columns {
      switch column.role {
      case .categorical: add(text: column.name)
      case .numeric: add(number: column.name)
      case .ignore: break
      }
    }
    for condition in schema.tasks.flatMap({ [$0.label] + ($0.space.map { [$0] } ?? []) }) {
      switch condition.rule {
      case .value, .atLeast: add(number: condition.column)
      case .equals, .oneOf: add(text: condition.column)
      }
    }
    if case .column(let name, _, _) = schema.split { add(text: name) }
  }

  private mutating func add(text: String) {
    if !texts.contains(text) { texts.append(text) }
  }

  private mutating func add(number: String) {
    if !numbers.contains(number) { numbers.append(number) }
  }
}
