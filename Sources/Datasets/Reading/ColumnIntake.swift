/// Takes the fields of rows, column by column, as what they are wanted for: texts, groups of numbers,
/// numbers, times.
struct ColumnIntake: Sendable {
  /// By place, what a column is read as.
  private let uses: [Uses]
  private let textPlace: [Int]
  private let numberPlace: [Int]
  private let groups: [[GroupedColumn]]
  private let missing: [MissingMarks]
  private let timeUnit: TimeUnit?

  init(_ wanted: WantedColumns) {
    let count = wanted.names.count
    var uses = [Uses](repeating: [], count: count)
    var textPlace = [Int](repeating: -1, count: count)
    var numberPlace = textPlace
    var groups = [[GroupedColumn]](repeating: [], count: count)
    for (index, (column, grouping)) in wanted.texts.enumerated() {
      uses[column].insert(grouping == nil ? .text : .groups)
      if let grouping {
        groups[column].append(GroupedColumn(grouping, index: index))
      } else {
        textPlace[column] = index
      }
    }
    for (index, column) in wanted.numbers.enumerated() {
      uses[column].insert(.number)
      numberPlace[column] = index
    }
    if let words = wanted.words { uses[words.column].insert(.words) }
    if let time = wanted.time { uses[time].insert(.time) }
    self.uses = uses
    self.groups = groups
    self.textPlace = textPlace
    self.numberPlace = numberPlace
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
      let index = textPlace[column]
      let id = missing[column].withCanonical(field) { chunk.interners[index].id(of: $0) }
      chunk.texts[index].append(id)
    }
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
    return uses.contains(.number) ? takeNumber(number ?? field, column, &chunk) : nil
  }

  private func takeNumber(
    _ field: UnsafeBufferPointer<UInt8>, _ column: Int, _ chunk: inout ParsedChunk
  ) -> ParsedChunk.RowError? {
    if missing[column].contains(field) {
      chunk.numbers[numberPlace[column]].append(.nan)
      return nil
    }
    guard let number = NumberText.parse(field) else {
      return .notANumber(column: column, found: String(decoding: field, as: UTF8.self))
    }
    chunk.numbers[numberPlace[column]].append(number)
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

  /// What a column is read as; several at once are possible.
  private struct Uses: OptionSet {
    let rawValue: UInt8
    static let text = Self(rawValue: 1)
    static let number = Self(rawValue: 2)
    static let groups = Self(rawValue: 4)
    static let time = Self(rawValue: 8)
    static let words = Self(rawValue: 16)
  }
}
