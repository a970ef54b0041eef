// MARK: - Memory

extension Archive {
  /// Visits a piece of memory whose size follows from the run itself.
  ///
  /// - Throws: ``ArchiveError`` where it was not saved, or has another size or kind.
  public mutating func memory<Number: ArchiveNumber>(
    _ name: String, _ storage: Storage<Number>, shape: [Int]? = nil
  ) throws(ArchiveError) {
    guard let entry = try entry(name, kind: Number.archiveKind, count: storage.count) else {
      return save(name, Number.archiveKind, storage.count, shape: shape, .memory(storage))
    }
    entry.copy(to: storage)
  }

  /// Visits the first elements of memory of which the rest is not in use.
  ///
  /// - Throws: ``ArchiveError`` where it was not saved, or has another size or kind.
  public mutating func memory<Number: ArchiveNumber>(
    _ name: String, first count: Int, of storage: Storage<Number>, shape: [Int]? = nil
  ) throws(ArchiveError) {
    guard let entry = try entry(name, kind: Number.archiveKind, count: count) else {
      let slice = MemorySlice(storage, bytes: 0..<(count * MemoryLayout<Number>.stride))
      return save(name, Number.archiveKind, count, shape: shape, .memory(slice))
    }
    entry.copy(to: storage)
  }

  /// Visits memory of any size up to `most` elements; what is put back has memory of its own.
  ///
  /// - Throws: ``ArchiveError`` where it was not saved, has more elements or another kind.
  public mutating func memory<Number: ArchiveNumber>(
    _ name: String, _ storage: inout Storage<Number>, atMost most: Int
  ) throws(ArchiveError) {
    guard let entry = try entry(name, kind: Number.archiveKind, count: nil) else {
      return save(name, Number.archiveKind, storage.count, .memory(storage))
    }
    guard entry.count <= most else {
      throw .size(fullName(name), found: entry.count, expected: most)
    }
    storage = Storage(unwritten: entry.count)
    entry.copy(to: storage)
  }

  /// Visits a piece of memory that is made when it is first needed, empty or of `count` elements.
  ///
  /// What was saved before it was needed comes back empty, so that it is made anew.
  ///
  /// - Throws: ``ArchiveError`` where it was not saved, or has another size or kind.
  public mutating func memory<Number: ArchiveNumber & ExpressibleByIntegerLiteral>(
    _ name: String, _ storage: inout Storage<Number>, emptyOr count: Int
  ) throws(ArchiveError) {
    guard let entry = try entry(name, kind: Number.archiveKind, count: nil) else {
      return save(name, Number.archiveKind, storage.count, .memory(storage))
    }
    guard entry.count == 0 || entry.count == count else {
      throw .size(fullName(name), found: entry.count, expected: count)
    }
    storage = Storage(count: entry.count, filling: 0)
    entry.copy(to: storage)
  }
}

// MARK: - Numbers

extension Archive {
  /// Visits numbers of which there may be more or fewer than at the run's start.
  public mutating func numbers<Number: ArchiveNumber>(
    _ name: String, _ values: inout [Number]
  ) throws(ArchiveError) {
    try numbers(name, &values, expecting: nil, shape: nil)
  }

  /// Visits numbers of which there are always as many.
  ///
  /// - Throws: ``ArchiveError/size(_:found:expected:)`` where there were more or fewer.
  public mutating func numbers<Number: ArchiveNumber>(
    _ name: String, _ values: inout [Number], count: Int
  ) throws(ArchiveError) {
    try numbers(name, &values, expecting: count, shape: nil)
  }

  /// Visits the numbers of an array, row by row.
  ///
  /// - Throws: ``ArchiveError/size(_:found:expected:)`` where there were more or fewer.
  public mutating func numbers<Number: ArchiveNumber>(
    _ name: String, _ values: inout [Number], shape: [Int]
  ) throws(ArchiveError) {
    try numbers(name, &values, expecting: shape.reduce(1, *), shape: shape)
  }

