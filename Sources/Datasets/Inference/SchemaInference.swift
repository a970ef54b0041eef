/// Guesses a first schema from files: what a person would write down who looked at every row.
public struct SchemaInference {
  private let paths: [String]
  private let labels: [String]

  /// Files to look at; `labels` are columns that are labels whatever they look like.
  public init(_ paths: [String], labels: [String] = []) {
    self.paths = paths
    self.labels = labels
  }

  /// Looks at every row of every file.
  ///
  /// - Throws: ``InferenceError`` for files that cannot be read, and where there is no label.
  public func run() throws(InferenceError) -> InferredSchema {
    var tables: [TableProfile] = []
    do throws(ReaderError) {
      for path in paths { tables.append(try TableProfile(path: path)) }
    } catch {
      throw .reading(error)
    }
    var groups: [TableGroup] = []
    for table in tables {
      if let index = groups.firstIndex(where: { $0.isAlike(table) }) {
        groups[index].tables.append(table)
      } else {
        groups.append(TableGroup(tables: [table]))
      }
    }
    return try schema(of: groups)
  }

  private func schema(of groups: [TableGroup]) throws(InferenceError) -> InferredSchema {
    let candidates = groups.map { TaskGuess.tasks(in: $0, asked: labels) }
    let order = groups.indices.sorted {
      let (left, right) = (
        candidates[$0].map(\.strength).max() ?? 0, candidates[$1].map(\.strength).max() ?? 0
      )
      return left == right ? groups[$0].rows > groups[$1].rows : left > right
    }
    let main = order[0]
    let log = groups[main]
    try check(log)
    let tasks = TaskGuess.chosen(candidates[main])
    guard !tasks.isEmpty else { throw .noLabel(path: log.first.path, columns: log.names) }
    if let asked = labels.first(where: { name in !tasks.contains { $0.task.column == name } }) {
      throw .notALabel(
        path: log.first.path, column: asked, distinct: log.column(asked)?.distinct ?? 0)
    }
    let (joins, left) = join(groups.indices.filter { $0 != main }.map { groups[$0] }, to: log)
    let split = SplitGuess.split(log)
    let told = Set(tasks.map(\.task.column))
    var columns = log.merged.compactMap { column in
      told.contains(column.name) ? nil : ColumnGuess.column(column, in: log)
    }
    if !(columns + joins.flatMap(\.columns)).contains(where: { $0.role != .ignore }) {
      throw .noInput(path: log.first.path)
    }
    columns = columns.filter { column in
      if case .time(let name, _, _, _, _) = split { return column.source != name }
      return true
    }
    var schema = InferredSchema(
      name: log.first.base, files: log.files, format: log.format, columns: columns, joins: joins,
      tasks: tasks.map(\.task), split: split, rows: log.rows)
    schema.interactions = InteractionGuess.interactions(of: columns, split)
    schema.doubts = left + (tasks.count == 1 ? [.oneTask] : [])
    return schema
  }

  private func check(_ log: TableGroup) throws(InferenceError) {
    guard let unknown = labels.first(where: { log.column($0) == nil }) else { return }
    throw .unknownColumn(path: log.first.path, column: unknown, columns: log.names)
  }

  /// Finds for each table the columns that hold the same keys.
  private func join(
    _ tables: [TableGroup], to log: TableGroup
  ) -> (joins: [InferredSchema.Join], left: [InferredSchema.Doubt]) {
    var joins: [InferredSchema.Join] = []
    var left: [InferredSchema.Doubt] = []
    var names = Set(log.names)
    for group in tables {
      guard group.tables.count == 1, let key = KeyGuess(group.first, log) else {
        left += group.tables.map { .notJoined(file: $0.path) }
        continue
      }
      var columns: [InferredSchema.Column] = []
      for summary in group.merged where summary.name != key.tableKey {
        var column = ColumnGuess.column(summary, in: group)
        if !names.insert(column.name).inserted {
          column.name = "\(group.first.base)_\(column.name)".replacing("-", with: "_")
          names.insert(column.name)
        }
        columns.append(column)
      }
      guard columns.contains(where: { $0.role != .ignore }) else {
        left.append(.nothingToJoin(file: group.first.path))
        continue
      }
      joins.append(
        InferredSchema.Join(
          file: group.first.path, format: group.format, logKey: key.logKey,
          tableKey: key.tableKey, found: key.found, of: key.of, columns: columns))
    }
    return (joins, left)
  }
}

