import Tensors

/// Parses blocks of rows, and reads those behind them at the same time.
struct BlockParsing: ParallelBody, ~Copyable {
  private let blocks: [[UInt8]]
  private let parser: any RowParser
  private let source: RowBlocks
  private let most: Int
  private let parsed: UnsafeMutableBufferPointer<ParsedChunk?>
  private let read: UnsafeMutablePointer<Result<[[UInt8]], ReaderError>?>

  /// The parsing of some blocks; of `source` so many more are read at most.
  init(
    _ blocks: [[UInt8]], _ parser: any RowParser, ahead source: RowBlocks, atMost most: Int
  ) {
    self.blocks = blocks
    self.parser = parser
    self.source = source
    self.most = most
    parsed = .allocate(capacity: blocks.count)
    parsed.initialize(repeating: nil)
    read = .allocate(capacity: 1)
    read.initialize(to: nil)
  }

  deinit {
    parsed.deinitialize()
    parsed.deallocate()
    read.deinitialize(count: 1)
    read.deallocate()
  }

  /// Chunk 0, which comes first, reads; the others parse a block each.
  func run(chunk: Int, thread: Int) {
    guard chunk > 0 else {
      read.pointee = source.next(atMost: most)
      return
    }
    parsed[chunk - 1] = blocks[chunk - 1].withUnsafeBufferPointer { parser.parse($0) }
  }

  /// The blocks as they were parsed.
  var chunks: [ParsedChunk] { parsed.compactMap(\.self) }

  /// The blocks that were read meanwhile, none at the end; nil before the loop has run.
  var ahead: Result<[[UInt8]], ReaderError>? { read.pointee }
}
