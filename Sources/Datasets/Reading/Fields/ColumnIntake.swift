/// Takes the fields of rows, column by column, as what they are wanted for: texts, groups of numbers,
/// numbers, times.
struct ColumnIntake: Sendable {
  /// By column, what it is read as.
  private let uses: [Uses]
  /// The columns that are read at all.
  private let used: [Int]
  private let textIndex: [Int]
  private let numberIndex: [Int]
  private let groups: [[GroupedColumn]]
  private let missing: [MissingMarks]
  private let timeUnit: TimeUnit?

  init(_ wanted: WantedColumns) {
    let count = wanted.names.count
    var uses = [Uses](repeating: [], count: count)
    var textIndex = [Int](repeating: -1, count: count)
    var numberIndex = textIndex
    var groups = [[GroupedColumn]](repeating: [], count: count)
    for (index, (column, grouping)) in wanted.texts.enumerated() {
      uses[column].insert(grouping == nil ? .text : .groups)
      if let grouping {
        groups[column].append(GroupedColumn(grouping, index: index))
      } else {
        textIndex[column] = index
      }
    }
    for (index, column) in wanted.numbers.enumerated() {
      uses[column].insert(.number)
      numberIndex[column] = index
    }
    if let words = wanted.words { uses[words.column].insert(.words) }
    if let time = wanted.time { uses[time].insert(.time) }
    self.uses = uses
    used = uses.indices.filter { !uses[$0].isEmpty }
    self.groups = groups
    self.textIndex = textIndex
    self.numberIndex = numberIndex
    missing = wanted.names.map { MissingMarks(wanted.missing[$0]) }
    timeUnit = wanted.timeUnit
  }

  /// Whether a column is read at all.
  func isUsed(_ column: Int) -> Bool { !uses[column].isEmpty }

  /// Takes a column's field of the next row; `number` stands for the field where a number is wanted.
  func take(
    _ field: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk,
    number: UnsafeBufferPointer<UInt8>? = nil
  ) -> ParsedChunk.RowError? {
    guard column < uses.count, !uses[column].isEmpty else { return nil }
    let uses = uses[column]
    if uses.contains(.text) {
      let index = textIndex[column]
      let id = missing[column].withCanonical(field) { chunk.interners[index].id(of: $0) }
      chunk.texts[index].append(id)
    }
    if !uses.isDisjoint(with: .rare), let error = takeRare(field, column, &chunk, number: number) {
      return error
    }
    return uses.contains(.number) ? takeNumber(number ?? field, column, &chunk) : nil
  }

  /// Takes a field for whatever it is wanted but its text and its number.
  private func takeRare(
    _ field: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk,
    number: UnsafeBufferPointer<UInt8>?
  ) -> ParsedChunk.RowError? {
    let uses = uses[column]
    if uses.contains(.words) {
      if missing[column].contains(field) {
        chunk.words?.appendNothing()
      } else {
        chunk.words?.append(field)
      }
    }
    if uses.contains(.groups), let error = takeGroups(number ?? field, column, &chunk) {
      return error
    }
    if uses.contains(.time) {
      guard let time = TimeText.parse(field, as: timeUnit) else {
        return .notATime(column: column, found: String(decoding: field, as: UTF8.self))
      }
      chunk.times.append(time.nanoseconds)
      if !chunk.timeUnits.contains(where: { $0.unit == time.unit }) {
        let text = String(decoding: field, as: UTF8.self)
        chunk.timeUnits.append((time.unit, chunk.rows, text))
      }
    }
    return nil
  }

  private func takeNumber(
    _ field: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk
  ) -> ParsedChunk.RowError? {
    guard let number = number(field, column) else {
      return .notANumber(column: column, found: String(decoding: field, as: UTF8.self))
    }
    chunk.numbers[numberIndex[column]].append(number)
    return nil
  }

