import Tensors

/// Ids of a column's texts, by the rule of the column: numbered by count or hashed, single values or
/// lists.
struct CategoryIds {
  /// The field's names, sizes and shape.
  private(set) var field: CategoricalField
  /// By part, chunk and text the id, or the number of the list.
  private(set) var ids: [[[Int32]]]
  /// The lists; nil for a column of single values.
  private(set) var lists: FieldLists.Table?
  /// What a person should know, a sentence each.
  private(set) var notices: [String] = []
  /// The bytes of the categories that are not UTF-8, of a column of single values.
  private(set) var rawNames: [RawName] = []

  /// `counts` says, by part and chunk, how many training rows have each of the chunk's texts.
  init(
    _ parts: [TablePart], column: Int, named name: String, counts: [[[Int32]]],
    minimumCount: Int, rule: CategoryRule
  ) {
    let texts = DistinctTexts(parts, column: column, counts: counts)
    guard rule.list != nil || rule.hashRows != nil else {
      let ranking = Ranking(texts.names, texts.totals, minimumCount: minimumCount)
      field = CategoricalField(name: name, categories: ranking.categories)
      ids = texts.mapped { ranking.ids[$0] }
      rawNames = texts.rawNames(ranking.ids)
      return
    }
    let values = rule.list.map { ListValues(texts, $0) }
    let (names, totals) = values.map { ($0.names, $0.totals) } ?? (texts.names, texts.totals)
    let numbers: [Int32]
    if let rows = rule.hashRows {
      numbers = names.map { Self.hash($0, rows: rows) }
      field = CategoricalField(named: name, hashedInto: rows)
      var collisions = HashCollisions(rows: rows)
      for (number, total) in zip(numbers, totals) { collisions.add(number, trains: total > 0) }
      notices += collisions.notices(name)
    } else {
      let ranking = Ranking(names, totals, minimumCount: minimumCount)
      numbers = ranking.ids
      field = CategoricalField(name: name, categories: ranking.categories)
    }
    guard let values, let list = rule.list else {
      ids = texts.mapped { numbers[$0] }
      return
    }
    let table = FieldLists.Table(values.lists.map { $0.map { numbers[$0] } })
    field.list = ListShape(list.pooling, longest: table.longest)
    lists = table
    ids = texts.mapped { Int32($0) }
    if let most = list.maximumCount, values.dropped > 0 {
      notices.append(
        "\(printable(name)): \(values.dropped) values beyond the first \(most) of a list are left "
          + "out, in \(values.shortened) of \(texts.names.count) different lists")
    }
  }

  /// The row of a text: 1 + (FNV-1a 64, finished as by SplitMix64) mod rows; row 0 is that of no
  /// text.
  static func hash(_ text: String, rows: Int) -> Int32 {
    1 + Int32(RandomSource.mix(fnv1a(text.utf8)) % UInt64(rows))
  }
}

extension CategoricalField {
  /// A field whose texts are hashed into so many rows, besides that of no text.
  init(named name: String, hashedInto rows: Int) {
    self.init(name: name, vocabulary: rows + 1)
    isHashed = true
  }
}

/// A category whose bytes are not UTF-8, so that its name does not spell it.
struct RawName: Sendable, Hashable, Codable {
  /// The category.
  let id: Int32
  /// Its bytes in the file.
  let bytes: [UInt8]
}

/// The different texts of a column, in the order of their first row.
private struct DistinctTexts {
  private(set) var names: [String] = []
  /// By text, how many training rows have it.
  private(set) var totals: [Int] = []
  /// By part, chunk and text of the chunk.
  private var numbers: [[[Int32]]] = []
  private var bytes = ByteInterner()

  init(_ parts: [TablePart], column: Int, counts: [[[Int32]]]) {
    var all = ByteInterner()
    var totals: [Int] = []
    numbers = parts.enumerated().map { index, part in
      part.chunks.enumerated().map { chunkIndex, chunk -> [Int32] in
        let interner = chunk.interners[column]
        return (0..<interner.count).map { local in
          let id = all.id(ofText: local, in: interner)
          if Int(id) == totals.count { totals.append(0) }
          totals[Int(id)] += Int(counts[index][chunkIndex][local])
          return id
        }
      }
    }
    self.totals = totals
    names = (0..<all.count).map { all.name($0) }
    bytes = all
  }

  /// The bytes of the texts that have an id and are not UTF-8.
  func rawNames(_ ids: [Int32]) -> [RawName] {
    names.indices.compactMap { text in
      guard ids[text] > 0, names[text].unicodeScalars.contains("\u{FFFD}") else { return nil }
      let own = bytes.withBytes(text) { Array($0) }
      return own.elementsEqual(names[text].utf8) ? nil : RawName(id: ids[text], bytes: own)
    }.sorted { $0.id < $1.id }
  }

  /// Something of every chunk's every text.
  func mapped(_ id: (Int) -> Int32) -> [[[Int32]]] {
    numbers.map { $0.map { $0.map { id(Int($0)) } } }
  }
}

/// Ids by falling count, ties by name; 0 for what is too rare.
private struct Ranking {
  /// Names by id; index 0 has none.
  let categories: [String]
  /// By name, its id.
  let ids: [Int32]

  init(_ names: [String], _ totals: [Int], minimumCount: Int) {
    let kept = names.indices.filter { totals[$0] >= max(1, minimumCount) }.sorted {
      guard totals[$0] == totals[$1] else { return totals[$0] > totals[$1] }
      // Bytes that are not UTF-8 may read alike: then the first seen comes first.
      let (left, right) = (names[$0].utf8, names[$1].utf8)
      return left.elementsEqual(right) ? $0 < $1 : left.lexicographicallyPrecedes(right)
    }
    var ids = [Int32](repeating: 0, count: names.count)
    for (index, name) in kept.enumerated() { ids[name] = Int32(index + 1) }
    self.ids = ids
    categories = [""] + kept.map { names[$0] }
  }
}

/// The values of texts that are lists.
private struct ListValues {
  private(set) var names: [String] = []
  /// By value, how often training rows have it.
  private(set) var totals: [Int] = []
  /// By text, its values.
  private(set) var lists: [[Int]] = []
  /// Values that were left out of different lists, and how many lists they were left out of.
  private(set) var dropped = 0
  private(set) var shortened = 0

  init(_ texts: DistinctTexts, _ list: CategoryRule.List) {
    // By bytes, as texts that are no lists: two spellings of one letter are two values.
    var numbers = ByteInterner()
    for (text, total) in zip(texts.names, texts.totals) {
      let parts = list.values(of: text)
      let kept = parts.prefix(list.maximumCount ?? .max)
      if kept.count < parts.count {
        dropped += parts.count - kept.count
        shortened += 1
      }
      lists.append(
        kept.map { part in
          var part = part
          let number = Int(part.withUTF8 { numbers.id(of: $0) })
          if number == names.count {
            names.append(part)
            totals.append(0)
          }
          totals[number] += total
          return number
        })
    }
  }
}

extension CategoryRule.List {
  /// All values of a text, before any is left out.
  ///
  /// Nothing between two separators is no value; a text of nothing else is the missing one.
  func values(of text: String) -> [String] {
    let all = parts(of: text)
    return all.isEmpty ? [""] : all
  }

  /// What a text is made of, be it nothing.
  func parts(of text: String) -> [String] {
    tokenizer?.tokens(of: text) ?? text.split(separator: separator).map(String.init)
  }
}
