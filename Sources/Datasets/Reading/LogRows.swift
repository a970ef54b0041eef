/// The log as it was read, with its split and its joined tables.
struct LogRows {
  let columns: UsedColumns
  let parts: [TablePart]
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
    let counts = tables.map { table in
      (UInt8(0)...2).map { table.counts(ofSplit: $0, parts, plan) }
    }
    trainingCounts = counts.map { $0[0] }
    unmatched = counts.map { splits in splits.reduce(0) { $0 + Int($1.last ?? 0) } }
  }

  /// How many training rows have each text of a column, by part and chunk.
  func trainingCounts(of column: Int) -> [[[Int32]]] {
    parts.indices.map { part in
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

  /// The numbers of training rows in a column.
  func trainingNumbers(of column: Int) -> [(value: Double, count: Int)] {
    var found: [(value: Double, count: Int)] = []
    for part in parts.indices {
      for (index, chunk) in parts[part].chunks.enumerated() {
        let splits = plan.splits[part][index]
        for row in 0..<chunk.rows where splits[row] == 0 {
          found.append((chunk.numbers[column][row], 1))
        }
      }
    }
    return found
  }

  /// The times of the training rows, in their order; empty where no column of times was read.
  var trainingTimes: [Int64] {
    var times: [Int64] = []
    for part in parts.indices {
      for (index, chunk) in parts[part].chunks.enumerated() {
        let splits = plan.splits[part][index]
        for row in chunk.times.indices where splits[row] == 0 { times.append(chunk.times[row]) }
      }
    }
    return times
  }

  /// A chunk with what its rows need to be filled in.
  func chunk(part: Int, index: Int) -> ChunkRows {
    let parsed = parts[part].chunks[index]
    let splits = plan.splits[part][index]
    var next = plan.starts[part][index]
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
  let part: Int
  let index: Int
  /// By row, the split.
  let splits: [UInt8]
  /// By row, the index in its split.
  let rows: [Int]
  /// By table and row, the table's row.
  let joined: [[Int32]]
}
