import Tensors

/// The rows, or the entries of a ragged column, of a block.
struct Span {
  /// The number of the first one in the batch.
  var first = 0
  /// How many there are.
  var count = 0
  /// The number of the first one in ``Batch/ragged``, which a part of a batch shares with the whole.
  var absolute = 0

  /// Where an extent's span stands among those of a block; −1: it has one row for all.
  static func slot(of extent: Extent) -> Int {
    switch extent {
    case .block: -1
    case .rows: 0
    case .each(_, let whole): slot(of: whole)
    case .entries(let column): 1 + column.index
    }
  }
}

/// How a batch is cut into lanes, and a lane into blocks.
///
/// Without ragged columns both follow from the number of rows. With them lanes end at the rows
/// nearest to equal Σ (1 + entries), and a block has as many rows as its memory has room for: a
/// function of the batch alone, so that any number of threads adds up the same.
struct BatchCuts {
  private struct Column {
    let index: Int
    /// Its parent among the columns; −1: rows.
    let parent: Int
    /// Entries of a row at most.
    let mostOfRow: Int
    /// Entries of a block at most.
    let room: Int
    /// The number of the batch's first entry.
    var base = 0
  }

  /// Rows of a block at most.
  let blockRows: Int
  private let sections: Int
  private let cutsByRows: Bool
  /// Parents before what they have.
  private var columns: [Column]
  /// Where lanes start and end, which block of all each begins with, and where all blocks start.
  private let memory: Storage<Int32>
  private var batch = Batch(rows: 0)

  init(_ plan: Plan) {
    blockRows = plan.blockRows
    sections = plan.sections.count
    cutsByRows = plan.hasMeetings || plan.columns.isEmpty
    columns = plan.columns.map { column in
      Column(
        index: column.index,
        parent: column.parent.column.flatMap { plan.columns.firstIndex(of: $0) } ?? -1,
        mostOfRow: column.mostOfRow, room: plan.room(of: column))
    }
    memory = Storage(
      count: columns.isEmpty ? 0 : 3 * (Lanes.most + 1) + plan.capacity, filling: 0)
  }

  private var laneStarts: UnsafeMutablePointer<Int32> { memory.base }
  private var firstBlocks: UnsafeMutablePointer<Int32> { memory.base + Lanes.most + 1 }
  private var blockStarts: UnsafeMutablePointer<Int32> { memory.base + 2 * (Lanes.most + 1) }

  /// Lanes of the batch.
  private var lanes: Int { Lanes.count(of: batch.rows, sections: sections) }

  /// Cuts a batch.
  mutating func cut(_ batch: Batch) {
    self.batch = batch
    guard !columns.isEmpty else { return }
    for index in columns.indices { columns[index].base = number(index, atRow: 0) }
    cutLanes()
    var block = 0
    for lane in 0..<lanes {
      firstBlocks[lane] = Int32(block)
      let rows = rows(ofLane: lane)
      var row = rows.lowerBound
      while row < rows.upperBound {
        blockStarts[block] = Int32(row)
        row = endOfBlock(from: row, before: rows.upperBound)
        block += 1
      }
    }
    firstBlocks[lanes] = Int32(block)
    blockStarts[block] = Int32(batch.rows)
  }

  /// The number in ``Batch/ragged`` of a column's first entry of a row, or behind all rows before it.
  private func number(_ index: Int, atRow row: Int) -> Int {
    let column = columns[index]
    guard let ragged = batch.ragged else { return 0 }
    let parent =
      column.parent < 0 ? batch.firstParent + row : number(column.parent, atRow: row)
    return Int(ragged[column.index].starts[parent])
  }

  private func cutLanes() {
    guard !cutsByRows else {
      for lane in 0...lanes { laneStarts[lane] = Int32(batch.rows * lane / lanes) }
      return
    }
    laneStarts[0] = 0
    laneStarts[lanes] = Int32(batch.rows)
    let whole = work(before: batch.rows)
    var row = 0
    for lane in 1..<max(1, lanes) {
      // Every lane has a row at least.
      row += 1
      let (goal, last) = (whole * lane / lanes, batch.rows - (lanes - lane))
      while row < last, abs(work(before: row + 1) - goal) <= abs(work(before: row) - goal) {
        row += 1
      }
      laneStarts[lane] = Int32(row)
    }
  }

  /// Σ (1 + entries) over the rows before one.
  private func work(before row: Int) -> Int {
    columns.indices.reduce(row) { $0 + number($1, atRow: row) - columns[$1].base }
  }

  private func endOfBlock(from first: Int, before end: Int) -> Int {
    var row = first
    while row < min(end, first + blockRows) {
      let fits = columns.indices.allSatisfy { index in
        let own = number(index, atRow: row + 1) - number(index, atRow: row)
        precondition(
          own <= columns[index].mostOfRow,
          "a row has \(own) entries of ragged column \(columns[index].index), which has room for "
            + "\(columns[index].mostOfRow)")
        let entries = number(index, atRow: row + 1) - number(index, atRow: first)
        return entries <= columns[index].room
      }
      guard fits else { break }
      row += 1
    }
    return row
  }

  /// The rows of a lane.
  func rows(ofLane lane: Int) -> Range<Int> {
    guard !columns.isEmpty else {
      return Lanes.range(of: lane, rows: batch.rows, sections: sections)
    }
    return Int(laneStarts[lane])..<Int(laneStarts[lane + 1])
  }

  /// Blocks of a lane.
  func blockCount(ofLane lane: Int) -> Int {
    guard !columns.isEmpty else {
      return (rows(ofLane: lane).count + blockRows - 1) / blockRows
    }
    return Int(firstBlocks[lane + 1] - firstBlocks[lane])
  }

  /// The rows of a block of a lane.
  func rows(ofBlock number: Int, lane: Int) -> Range<Int> {
    let rows = rows(ofLane: lane)
    guard !columns.isEmpty else {
      let first = rows.lowerBound + number * blockRows
      return first..<min(rows.upperBound, first + blockRows)
    }
    let block = blockStarts + Int(firstBlocks[lane]) + number
    return Int(block[0])..<Int(block[1])
  }

  /// Spans that a block has, by ``Span/slot(of:)``.
  var slots: Int { 1 + (columns.map(\.index).max() ?? -1) + 1 }

  /// Leaves the spans of a block of rows.
  func span(_ rows: Range<Int>, into spans: UnsafeMutablePointer<Span>) {
    spans[0] = Span(
      first: rows.lowerBound, count: rows.count, absolute: batch.firstParent + rows.lowerBound)
    guard let ragged = batch.ragged else { return }
    for column in columns {
      let parent = spans[column.parent < 0 ? 0 : 1 + columns[column.parent].index]
      let starts = ragged[column.index].starts
      let first = Int(starts[parent.absolute])
      spans[1 + column.index] = Span(
        first: first - column.base,
        count: Int(starts[parent.absolute + parent.count]) - first, absolute: first)
    }
  }
}
