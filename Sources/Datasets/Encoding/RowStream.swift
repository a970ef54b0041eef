import Runs
import Tensors

/// The rows of some files, encoded as a model's training rows were, block after block.
///
/// Memory holds a few blocks of text and their rows, however large the files are, gzip included; the
/// order is that of the files. The files that are joined are held whole.
public final class RowStream {
  /// Some rows, one after another.
  public struct Block: Sendable {
    /// The rows; labels are 0 where they were not asked for.
    public let examples: Examples
    /// By row, the number of its segment in ``RowStream/segmentNames``; −1 where the value is missing;
    /// empty without segments.
    public let segments: [Int32]
    /// How many rows came before.
    public let firstRow: Int
  }

  /// Where rows come from.
  public enum Files {
    /// One table, or several by a pattern, written as the training's were; `-` is standard input.
    case table(String)
    /// The files of a schema.
    case schema(DatasetSchema, DatasetLoader.Source)
  }

  /// What is read besides the inputs.
  public struct Wants: Sendable, Hashable {
    /// Whether labels are read, and must be there.
    public var labels = false
    /// The split whose rows alone count; nil: all rows.
    public var split: RowSplit?
    /// The column whose values group the rows for scores within groups.
    public var group: String?
    /// The column whose values are the segments.
    public var segment: String?

    /// The inputs alone.
    public init() {}
  }

  private let schema: DatasetSchema
  private let wants: Wants
  private let names: FileNames
  private let pool: WorkerPool
  private let partBytes: Int
  private let columns: UsedColumns
  /// Where a split by time divides; nil until the unit of the times is known.
  private var times: TimeBounds?
  /// The splits of all rows, where users' rows are split; nil else.
  private let byUser: UserSplit?
  /// The first time that was read, where no schema says the unit.
  private var firstTime: TimeExample?
  private let encoder: RowEncoder
  private var segments: TextNumbers?
  private var groups: TextNumbers?
  private let paths: [(role: FileRole, path: String)]
  private var next = 0
  private var open: (reader: TableReader, cursor: TableReader.Cursor, role: FileRole)?
  private var chunks: ArraySlice<ParsedChunk> = []
  /// What is missing in the newest file.
  private var missing: RowReadingError?
  /// Rows of the files of one role so far: splits count them.
  private var rowsOfRole = 0
  /// Rows that were handed over.
  public private(set) var rows = 0

  /// Opens the first file, and reads the joined tables.
  ///
  /// - Parameters:
  ///   - encoding: how training read its rows.
  ///   - files: where the rows are.
  ///   - wants: what is read besides the inputs.
  ///   - joins: the folder of the joined tables where a table alone is read; nil: that of the training.
  ///   - threads: how many parse.
  /// - Throws: ``RowReadingError``.
  public convenience init(
    _ encoding: DatasetEncoding, _ files: Files, wants: Wants = Wants(), joins: String? = nil,
    threads: Int
  ) throws(RowReadingError) {
    try self.init(
      encoding, files, wants: wants, joins: joins, pool: WorkerPool(threads: threads),
      partBytes: TableReader.usualPartBytes)
  }

  init(
    _ encoding: DatasetEncoding, _ files: Files, wants: Wants, joins: String?, pool: WorkerPool,
    partBytes: Int
  ) throws(RowReadingError) {
    self.wants = wants
    self.pool = pool
    self.partBytes = partBytes
    let schema = try ReadingPlan(encoding, files, wants).schema
    self.schema = schema
    let joinNames: FileNames
    switch files {
    case .table:
      names = FileNames(source: .folder("", hint: Self.tableHint))
      joinNames = FileNames(source: .folder(joins ?? encoding.folder, hint: Self.joinHint))
    case .schema(_, let source):
      names = FileNames(source: source)
      joinNames = names
    }
    let segment = wants.segment.map { schema.source(ofColumn: $0) }
    columns = UsedColumns(
      schema, also: segment.flatMap { $0.table == nil ? [$0.source] : nil } ?? [])
    do throws(ReaderError) {
      times = try TimeBounds(schema, [])
      paths = try Self.paths(schema, names, wants.split)
      byUser = try Self.byUser(schema, names, paths.map(\.path), pool: pool, partBytes)
      let reading = JoinReading(schema, joinNames, pool: pool, partBytes: partBytes)
      let tables = try reading.tables(for: columns, segment: segment)
      encoder = try RowEncoder(
        encoding, schema, columns, tables, hasLabels: wants.labels,
        path: paths.first.map { FileNames.shown($0.path) } ?? encoding.folder)
      segments = segment.flatMap { TextNumbers($0, columns, tables) }
      groups = schema.groupColumn.flatMap { TextNumbers($0, columns, tables) }
      if !paths.isEmpty { try openNext() }
    } catch {
      throw missing ?? .reader(error)
    }
  }

  private static let tableHint = "check the path, or name a schema (.yaml)"

  private static let joinHint =
    "the joined tables are read from the training's folder; --path names another"

  /// The files that may have rows of a split; a file stands once.
  private static func paths(
    _ schema: DatasetSchema, _ names: FileNames, _ split: RowSplit?
  ) throws(ReaderError) -> [(role: FileRole, path: String)] {
    var paths: [(role: FileRole, path: String)] = []
    for (list, role) in schema.files.lists where split?.mayLie(in: role, schema.split) != false {
      for path in try names.paths(of: list) { paths.append((role, path)) }
    }
    try names.checkOnce(paths.map(\.path))
    return paths
  }

