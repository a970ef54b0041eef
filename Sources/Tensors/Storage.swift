#if canImport(Glibc)
  internal import Glibc
#endif

/// A fixed piece of memory, aligned to 64 bytes, that lives as long as somebody holds it.
///
/// The engine's hot path works on its pointers; nothing here grows, copies or counts bounds in
/// release builds. Whoever shares a storage between threads sees to it that no two write the same
/// element at once: that is why it may be marked `@unchecked Sendable`.
public final class Storage<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The first element.
  public let base: UnsafeMutablePointer<Element>
  /// How many elements.
  public let count: Int
  /// What keeps the memory, where it is not this storage's own: the mapping of a file, or reserved room.
  private let owner: AnyObject?

  /// Memory for `count` elements, all of them `value`.
  public convenience init(count: Int, filling value: Element) {
    self.init(unwritten: count)
    base.initialize(repeating: value, count: max(1, count))
  }

  /// Memory for `count` elements that nobody has written: whoever uses them writes them first, on the
  /// thread beside which they should lie.
  public init(unwritten count: Int) {
    let bytes = max(1, count) * MemoryLayout<Element>.stride
    let raw = allocated(bytes: (bytes + 63) & ~63)
    base = raw.bindMemory(to: Element.self, capacity: max(1, count))
    self.count = count
    owner = nil
  }

  /// Room for `count` elements, all of them 0, which take memory only once they are written.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - inLargePages: whether they will be written one after another rather than here and there.
  public init(reserving count: Int, inLargePages: Bool = true) {
    let bytes = max(1, count) * MemoryLayout<Element>.stride
    let reserved = ReservedBytes(count: bytes, inLargePages: inLargePages)
    base = reserved.start.bindMemory(to: Element.self, capacity: max(1, count))
    self.count = count
    owner = reserved
  }

  /// Elements that lie in a mapped file, from a byte on; the mapping lives as long as the storage.
  ///
  /// Where the file is mapped for reading, writing an element ends the program. Bytes that do not lie
  /// in the file, or not where such elements may, are a programmer's slip.
  public init(mapping file: MappedBytes, at offset: Int = 0, count: Int) {
    let (size, alignment) = (MemoryLayout<Element>.stride, MemoryLayout<Element>.alignment)
    precondition(
      offset >= 0 && count >= 0 && offset % alignment == 0
        && count <= (file.bytes.count - offset) / size,
      "\(count) elements of \(size) bytes do not lie in a file of \(file.bytes.count)")
    self.count = count
    if count > 0, let start = file.bytes.baseAddress {
      base = (start + offset).bindMemory(to: Element.self, capacity: count)
      owner = file
    } else {
      base = allocated(bytes: 64).bindMemory(to: Element.self, capacity: 1)
      owner = nil
    }
  }

  /// A copy of an array.
  public convenience init(_ elements: [Element]) where Element: ExpressibleByIntegerLiteral {
    self.init(count: elements.count, filling: 0)
    for (index, element) in elements.enumerated() { base[index] = element }
  }

  deinit { if owner == nil { giveBack(base) } }

  /// The element at an index; checked in debug builds.
  public subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return base[index]
    }
    set {
      assert(index >= 0 && index < count)
      base[index] = newValue
    }
  }

  /// Lets the system take back pages of a mapped file; own memory stays.
  public func letGo() { (owner as? MappedBytes)?.letGo() }

  /// All elements as an array.
  public var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// All elements in place.
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }
}

/// Aligned memory, of a large piece in large pages where the system has them.
///
/// Products that walk down a column, and rows of a table at random, would miss the address cache at
/// every page of 4 KiB.
private func allocated(bytes: Int) -> UnsafeMutableRawPointer {
  let page = 2 << 20
  guard bytes >= 2 * page else { return alignedMemory(bytes: bytes, alignment: 64) }
  let raw = alignedMemory(bytes: bytes, alignment: page)
  #if canImport(Glibc)
    // Only a wish: a system without large pages goes on with small ones.
    _ = madvise(raw, bytes / page * page, MADV_HUGEPAGE)
  #endif
  return raw
}
