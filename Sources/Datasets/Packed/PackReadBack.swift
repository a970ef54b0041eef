import Tensors

extension PackStage {
  /// Reads the files of all rows back, compares the checksums of their blocks, and takes them in as
  /// ``Dataset/fingerprint`` does; the fingerprint.
  ///
  /// About `pieceBytes` are read at once. They must be the first files; ``verify(_:)`` does not read them once more. Of large files nothing
  /// stays in memory but labels, which are read again.
  ///
  /// - Throws: ``PackError`` that names the first block that is not what was written.
  mutating func readBack(
    rowsOf dataset: Dataset, isLarge: Bool, atOnce pieceBytes: Int,
    _ progress: (Double) -> Void = { _ in }
  ) throws(PackError) -> UInt64 {
    var fingerprint = RowsFingerprint(after: dataset.columnsFingerprint)
    let all = Double(max(1, files.reduce(0) { $0 + $1.bytes }))
    var done = 0
    for (split, rows) in zip(
      RowSplit.allCases, [dataset.training, dataset.validation, dataset.test])
    {
      for numbers in rows.words {
        fingerprint.begin(count: numbers.words.count)
        let name = numbers.column.fileName(of: split)
        guard let index = files.firstIndex(where: { $0.name == name }) else { continue }
        let file = try RowsReadBack(
          files[index], at: path(of: files[index]), checksums[firstBlock(ofFile: index)...],
          leavesMemory: isLarge && !numbers.column.isOfLabels, pieceBytes)
        try file.run(&fingerprint, on: pool) { bytes throws(PackError) in
          try endIfAsked()
          progress(Double(done + bytes) / all)
        }
        done += files[index].bytes
      }
    }
    filesReadBack = files.count
    return fingerprint.value
  }
}

/// A file of rows that is read back, a piece at a time: while one is looked at, the next is read.
private struct RowsReadBack: Sendable {
  private let file: PackedFile
  private let path: String
  private let opened: ScratchFile
  private let checksums: ArraySlice<UInt64>
  private let leavesMemory: Bool
  /// Blocks of a piece.
  private let atOnce: Int
  /// Room for the piece that is looked at and for that which is read, in turn.
  private let room: [Storage<UInt32>]

  /// Opens a file whose checksums are the first of some; about so many bytes are a piece.
  init(
    _ file: PackedFile, at path: String, _ checksums: ArraySlice<UInt64>, leavesMemory: Bool,
    _ pieceBytes: Int
  ) throws(PackError) {
    do { opened = ScratchFile(try SystemFile(opening: path)) } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
    (self.file, self.path, self.checksums) = (file, path, checksums)
    self.leavesMemory = leavesMemory
    let blockBytes = file.itemBytes * file.blockItems
    atOnce = max(1, pieceBytes / blockBytes)
    let words = min(file.bytes, atOnce * blockBytes) / 4
    room = [Storage(unwritten: words), Storage(unwritten: words)]
  }

  /// Looks at all pieces; `done` hears how many bytes that are.
  func run(
    _ fingerprint: inout RowsFingerprint, on pool: WorkerPool,
    _ done: (Int) throws(PackError) -> Void
  ) throws(PackError) {
    try read(0).get()
    let pieces = (file.blocks + atOnce - 1) / atOnce
    for piece in 0..<pieces {
      let loop = ParallelLoop(PieceLook(self, piece, fingerprint, hasMore: piece + 1 < pieces))
      pool.run(loop, chunks: 3)
      if let block = loop.body.torn {
        throw .torn(file: path, block: block, items: file.items(ofBlock: block))
      }
      fingerprint = loop.body.fingerprint
      try loop.body.read.get()
      try done(bytes(of: piece).upperBound)
    }
  }

  private func blocks(of piece: Int) -> Range<Int> {
    piece * atOnce..<min(file.blocks, (piece + 1) * atOnce)
  }

  private func bytes(of piece: Int) -> Range<Int> {
    let blocks = blocks(of: piece)
    return file.bytes(ofBlock: blocks.lowerBound)
      .lowerBound..<file.bytes(ofBlock: blocks.upperBound - 1).upperBound
  }

  /// The numbers of a piece that is read.
  fileprivate func words(of piece: Int) -> UnsafeBufferPointer<UInt32> {
    UnsafeBufferPointer(start: room[piece % 2].base, count: bytes(of: piece).count / 4)
  }

  /// Reads a piece.
  fileprivate func read(_ piece: Int) -> Result<Void, PackError> {
    let bytes = bytes(of: piece)
    let target = UnsafeMutableRawBufferPointer(start: room[piece % 2].base, count: bytes.count)
    do throws(SystemRefusal) {
      let got = try opened.system.read(into: target, at: bytes.lowerBound)
      guard got == bytes.count else {
        return .failure(
          .size(file: path, found: bytes.lowerBound + got, expected: file.bytes))
      }
      if leavesMemory { opened.system.leaveMemory(bytes) }
      return .success(())
    } catch {
      return .failure(.unreadable(file: path, reason: error.reason))
    }
  }

  /// The first block of a piece that is not what was written; nil if all are.
  fileprivate func tornBlock(of piece: Int) -> Int? {
    let (all, start) = (UnsafeRawBufferPointer(words(of: piece)), bytes(of: piece).lowerBound)
    return blocks(of: piece).first { block in
      let own = file.bytes(ofBlock: block)
      let bytes = all[own.lowerBound - start..<own.upperBound - start]
      return xxh64(UnsafeRawBufferPointer(rebasing: bytes))
        != checksums[checksums.startIndex + block]
    }
  }
}

/// Reads the piece behind one, takes this one into the fingerprint, and compares its checksums.
private struct PieceLook: ParallelBody, ~Copyable {
  private let file: RowsReadBack
  private let piece: Int
  private let hasMore: Bool
  private let reading: UnsafeMutablePointer<Result<Void, PackError>>
  private let mixed: UnsafeMutablePointer<RowsFingerprint>
  private let found: UnsafeMutablePointer<Int?>

  init(_ file: RowsReadBack, _ piece: Int, _ fingerprint: RowsFingerprint, hasMore: Bool) {
    (self.file, self.piece, self.hasMore) = (file, piece, hasMore)
    reading = .allocate(capacity: 1)
    reading.initialize(to: .success(()))
    mixed = .allocate(capacity: 1)
    mixed.initialize(to: fingerprint)
    found = .allocate(capacity: 1)
    found.initialize(to: nil)
  }

  deinit {
    reading.deinitialize(count: 1)
    reading.deallocate()
    mixed.deallocate()
    found.deallocate()
  }

  func run(chunk: Int, thread: Int) {
    switch chunk {
    case 0: if hasMore { reading.pointee = file.read(piece + 1) }
    case 1: mixed.pointee.take(file.words(of: piece))
    default: found.pointee = file.tornBlock(of: piece)
    }
  }

  /// Whether the piece behind it was read.
  var read: Result<Void, PackError> { reading.pointee }
  /// The fingerprint with the piece.
  var fingerprint: RowsFingerprint { mixed.pointee }
  /// The first block of it that is not what was written.
  var torn: Int? { found.pointee }
}
