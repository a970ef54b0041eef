import Tensors

extension TableReader {
  /// Parses all rows and puts their columns into a spool; the chunks without their columns.
  ///
  /// Memory holds the blocks that are parsed, those behind them and the spool's dictionaries.
  func parse(
    _ columns: UsedColumns, into spool: SpoolWriter, path: String, pool: WorkerPool, rowBytes: Int,
    progress: (Double) -> Void
  ) throws(ReaderError) -> [ParsedChunk] {
    var cursor = try begin(columns)
    spool.begin(columns)
    var chunks: [ParsedChunk] = []
    while let found = try next(&cursor, pool: pool) {
      chunks += try spool.put(found, of: self.path, on: pool)
      try spool.checkRoom(share: cursor.share, of: path, rowBytes: rowBytes, rows: spool.rows)
      progress(cursor.share)
    }
    guard !chunks.isEmpty else {
      throw format.hasHeader && !isJSON ? .headerOnly(path: self.path) : .emptyFile(path: self.path)
    }
    return chunks
  }
}

extension SpoolWriter {
  /// The parts of the log, whose chunks find their columns here.
  func parts(_ parts: [TablePart], threads: Int) throws(ReaderError) -> [TablePart] {
    do throws(SystemRefusal) {
      return try finish(parts, threads: threads)
    } catch {
      throw .file(.noSpool(folder: folder, reason: error.reason))
    }
  }

  /// Puts away columns, unless somebody wants no more; asks once a chunk.
  fileprivate func put(
    _ chunks: [ParsedChunk], of path: String, on pool: WorkerPool
  ) throws(ReaderError) -> [ParsedChunk] {
    for _ in chunks where isEnded() { throw .file(.ended(path: path)) }
    do throws(SystemRefusal) {
      return try take(chunks, on: pool)
    } catch {
      throw .file(.noSpool(folder: folder, reason: error.reason))
    }
  }
}
