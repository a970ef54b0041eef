/// Cuts a source into blocks of whole rows.
///
/// Where a block ends follows from the bytes and the block size alone. Memory holds one block here,
/// however large the file is; a row longer than a block makes its block longer.
final class RowBlocks {
  private let source: any ByteSource
  private let path: String
  private let fields: FieldScanner
  private let blockBytes: Int
  /// Bytes that belong to the next block.
  private var rest: [UInt8] = []
  /// Blocks that were looked at, in front of everything else.
  private var pending: ArraySlice<[UInt8]> = []
  private var isAtEnd = false
  /// What the source failed with, behind the blocks that it gave before.
  private var failure: ReaderError?

  /// The longest row.
  static let rowLimit = 64 << 20

  init(_ source: any ByteSource, path: String, fields: FieldScanner, blockBytes: Int) {
    self.source = source
    self.path = path
    self.fields = fields
    self.blockBytes = blockBytes
  }

  /// The share of the source that is read.
  var share: Double { source.share }

  /// The next rows; nil at the end.
  func next() throws(ReaderError) -> [UInt8]? {
    if let block = pending.popFirst() { return block }
    var bytes = rest
    rest = []
    while true {
      let end = isAtEnd ? bytes.count : lastRowEnd(bytes)
      if end > 0, isAtEnd || bytes.count >= blockBytes {
        rest = Array(bytes[end...])
        bytes.removeLast(bytes.count - end)
        return bytes
      }
      if isAtEnd { return nil }
      guard bytes.count < max(Self.rowLimit, blockBytes) || end > 0 else {
        throw .file(.rowTooLong(path: path, bytes: bytes.count))
      }
      // A row that does not end is read by doubling, so that it is searched a few times only.
      bytes = try extended(bytes, by: max(blockBytes - bytes.count, end > 0 ? 1 : bytes.count, 1))
    }
  }

  /// The next blocks, so many at most; none at the end, and the error behind those that were read well.
  func next(atMost most: Int) -> Result<[[UInt8]], ReaderError> {
    var found: [[UInt8]] = []
    do throws(ReaderError) {
      if let failure { throw failure }
      while found.count < most, let block = try next() { found.append(block) }
    } catch {
      failure = error
      if found.isEmpty { return .failure(error) }
    }
    return .success(found)
  }

  /// Puts bytes that were not used back in front.
  func giveBack(_ bytes: ArraySlice<UInt8>) { rest = bytes + rest }

  /// Puts the newest blocks back as they were cut.
  func giveBack(blocks: [[UInt8]]) { pending = blocks[...] + pending }

  private func extended(_ bytes: [UInt8], by count: Int) throws(ReaderError) -> [UInt8] {
    var failure: ReaderError?
    let total = bytes.count + count
    let longer = [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
      let raw = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<total])
      bytes.withUnsafeBytes { raw.copyMemory(from: $0) }
      filled = bytes.count
      do throws(ReaderError) {
        while filled < total {
          let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: raw[filled...]))
          if got == 0 {
            isAtEnd = true
            break
          }
          filled += got
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return longer
  }

  private func lastRowEnd(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { fields.knowing($0).lastRowEnd($0) }
  }
}
