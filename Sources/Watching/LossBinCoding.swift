import Runs

/// Loss bins as bytes of fixed places, little end first: they come by thousands.
///
///     task 4 · first 8 · last 8 · minimum 4 · maximum 4 · sum 8 · count 8 · not finite 8 · spread 5 × 4
enum LossBinCoding {
  static let bytesPerBin = 72

  static func encoded(_ bins: [LossBin]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(bins.count * bytesPerBin)
    for bin in bins {
      append(UInt32(truncatingIfNeeded: bin.task), to: &bytes)
      append(UInt64(bitPattern: Int64(bin.firstStep)), to: &bytes)
      append(UInt64(bitPattern: Int64(bin.lastStep)), to: &bytes)
      append(bin.minimum.bitPattern, to: &bytes)
      append(bin.maximum.bitPattern, to: &bytes)
      append(bin.sum.bitPattern, to: &bytes)
      append(UInt64(bitPattern: Int64(bin.count)), to: &bytes)
      append(UInt64(bitPattern: Int64(bin.notFinite)), to: &bytes)
      for number in bin.spread.numbers { append(number.bitPattern, to: &bytes) }
    }
    return bytes
  }

  /// The bins; nil unless there are whole ones that can be.
  static func decoded(_ bytes: [UInt8]) -> [LossBin]? {
    guard bytes.count.isMultiple(of: bytesPerBin) else { return nil }
    var bins: [LossBin] = []
    bins.reserveCapacity(bytes.count / bytesPerBin)
    var position = 0
    func next<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
      defer { position += MemoryLayout<Number>.size }
      return bytes.withUnsafeBytes {
        Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Number.self))
      }
    }
    func whole() -> Int { Int(Int64(bitPattern: next(UInt64.self))) }
    func float() -> Float { Float(bitPattern: next(UInt32.self)) }
    while position < bytes.count {
      var bin = LossBin(task: Int(next(UInt32.self)), step: whole())
      bin.lastStep = whole()
      (bin.minimum, bin.maximum) = (float(), float())
      bin.sum = Double(bitPattern: next(UInt64.self))
      (bin.count, bin.notFinite) = (whole(), whole())
      let numbers = (0..<LossSpread.capacity).map { _ in float() }
      guard let spread = LossSpread(ascending: numbers.filter(\.isFinite)), bin.count >= 0,
        bin.firstStep <= bin.lastStep
      else { return nil }
      bin.spread = spread
      bins.append(bin)
    }
    return bins
  }

  private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// Loss bins and the frame in which they are sent, made once for all who get them.
struct LossFrame {
  let bins: [LossBin]
  let frame: [UInt8]

  init(_ bins: [LossBin]) {
    self.bins = bins
    frame = bins.isEmpty ? [] : Frame(.losses, LossBinCoding.encoded(bins)).bytes
  }
}
