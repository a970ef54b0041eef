import CKernels

/// Where one column of a chunk lies in a spool, and in how many bytes each of its numbers.
///
///     codes      without a sign, in 1, 2 or 4 bytes
///     numbers    v · 10^decimals as whole numbers in 1, 2 or 4 bytes, the least one for NaN;
///                v itself, in 8, where a number would not come back as it was
///     times      8 bytes
struct SpoolColumn: Sendable, Equatable {
  /// Bytes of the chunk before it.
  let start: Int
  /// Bytes of each number.
  let bytes: Int
  var decimals = 0

  /// 10⁰ … 10⁶: more decimals are kept as they are.
  static let powers: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
}

/// The columns of a chunk as they go into a spool.
struct NarrowedChunk: Sendable {
  let columns: [SpoolColumn]
  let bytes: [UInt8]

  /// Makes the numbers of a chunk narrow; `codes` says by column and code of the chunk the code that
  /// is kept.
  init(_ chunk: ParsedChunk, codes: [[Int32]], _ shape: SpoolShape) {
    var columns: [SpoolColumn] = []
    let most = chunk.rows * shape.wideBytes + SpoolRoom.alignment * shape.columns
    bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, filled in
      guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
      var room = SpoolRoom(start, rows: chunk.rows)
      for (texts, own) in zip(chunk.texts, codes) { room.append(texts, by: own) }
      for numbers in chunk.numbers { room.append(numbers) }
      if shape.hasTimes { room.append(wide: chunk.times) }
      (columns, filled) = (room.columns, room.end)
    }
    self.columns = columns
  }
}

/// Memory that the columns of a chunk are put into, one behind the other.
private struct SpoolRoom {
  /// Every column starts at a multiple of so many bytes.
  static let alignment = 8

  private let start: UnsafeMutableRawPointer
  private let rows: Int
  private var whole: [Int32]
  private(set) var columns: [SpoolColumn] = []
  private(set) var end = 0

  init(_ start: UnsafeMutableRawPointer, rows: Int) {
    (self.start, self.rows) = (start, rows)
    whole = [Int32](repeating: 0, count: rows)
  }

  /// The next column, of so many bytes a number.
  private mutating func column(_ bytes: Int, decimals: Int = 0) -> UnsafeMutableRawPointer {
    columns.append(SpoolColumn(start: end, bytes: bytes, decimals: decimals))
    defer { end += (bytes * rows + Self.alignment - 1) / Self.alignment * Self.alignment }
    let column = start + end
    // What lies between columns is written too.
    if (bytes * rows) % Self.alignment > 0 {
      (column + bytes * rows / Self.alignment * Self.alignment)
        .storeBytes(of: 0, as: UInt64.self)
    }
    return column
  }

  /// Puts in codes, as others number them.
  mutating func append(_ texts: [Int32], by codes: [Int32]) {
    switch codes.max() ?? 0 {
    case ...0xFF: append(texts, by: codes, as: UInt8.self)
    case ...0xFFFF: append(texts, by: codes, as: UInt16.self)
    default: append(texts, by: codes, as: Int32.self)
    }
  }

  private mutating func append<Code: FixedWidthInteger & BitwiseCopyable>(
    _ texts: [Int32], by codes: [Int32], as _: Code.Type
  ) {
    let size = MemoryLayout<Code>.size
    let target = column(size).bindMemory(to: Code.self, capacity: rows)
    texts.withUnsafeBufferPointer { texts in
      codes.withUnsafeBufferPointer { codes in
        guard let texts = texts.baseAddress, let codes = codes.baseAddress else { return }
        for row in 0..<rows {
          target[row] = Code(truncatingIfNeeded: codes[Int(texts[row])])
        }
      }
    }
  }

  /// Puts in numbers, as whole ones if they can be.
  mutating func append(_ numbers: [Double]) {
    var found = ck_narrowed()
    for (decimals, power) in SpoolColumn.powers.enumerated() {
      ck_narrow(numbers, Int64(rows), power, &whole, &found)
      guard found.is_exact else { continue }
      switch max(-Int(found.least), Int(found.greatest)) {
      case ...Int(Int8.max): append(whole: decimals, as: Int8.self)
      case ...Int(Int16.max): append(whole: decimals, as: Int16.self)
      default: append(whole: decimals, as: Int32.self)
      }
      return
    }
    append(wide: numbers)
  }

  /// Puts in whole numbers; the least of the wider kind becomes the least of this one.
  private mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(
    whole decimals: Int, as _: Number.Type
  ) {
    let size = MemoryLayout<Number>.size
    let target = column(size, decimals: decimals).bindMemory(to: Number.self, capacity: rows)
    whole.withUnsafeBufferPointer { whole in
      for row in 0..<rows {
        target[row] =
          whole[row] == .min ? .min : Number(truncatingIfNeeded: whole[row])
      }
    }
  }

  /// Puts in eight bytes a row as they are.
  mutating func append<Number: BitwiseCopyable>(wide numbers: [Number]) {
    let target = column(8)
    numbers.withUnsafeBytes {
      if let numbers = $0.baseAddress { target.copyMemory(from: numbers, byteCount: 8 * rows) }
    }
  }
}

// MARK: - Back again

extension SpoolColumn {
  /// The codes that lie in some bytes.
  func codes(in bytes: UnsafeRawBufferPointer, rows: Int) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: rows) { codes, filled in
      filled = rows
      guard let to = codes.baseAddress, let from = bytes.baseAddress else { return }
      switch self.bytes {
      case 1: Self.widen(from.assumingMemoryBound(to: UInt8.self), rows, to)
      case 2: Self.widen(from.assumingMemoryBound(to: UInt16.self), rows, to)
      default: UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: 4 * rows)
      }
    }
  }

  private static func widen<Code: FixedWidthInteger>(
    _ from: UnsafePointer<Code>, _ rows: Int, _ to: UnsafeMutablePointer<Int32>
  ) {
    for row in 0..<rows { to[row] = Int32(truncatingIfNeeded: from[row]) }
  }

  /// The numbers that lie in some bytes.
  func numbers(in bytes: UnsafeRawBufferPointer, rows: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: rows) { numbers, filled in
      filled = rows
      guard let to = numbers.baseAddress, let from = bytes.baseAddress else { return }
      if self.bytes == 8 {
        UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: 8 * rows)
      } else {
        ck_widen(from, Int64(self.bytes), Int64(rows), Self.powers[decimals], to)
      }
    }
  }
}
