public import Runs
import Tensors

/// Loss bins as they stand in `curves.bin`: 80 bytes each, all numbers little-endian.
///
///     task I32 · count I32 · not finite I32 · kept losses I32 · first step I64 · last step I64 ·
///     smallest F32 · largest F32 · sum F64 · five losses of the spread F32 · 4 zero bytes · checksum U64
///
/// The checksum is XXH64 of the 72 bytes before it.
enum LossRecords {
  static let size = 80

  /// Bins as bytes.
  static func bytes(of bins: [LossBin]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(bins.count * size)
    for bin in bins {
      let start = bytes.count
      for number in [bin.task, bin.count, bin.notFinite, bin.spread.kept] {
        bytes.append(Int32(clamping: number))
      }
      bytes.append(Int64(bin.firstStep))
      bytes.append(Int64(bin.lastStep))
      bytes.append(bin.minimum.bitPattern)
      bytes.append(bin.maximum.bitPattern)
      bytes.append(bin.sum.bitPattern)
      for index in 0..<LossSpread.capacity { bytes.append(bin.spread[index].bitPattern) }
      bytes.append(UInt32(0))
      bytes.append(bytes[start...].withUnsafeBytes { xxh64($0) })
    }
    return bytes
  }

  /// The bins of a file before the first record that is not as it was written, and what is wrong with
  /// that; of a torn last record nothing.
  static func bins(of bytes: [UInt8], path: String) -> (bins: [LossBin], damage: StoreError?) {
    var bins: [LossBin] = []
    bins.reserveCapacity(bytes.count / size)
    for number in 0..<(bytes.count / size) {
      let record = Array(bytes[number * size..<(number + 1) * size])
      guard let bin = bin(of: record) else {
        return (
          bins, .damaged(path: path, what: "record \(number + 1) is not as it was written")
        )
      }
      bins.append(bin)
    }
    return (bins, nil)
  }

  private static func bin(of record: [UInt8]) -> LossBin? {
    record.withUnsafeBytes { bytes in
      func number<Number: FixedWidthInteger>(_ offset: Int, _ type: Number.Type) -> Number {
        Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
      }
      let sum = xxh64(UnsafeRawBufferPointer(rebasing: bytes[..<(size - 8)]))
      guard number(size - 8, UInt64.self) == sum else { return nil }
      var bin = LossBin(
        task: Int(number(0, Int32.self)), step: Int(number(16, Int64.self)))
      bin.count = Int(number(4, Int32.self))
      bin.notFinite = Int(number(8, Int32.self))
      bin.lastStep = Int(number(24, Int64.self))
      bin.minimum = Float(bitPattern: number(32, UInt32.self))
      bin.maximum = Float(bitPattern: number(36, UInt32.self))
      bin.sum = Double(bitPattern: number(40, UInt64.self))
      let kept = 0..<max(0, min(LossSpread.capacity, Int(number(12, Int32.self))))
      let numbers = kept.map { Float(bitPattern: number(48 + 4 * $0, UInt32.self)) }
      guard let spread = LossSpread(ascending: numbers) else { return nil }
      bin.spread = spread
      return bin
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append<Number: FixedWidthInteger>(_ number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
