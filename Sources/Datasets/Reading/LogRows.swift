/// The log as it was read, with its split and its joined tables.
struct LogRows {
  let columns: UsedColumns
  let parts: [TablePart]
  /// The chunks whose dictionaries number the texts: those of the rows, or one for all rows that lie in
  /// a spool.
  let dictionaries: [TablePart]
  /// What training rows have of the columns of a spool; nil of rows in memory.
  private let stored: StoredCounts?
  let tables: [JoinedTable]
  let plan: SplitPlan
  /// By table and its rows, how many training rows have it.
  let trainingCounts: [[Int32]]
  /// By table, how many rows of all splits have no match there.
  let unmatched: [Int]

  init(_ columns: UsedColumns, parts: [TablePart], tables: [JoinedTable], plan: SplitPlan) {
    self.columns = columns
    self.parts = parts
    self.tables = tables
    self.plan = plan
    dictionaries = Self.dictionaries(of: parts)
    stored = parts.spool.map { StoredCounts($0, columns, parts, plan) }
    let counts = tables.map { table in
      (UInt8(0)...2).map { table.counts(ofSplit: $0, parts, plan) }
    }
    trainingCounts = counts.map { $0[0] }
    unmatched = counts.map { splits in splits.reduce(0) { $0 + Int($1.last ?? 0) } }
  }

  /// The chunks whose dictionaries number the texts of some parts.
  static func dictionaries(of parts: [TablePart]) -> [TablePart] {
    parts.spool.map { spool in
      [TablePart(path: parts[0].path, role: .all, chunks: [spool.dictionaryChunk])]
    } ?? parts
  }

  /// How many training rows have each text of a column, by part and chunk of ``dictionaries``.
  func trainingCounts(of column: Int) -> [[[Int32]]] {
    if let stored { return [[stored[column].counts]] }
    return parts.indices.map { part in
      parts[part].chunks.indices.map { index in
        let chunk = parts[part].chunks[index]
        var counts = [Int32](repeating: 0, count: chunk.interners[column].count)
        let splits = plan.splits[part][index]
        for row in 0..<chunk.rows where splits[row] == 0 {
          counts[Int(chunk.texts[column][row])] += 1
        }
        return counts
      }
    }
  }

  /// The texts of a column that do not fit in memory; nil of others.
  func spilledTexts(of column: Int) -> SpilledTexts? { stored?.spilled(column) }

  /// The first texts that training rows have, as rows in memory give them; nil for these.
  func firstTrainingTexts(of column: Int) -> [Int32]? { stored?[column].first }

  /// The numbers of training rows in a column, equal ones perhaps counted together.
  func trainingNumbers(of column: Int) -> [(value: Double, count: Int)] {
    var found = CountedNumbers()
    for part in parts.indices {
      for (index, chunk) in parts[part].chunks.enumerated() {
        let splits = plan.splits[part][index]
        let numbers = chunk.values(of: column)
        for row in 0..<chunk.rows where splits[row] == 0 { found.add(numbers[row]) }
      }
    }
    return found.all
  }

  /// The times of the training rows, in their order; empty where no column of times was read.
  var trainingTimes: [Int64] {
    var times: [Int64] = []
    for part in parts.indices {
      for (index, chunk) in parts[part].chunks.enumerated() {
        let splits = plan.splits[part][index]
        let all = chunk.allTimes
        for row in all.indices where splits[row] == 0 { times.append(all[row]) }
      }
    }
    return times
  }

  /// A chunk with what its rows need to be filled in, among all rows or into memory of their own.
  func chunk(part: Int, index: Int, isAlone: Bool = false) -> ChunkRows {
    let parsed = parts[part].chunks[index].whole
    let splits = plan.splits[part][index]
    var next = isAlone ? [0, 0, 0] : plan.starts[part][index]
    let (part, index) = parsed.stored == nil ? (part, index) : (0, 0)
    let rows = splits.map { split -> Int in
      defer { next[Int(split)] += 1 }
      return next[Int(split)]
    }
    return ChunkRows(
      parsed: parsed, part: part, index: index, splits: splits, rows: rows,
      joined: tables.map { $0.rows(of: parsed, part: part, index: index) })
  }
}

/// A chunk's rows on their way into the splits.
struct ChunkRows {
  let parsed: ParsedChunk
  /// The part and the chunk of ``LogRows/dictionaries`` that number its texts.
  let part: Int
  let index: Int
  /// By row, the split.
  let splits: [UInt8]
  /// By row, the index in its split.
  let rows: [Int]
  /// By table and row, the table's row.
  let joined: [[Int32]]
}
