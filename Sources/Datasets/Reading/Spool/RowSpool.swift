import Synchronization
import Tensors

/// The columns of parsed chunks in a temporary file, with one dictionary a text column for all rows.
///
///     chunk: [codes of text column 0] … [numbers of column 0] … [times]      each a ``SpoolColumn``
///
/// The file has no name: it goes with whoever holds it, however the program ends. Reading may go on on
/// several threads at once.
final class RowSpool: Sendable {
  /// By text column, the texts that its codes number, in the order of their first row.
  let dictionaries: [ByteInterner]
  /// By text column, where its texts are that do not fit in memory; its dictionary is empty.
  let spilled: [Int: SpilledColumn]
  /// The folder of temporary files.
  let folder: String
  /// How many threads may read.
  let threads: Int
  /// Asked before every column of a chunk is read.
  let end: EndQuestion
  private let shape: SpoolShape
  private let file: ScratchFile
  private let refusal = Mutex<SystemRefusal?>(nil)

  init(
    _ file: ScratchFile, _ shape: SpoolShape, _ dictionaries: [ByteInterner],
    spilled: [Int: SpilledColumn], in folder: String, threads: Int, end: EndQuestion
  ) {
    self.end = end
    self.file = file
    self.spilled = spilled
    self.folder = folder
    self.threads = threads
    self.shape = shape
    self.dictionaries = dictionaries
  }

  /// Hands over the bytes of a column of a chunk; zeros where they cannot be read, of which ``check()``
  /// tells.
  private func withBytes<Result>(
    of column: SpoolColumn, rows: Int, at offset: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(byteCount: column.bytes * rows, alignment: 8) { bytes in
      do throws(SystemRefusal) {
        try end.check()
        guard try file.system.read(into: bytes, at: offset + column.start) == bytes.count else {
          throw SystemRefusal(reason: "the temporary file of the columns has lost its end")
        }
      } catch {
        note(error)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
      }
      return body(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Keeps the first refusal for ``check()``.
  func note(_ error: SystemRefusal) { refusal.withLock { $0 = $0 ?? error } }

  /// Tells of the first column that could not be read.
  func check() throws(SystemRefusal) {
    if let refusal = refusal.withLock({ $0 }) { throw refusal }
  }

  /// A chunk without rows whose dictionaries are those of all rows.
  var dictionaryChunk: ParsedChunk {
    ParsedChunk(
      texts: dictionaries.map { _ in [] }, interners: dictionaries,
      numbers: (0..<shape.numbers).map { _ in [] })
  }

  /// All columns of a chunk.
  func whole(_ chunk: ParsedChunk, _ stored: StoredChunk) -> ParsedChunk {
    var whole = chunk
    whole.interners = dictionaries
    whole.texts = (0..<shape.texts).map { codes($0, rows: chunk.rows, stored) }
    whole.numbers = (0..<shape.numbers).map { numbers($0, rows: chunk.rows, stored) }
    return whole
  }

  func codes(_ column: Int, rows: Int, _ stored: StoredChunk) -> [Int32] {
    let column = stored.columns[column]
    return withBytes(of: column, rows: rows, at: stored.offset) { column.codes(in: $0, rows: rows) }
  }

  func numbers(_ column: Int, rows: Int, _ stored: StoredChunk) -> [Double] {
    let column = stored.columns[shape.texts + column]
    return withBytes(of: column, rows: rows, at: stored.offset) {
      column.numbers(in: $0, rows: rows)
    }
  }

  func times(rows: Int, _ stored: StoredChunk) -> [Int64] {
    guard shape.hasTimes else { return [] }
    return withBytes(of: stored.columns[shape.texts + shape.numbers], rows: rows, at: stored.offset)
    {
      Array($0.bindMemory(to: Int64.self))
    }
  }
}

/// A file of whoever holds it.
final class ScratchFile: Sendable {
  let system: SystemFile

  init(_ system: consuming SystemFile) { self.system = system }
}

/// A dictionary that grows while chunks come; one thread at a time.
final class GrowingDictionary: @unchecked Sendable {
  private(set) var texts = ByteInterner()

  /// By chunk and code of the chunk's own dictionary, the code here.
  func codes(of chunks: [ParsedChunk], column: Int) -> [[Int32]] {
    chunks.map { chunk in
      let own = chunk.interners[column]
      return (0..<own.count).map { texts.id(ofText: $0, in: own) }
    }
  }

  /// The texts, of which names alone are wanted from now on.
  var closed: ByteInterner {
    var closed = texts
    closed.close()
    return closed
  }

  /// Begins anew.
  func clear() { texts = ByteInterner() }
}

/// Which columns the chunks of a spool have.
struct SpoolShape: Sendable {
  let texts: Int
  let numbers: Int
  let hasTimes: Bool

  /// How many columns.
  var columns: Int { texts + numbers + (hasTimes ? 1 : 0) }
  /// The most bytes that a row may take, what lies between columns left out.
  var wideBytes: Int { 4 * texts + 8 * numbers + (hasTimes ? 8 : 0) }
}

/// Where the columns of a chunk lie.
struct StoredChunk: Sendable {
  let offset: Int
  /// Texts, then numbers, then times.
  let columns: [SpoolColumn]
  /// Its number among all chunks of the log.
  let number: Int
  /// nil as long as chunks still come.
  var spool: RowSpool?
}

extension ParsedChunk {
  /// By row, the code of a column's text in ``dictionary(of:)``.
  func codes(of column: Int) -> [Int32] {
    guard let stored, let spool = stored.spool else { return texts[column] }
    return spool.codes(column, rows: rows, stored)
  }

  /// By row, a column's number; NaN where it is missing.
  func values(of column: Int) -> [Double] {
    guard let stored, let spool = stored.spool else { return numbers[column] }
    return spool.numbers(column, rows: rows, stored)
  }

  /// The texts that a column's codes number.
  func dictionary(of column: Int) -> ByteInterner {
    stored?.spool?.dictionaries[column] ?? interners[column]
  }

  /// ``times``, wherever they lie.
  var allTimes: [Int64] {
    guard let stored, let spool = stored.spool else { return times }
    return spool.times(rows: rows, stored)
  }

  /// The chunk with its texts and numbers in memory.
  var whole: ParsedChunk {
    guard let stored, let spool = stored.spool, texts.isEmpty else { return self }
    return spool.whole(self, stored)
  }
}

extension [TablePart] {
  /// Where the rows lie; nil of rows in memory.
  var spool: RowSpool? { first?.chunks.first?.stored?.spool }
}
