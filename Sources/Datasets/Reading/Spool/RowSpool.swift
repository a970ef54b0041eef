import Synchronization
import Tensors

/// The columns of parsed chunks in a temporary file, with one dictionary a text column for all rows.
///
///     chunk: [codes of text column 0] … [numbers of column 0] … [times]      4, 8 and 8 bytes a row
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

  /// Bytes of one column of a chunk, as numbers; zeros where they cannot be read, of which ``check()``
  /// tells.
  func column<Number: BitwiseCopyable & ExpressibleByIntegerLiteral>(
    at offset: Int, rows: Int, of _: Number.Type
  ) -> [Number] {
    [Number](unsafeUninitializedCapacity: rows) { buffer, filled in
      let bytes = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(rows * MemoryLayout<Number>.stride)])
      do throws(SystemRefusal) {
        try end.check()
        let got = try file.system.read(into: bytes, at: offset)
        guard got == bytes.count else {
          throw SystemRefusal(reason: "the temporary file of the columns has lost its end")
        }
      } catch {
        note(error)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
      }
      filled = rows
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
  func whole(_ chunk: ParsedChunk, at offset: Int) -> ParsedChunk {
    var whole = chunk
    whole.interners = dictionaries
    whole.texts = (0..<shape.texts).map {
      column(
        at: shape.offset(ofTexts: $0, rows: chunk.rows, offset), rows: chunk.rows, of: Int32.self)
    }
    whole.numbers = (0..<shape.numbers).map {
      column(
        at: shape.offset(ofNumbers: $0, rows: chunk.rows, offset), rows: chunk.rows,
        of: Double.self)
    }
    return whole
  }

  func codes(_ column: Int, rows: Int, _ offset: Int) -> [Int32] {
    self.column(
      at: shape.offset(ofTexts: column, rows: rows, offset), rows: rows, of: Int32.self)
  }

  func numbers(_ column: Int, rows: Int, _ offset: Int) -> [Double] {
    self.column(
      at: shape.offset(ofNumbers: column, rows: rows, offset), rows: rows, of: Double.self)
  }

  func times(rows: Int, _ offset: Int) -> [Int64] {
    guard shape.hasTimes else { return [] }
    return column(
      at: shape.offset(ofNumbers: shape.numbers, rows: rows, offset), rows: rows, of: Int64.self)
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

/// How the columns of a chunk lie in a spool.
struct SpoolShape: Sendable {
  let texts: Int
  let numbers: Int
  let hasTimes: Bool

  var rowBytes: Int { 4 * texts + 8 * numbers + (hasTimes ? 8 : 0) }

  /// Where a text column starts of a chunk that starts at an offset.
  func offset(ofTexts column: Int, rows: Int, _ start: Int) -> Int { start + 4 * column * rows }

  /// Where a number column starts, or, behind the last one, the times.
  func offset(ofNumbers column: Int, rows: Int, _ start: Int) -> Int {
    start + (4 * texts + 8 * column) * rows
  }
}

/// Where the columns of a chunk lie.
struct StoredChunk: Sendable {
  let offset: Int
  /// Its number among all chunks of the log.
  let number: Int
  /// nil as long as chunks still come.
  var spool: RowSpool?
}

extension ParsedChunk {
  /// By row, the code of a column's text in ``dictionary(of:)``.
  func codes(of column: Int) -> [Int32] {
    guard let stored, let spool = stored.spool else { return texts[column] }
    return spool.codes(column, rows: rows, stored.offset)
  }

  /// By row, a column's number; NaN where it is missing.
  func values(of column: Int) -> [Double] {
    guard let stored, let spool = stored.spool else { return numbers[column] }
    return spool.numbers(column, rows: rows, stored.offset)
  }

  /// The texts that a column's codes number.
  func dictionary(of column: Int) -> ByteInterner {
    stored?.spool?.dictionaries[column] ?? interners[column]
  }

  /// ``times``, wherever they lie.
  var allTimes: [Int64] {
    guard let stored, let spool = stored.spool else { return times }
    return spool.times(rows: rows, stored.offset)
  }

  /// The chunk with its texts and numbers in memory.
  var whole: ParsedChunk {
    guard let stored, let spool = stored.spool, texts.isEmpty else { return self }
    return spool.whole(self, at: stored.offset)
  }
}

extension [TablePart] {
  /// Where the rows lie; nil of rows in memory.
  var spool: RowSpool? { first?.chunks.first?.stored?.spool }
}
