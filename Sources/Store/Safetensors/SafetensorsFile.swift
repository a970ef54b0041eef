public import Tensors

/// A safetensors file that is read: its arrays lie in the mapped file until they are asked for.
///
/// Everything is checked when it is opened: the header's length, that it is what a header must be, and
/// that the arrays lie one behind another from the first byte of the data to the last. A damaged file is
/// an error with its path.
public struct SafetensorsFile: Sendable {
  /// Where it lies.
  public let path: String
  /// What the file says of itself, without its checksums.
  public let metadata: [String: String]
  /// The arrays in the order of the data.
  public let tensors: [SafetensorsTensor]
  private let header: SafetensorsHeader

  /// Opens a file.
  ///
  /// - Throws: ``StoreError``.
  public init(path: String) throws(StoreError) {
    let file = try MappedFile(path: path)
    do throws(SafetensorsFault) {
      let (header, start) = try Self.header(of: file.bytes)
      let kinds = try header.kinds(dataBytes: file.bytes.count - start)
      self.header = header
      tensors = zip(header.places, kinds).map { place, kind in
        let range = (start + place.offsets[0])..<(start + place.offsets[1])
        return SafetensorsTensor(
          name: place.name, kind: kind, shape: place.shape,
          content: .memory(MemorySlice(file, bytes: range)))
      }
    } catch {
      throw .damaged(path: path, what: error.what)
    }
    self.path = path
    let own = Set([StoreChecksum.headerKey] + header.places.map { StoreChecksum.key(of: $0.name) })
    metadata = header.metadata.filter { !own.contains($0.key) }
  }

  private static func header(
    of bytes: UnsafeRawBufferPointer
  ) throws(SafetensorsFault) -> (SafetensorsHeader, Int) {
    guard bytes.count >= 8 else {
      throw SafetensorsFault(what: "it has \(bytes.count) bytes, a safetensors file at least 8")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= SafetensorsHeader.longest, length <= bytes.count - 8 else {
      throw SafetensorsFault(
        what: "its header would have \(length) bytes, the file has \(bytes.count)")
    }
    let end = 8 + Int(length)
    return (try .read(UnsafeRawBufferPointer(rebasing: bytes[8..<end])), end)
  }

  /// The array of a name.
  public subscript(name: String) -> SafetensorsTensor? { tensors.first { $0.name == name } }

  /// The arrays as pieces of state, for ``Archive/loading(_:)``.
  public var entries: [Archive.Entry] { tensors.map(\.entry) }

  /// Reads everything once and compares it with the checksums.
  ///
  /// - Throws: ``StoreError/damaged(path:what:)`` for what has changed, and where there is no checksum.
  public func verify() throws(StoreError) {
    guard header.metadata[StoreChecksum.headerKey] == StoreChecksum.of(header) else {
      throw .damaged(path: path, what: "its header does not have the checksum that it says")
    }
    for tensor in tensors {
      let found = StoreChecksum.text(tensor.entry.withBytes { xxh64($0) })
      guard header.metadata[StoreChecksum.key(of: tensor.name)] == found else {
        throw .damaged(
          path: path, what: "'\(tensor.name)' does not have the checksum that the header says")
      }
    }
  }
}