/// Files of the same columns.
struct TableGroup {
  var tables: [TableProfile]

  var first: TableProfile { tables[0] }
  var names: [String] { first.names }
  var rows: Int { tables.reduce(0) { $0 + $1.rows } }

  func column(_ name: String) -> ColumnSummary? { merged.first { $0.name == name } }

  /// The columns of the file with the most rows, which decide what they are.
  var merged: [ColumnSummary] {
    (tables.max { $0.rows < $1.rows } ?? first).columns
  }

  /// Whether a file goes on with the same columns: the same header, or as many columns without one.
  func isAlike(_ other: TableProfile) -> Bool {
    guard other.dialect.hasHeader == first.dialect.hasHeader,
      other.dialect.delimiter == first.dialect.delimiter, other.names == names
    else { return false }
    if other.dialect.hasHeader { return true }
    return zip(other.columns, first.columns).allSatisfy {
      $0.isNumber == $1.isNumber || $0.distinct == 0 || $1.distinct == 0
    }
  }

  /// A training and a test file by their names, else one list.
  var files: InferredSchema.Files {
    func part(_ words: [String]) -> [String] {
      tables.map(\.path).filter { path in
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        return words.contains { name.contains($0) }
      }
    }
    let training = part(["train", ".base"])
    let test = part(["test"])
    let validation = part(["valid", "val.", "val_", "_val", "-val", "dev"])
    let parts = training + test + validation
    guard tables.count > 1, !training.isEmpty, !test.isEmpty, Set(parts).count == parts.count,
      parts.count == tables.count
    else { return .all(tables.map(\.path)) }
    return .separate(training: training, validation: validation, test: test)
  }

  /// How the files are written.
  var format: InferredSchema.Format {
    let marks = tables.flatMap(\.columns).flatMap { $0.missing.map(\.text) }
    let others = Set(marks).subtracting([""]).sorted()
    return InferredSchema.Format(
      delimiter: first.dialect.delimiter, fields: first.dialect.fields, rows: first.dialect.rows,
      hasQuotes: first.dialect.hasQuotes, hasBlanks: tables.contains { $0.dialect.hasBlanks },
      columnNames: first.dialect.hasHeader ? nil : names, known: first.known?.title,
      firstField: first.dialect.first.first ?? "", missing: [""] + others)
  }
}

/// The columns of a table and of the log that hold the same keys.
private struct KeyGuess {
  let tableKey: String
  let logKey: String
  let found: Int
  let of: Int

  /// The pair whose keys have the most in common; the table's must not come twice.
  init?(_ table: TableProfile, _ log: TableGroup) {
    var best: (score: Double, pair: (String, String, Int, Int))?
    for key in table.columns
    where key.distinct == key.known && key.known == key.rows && key.list == nil {
      let keys = Set(key.values.map(\.text))
      for column in log.merged where column.distinct > 1 {
        let common = column.values.count { keys.contains($0.text) }
        guard common * 2 >= column.distinct else { continue }
        let isNamed = Self.isNamed(key.name, column.name, table.base)
        // Numbers from 1 on fit many columns: without a name, as many keys as there are values.
        let likeness = Double(common) / Double(max(keys.count, column.distinct))
        guard isNamed || likeness > 0.5 else { continue }
        let score = likeness + (isNamed ? 1 : 0)
        if best.map({ $0.score < score }) ?? true {
          best = (score, (key.name, column.name, common, column.distinct))
        }
      }
    }
    guard let pair = best?.pair else { return nil }
    (tableKey, logKey, found, of) = pair
  }

  /// Whether names say that two columns hold the same: `user` and `user_id`, or `id` of users.csv.
  private static func isNamed(_ key: String, _ column: String, _ table: String) -> Bool {
    let plain = { (name: String) in
      let small = name.lowercased().filter { $0.isLetter || $0.isNumber }
      return small.hasSuffix("id") && small.count > 2 ? String(small.dropLast(2)) : small
    }
    if plain(key) == plain(column) { return true }
    let stem = plain(column)
    return plain(key) == "id" && stem.count > 2 && table.lowercased().hasPrefix(stem)
  }
}
