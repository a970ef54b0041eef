/// Which columns of a file are read as texts, which as numbers, which as times.
struct UsedColumns {
  /// A column whose texts, or whose numbers' groups, are numbered.
  struct TextColumn: Hashable {
    /// The name in the file.
    let name: String
    /// How numbers become categories; nil for texts.
    var grouping: NumberGrouping?
  }

  private(set) var texts: [TextColumn] = []
  private(set) var numbers: [String] = []
  /// The column whose texts are cut into words; nil: none is.
  private(set) var words: DatasetSchema.Text?
  private(set) var time: String?
  /// What its numbers count; nil: their size tells.
  private(set) var timeUnit: TimeUnit?
  /// What the times are read for.
  private(set) var timePurpose = TimePurpose.split
  /// Which texts mean a missing value.
  let missing: MissingTexts

  /// What the log needs: its inputs, the labels, the split, and the keys of joined tables.
  ///
  /// The texts of further columns are read besides, if they are asked for.
  init(_ schema: DatasetSchema, also names: [String] = []) {
    missing = schema.missing
    add(schema.columns)
    for condition in schema.tasks.flatMap({ [$0.label, $0.space].compactMap { $0 } }) {
      switch condition.rule {
      case .value, .atLeast: add(number: condition.column)
      case .equals, .oneOf: add(text: TextColumn(name: condition.column))
      }
    }
    switch schema.split {
    case .column(let name, _, _): add(text: TextColumn(name: name))
    case .time(let name, _, _): time = name
    case .files, .rowParity, .ratio, .lastByUser, .ratioByUser: break
    }
    if let interactions = schema.interactions {
      if time == nil { timePurpose = .interactions }
      time = interactions.time ?? time
      if let user = schema.userColumn { add(text: user) }
    }
    timeUnit = time == nil ? nil : schema.timeUnit
    words = schema.text
    if let weight = schema.weight { add(number: weight) }
    for join in schema.joins { add(text: TextColumn(name: join.logKey)) }
    if let group = schema.groupColumn, group.table == nil {
      add(text: TextColumn(name: group.source))
    }
    for name in names { add(text: TextColumn(name: name)) }
  }

  /// What a joined table needs: its inputs, its key, and further columns that group rows.
  init(_ join: DatasetSchema.Join, also names: [String] = []) {
    missing = join.missing
    add(text: TextColumn(name: join.tableKey))
    add(join.columns)
    for name in names { add(text: TextColumn(name: name)) }
  }

  /// What a table of opinions needs; texts are grouped as those of the log are that they stand for.
  init(_ opinions: DatasetSchema.Opinions, user: TextColumn, item: TextColumn) {
    missing = MissingTexts(opinions.format, [])
    add(text: TextColumn(name: opinions.user, grouping: user.grouping))
    add(text: TextColumn(name: opinions.item, grouping: item.grouping))
    add(text: TextColumn(name: opinions.feature))
    add(text: TextColumn(name: opinions.opinion))
    add(number: opinions.sentiment)
  }

  /// What a table of words needs.
  init(words column: String) {
    missing = MissingTexts(TableFormat(), [])
    add(text: TextColumn(name: column))
  }

  /// The index of a text column; nil if it is not read.
  func index(ofText name: String, _ grouping: NumberGrouping? = nil) -> Int? {
    texts.firstIndex(of: TextColumn(name: name, grouping: grouping))
  }

  private mutating func add(_ columns: [DatasetSchema.Column]) {
    for column in columns {
      switch column.role {
      case .categorical where column.rule.buckets != nil: add(number: column.source)
      case .categorical: add(text: TextColumn(name: column.source, grouping: column.grouping))
      case .numeric: add(number: column.source)
      case .ignore: break
      }
    }
  }

  private mutating func add(text: TextColumn) {
    if !texts.contains(text) { texts.append(text) }
  }

  private mutating func add(number: String) {
    if !numbers.contains(number) { numbers.append(number) }
  }
}
