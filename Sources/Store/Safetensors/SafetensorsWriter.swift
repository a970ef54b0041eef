import Tensors

/// Writes named arrays as a safetensors file, large ones straight from memory.
///
///     8 bytes: length of the header · header (JSON, padded with spaces to 8 bytes) · the arrays
///
/// Arrays with larger elements come first, each group by name, so that every element is aligned. Equal
/// contents give equal bytes. The metadata has a checksum of every array and of the header
/// (``StoreChecksum``).
public struct SafetensorsWriter: Sendable {
  private let tensors: [SafetensorsTensor]
  /// The bytes before the arrays.
  let head: [UInt8]
  /// Where each array begins behind them.
  private let starts: [Int]
  /// How many bytes the file has.
  public let byteCount: Int

  /// Lays a file out; names must be unique.
  public init(_ tensors: [SafetensorsTensor], metadata: [String: String] = [:]) {
    self.init(tensors, metadata: metadata) { $0.entry.withBytes { xxh64($0) } }
  }

  /// Lays a file out whose arrays have known checksums; which they are changes no place.
  init(
    _ tensors: [SafetensorsTensor], metadata: [String: String],
    checksum: (SafetensorsTensor) -> UInt64
  ) {
    let ordered = tensors.sorted { first, second in
      first.kind.size == second.kind.size
        ? first.name.utf8.lexicographicallyPrecedes(second.name.utf8)
        : first.kind.size > second.kind.size
    }
    var header = SafetensorsHeader()
    header.metadata = metadata
    var end = 0
    for tensor in ordered {
      let bytes = tensor.entry.withBytes { $0.count }
      precondition(
        bytes == tensor.count * tensor.kind.size,
        "safetensors: '\(tensor.name)' has \(bytes) bytes for \(tensor.shape)")
      header.places.append(
        .init(
          name: tensor.name, dtype: tensor.kind.rawValue, shape: tensor.shape,
          offsets: [end, end + bytes]))
      end += bytes
      header.metadata[StoreChecksum.key(of: tensor.name)] = StoreChecksum.text(checksum(tensor))
    }
    precondition(
      Set(ordered.map(\.name)).count == ordered.count, "safetensors: a name was given twice")
    header.metadata[StoreChecksum.headerKey] = StoreChecksum.of(header)
    self.tensors = ordered
    starts = header.places.map { $0.offsets[0] }
    head = Self.head(header.text)
    byteCount = head.count + end
  }

  /// The arrays in the order of the file, where each begins in it, and its bytes.
  var places: [(tensor: SafetensorsTensor, offset: Int, bytes: Int)] {
    zip(tensors, starts).map { ($0, head.count + $1, $0.count * $0.kind.size) }
  }

  private static func head(_ text: String) -> [UInt8] {
    var json = Array(text.utf8)
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }

  /// Hands the file's bytes on, in order.
  public func write<Failure: Error>(
    _ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    func hand(_ bytes: UnsafeRawBufferPointer) {
      guard failure == nil, !bytes.isEmpty else { return }
      do throws(Failure) { try sink(bytes) } catch { failure = error }
    }
    head.withUnsafeBytes { hand($0) }
    for tensor in tensors { tensor.entry.withBytes { hand($0) } }
    if let failure { throw failure }
  }

  /// The whole file in memory: for small ones.
  public var bytes: [UInt8] {
    var all: [UInt8] = []
    all.reserveCapacity(byteCount)
    write { (bytes: UnsafeRawBufferPointer) in all.append(contentsOf: bytes) }
    return all
  }
}

/// How a safetensors file of this program vouches for its content: its metadata has `xxh64.NAME` for
/// every array, and `xxh64` for the header without that entry, both as 16 hexadecimal digits.
enum StoreChecksum {
  static let headerKey = "xxh64"

  static func key(of name: String) -> String { "xxh64.\(name)" }

  static func text(_ checksum: UInt64) -> String {
    let digits = String(checksum, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The checksum of a header, whatever it says of itself.
  static func of(_ header: SafetensorsHeader) -> String {
    var header = header
    header.metadata[headerKey] = nil
    return text(xxh64(header.text))
  }
}
