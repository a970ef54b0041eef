import Tensors

/// The texts of a field's categories by id, whether they are texts in memory or lie in a mapped file.
///
/// Of a file a text is made when it is asked for: a vocabulary of millions costs nothing until then.
public struct CategoryNames: Sendable {
  private enum Form: Sendable {
    case texts([String])
    case table(NameTable)
  }

  private let form: Form

  /// The table of texts that lie in a file; nil of texts in memory.
  var table: NameTable? {
    guard case .table(let table) = form else { return nil }
    return table
  }

  /// Texts in memory.
  public init(_ texts: [String]) { form = .texts(texts) }

  /// Texts in a file.
  init(_ table: NameTable) { form = .table(table) }
}

/// Texts that lie one after another in a mapped file.
struct NameTable: Sendable {
  /// Where each text starts in `bytes`, one more than there are texts, from `first` on.
  let starts: Storage<Int64>
  let bytes: Storage<UInt8>
  let first: Int
  let count: Int
  /// Which files hold all of `starts` and `bytes`; nil where no others may count on them.
  var files: Files?

  /// Files that stay as they are as long as they are there.
  struct Files: Sendable {
    let folder: String
    /// XXH64 of the checksums of their blocks.
    let checksum: UInt64
  }

  func name(_ id: Int) -> String {
    withBytes(of: id) { String(decoding: $0, as: UTF8.self) }
  }

  /// Hands over the bytes of a text.
  func withBytes<Result>(of id: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let (start, end) = (Int(starts[first + id]), Int(starts[first + id + 1]))
    return body(UnsafeBufferPointer(rebasing: bytes.elements[start..<end]))
  }
}

extension CategoryNames: RandomAccessCollection {
  /// 0, the first id.
  public var startIndex: Int { 0 }
  /// Behind the last id.
  public var endIndex: Int {
    switch form {
    case .texts(let texts): texts.count
    case .table(let table): table.count
    }
  }
  /// The text of an id.
  public subscript(id: Int) -> String {
    switch form {
    case .texts(let texts): return texts[id]
    case .table(let table):
      precondition(indices.contains(id), "category \(id) of \(table.count)")
      return table.name(id)
    }
  }
}

extension CategoryNames: Hashable {
  /// Whether the texts are the same, wherever they lie.
  public static func == (a: Self, b: Self) -> Bool {
    if case .table(let own) = a.form, case .table(let other) = b.form, own.starts === other.starts,
      own.first == other.first, own.count == other.count
    {
      return true
    }
    return a.elementsEqual(b)
  }
  /// Takes in how many there are: equal texts have equal hashes.
  public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension CategoryNames: ExpressibleByArrayLiteral {
  /// Texts in memory.
  public init(arrayLiteral texts: String...) { self.init(texts) }
}

extension CategoryNames: Codable {
  /// Reads a list of texts.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([String].self))
  }
  /// Writes a list of texts.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Array(self))
  }
}