  /// Reads users and times of all rows, where users' rows are split: a user's last row is known once
  /// all have been read.
  ///
  /// - Throws: ``ReaderError``, also where a file cannot be read twice.
  private static func byUser(
    _ schema: DatasetSchema, _ names: FileNames, _ paths: [String], pool: WorkerPool,
    _ partBytes: Int
  ) throws(ReaderError) -> UserSplit? {
    guard schema.interactions != nil else { return nil }
    if let path = paths.first(where: { $0 == FileNames.standardInput }) {
      throw .file(.readOnce(path: FileNames.shown(path)))
    }
    var alone = schema
    alone.columns = schema.columns.filter { $0.name == schema.interactions?.user }
    (alone.tasks, alone.joins, alone.group, alone.weight) = ([], [], nil, nil)
    alone.text = nil
    var reading = TableReading(
      pool: pool, partBytes: partBytes, names: names, files: paths.count, report: { _, _ in })
    let table = try reading.read(paths, WantedTable(alone))
    let parts = [TablePart(path: table.path, role: .all, chunks: table.chunks)]
    _ = try TimeBounds(alone, parts)
    return try UserSplit(alone, table.chunks, table.used)
  }

  /// The texts of the segments, by number.
  public var segmentNames: [String] { segments?.names ?? [] }

  /// The share of the newest file that is read.
  public var share: Double { open?.reader.share ?? 1 }

  /// The next rows; nil at the end.
  ///
  /// - Throws: ``RowReadingError`` for the first thing that is wrong with the files.
  public func nextBlock() throws(RowReadingError) -> Block? {
    do throws(ReaderError) {
      while true {
        if let chunk = chunks.popFirst() {
          if let block = try block(of: chunk) { return block }
        } else if var file = open {
          let found = try file.reader.next(&file.cursor, pool: pool)
          open = found == nil ? nil : file
          chunks = (found ?? [])[...]
        } else if next < paths.count {
          try openNext()
        } else {
          return nil
        }
      }
    } catch {
      throw missing ?? .reader(error)
    }
  }

  private func openNext() throws(ReaderError) {
    let (role, path) = paths[next]
    next += 1
    let isFirst = next == 1 || paths[next - 2].role != role
    if isFirst { rowsOfRole = 0 }
    var reader = try TableReader(
      path: FileNames.shown(path), source: names.open(path), format: schema.format,
      partBytes: partBytes)
    if !isFirst { reader = reader.lacking(columns) }
    do throws(ReaderError) {
      open = (reader, try reader.begin(columns), role)
    } catch {
      missing = missingColumns(reader, error)
      throw error
    }
  }

  /// What is missing in a file, where that is all that is wrong with its header.
  private func missingColumns(_ reader: TableReader, _ error: ReaderError) -> RowReadingError? {
    guard case .missingColumn(let path, _, let header) = error, !header.names.isEmpty else {
      return nil
    }
    switch header.cause {
    case .near, .keys, nil: break
    default: return nil
    }
    let present = reader.header.names
    let absent = columns.names.filter { !present.contains($0) }
    let others = present.filter { !columns.names.contains($0) }
    if let by = wants.segment, absent == [schema.source(ofColumn: by).source],
      !isNeeded(absent[0])
    {
      return .noSegment(
        path: path, column: by, near: nearest(to: by, in: present), header: present)
    }
    return .missingColumns(
      path: path, absent.map { .init(name: $0, near: nearest(to: $0, in: others)) },
      header: present)
  }

  /// Whether a column is read for more than segments.
  private func isNeeded(_ name: String) -> Bool { UsedColumns(schema).names.contains(name) }

  /// Takes the unit of the times from the rows where no schema says it, as training does.
  private func findUnit(_ chunk: ParsedChunk) throws(ReaderError) {
    guard case .time(let column, _, _) = schema.split, schema.timeUnit == nil else { return }
    firstTime = try TimeBounds.example(of: column, [chunk], after: firstTime)
    guard times == nil, let firstTime else { return }
    var known = schema
    known.timeUnit = firstTime.unit
    times = try TimeBounds(known, [])
  }

  /// The rows of a chunk that count; nil if none does.
  private func block(of chunk: ParsedChunk) throws(ReaderError) -> Block? {
    defer { rowsOfRole += chunk.rows }
    var kept: [Int]?
    if let split = wants.split, let role = open?.role {
      try findUnit(chunk)
      let splits = try SplitPlan.splits(
        schema.split, role, chunk, columns, times, byUser, firstRow: rowsOfRole)
      kept = splits.indices.filter { splits[$0] == split.number }
    }
    let count = kept?.count ?? chunk.rows
    guard count > 0 else { return nil }
    let encoded = try encoder.encode(chunk, rows: kept, groups: &groups, segments: &segments)
    defer { rows += count }
    return Block(examples: encoded.examples, segments: encoded.segments, firstRow: rows)
  }
}

extension UsedColumns {
  /// All columns that are read, by their names in the file.
  var names: [String] {
    var names: [String] = []
    for name in texts.map(\.name) + numbers + (time.map { [$0] } ?? [])
    where !names.contains(name) { names.append(name) }
    return names
  }
}
