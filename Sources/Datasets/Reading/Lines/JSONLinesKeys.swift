extension TableHeader {
  /// Rows that begin in so many of the first bytes say which keys there are.
  ///
  /// It is no block, so that the same keys are found whatever the size of blocks.
  static let keyBytes = 1 << 20

  /// The keys of the first objects of a file, in the order in which they appear; blocks stay unread.
  ///
  /// - Throws: ``ReaderError`` for a line that is no object, and for a file without one.
  init(
    keysOf blocks: RowBlocks, path: String, within keyBytes: Int = Self.keyBytes
  ) throws(ReaderError) {
    var keys = ByteInterner()
    var looked: [[UInt8]] = []
    var (bytes, line, objects) = (0, 0, 0)
    while bytes < keyBytes || objects == 0, var block = try blocks.next() {
      if looked.isEmpty, block.starts(with: TableReader.byteOrderMark) { block.removeFirst(3) }
      let fault: JSONFault? = block.withUnsafeBufferPointer { block in
        var scanner = JSONLineScanner(block)
        var fault: JSONFault?
        block.forEachLine { range in
          guard bytes + range.lowerBound < keyBytes || objects == 0 else { return false }
          line += 1
          guard !block[range].allSatisfy(JSONLineScanner.isBlank) else { return true }
          objects += 1
          do throws(JSONFault) {
            try scanner.object(range, number: { Int(keys.id(of: $0)) }) { _, _, _ in }
          } catch {
            fault = error
          }
          return fault == nil
        }
        return fault
      }
      if let fault { throw .json(path: path, line: line, fault) }
      bytes += block.count
      looked.append(block)
    }
    guard objects > 0 else { throw .emptyFile(path: path) }
    blocks.giveBack(blocks: looked)
    self.init(keys: (0..<keys.count).map(keys.name))
  }
}
