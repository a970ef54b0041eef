/// Guesses what a column is to a model.
enum ColumnGuess {
  /// The column as an input, or as one that is left out.
  static func column(_ column: ColumnSummary, in group: TableGroup) -> InferredSchema.Column {
    let isCategory = group.first.known?.categories.contains(column.name) ?? false
    let (role, reason) =
      isCategory && column.distinct > 1
      ? (.categorical, .texts(distinct: column.distinct)) : guess(column)
    return InferredSchema.Column(
      name: column.name, source: column.name, role: role, reason: reason,
      missing: column.rows - column.known)
  }

  private static func guess(
    _ column: ColumnSummary
  ) -> (InferredSchema.Column.Role, InferredSchema.Column.Reason) {
    let words = NameWords(column.name)
    if column.distinct == 0 { return (.ignore, .empty) }
    if column.distinct == 1, column.known == column.rows {
      return (.ignore, .constant(column.values.first?.text ?? ""))
    }
    if column.time != nil { return (.ignore, .time) }
    if let list = column.list {
      return (.list(separator: list.separator), .lists(example: list.example))
    }
    if let example = column.decimalComma { return (.ignore, .decimalComma(example: example)) }
    if words.isOutcome, column.distinct > 2 || words.isQuantity { return (.ignore, .outcome) }
    if words.isIdentifier {
      return column.distinct < column.rows
        ? (.categorical, .idByName(distinct: column.distinct)) : (.ignore, .unique)
    }
    guard column.isNumber else {
      return column.distinct == column.rows && column.rows > 20
        ? (.ignore, .unique) : (.categorical, .texts(distinct: column.distinct))
    }
    return number(column)
  }

  private static func number(
    _ column: ColumnSummary
  ) -> (InferredSchema.Column.Role, InferredSchema.Column.Reason) {
    let (least, greatest) = (column.least, column.greatest)
    if column.isWhole {
      if column.distinct <= 12 { return (.categorical, .fewNumbers(distinct: column.distinct)) }
      let span = greatest - least + 1
      // Rows that are numbered.
      let isNumbering = least <= 1 && Double(column.distinct) == span
      if column.distinct == column.rows, column.rows > 20, isNumbering { return (.ignore, .unique) }
      let isDense = least >= 0 && column.distinct > 150 && Double(column.distinct) >= 0.5 * span
      let isLong = column.distinct > 20 && least >= 100_000 && greatest < least * 100
      if isDense || isLong { return (.categorical, .codes(distinct: column.distinct)) }
    }
    if least >= 0, greatest > 20 * max(1, column.median) {
      return (
        .numeric(log1p: true),
        .skewed(least: least, median: column.median, greatest: greatest)
      )
    }
    return (.numeric(log1p: false), .numbers(least: least, greatest: greatest))
  }
}

/// Guesses how rows are split.
enum SplitGuess {
  /// By the files where they are a split, by time where there is one, else by a hash.
  static func split(_ log: TableGroup) -> InferredSchema.Split {
    if case .separate(_, let validation, _) = log.files {
      return validation.isEmpty ? .halves : .files
    }
    let times = log.merged.filter { $0.time != nil && $0.known == $0.rows }
    // Of several the one with the most different times.
    for column in times.sorted(by: { $0.distinct > $1.distinct }) {
      if let split = split(by: column, log) { return split }
    }
    return .ratio(noTime: log.merged.allSatisfy { $0.time == nil })
  }

  private static func split(by column: ColumnSummary, _ log: TableGroup) -> InferredSchema.Split? {
    guard let look = column.time, log.tables.count == 1 || look == .date || !column.numbers.isEmpty
    else { return nil }
    var times = counts(of: column, log)
    times.sort { $0.key < $1.key }
    let rows = times.reduce(0) { $0 + $1.rows }
    var before = 0
    var bounds: [(text: String, before: Int)] = []
    for time in times {
      if bounds.isEmpty, before * 10 >= rows * 8 {
        bounds.append((time.text, before))
      } else if bounds.count == 1, before * 10 >= rows * 9 {
        bounds.append((time.text, before))
      }
      before += time.rows
    }
    guard bounds.count == 2 else { return nil }
    let parts = [bounds[0].before, bounds[1].before - bounds[0].before, rows - bounds[1].before]
    guard parts.allSatisfy({ $0 * 50 >= rows }) else { return nil }
    return .time(
      column: column.name, unit: name(of: look), validationFrom: bounds[0].text,
      testFrom: bounds[1].text, shares: parts.map { Double($0) / Double(rows) })
  }

  /// The column's times over all files, with something to sort them by.
  private static func counts(
    of column: ColumnSummary, _ log: TableGroup
  ) -> [(key: SortKey, text: String, rows: Int)] {
    var rows: [String: Int] = [:]
    for table in log.tables {
      for value in table.column(column.name)?.values ?? [] {
        rows[value.text, default: 0] += value.rows
      }
    }
    return rows.map { (SortKey(number: Double($0.key) ?? 0, text: $0.key), $0.key, $0.value) }
  }

  private static func name(of look: TimeLook) -> InferredSchema.TimeUnitName {
    switch look {
    case .date: .date
    case .dayNumber: .dayNumber
    case .unix(let unit): .unix(unit)
    }
  }

  /// Numbers go by size, dates by their letters.
  private struct SortKey: Comparable {
    let number: Double
    let text: String

    static func < (left: Self, right: Self) -> Bool {
      left.number == right.number ? left.text < right.text : left.number < right.number
    }
  }
}
