public import Tensors

/// A message in the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), written
/// field by field.
///
/// Large arrays are not copied: they are handed on from where they lie.
public struct ProtobufMessage: Sendable {
  private enum Chunk: Sendable {
    case bytes([UInt8])
    case content(Archive.Content)
  }

  private var chunks: [Chunk] = []
  /// How many bytes it has.
  public private(set) var byteCount = 0

  /// An empty message.
  public init() {}

  /// A whole number, an enumeration or a truth value.
  public mutating func integer(_ field: Int, _ value: Int) {
    append(Self.varint(field << 3) + Self.varint(value))
  }

  /// Numbers of which there may be any count.
  public mutating func integers(_ field: Int, _ values: [Int]) {
    for value in values { integer(field, value) }
  }

  /// A number of 32 bits.
  public mutating func float(_ field: Int, _ value: Float) {
    append(Self.varint(field << 3 | 5) + Self.little(value.bitPattern))
  }

  /// A number of 64 bits.
  public mutating func double(_ field: Int, _ value: Double) {
    append(Self.varint(field << 3 | 1) + Self.little(value.bitPattern))
  }

  /// Numbers of 64 bits, packed.
  public mutating func doubles(_ field: Int, _ values: [Double]) {
    bytes(field, .owned(values.flatMap { Self.little($0.bitPattern) }))
  }

  /// A text.
  public mutating func text(_ field: Int, _ value: String) {
    bytes(field, .owned(Array(value.utf8)))
  }

  /// A message inside.
  public mutating func message(_ field: Int, _ message: ProtobufMessage) {
    append(Self.varint(field << 3 | 2) + Self.varint(message.byteCount))
    chunks += message.chunks
    byteCount += message.byteCount
  }

  /// Bytes as they lie in memory.
  public mutating func bytes(_ field: Int, _ content: Archive.Content) {
    let count = content.withBytes { $0.count }
    append(Self.varint(field << 3 | 2) + Self.varint(count))
    chunks.append(.content(content))
    byteCount += count
  }

  /// Hands the message's bytes on, in order.
  public func write<Failure: Error>(
    _ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    func hand(_ bytes: UnsafeRawBufferPointer) {
      guard failure == nil, !bytes.isEmpty else { return }
      do throws(Failure) { try sink(bytes) } catch { failure = error }
    }
    for chunk in chunks {
      switch chunk {
      case .bytes(let bytes): bytes.withUnsafeBytes { hand($0) }
      case .content(let content): content.withBytes { hand($0) }
      }
    }
    if let failure { throw failure }
  }

  /// The whole message in memory: for small ones.
  public var bytes: [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(byteCount)
    write { (bytes: UnsafeRawBufferPointer) in all.append(contentsOf: bytes) }
    return all
  }

  private mutating func append(_ bytes: [UInt8]) {
    byteCount += bytes.count
    if case .bytes(let last)? = chunks.last {
      chunks[chunks.count - 1] = .bytes(last + bytes)
    } else {
      chunks.append(.bytes(bytes))
    }
  }

  /// Seven bits a byte, lowest first; negative numbers as 64 bits.
  private static func varint(_ value: Int) -> [UInt8] {
    var rest = UInt64(bitPattern: Int64(value))
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func little<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

extension Archive.Content {
  /// Calls `body` with the bytes.
  func withBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
    switch self {
    case .memory(let memory): try body(memory.bytes)
    case .owned(let bytes): try bytes.withUnsafeBytes(body)
    }
  }
}
