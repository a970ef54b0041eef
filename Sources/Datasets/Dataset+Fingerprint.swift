import Tensors

extension Dataset {
  /// A number that follows from all that models see and scores need: columns, tasks with their
  /// weights, and the rows of every split with their groups.
  ///
  /// Runs on data of the same fingerprint can be compared seed by seed. Bounds are not part of it.
  /// O(n) over all numbers; O(1) of a packed folder, which has kept it.
  public var fingerprint: UInt64 { known?.fingerprint ?? countedFingerprint }

  /// ``fingerprint`` of the rows as they are.
  var countedFingerprint: UInt64 {
    var fingerprint = RowsFingerprint(after: columnsFingerprint)
    for examples in [training, validation, test] {
      for numbers in examples.words { numbers.mix(into: &fingerprint) }
    }
    return fingerprint.value
  }

  /// What the rows of the splits are mixed into.
  var columnsFingerprint: UInt64 {
    var hash = fnv1a(name.utf8)
    for field in features.fields {
      hash = fnv1a("\u{1}\(field.name)\u{1}\(field.vocabulary)".utf8, from: hash)
    }
    for field in features.fields {
      if let list = field.list { hash = fnv1a("\u{5}\(list.pooling)".utf8, from: hash) }
    }
    for feature in features.dense { hash = fnv1a("\u{2}\(feature.column)".utf8, from: hash) }
    for task in tasks {
      hash = fnv1a("\u{3}\(task.name)\u{3}\(task.kind)\u{3}\(task.weight)".utf8, from: hash)
    }
    for task in tasks where task.scale != LabelScale() {
      hash = fnv1a("\u{4}\(task.scale.mean)\u{4}\(task.scale.deviation)".utf8, from: hash)
    }
    for task in tasks {
      if let sampled = task.sampled { hash = fnv1a("\u{6}\(sampled.negatives)".utf8, from: hash) }
    }
    if let interactions {
      hash = fnv1a("\u{7}\(interactions.userField) \(interactions.itemField)".utf8, from: hash)
      for user in 0..<Int32(interactions.userIds) {
        hash = mixed(interactions.rows(ofUser: user), into: hash) { UInt32(bitPattern: $0) }
      }
      // Which of an item's rows are the newest follows from no order of one user's rows.
      for item in interactions.itemCounts.indices.map({ Int32($0) }) {
        hash = mixed(interactions.rows(ofItem: item), into: hash) { UInt32(bitPattern: $0) }
      }
    }
    if let own = features.interactions, own.missingUser != nil || own.missingItem != nil {
      hash = fnv1a("\u{a}\(own.missingUser ?? 0) \(own.missingItem ?? 0)".utf8, from: hash)
    }
    if let text { hash = text.fingerprint(from: hash) }
    if let opinions { hash = opinions.fingerprint(from: hash) }
    for table in (training.lists?.tables ?? []).compactMap(\.self) {
      hash = mixed(table.starts.elements, into: hash) { UInt32(bitPattern: $0) }
      hash = mixed(table.ids.elements, into: hash) { UInt32(bitPattern: $0) }
    }
    return hash
  }
}

/// The fingerprint of a data set while its rows come, column after column.
struct RowsFingerprint: Sendable {
  private(set) var value: UInt64

  /// Begins with what is no row.
  init(after start: UInt64) { value = start }

  /// Begins a column of so many numbers.
  mutating func begin(count: Int) { value = (value ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15 }

  /// Takes the next numbers of the column, four bytes each.
  mutating func take(_ words: UnsafeBufferPointer<UInt32>) {
    var hash = value
    for word in words { hash = mixed(word, into: hash) }
    value = hash
  }
}

/// The numbers of a column as they are mixed into a fingerprint.
struct ColumnWords {
  let column: RowColumn
  let words: UnsafeBufferPointer<UInt32>
  /// Takes back the memory of a mapped file.
  fileprivate let letGo: () -> Void

  fileprivate init<Number>(_ column: RowColumn, _ numbers: Storage<Number>) {
    self.column = column
    words = UnsafeBufferPointer(
      start: UnsafeRawPointer(numbers.base).assumingMemoryBound(to: UInt32.self),
      count: numbers.count)
    letGo = numbers.letGo
  }

  /// Takes in all of them, of which no more than a piece stays in memory where they lie in a file.
  fileprivate func mix(into fingerprint: inout RowsFingerprint) {
    fingerprint.begin(count: words.count)
    for first in stride(from: 0, to: words.count, by: 1 << 24) {
      let end = min(words.count, first + 1 << 24)
      fingerprint.take(UnsafeBufferPointer(rebasing: words[first..<end]))
      letGo()
    }
  }
}

extension Examples {
  /// The columns in the order in which a fingerprint takes them in; whoever holds the rows keeps them.
  var words: [ColumnWords] {
    [
      ColumnWords(.ids, ids), ColumnWords(.dense, dense), ColumnWords(.labels, labels),
      spaces.map { ColumnWords(.spaces, $0) }, groups.map { ColumnWords(.groups, $0) },
    ].compactMap(\.self)
  }
}

extension TextData {
  /// Takes in words, concepts, and the texts of all rows, whether each was cut, with how many a row is
  /// given.
  fileprivate func fingerprint(from start: UInt64) -> UInt64 {
    var hash = fnv1a("\u{8}\(shape.perUser) \(shape.perItem) \(shape.tokens)".utf8, from: start)
    for token in vocabulary.tokens { hash = fnv1a("\(token)\u{8}".utf8, from: hash) }
    for numbers in [concepts, corpus.starts.array] {
      hash = mixed(numbers, into: hash) { UInt32(bitPattern: $0) }
    }
    hash = mixed(corpus.tokens.elements, into: hash) { UInt32(bitPattern: $0) }
    // A text that was cut has no end to be learned.
    return mixed(corpus.isCut.elements, into: hash) { $0 ? 1 : 0 }
  }
}

extension OpinionTuples {
  /// Takes in features, words, and the tuples of all splits.
  fileprivate func fingerprint(from start: UInt64) -> UInt64 {
    var hash = start
    for name in features + opinions { hash = fnv1a("\(name)\u{9}".utf8, from: hash) }
    for split in RowSplit.allCases {
      let numbers = self[split].flatMap {
        [$0.user, $0.item, $0.feature, $0.opinion, $0.sentiment]
      }
      hash = mixed(numbers, into: hash) { UInt32(bitPattern: $0) }
    }
    return hash
  }
}

/// Takes in a count and its numbers, a word at a time: FNV-1a over bytes would be four times slower.
private func mixed<Numbers: RandomAccessCollection>(
  _ numbers: Numbers, into start: UInt64, _ bits: (Numbers.Element) -> UInt32
) -> UInt64 where Numbers.Index == Int {
  var hash = (start ^ UInt64(numbers.count)) &* 0x9E37_79B9_7F4A_7C15
  for index in 0..<numbers.count { hash = mixed(bits(numbers[index]), into: hash) }
  return hash
}

@inline(__always)
private func mixed(_ bits: UInt32, into hash: UInt64) -> UInt64 {
  let mixed = (hash ^ UInt64(bits)) &* 0x9E37_79B9_7F4A_7C15
  return mixed ^ mixed >> 29
}
