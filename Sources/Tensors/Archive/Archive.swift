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
    /// Their extents, row by row; of what is no array one extent.
    public let shape: [Int]
    /// Its elements as they lie in memory, in the order of the machine's bytes.
    public let content: Content

    /// Names a piece of state; without a shape it has one extent.
    public init(
      name: String, kind: ArchiveKind, count: Int, shape: [Int]? = nil, content: Content
    ) {
      self.name = name
      self.kind = kind
      self.count = count
      self.shape = shape ?? [count]
      self.content = content
    }

    /// The same entry with bytes of its own, which no longer follow the memory that they lay in.
    public func detached() -> Entry {
      Entry(
        name: name, kind: kind, count: count, shape: shape,
        content: .owned(withBytes { Array($0) }))
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
    defer { path = outer }
    try body(&self)
  }

  /// Ends putting back: everything that was saved must have been visited.
  ///
  /// - Throws: ``ArchiveError/unknown(_:)`` for what nobody asked for.
  public func finish() throws(ArchiveError) {
    guard unread.isEmpty else { throw .unknown(unread.sorted()) }
  }

  // MARK: - Entries

  /// What was saved of a piece of the part that is being visited cannot be.
  public func invalid(_ name: String, _ what: String) -> ArchiveError {
    .content(fullName(name), what)
  }

  /// The whole name of a piece of the part that is being visited.
  func fullName(_ name: String) -> String { path + name }

  /// Saves a piece of state.
  mutating func save(
    _ name: String, _ kind: ArchiveKind, _ count: Int, shape: [Int]? = nil, _ content: Content
  ) {
    let full = path + name
    precondition(seen.insert(full).inserted, "archive: '\(full)' was visited twice")
    entries.append(Entry(name: full, kind: kind, count: count, shape: shape, content: content))
  }

  /// The entry of a name that is put back, with as many elements as there must be; nil while saving.
  mutating func entry(
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
    guard bytes % kind.size == 0, bytes / kind.size == entry.count else {
      throw .size(full, found: bytes / kind.size, expected: entry.count)
    }
    return entry
  }
}
