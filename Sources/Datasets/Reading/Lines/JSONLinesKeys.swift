extension TableHeader {
  /// Rows that begin in so many of the first bytes say which keys there are.
  ///
  /// It is no block, so that the same keys are found whatever the size of blocks.
  static let keyBytes = 1 << 20

  /// The keys of the first objects of a file, in the order in which they appear; blocks stay unread.
  ///
  /// - Throws: ``ReaderError`` for a line that is no object, for a key that is no UTF-8 (its name
  ///   could be that of another one), and for a file without an object.
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
            try scanner.keys(range, into: &keys)
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

extension JSONLineScanner {
  /// Adds the keys of the object in a line.
  fileprivate mutating func keys(
    _ line: Range<Int>, into keys: inout ByteInterner
  ) throws(JSONFault) {
    var fault: JSONFault?
    try object(
      line,
      number: { key in
        let known = keys.count
        if Int(keys.id(of: key)) == known, fault == nil { fault = JSONFault(key: key) }
        return nil
      }
    ) { _, _, _ in }
    if let fault { throw fault }
  }
}

extension JSONFault {
  /// What is wrong with the bytes of a key; nil if they are UTF-8.
  init?(key: UnsafeBufferPointer<UInt8>) {
    guard String(validating: key, as: UTF8.self) == nil else { return nil }
    self = .notUTF8(key: String(decoding: key, as: UTF8.self))
  }
}