  /// A missing number stays the missing text.
  private func takeGroups(
    _ field: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk
  ) -> ParsedChunk.RowError? {
    let isMissing = missing[column].contains(field)
    let number = isMissing ? 0 : NumberText.exact(field)
    guard let number, number.isFinite else {
      return .notANumber(column: column, found: String(decoding: field, as: UTF8.self))
    }
    for group in groups[column] {
      let id =
        isMissing
        ? missing[column].withCanonical(field) { chunk.interners[group.index].id(of: $0) }
        : group.id(of: number, &chunk.interners[group.index])
      chunk.texts[group.index].append(id)
    }
    return nil
  }

  /// Takes all fields of some rows, the first of which is row `chunk.rows`; `room` is for as many rows.
  ///
  /// - Returns: whether all are as they should be; what is taken is of no use otherwise.
  func take(_ batch: FieldBatch, _ chunk: inout ParsedChunk, _ room: borrowing ColumnRoom) -> Bool {
    if chunk.rows == 0 { chunk.reserve(batch.likelyRows) }
    for column in used {
      let uses = uses[column]
      if uses.contains(.text) { takeTexts(batch, column, &chunk, room.codes) }
      if uses.contains(.number), !takeNumbers(batch, column, &chunk, room.numbers) { return false }
      guard !uses.isDisjoint(with: .rare) else { continue }
      let first = chunk.rows
      defer { chunk.rows = first }
      for row in 0..<batch.rows {
        chunk.rows = first + row
        let field = batch.field(row, column)
        guard takeRare(field, column, &chunk, number: nil) == nil else { return false }
      }
    }
    return true
  }

  private func takeTexts(
    _ batch: FieldBatch, _ column: Int, _ chunk: inout ParsedChunk,
    _ codes: UnsafeMutableBufferPointer<Int32>
  ) {
    guard let base = codes.baseAddress else { return }
    let index = textIndex[column]
    if missing[column].areSeveral {
      for row in 0..<batch.rows {
        base[row] = missing[column].withCanonical(batch.field(row, column)) {
          chunk.interners[index].id(of: $0)
        }
      }
    } else {
      chunk.interners[index].ids(of: batch, column, into: base)
    }
    chunk.texts[index].append(contentsOf: UnsafeBufferPointer(rebasing: codes[..<batch.rows]))
  }

  private func takeNumbers(
    _ batch: FieldBatch, _ column: Int, _ chunk: inout ParsedChunk,
    _ numbers: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    let isMissingANumber = missing[column].mayBeNumbers
    for row in 0..<batch.rows {
      if !isMissingANumber, let word = batch.word(row, column),
        let number = NumberText.short(word, count: batch.count(row, column))
      {
        numbers[row] = number
      } else {
        guard let number = self.number(batch.field(row, column), column) else { return false }
        numbers[row] = number
      }
    }
    chunk.numbers[numberIndex[column]].append(
      contentsOf: UnsafeBufferPointer(rebasing: numbers[..<batch.rows]))
    return true
  }

  /// The number of a field, NaN where it is missing; nil where it is none.
  private func number(_ field: UnsafeBufferPointer<UInt8>, _ column: Int) -> Double? {
    missing[column].contains(field) ? .nan : NumberText.parse(field)
  }

  /// What a column is read as; several at once are possible.
  private struct Uses: OptionSet {
    let rawValue: UInt8
    static let text = Self(rawValue: 1)
    static let number = Self(rawValue: 2)
    static let groups = Self(rawValue: 4)
    static let time = Self(rawValue: 8)
    static let words = Self(rawValue: 16)
    /// What few columns are read as.
    static let rare: Self = [.groups, .time, .words]
  }
}

/// Memory for one column of a batch of rows.
struct ColumnRoom: ~Copyable {
  let codes: UnsafeMutableBufferPointer<Int32>
  let numbers: UnsafeMutableBufferPointer<Double>

  init(rows: Int) {
    codes = .allocate(capacity: rows)
    numbers = .allocate(capacity: rows)
  }

  deinit {
    codes.deallocate()
    numbers.deallocate()
  }
}
