import Foundation
import Tensors
import Testing

@testable import Datasets

/// Blocks are read while those before them are parsed: nothing of that shows.
@Suite struct ReadingAheadTests {
  /// A text, and then no end but a failure.
  private final class TornSource: ByteSource {
    private var text: [UInt8]
    private(set) var reads = 0
    static let failure = ReaderError.unreadable(path: "t.csv", reason: "torn")

    init(_ text: String) { self.text = Array(text.utf8) }

    var share: Double { 0 }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReaderError) -> Int {
      reads += 1
      guard !text.isEmpty else { throw Self.failure }
      let count = min(buffer.count, text.count)
      buffer.copyBytes(from: text.prefix(count))
      text.removeFirst(count)
      return count
    }
  }

  private static let schema = """
    name: table
    files: {all: t.csv}
    columns: {user: {type: categorical, minimumCount: 1}, price: {type: numeric}}
    tasks: {click: {column: click}}
    split: {ratio: {validation: 0.2, test: 0.2, seed: 3}}
    """

  /// The rows that are handed over before the reading fails, and with what.
  private static func read(
    _ text: String, threads: Int, partBytes: Int
  ) throws -> (rows: Int, error: ReaderError?) {
    let wanted = WantedTable(try DatasetSchema(yaml: schema, path: "s.yaml"))
    let pool = WorkerPool(threads: threads)
    var rows = 0
    do throws(ReaderError) {
      let reader = try TableReader(
        path: "t.csv", source: TornSource(text), format: wanted.format, partBytes: partBytes)
      var cursor = try reader.begin(wanted.use(wanted.columns))
      while let chunks = try reader.next(&cursor, pool: pool) {
        #expect(chunks.count <= TableReader.blocksAtOnce(threads: threads))
        rows += chunks.reduce(0) { $0 + $1.rows }
      }
      return (rows, nil)
    } catch {
      return (rows, error)
    }
  }

  private static func text(wrongRow: Int?) -> String {
    // Longer than what is looked at of every file before it is read.
    "user,price,click\n"
      + (0..<900).map { "user\($0),\($0 == wrongRow ? "no" : "\($0)"),\($0 % 2)\n" }.joined()
  }

  @Test(arguments: 1...3, [100, 1000, 5000]) func rowsBeforeAFailureAreRead(
    threads: Int, partBytes: Int
  ) throws {
    let found = try Self.read(Self.text(wrongRow: nil), threads: threads, partBytes: partBytes)
    #expect(found.error == TornSource.failure)
    // What lies in the block that fails is no whole block.
    #expect(found.rows > 900 - partBytes / 10 - 2 && found.rows <= 900, "\(found.rows) rows")
  }

  /// What is wrong with a row comes before what is wrong behind it, on any number of threads.
  @Test(arguments: 1...3, [100, 1000]) func wrongRowsComeFirst(threads: Int, partBytes: Int) throws
  {
    let found = try Self.read(Self.text(wrongRow: 700), threads: threads, partBytes: partBytes)
    #expect(
      found.error
        == .notANumber(path: "t.csv", line: 702, column: "price", found: "no", missing: [""]))
  }
}
