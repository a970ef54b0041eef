/// What visits every piece of state of a run, either to save it or to put it back.
///
/// Every type with state has one function `visit(_ archive: inout Archive)` that names its state piece
/// by piece, in an order that depends on nothing but the type's own shape. The same function saves and
/// loads, so that neither can forget what the other knows:
///
///     func visit(_ archive: inout Archive) throws(ArchiveError) {
///       try archive.memory("first-moments", firstMoments)
///       try archive.numbers("steps", &steps)
///     }
///
/// Memory is saved by reference: ``entries`` hold until the state changes next.
public struct Archive {
  /// A named piece of state.
  public struct Entry: Sendable {
    /// Its path, parts joined by `/`.
    public let name: String
    /// What its elements are.
    public let kind: ArchiveKind
    /// How many elements it has.
    public let count: Int
    /// Its elements as they lie in memory, in the order of the machine's bytes.
    public let content: Content

    /// Names a piece of state.
    public init(name: String, kind: ArchiveKind, count: Int, content: Content) {
      self.name = name
      self.kind = kind
      self.count = count
      self.content = content
    }

    /// Calls `body` with the entry's bytes.
    public func withBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value
    {
      switch content {
      case .memory(let storage): try body(storage.bytes)
      case .owned(let bytes): try bytes.withUnsafeBytes(body)
      }
    }
  }

  /// Where the bytes of an entry lie.
  public enum Content: Sendable {
    /// In memory that the entry keeps alive, but does not keep from changing.
    case memory(any ArchivedMemory)
    /// In the entry.
    case owned([UInt8])
  }

  /// What was saved so far, in the order in which it was visited.
  public private(set) var entries: [Entry] = []
  /// What is to be put back; nil: the archive saves.
  private let source: [String: Entry]?
  private var unread: Set<String> = []
  private var seen: Set<String> = []
  private var path = ""

  /// An archive that saves what visits it.
  public static func saving() -> Archive { Archive(source: nil) }

  /// An archive that puts entries back; of two with one name the later one counts.
  public static func loading(_ entries: [Entry]) -> Archive {
    Archive(source: Dictionary(entries.map { ($0.name, $0) }) { $1 })
  }

  private init(source: [String: Entry]?) {
    self.source = source
    unread = Set((source ?? [:]).keys)
  }

  /// Whether state is put back.
  public var isLoading: Bool { source != nil }

  /// Visits a part under a name of its own.
  public mutating func part(
    _ name: String, _ body: (inout Archive) throws(ArchiveError) -> Void
  ) throws(ArchiveError) {
    let outer = path
    path += name + "/"
    try body(&self)
    path = outer
  }

  /// Visits a piece of memory whose size follows from the run itself.
  ///
  /// - Throws: ``ArchiveError`` where it was not saved, or has another size or kind.
  public mutating func memory<Number: ArchiveNumber>(
    _ name: String, _ storage: Storage<Number>
  ) throws(ArchiveError) {
    guard let entry = try entry(name, kind: Number.archiveKind, count: storage.count) else {
      return save(
        name, Number.archiveKind, storage.count, .memory(storage))
    }
    entry.withBytes { bytes in
      UnsafeMutableRawBufferPointer(storage.elements).copyMemory(from: bytes)
    }
  }

  /// Visits numbers of which there may be more or fewer than at the run's start.
  public mutating func numbers<Number: ArchiveNumber>(
    _ name: String, _ values: inout [Number]
  ) throws(ArchiveError) {
    guard let entry = try entry(name, kind: Number.archiveKind, count: nil) else {
      return save(
        name, Number.archiveKind, values.count, .owned(values.withUnsafeBytes { Array($0) }))
    }
    values = entry.withBytes { bytes in
      [Number](unsafeUninitializedCapacity: entry.count) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        count = entry.count
      }
    }
  }

  /// Visits a number.
  public mutating func number<Number: ArchiveNumber>(
    _ name: String, _ value: inout Number
  ) throws(ArchiveError) {
    var values = [value]
    try numbers(name, &values)
    guard values.count == 1 else {
      throw .size(path + name, found: values.count, expected: 1)
    }
    value = values[0]
  }

  /// Visits a number that there may not be.
  public mutating func number<Number: ArchiveNumber>(
    _ name: String, _ value: inout Number?
  ) throws(ArchiveError) {
    var values = value.map { [$0] } ?? []
    try numbers(name, &values)
    guard values.count <= 1 else {
      throw .size(path + name, found: values.count, expected: 1)
    }
    value = values.first
  }

  /// Visits yes or no.
  public mutating func flag(_ name: String, _ value: inout Bool) throws(ArchiveError) {
    var number: UInt8 = value ? 1 : 0
    try self.number(name, &number)
    guard number <= 1 else { throw .content(path + name, "\(number) is neither 0 nor 1") }
    value = number == 1
  }

  /// Visits yes or no many times.
  public mutating func flags(_ name: String, _ values: inout [Bool]) throws(ArchiveError) {
    var numbers: [UInt8] = values.map { $0 ? 1 : 0 }
    try self.numbers(name, &numbers)
    if let wrong = numbers.first(where: { $0 > 1 }) {
      throw .content(path + name, "\(wrong) is neither 0 nor 1")
    }
    values = numbers.map { $0 == 1 }
  }

  /// Visits a text.
  public mutating func text(_ name: String, _ value: inout String) throws(ArchiveError) {
    var bytes = Array(value.utf8)
    try numbers(name, &bytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .content(path + name, "it is no text in UTF-8")
    }
    value = text
  }

  /// Ends putting back: everything that was saved must have been visited.
  ///
  /// - Throws: ``ArchiveError/unknown(_:)`` for what nobody asked for.
  public func finish() throws(ArchiveError) {
    guard unread.isEmpty else { throw .unknown(unread.sorted()) }
  }

  // MARK: - Entries

  private mutating func save(_ name: String, _ kind: ArchiveKind, _ count: Int, _ content: Content)
  {
    let full = path + name
    precondition(seen.insert(full).inserted, "archive: '\(full)' was visited twice")
    entries.append(Entry(name: full, kind: kind, count: count, content: content))
  }

  /// The entry of a name that is put back; nil while saving.
  private mutating func entry(
    _ name: String, kind: ArchiveKind, count: Int?
  ) throws(ArchiveError) -> Entry? {
    guard let source else { return nil }
    let full = path + name
    guard let entry = source[full] else { throw .missing(full) }
    unread.remove(full)
    guard entry.kind == kind else { throw .kind(full, found: entry.kind, expected: kind) }
    if let count, entry.count != count {
      throw .size(full, found: entry.count, expected: count)
    }
    let bytes = entry.withBytes { $0.count }
    guard bytes == entry.count * kind.size else {
      throw .size(full, found: bytes / max(1, kind.size), expected: entry.count)
    }
    return entry
  }
}
