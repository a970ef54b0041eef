import Tensors

/// From the bytes of a text to its id, as training numbered them.
struct CategoryIndex {
  private enum Form {
    /// A vocabulary: text i is id i + 1.
    case vocabulary(ByteInterner)
    /// A vocabulary whose texts lie in a file.
    case names(NameIndex)
    /// So many rows that texts are hashed into.
    case hash(rows: Int)
  }

  private let form: Form

  /// The ids of a field; nil if two of its categories have the same bytes.
  init?(_ field: CategoricalField, _ rawNames: [RawName]) {
    guard !field.isHashed else {
      form = .hash(rows: field.vocabulary - 1)
      return
    }
    if let table = field.categories.table {
      guard let index = NameIndex(table, rawNames) else { return nil }
      form = .names(index)
      return
    }
    let raw = Dictionary(
      rawNames.map { ($0.id, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    var texts = ByteInterner()
    for id in field.categories.indices.dropFirst() {
      var bytes = raw[Int32(id)] ?? []
      if raw[Int32(id)] == nil { bytes = Array(field.categories[id].utf8) }
      let number = bytes.withUnsafeBufferPointer { texts.id(of: $0) }
      guard Int(number) == id - 1 else { return nil }
    }
    form = .vocabulary(texts)
  }

  /// The id of a text; 0 for one that no training row has, or too few.
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    switch form {
    case .vocabulary(let texts): texts.find(bytes).map { $0 + 1 } ?? 0
    case .names(let index): index.find(bytes) ?? 0
    // Training hashes what it can show, so bytes that are not UTF-8 are repaired first.
    case .hash(let rows): CategoryIds.hash(String(decoding: bytes, as: UTF8.self), rows: rows)
    }
  }

  /// The id of a text.
  func id(of text: String) -> Int32 {
    var text = text
    return text.withUTF8 { id(of: $0) }
  }
}
