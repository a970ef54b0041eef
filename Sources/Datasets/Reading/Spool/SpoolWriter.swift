import Tensors

/// Takes the columns of parsed chunks out of memory, into a temporary file.
final class SpoolWriter {
  private let file: ScratchFile
  let folder: String
  private var shape: SpoolShape?
  private var dictionaries: [GrowingDictionary] = []
  private var end = 0
  /// Bytes that the columns take so far.
  var bytes: Int { end }
  /// How many chunks have come.
  private var chunks = 0
  /// Memory that the dictionaries may take which may leave it.
  private let budget: Int
  /// Which text columns' texts may leave memory.
  private let mayLeave: (UsedColumns.TextColumn) -> Bool
  private var leaving: [Int] = []
  private var spilled: [Int: SpilledColumn] = [:]
  private var spilledBytes: [Int: Int] = [:]
  private(set) var rows = 0

  /// Whether somebody wants no more.
  let isEnded: () -> Bool
  /// How far reading is, in bytes of all files.
  private var reading: ReadBytes
  /// The bytes that a folder's disk has room for; nil where that is not known.
  private let room: (String) -> Int?

  /// Makes a file without a name in a folder, for columns of some files.
  init(
    in folder: String, of files: [PackSource] = [], budget: Int = .max,
    mayLeave: @escaping (UsedColumns.TextColumn) -> Bool = { _ in false },
    isEnded: @escaping () -> Bool = { false },
    room: @escaping (String) -> Int? = freeBytes(at:)
  ) throws(SystemRefusal) {
    self.folder = folder
    self.budget = budget
    self.mayLeave = mayLeave
    (self.isEnded, self.room) = (isEnded, room)
    reading = ReadBytes(of: files)
    file = ScratchFile(try SystemFile(scratchIn: folder))
  }

  /// Puts away the columns of the next chunks of the log, in order.
  ///
  /// - Returns: the chunks without their columns.
  func take(
    _ chunks: [ParsedChunk], on pool: WorkerPool
  ) throws(SystemRefusal) -> [ParsedChunk] {
    let chunks = chunks.filter { $0.rows > 0 }
    guard let first = chunks.first else { return [] }
    let shape = shape(like: first)
    let numbering = ParallelMap<[[Int32]]>(count: shape.texts) { [dictionaries] column in
      dictionaries[column].codes(of: chunks, column: column)
    }
    numbering.run(on: pool)
    let codes = numbering.results
    let narrowing = ParallelMap<NarrowedChunk>(count: chunks.count) { index in
      NarrowedChunk(chunks[index], codes: codes.map { $0[index] }, shape)
    }
    narrowing.run(on: pool)
    let narrowed = narrowing.results
    let offsets = try write(narrowed, on: pool)
    rows += chunks.reduce(0) { $0 + $1.rows }
    let firstNumber = self.chunks
    self.chunks += chunks.count
    try spill()
    return chunks.indices.map { index in
      var bare = chunks[index]
      (bare.texts, bare.interners, bare.numbers, bare.times) = ([], [], [], [])
      bare.stored = StoredChunk(
        offset: offsets[index], columns: narrowed[index].columns, number: firstNumber + index)
      return bare
    }
  }

  /// Writes chunks one behind the other, several at once; where each lies.
  private func write(
    _ chunks: [NarrowedChunk], on pool: WorkerPool
  ) throws(SystemRefusal) -> [Int] {
    var offsets: [Int] = []
    for chunk in chunks {
      offsets.append(end)
      end += chunk.bytes.count
    }
    let writing = ParallelMap<SystemRefusal?>(count: chunks.count) { [file, offsets] index in
      do throws(SystemRefusal) {
        try file.system.write(chunks[index].bytes, at: offsets[index])
        return nil
      } catch {
        return error
      }
    }
    writing.run(on: pool)
    if let refusal = writing.results.compactMap(\.self).first { throw refusal }
    return offsets
  }

  /// How the columns lie, as the first chunk says.
  private func shape(like first: ParsedChunk) -> SpoolShape {
    if let shape { return shape }
    let found = SpoolShape(
      texts: first.texts.count, numbers: first.numbers.count, hasTimes: !first.times.isEmpty)
    shape = found
    dictionaries = (0..<found.texts).map { _ in GrowingDictionary() }
    return found
  }

  /// Says which columns these rows have.
  func begin(_ columns: UsedColumns) {
    leaving = columns.texts.indices.filter { mayLeave(columns.texts[$0]) }
  }

  /// Puts the largest dictionaries away until the others fit the budget.
  private func spill() throws(SystemRefusal) {
    func bytes(_ column: Int) -> Int { dictionaries[column].texts.bytes }
    while leaving.reduce(0, { $0 + bytes($1) }) > budget {
      let largest = leaving.filter { dictionaries[$0].texts.count > 0 }.max {
        bytes($0) < bytes($1)
      }
      guard let largest else { return }
      try spill(largest)
    }
  }

  private func spill(_ column: Int) throws(SystemRefusal) {
    var own = spilled[column]
    if own == nil { own = SpilledColumn(ScratchFile(try SystemFile(scratchIn: folder))) }
    guard var own else { return }
    let start = spilledBytes[column, default: 0]
    spilledBytes[column] =
      start + (try own.add(dictionaries[column].texts, end: chunks, at: start))
    spilled[column] = own
    dictionaries[column].clear()
  }

  /// Refuses rows that the disk has no room for, as far as those that were read tell.
  ///
  /// A row takes `rowBytes` where it is packed, besides its columns here, of which more come as they have
  /// come so far. Texts that have left memory take what merging them takes, those that are still to come
  /// none.
  func checkRoom(
    share: Double, of path: String, rowBytes: Int, rows: Int
  ) throws(ReaderError) {
    guard let part = reading.part(share, of: path), let free = room(folder) else { return }
    let all = Int(Double(rows) / part)
    let merged = spilled.values.reduce(0) { $0 + $1.mergedBytes }
    let needed = all * rowBytes + Int(Double(end) / part) - end + merged
    guard needed <= free else {
      throw .file(.noRoom(folder: folder, needed: needed, free: free))
    }
  }

  /// The parts, whose chunks now find their columns.
  func finish(_ parts: [TablePart], threads: Int) throws(SystemRefusal) -> [TablePart] {
    guard let shape else { return parts }
    for column in spilled.keys { try spill(column) }
    let spool = RowSpool(
      file, shape, dictionaries.map(\.closed), spilled: spilled, in: folder, threads: threads,
      end: EndQuestion(isEnded))
    return parts.map { part in
      TablePart(
        path: part.path, role: part.role,
        chunks: part.chunks.map { chunk in
          var found = chunk
          found.stored?.spool = spool
          return found
        })
    }
  }
}
