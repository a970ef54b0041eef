/// A number that an ``Archive`` saves as it lies in memory.
public protocol ArchiveNumber: BitwiseCopyable, Sendable {
  /// What it is.
  static var archiveKind: ArchiveKind { get }
}

/// What the elements of a saved piece of state are, by the names of safetensors.
public enum ArchiveKind: String, Sendable, Hashable, CaseIterable {
  case float32 = "F32"
  case float64 = "F64"
  case int32 = "I32"
  case int64 = "I64"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint8 = "U8"

  /// Bytes of an element.
  public var size: Int {
    switch self {
    case .uint8: 1
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }
}

extension Float: ArchiveNumber {
  /// F32.
  public static var archiveKind: ArchiveKind { .float32 }
}

extension Double: ArchiveNumber {
  /// F64.
  public static var archiveKind: ArchiveKind { .float64 }
}

extension Int32: ArchiveNumber {
  /// I32.
  public static var archiveKind: ArchiveKind { .int32 }
}

extension Int: ArchiveNumber {
  /// I64.
  public static var archiveKind: ArchiveKind { .int64 }
}

extension UInt64: ArchiveNumber {
  /// U64.
  public static var archiveKind: ArchiveKind { .uint64 }
}

extension UInt32: ArchiveNumber {
  /// U32.
  public static var archiveKind: ArchiveKind { .uint32 }
}

extension UInt8: ArchiveNumber {
  /// U8.
  public static var archiveKind: ArchiveKind { .uint8 }
}

/// Memory of numbers, as an archive sees it.
public protocol ArchivedMemory: AnyObject, Sendable {
  /// All of it.
  var bytes: UnsafeRawBufferPointer { get }
}

extension Storage: ArchivedMemory {
  /// All elements as bytes.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(elements) }
}

/// Some bytes of a larger memory, which it keeps alive.
public final class MemorySlice: ArchivedMemory {
  private let whole: any ArchivedMemory
  private let range: Range<Int>

  /// The bytes in a range.
  public init(_ whole: any ArchivedMemory, bytes range: Range<Int>) {
    self.whole = whole
    self.range = range
  }

  /// Those bytes.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: whole.bytes[range]) }
}
