import Tensors

/// One row with an input changed, in memory of its own.
public struct ChangedRow: Sendable {
  /// The row alone.
  public let examples: Examples
  /// The changed input as a model reads it now, in the data's own words.
  public let value: String
  /// The categories of the text that no training row has, or too few: they are read as the unknown one.
  public let unknown: [String]
}

extension Dataset {
  /// A row of which one input has another value, read from a text as the schema reads the column.
  ///
  /// Inputs that were made of the same column under other names, or looked up by it in a joined
  /// table, stay as they are.
  ///
  /// - Throws: ``InputChangeError``.
  public func row(
    _ row: Int, of examples: Examples, changing name: String, to text: String
  ) throws(InputChangeError) -> ChangedRow {
    let copy = RowCopy(examples, row: row, tasks: tasks.count)
    if let field = features.fields.firstIndex(where: { $0.name == name }) {
      let found = try ids(of: text, field: features.fields[field])
      let changed = copy.examples(changing: field, to: found.ids)
      return ChangedRow(
        examples: changed,
        value: inputs(ofRow: 0, in: changed)[field].value, unknown: found.unknown)
    }
    let numbers = features.dense.indices.filter { features.dense[$0].column == name }
    guard !numbers.isEmpty else {
      throw .noInput(name, known: (features.fields.map(\.name) + features.dense.map(\.column)))
    }
    let number = try number(of: text, column: name)
    let changed = copy.examples()
    for feature in numbers {
      changed.dense.base[feature] = features.dense[feature].form.apply(number)
    }
    let value = number.isNaN ? "missing: counts as the mean" : text
    return ChangedRow(examples: changed, value: value, unknown: [])
  }

  /// A number, or NaN for a missing one.
  private func number(of text: String, column: String) throws(InputChangeError) -> Double {
    if isMissing(text, column) { return .nan }
    var text = text
    guard let number = text.withUTF8({ NumberText.parse($0) }) else {
      throw .notANumber(column: column, found: text)
    }
    return number
  }

  private func isMissing(_ text: String, _ column: String) -> Bool {
    (spellings[column]?.missing ?? [""]).contains(text)
  }

  /// The ids that a text is in a field, and what of it has none.
  private func ids(
    of text: String, field: CategoricalField
  ) throws(InputChangeError) -> (ids: [Int32], unknown: [String]) {
    let spelling = spellings[field.name]
    // All marks of a missing value are one category, the first.
    let text =
      isMissing(text, field.name) ? spelling?.missing.first ?? text : text
    switch spelling?.form ?? .text(nil) {
    case .number: throw .noInput(field.name, known: features.fields.map(\.name))
    case .buckets(let bounds, let hasMissing):
      let value = try number(of: text, column: field.name)
      let buckets = NumberBuckets(bounds: bounds, hasMissing: hasMissing)
      return ([buckets.id(of: value)], [])
    case .grouped(let grouping):
      let value = try number(of: text, column: field.name)
      return try ids(ofEach: [value.isNaN ? text : grouping.name(of: value)], field)
    case .text(let list):
      guard let list else { return try ids(ofEach: [text], field) }
      let values = list.values(of: text).prefix(list.maximumCount ?? .max)
      return try ids(ofEach: Array(values), field)
    }
  }

  private func ids(
    ofEach names: [String], _ field: CategoricalField
  ) throws(InputChangeError) -> (ids: [Int32], unknown: [String]) {
    var (ids, unknown): ([Int32], [String]) = ([], [])
    for name in names {
      let id = try id(of: name, field)
      ids.append(id)
      if id == 0, !field.isHashed, !field.categories.isEmpty { unknown.append(name) }
    }
    return (ids, unknown)
  }

  private func id(of name: String, _ field: CategoricalField) throws(InputChangeError) -> Int32 {
    if field.isHashed { return CategoryIds.hash(name, rows: field.vocabulary - 1) }
    guard field.categories.isEmpty else {
      return Int32(field.categories.dropFirst().firstIndex(of: name) ?? 0)
    }
    guard let id = Int32(name), id >= 0, id < field.vocabulary else {
      throw .noValue(column: field.name, found: name, count: field.vocabulary)
    }
    return id
  }
}

/// A row on its way to memory of its own.
private struct RowCopy {
  let examples: Examples
  let row: Int
  let tasks: Int

  init(_ examples: Examples, row: Int, tasks: Int) {
    self.examples = examples
    self.row = row
    self.tasks = tasks
  }

  /// The row alone, with other ids in one field if asked.
  func examples(changing changed: Int? = nil, to other: [Int32] = []) -> Examples {
    let fields = examples.ids.count / max(1, examples.count)
    let numbers = examples.dense.count / max(1, examples.count)
    let own = (0..<fields).map { field in
      field == changed ? other : examples.ids(ofRow: row, field: field)
    }
    let isList = (0..<fields).map { examples.lists?.tables[$0] != nil }
    return Examples(
      count: 1,
      // A field of lists has the number of its list, and here there is one.
      ids: Storage((0..<fields).map { isList[$0] ? 0 : own[$0][0] }),
      dense: Storage((0..<numbers).map { examples.dense[row * numbers + $0] }),
      labels: Storage((0..<tasks).map { examples.labels[row * tasks + $0] }),
      spaces: examples.spaces.map { spaces in Storage((0..<tasks).map { spaces[row * tasks + $0] })
      },
      lists: FieldLists((0..<fields).map { isList[$0] ? FieldLists.Table([own[$0]]) : nil }),
      firstText: examples.firstText.map { $0 + row })
  }
}

/// What rows are put in order by: numbers before texts, unknown categories last.
public enum SortKey: Sendable, Hashable, Comparable {
  case number(Double)
  case text(String)
  case unknown

  /// Numbers by value, texts by their characters.
  public static func < (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.number(let x), .number(let y)): x < y
    case (.text(let x), .text(let y)): x < y
    case (.number, _): b != a
    case (.text, .unknown): true
    case (.text, .number), (.unknown, _): false
    }
  }
}

extension Dataset {
  /// By row, what its value of an input is put in order by; nil if there is no input of this name.
  ///
  /// A category whose name is a number is one here. A missing number is kept as the mean that stands for
  /// it, and is put there; a category that is missing has a name and a place of its own.
  ///
  /// - Parameters:
  ///   - name: the input.
  ///   - examples: the rows.
  ///   - most: how many of them at most, the first ones.
  /// - Returns: a key a row.
  public func sortKeys(
    of name: String, in examples: Examples, rows most: Int = .max
  ) -> [SortKey]? {
    let rows = min(most, examples.count)
    if let field = features.fields.firstIndex(where: { $0.name == name }) {
      var known: [[Int32]: SortKey] = [:]
      return (0..<rows).map { row in
        let ids = examples.ids(ofRow: row, field: field)
        if let key = known[ids] { return key }
        let key = sortKey(of: ids, features.fields[field])
        known[ids] = key
        return key
      }
    }
    guard let feature = features.dense.firstIndex(where: { $0.column == name }) else { return nil }
    let count = features.dense.count
    return (0..<rows).map { .number(Double(examples.dense[$0 * count + feature])) }
  }

  private func sortKey(of ids: [Int32], _ field: CategoricalField) -> SortKey {
    if !field.isHashed, ids.allSatisfy({ $0 == 0 }) { return .unknown }
    let name = ids.map { field.name(of: Int($0)) }.joined(separator: " | ")
    return Double(name).flatMap { $0.isFinite ? .number($0) : nil } ?? .text(name)
  }
}
