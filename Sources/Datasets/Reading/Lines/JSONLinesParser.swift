/// Parses rows of a file whose lines are JSON objects.
///
/// Texts are read without their escapes and numbers as they are written. `true` and `false` are texts
/// where texts are wanted, and 1 and 0 where numbers are. `null` and a key that is absent are the
/// missing value.
struct JSONLinesParser: RowParser {
  let wanted: WantedColumns
  private let columns: ColumnIntake
  private let trimsBlanks: Bool
  /// The names of all columns; a name's number is its column.
  private let names: ByteInterner
  /// The columns that are read, each with its text of a missing value.
  private let used: [(column: Int, missing: [UInt8])]
  /// By column, its place in ``used``; nil if it is not read.
  private let places: [Int?]

  init(_ wanted: WantedColumns, trimsBlanks: Bool) {
    self.wanted = wanted
    self.trimsBlanks = trimsBlanks
    let columns = ColumnIntake(wanted)
    self.columns = columns
    var names = ByteInterner()
    for name in wanted.names {
      var name = name
      _ = name.withUTF8 { names.id(of: $0) }
    }
    self.names = names
    used = wanted.names.indices.filter { columns.isUsed($0) }.map {
      ($0, Array(wanted.missing.canonical(wanted.names[$0]).utf8))
    }
    var places = [Int?](repeating: nil, count: wanted.names.count)
    for (place, column) in used.enumerated() { places[column.column] = place }
    self.places = places
  }

  func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> ParsedChunk {
    var chunk = ParsedChunk(for: wanted)
    var scanner = JSONLineScanner(bytes)
    // The last row in which each of the used columns stands.
    var rows = [Int](repeating: -1, count: used.count)
    bytes.forEachLine { line in
      if bytes[line].allSatisfy(JSONLineScanner.isBlank) {
        chunk.lines += 1
        return true
      }
      chunk.noteLine()
      if let error = parseRow(&scanner, line, into: &chunk, &rows) {
        chunk.failure = (chunk.lines, error)
        return false
      }
      chunk.rows += 1
      chunk.lines += 1
      return true
    }
    return chunk
  }

  /// Reads the row in a line; a line that is no object counts before a value that is none.
  private func parseRow(
    _ scanner: inout JSONLineScanner, _ line: Range<Int>, into chunk: inout ParsedChunk,
    _ rows: inout [Int]
  ) -> ParsedChunk.RowError? {
    var wrong: ParsedChunk.RowError?
    let row = chunk.rows
    do throws(JSONFault) {
      try scanner.object(
        line,
        number: { key in
          if let column = names.find(key) { return places[Int(column)] }
          if wrong == nil, let fault = JSONFault(key: key) { wrong = .json(fault) }
          return nil
        }
      ) { place, kind, value in
        guard wrong == nil else { return }
        if rows[place] == row {
          wrong = .json(.repeatedKey(wanted.names[used[place].column]))
        } else {
          rows[place] = row
          wrong = take(kind, value, place, &chunk)
        }
      }
    } catch {
      return .json(error)
    }
    if let wrong { return wrong }
    for place in used.indices where rows[place] != row {
      if let error = takeMissing(place, &chunk) { return error }
    }
    return nil
  }

  private func take(
    _ kind: JSONLineScanner.Kind, _ value: UnsafeBufferPointer<UInt8>, _ place: Int,
    _ chunk: inout ParsedChunk
  ) -> ParsedChunk.RowError? {
    let column = used[place].column
    switch kind {
    case .text: return columns.take(trimsBlanks ? value.trimmed : value, column, &chunk)
    case .number: return columns.take(value, column, &chunk)
    case .yes: return columns.take(Self.bytes("true"), column, &chunk, number: Self.bytes("1"))
    case .no: return columns.take(Self.bytes("false"), column, &chunk, number: Self.bytes("0"))
    case .null: return takeMissing(place, &chunk)
    case .list, .object:
      return .json(.nested(key: wanted.names[column], isList: kind == .list))
    }
  }

  private func takeMissing(_ place: Int, _ chunk: inout ParsedChunk) -> ParsedChunk.RowError? {
    used[place].missing.withUnsafeBufferPointer { columns.take($0, used[place].column, &chunk) }
  }

  private static func bytes(_ text: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Calls `body` with each line, its line feed left out, until it answers false.
  func forEachLine(_ body: (Range<Int>) -> Bool) {
    var at = 0
    while at < count {
      let end = self[at...].firstIndex(of: TableParser.newline) ?? count
      guard body(at..<end) else { return }
      at = end + 1
    }
  }

  /// Without the blanks and tabs around it.
  fileprivate var trimmed: Self {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    guard let first = firstIndex(where: { !isBlank($0) }),
      let last = lastIndex(where: { !isBlank($0) })
    else { return Self(rebasing: self[0..<0]) }
    return Self(rebasing: self[first...last])
  }
}
