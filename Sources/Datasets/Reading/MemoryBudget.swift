import Tensors

/// The memory that rows take while they are read, against what there is.
struct MemoryBudget {
  /// Bytes that may be taken in all; nil where nobody knows.
  let available: Int?
  /// Bytes of the columns as they were read.
  private(set) var columns = 0
  /// Rows so far.
  private(set) var rows = 0

  /// What there is now, less a tenth that stays free.
  init(available: Int? = AvailableMemory.bytes()) {
    self.available = available.map { $0 / 10 * 9 }
  }

  /// Counts rows in.
  ///
  /// `rowBytes` is what a row takes once more when it is put together with the others.
  mutating func add(
    _ chunk: ParsedChunk, rowBytes: Int, path: String
  ) throws(ReaderError) {
    // Tokens are put together once more, in the order of the splits.
    columns += chunk.bytes + 4 * (chunk.words?.tokens.count ?? 0)
    rows += chunk.rows
    let needed = columns + rows * rowBytes
    guard let available, needed > available else { return }
    throw .file(.tooLarge(path: path, rows: rows, needed: needed, available: available))
  }
}

extension ParsedChunk {
  /// About how much memory it takes.
  var bytes: Int {
    texts.reduce(0) { $0 + 4 * $1.capacity } + numbers.reduce(0) { $0 + 8 * $1.capacity }
      + 8 * times.capacity + 8 * lineJumps.capacity + (words?.bytes ?? 0)
      + interners.reduce(0) { $0 + $1.bytes }
  }
}

extension UsedColumns {
  /// About how many bytes a row takes in a data set: an id or a number a column, and labels.
  func rowBytes(tasks: Int) -> Int { 4 * texts.count + 12 * numbers.count + 8 * tasks + 16 }
}
