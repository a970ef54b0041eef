import Tensors

/// What training rows have of the text columns of a spool.
struct StoredCounts {
  /// One column.
  struct Column {
    /// By code, how many training rows have it.
    var counts: [Int32]
    /// The first codes that training rows have, chunk by chunk in the order of the chunk's first row:
    /// the order in which rows in memory show them.
    var first: [Int32] = []
  }

  private let columns: [Column]
  /// By column, its texts where they do not fit in memory.
  private var spilled: [Int: SpilledTexts] = [:]

  /// Counts the rows of all text columns.
  init(_ spool: RowSpool, _ used: UsedColumns, _ parts: [TablePart], _ plan: SplitPlan) {
    let map = ParallelMap<Column>(count: used.texts.count) { column in
      Column(
        spool.dictionaries[column].count, spool.spilled[column] == nil ? column : nil, parts, plan)
    }
    map.run(on: WorkerPool(threads: spool.threads))
    columns = map.results
    for (index, column) in spool.spilled.sorted(by: { $0.key < $1.key }) {
      do throws(SystemRefusal) {
        spilled[index] = try SpilledTexts(
          column, index: index, parts, plan, in: spool.folder, end: spool.end)
      } catch {
        spool.note(error)
      }
    }
  }

  /// The texts of a column that do not fit in memory; nil of others.
  func spilled(_ column: Int) -> SpilledTexts? { spilled[column] }

  subscript(column: Int) -> Column { columns[column] }
}

extension StoredCounts.Column {
  /// As many as are looked at, and as many again, of which some may be missing values.
  static let mostFirst = 2 * ListLook.limit

  /// Nothing counted yet of so many texts.
  init(texts: Int) { counts = [Int32](repeating: 0, count: texts) }

  fileprivate init(_ texts: Int, _ column: Int?, _ parts: [TablePart], _ plan: SplitPlan) {
    self.init(texts: texts)
    guard let column else { return }
    for part in parts.indices {
      for (index, chunk) in parts[part].chunks.enumerated() {
        add(chunk.codes(of: column), plan.splits[part][index])
      }
    }
  }

  /// Counts the rows of the next chunk.
  mutating func add(_ codes: [Int32], _ splits: [UInt8]) {
    var new: Set<Int32> = []
    let isLooking = first.count < Self.mostFirst
    counts.withUnsafeMutableBufferPointer { counts in
      for row in codes.indices where splits[row] == 0 {
        let code = Int(codes[row])
        if isLooking, counts[code] == 0 { new.insert(codes[row]) }
        counts[code] += 1
      }
    }
    for code in codes {
      if new.isEmpty || first.count >= Self.mostFirst { break }
      if new.remove(code) != nil { first.append(code) }
    }
  }
}

/// Numbers and how often each came, few of them in memory where few differ.
struct CountedNumbers {
  /// Numbers that are sorted at once, at least.
  private let atOnce: Int
  private var counted: [(value: Double, count: Int)] = []
  private var newest: [Double] = []
  private var missing = 0

  init(atOnce: Int = 1 << 18) { self.atOnce = atOnce }

  /// Counts a number in.
  mutating func add(_ number: Double) {
    guard !number.isNaN else {
      missing += 1
      return
    }
    newest.append(number)
    if newest.count == max(atOnce, counted.count) { settle() }
  }

  /// All numbers, the missing ones as NaN.
  var all: [(value: Double, count: Int)] {
    var settled = self
    settled.settle()
    return settled.counted + (missing > 0 ? [(.nan, missing)] : [])
  }

  /// Of equal numbers the first stays, so that 0 and −0 are what they were in the first row.
  private mutating func settle() {
    newest.sort()
    var merged: [(value: Double, count: Int)] = []
    merged.reserveCapacity(counted.count + newest.count)
    func add(_ value: Double, _ count: Int) {
      if let last = merged.last, last.value == value {
        merged[merged.count - 1].count += count
      } else {
        merged.append((value, count))
      }
    }
    var next = 0
    for (value, count) in counted {
      while next < newest.count, newest[next] < value {
        add(newest[next], 1)
        next += 1
      }
      add(value, count)
    }
    for value in newest[next...] { add(value, 1) }
    (counted, newest) = (merged, [])
  }
}
