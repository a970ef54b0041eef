/// A file of events that TensorBoard reads: records of `Event` messages (tensorflow/core/util/event.proto).
///
///     8 bytes: length · 4 bytes: masked CRC-32C of the length · event · 4 bytes: masked CRC-32C of it
public struct TensorBoardEvents: Sendable {
  /// The file so far.
  public private(set) var bytes: [UInt8] = []
  /// How many events it has, besides the first, which says the version.
  public private(set) var count = 0

  /// A file without events.
  ///
  /// - Parameter time: when the run started, in seconds since 1970.
  public init(time: Double) {
    var event = ProtobufMessage()
    event.double(1, time)
    event.text(3, "brain.Event:2")
    append(event)
  }

  /// A number at a step, on the page of scalars; a tag's part before the first `/` groups it.
  public mutating func scalar(_ tag: String, _ value: Double, step: Int, time: Double) {
    var summary = ProtobufMessage()
    summary.text(1, tag)
    summary.float(2, Float(value))
    add(summary, step: step, time: time)
  }

  /// How numbers are distributed at a step, in bins from the smallest to the largest.
  ///
  /// Numbers that are not finite are left out; of none nothing is written.
  public mutating func histogram(
    _ tag: String, _ values: [Double], bins: Int = 30, step: Int, time: Double
  ) {
    let values = values.filter(\.isFinite)
    guard let least = values.min(), let greatest = values.max() else { return }
    // The distance of numbers of both signs may be more than a number can say: a quarter of it is not.
    let scale = (greatest - least).isFinite ? 1 : 0.25
    let first = least * scale
    // Equal numbers need a bin of some width.
    let width = max((greatest * scale - first) / Double(bins), Double.leastNormalMagnitude)
    var counts = [Double](repeating: 0, count: bins)
    for value in values { counts[min(bins - 1, Int((value * scale - first) / width))] += 1 }
    var histogram = ProtobufMessage()
    histogram.double(1, least)
    histogram.double(2, greatest)
    histogram.double(3, Double(values.count))
    histogram.double(4, values.reduce(0, +))
    histogram.double(5, values.reduce(0) { $0 + $1 * $1 })
    histogram.doubles(
      6, (1...bins).map { $0 == bins ? greatest : (first + Double($0) * width) / scale })
    histogram.doubles(7, counts)
    var summary = ProtobufMessage()
    summary.text(1, tag)
    summary.message(5, histogram)
    add(summary, step: step, time: time)
  }

  private mutating func add(_ value: ProtobufMessage, step: Int, time: Double) {
    var summary = ProtobufMessage()
    summary.message(1, value)
    var event = ProtobufMessage()
    event.double(1, time)
    event.integer(2, step)
    event.message(5, summary)
    append(event)
    count += 1
  }

  private mutating func append(_ event: ProtobufMessage) {
    let data = event.bytes
    let length = Self.little(UInt64(data.count))
    bytes += length + Self.little(CRC32C.masked(length))
    bytes += data + Self.little(CRC32C.masked(data))
  }

  private static func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
