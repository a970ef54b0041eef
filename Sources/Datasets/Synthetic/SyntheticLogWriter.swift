internal import Tensors

/// Writes the rows of a log in order while the next ones are made on the threads of a pool.
///
/// Memory holds two sets of blocks, four blocks a thread. Requests are functions of their numbers and
/// blocks are written in order, so that the bytes are the same on any number of threads.
struct SyntheticLogWriter {
  let log: SyntheticLog
  let pool: WorkerPool
  /// The requests of a block: about a megabyte of text.
  var blockRequests = 512

  /// Writes everything; `goesOn` hears the rows written so far and says whether to go on.
  ///
  /// - Returns: whether all was written.
  func write(into output: LogOutput, goesOn: (Int) -> Bool) throws(SystemRefusal) -> Bool {
    let set = 2 * pool.threads
    let loop = ParallelLoop(
      LogTurn(log: log, blocks: (0..<2 * set).map { _ in LogBlock() }, output: output))
    output.add(log.header)
    var (turn, made) = (0, 0)
    // A turn makes the blocks of one set and writes those of the other; the last one only writes.
    while output.rows < log.impressions {
      guard goesOn(output.rows) else { return false }
      let start = turn % 2 * set
      loop.body.written = loop.body.made
      let end = min(log.requests.count, made + set * blockRequests)
      let count = (end - made + blockRequests - 1) / blockRequests
      loop.body.made = start..<start + count
      for block in 0..<count {
        let first = made + block * blockRequests
        loop.body.blocks[start + block].requests = first..<min(end, first + blockRequests)
      }
      made = end
      pool.run(loop, chunks: 1 + count)
      if let refusal = output.refusal { throw refusal }
      turn += 1
    }
    try output.finish()
    return true
  }
}

/// Where the text of a log goes; used by one thread at a time.
final class LogOutput {
  private let file: SystemFile?
  private let facts: any SyntheticFacts
  private var sum: LogChecksum
  /// Rows that were written.
  private(set) var rows = 0
  /// What the system refused; nothing is written after it.
  private(set) var refusal: SystemRefusal?

  /// Text that goes into a file, none of which is written yet; without a file it is only counted.
  init(into file: consuming SystemFile?, facts: any SyntheticFacts, preset: SyntheticPreset) {
    self.file = file
    self.facts = facts
    sum = LogChecksum(of: preset)
  }

  /// The checksum of what was written.
  var checksum: String { sum.text }

  /// Waits until the disk has everything.
  func finish() throws(SystemRefusal) {
    if let refusal { throw refusal }
    try file?.synchronise()
  }

  /// Writes a block and tells of its rows.
  fileprivate func add(_ block: LogBlock) {
    add(block.text)
    facts.add(block.rows)
    rows += block.rows.count
  }

  fileprivate func add(_ text: [UInt8]) {
    guard refusal == nil else { return }
    text.withUnsafeBytes { sum.add($0) }
    do throws(SystemRefusal) { try file?.write(text) } catch { refusal = error }
  }
}

/// Some requests of a log as text.
private final class LogBlock {
  var requests = 0..<0
  private(set) var text: [UInt8] = []
  private(set) var rows: [SyntheticImpression] = []

  /// Makes the text, in the memory of the one before.
  func make(of log: SyntheticLog) {
    text.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    for request in requests { rows += log.appendRows(ofRequest: request, to: &text) }
  }
}

/// The first chunk writes the blocks of the turn before, the others make one block each.
private struct LogTurn: ParallelBody {
  let log: SyntheticLog
  let blocks: [LogBlock]
  let output: LogOutput
  var written = 0..<0
  var made = 0..<0

  func run(chunk: Int, thread: Int) {
    if chunk > 0 {
      blocks[made.lowerBound + chunk - 1].make(of: log)
    } else {
      for block in written { output.add(blocks[block]) }
    }
  }
}