  private mutating func numbers<Number: ArchiveNumber>(
    _ name: String, _ values: inout [Number], expecting count: Int?, shape: [Int]?
  ) throws(ArchiveError) {
    guard let entry = try entry(name, kind: Number.archiveKind, count: count) else {
      return save(
        name, Number.archiveKind, values.count, shape: shape,
        .owned(values.withUnsafeBytes { Array($0) }))
    }
    // An array that is made without numbers would write into the empty one that all threads share.
    guard entry.count > 0 else { return values = [] }
    values = entry.withBytes { bytes in
      [Number](unsafeUninitializedCapacity: entry.count) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        count = entry.count
      }
    }
  }

  /// Visits whole numbers of which there are always as many, each within some bounds.
  ///
  /// - Throws: ``ArchiveError/content(_:_:)`` where one lies outside.
  public mutating func numbers(
    _ name: String, _ values: inout [Int], count: Int, in bounds: ClosedRange<Int>
  ) throws(ArchiveError) {
    try numbers(name, &values, count: count)
    for value in values where !bounds.contains(value) { throw outside(name, value, bounds) }
  }

  /// Visits a number.
  public mutating func number<Number: ArchiveNumber>(
    _ name: String, _ value: inout Number
  ) throws(ArchiveError) {
    var values = [value]
    try numbers(name, &values, count: 1)
    value = values[0]
  }

  /// Visits a whole number within some bounds.
  ///
  /// - Throws: ``ArchiveError/content(_:_:)`` where it lies outside.
  public mutating func number(
    _ name: String, _ value: inout Int, in bounds: ClosedRange<Int>
  ) throws(ArchiveError) {
    var found = value
    try number(name, &found)
    guard bounds.contains(found) else { throw outside(name, found, bounds) }
    value = found
  }

  /// Visits a number that there may not be.
  public mutating func number<Number: ArchiveNumber>(
    _ name: String, _ value: inout Number?
  ) throws(ArchiveError) {
    var values = value.map { [$0] } ?? []
    try numbers(name, &values)
    guard values.count <= 1 else {
      throw .size(fullName(name), found: values.count, expected: 1)
    }
    value = values.first
  }

  /// Visits a whole number that there may not be, within some bounds.
  ///
  /// - Throws: ``ArchiveError/content(_:_:)`` where it lies outside.
  public mutating func number(
    _ name: String, _ value: inout Int?, in bounds: ClosedRange<Int>
  ) throws(ArchiveError) {
    var found = value
    try number(name, &found)
    if let found, !bounds.contains(found) { throw outside(name, found, bounds) }
    value = found
  }

  private func outside(
    _ name: String, _ value: Int, _ bounds: ClosedRange<Int>
  ) -> ArchiveError {
    .content(
      fullName(name), "\(value) is not one of \(bounds.lowerBound) to \(bounds.upperBound)")
  }
}

// MARK: - Yes or no, and text

extension Archive {
  /// Visits yes or no.
  public mutating func flag(_ name: String, _ value: inout Bool) throws(ArchiveError) {
    var values = [value]
    try flags(name, &values, count: 1)
    value = values[0]
  }

  /// Visits yes or no many times.
  public mutating func flags(
    _ name: String, _ values: inout [Bool], count: Int? = nil
  ) throws(ArchiveError) {
    var numbers: [UInt8] = values.map { $0 ? 1 : 0 }
    try self.numbers(name, &numbers, expecting: count, shape: nil)
    if let wrong = numbers.first(where: { $0 > 1 }) {
      throw .content(fullName(name), "\(wrong) is neither 0 nor 1")
    }
    values = numbers.map { $0 == 1 }
  }

  /// Visits a text.
  public mutating func text(_ name: String, _ value: inout String) throws(ArchiveError) {
    var bytes = Array(value.utf8)
    try numbers(name, &bytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .content(fullName(name), "it is no text in UTF-8")
    }
    value = text
  }

  /// Visits one of several words.
  ///
  /// - Throws: ``ArchiveError/content(_:_:)`` for any other word.
  public mutating func word<Word: RawRepresentable<String>>(
    _ name: String, _ value: inout Word
  ) throws(ArchiveError) {
    var text = value.rawValue
    try self.text(name, &text)
    guard let found = Word(rawValue: text) else {
      throw .content(fullName(name), "there is no such choice as '\(text)'")
    }
    value = found
  }
}

extension Archive.Entry {
  /// Copies all elements to the start of memory of at least as many.
  fileprivate func copy<Number>(to storage: Storage<Number>) {
    withBytes { UnsafeMutableRawBufferPointer(storage.elements).copyMemory(from: $0) }
  }
}

extension Archive {
  /// What steps, epochs and other counts may have reached: far from where adding to one overflows.
  public static let counts = 0...(1 << 48)
}
