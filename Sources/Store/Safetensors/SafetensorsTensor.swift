public import Tensors

/// A named array in a safetensors file (github.com/huggingface/safetensors, format 1).
public struct SafetensorsTensor: Sendable {
  /// Its name, unique in the file; not `__metadata__`.
  public let name: String
  /// What its elements are.
  public let kind: ArchiveKind
  /// Its extents, row-major; none: one element.
  public let shape: [Int]
  /// Its elements, little-endian.
  public let content: Archive.Content

  /// Names an array; its content must have as many elements as its shape.
  public init(name: String, kind: ArchiveKind, shape: [Int], content: Archive.Content) {
    self.name = name
    self.kind = kind
    self.shape = shape
    self.content = content
  }

  /// A piece of state.
  public init(_ entry: Archive.Entry) {
    self.init(name: entry.name, kind: entry.kind, shape: entry.shape, content: entry.content)
  }

  /// How many elements.
  public var count: Int { shape.reduce(1, *) }

  /// The array as a piece of state.
  public var entry: Archive.Entry {
    Archive.Entry(name: name, kind: kind, count: count, shape: shape, content: content)
  }

  /// Its elements, if they are of the kind.
  public func numbers<Number: ArchiveNumber>(as type: Number.Type = Number.self) -> [Number]? {
    guard kind == Number.archiveKind else { return nil }
    return entry.withBytes { bytes in
      [Number](unsafeUninitializedCapacity: count) { buffer, filled in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        filled = count
      }
    }
  }
}
