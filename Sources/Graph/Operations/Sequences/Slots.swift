/// How an operation finds the entries of a row: the words of a text, the texts of a user.
///
/// A further input [B, n] of zeros and ones may say which entries exist. One whose number is 0 does
/// not: it is skipped whatever lies there, what an operation makes of it is 0, and so is its
/// gradient.
public enum Slots: Sendable, Hashable {
  /// n entries side by side: entry t of a row of width w starts at t·w.
  case fixed(Int)
  /// As many as a row has, packed behind those of the row before: each is a row of numbers of its
  /// own. All of them exist.
  case packed(RaggedColumn)

  /// Entries of a row at most.
  public var most: Int {
    switch self {
    case .fixed(let count): count
    case .packed(let column): column.longest
    }
  }

  /// Entries of which the numbers stand in one row in memory.
  var sideBySide: Int {
    switch self {
    case .fixed(let count): count
    case .packed: 1
    }
  }

  /// Stops the program for packed entries, which `name` does not read.
  func needParts(for name: String) {
    precondition(extent == nil, "\(name): reads entries that are parts of rows, found packed ones")
  }

  /// The extent of the entries; nil where they are parts of rows.
  var extent: Extent? {
    switch self {
    case .fixed: nil
    case .packed(let column): .entries(column)
    }
  }

  /// The extent of the rows that have the entries; stops the program unless the inputs of `name` are
  /// what `expected` says of packed entries and their parent, or else rows.
  func extent(
    for name: String, of inputs: [Extent],
    packed expected: (_ entries: Extent, _ parent: Extent) -> [Extent]
  ) -> Extent {
    guard case .packed(let column) = self else { return .common(inputs, for: name) }
    let wanted = expected(.entries(column), column.parent)
    precondition(inputs == wanted, "\(name): needs \(wanted), found \(inputs)")
    return column.parent
  }
}

/// Which entries of the rows of a block exist, and where they lie.
struct Presence {
  private let mask: Rows?
  /// The numbers of the first entries of the block's rows; nil where entries are parts of rows.
  private let starts: UnsafePointer<Int32>?

  /// What an input says of entries that are parts of rows; without that input, all exist.
  init(_ call: Call, input: Int) {
    mask = call.inputCount > input ? call.input(input) : nil
    starts = nil
  }

  /// What an input says, or what the batch has of packed entries.
  init(_ call: Call, _ slots: Slots, input: Int) {
    if case .packed(let column) = slots {
      mask = nil
      starts = call.starts(of: column)
    } else {
      mask = call.inputCount > input ? call.input(input) : nil
      starts = nil
    }
  }

  /// Whether entries are rows of their own.
  var isPacked: Bool { starts != nil }

  /// Entries that a row has room for.
  @inline(__always) func slots(ofRow row: Int, of most: Int) -> Int {
    starts.map { Int($0[row + 1] - $0[row]) } ?? most
  }

  /// Where an entry of a row lies among rows of numbers from `base` on, if it has so many numbers.
  @inline(__always) func entry(
    _ base: UnsafeMutablePointer<Float>, _ stride: Int, _ row: Int, _ slot: Int, _ width: Int
  ) -> UnsafeMutablePointer<Float> {
    guard let starts else { return base + row * stride + slot * width }
    return base + (Int(starts[row] - starts[0]) + slot) * stride
  }

  /// Whether an entry of a row exists.
  @inline(__always) func has(_ row: Int, _ slot: Int) -> Bool {
    if let starts { return slot >= 0 && slot < Int(starts[row + 1] - starts[row]) }
    guard let mask else { return true }
    return mask.base[row * mask.stride + slot] != 0
  }

  /// How many of the first entries of a row exist.
  func count(_ row: Int, of most: Int) -> Int {
    var count = 0
    for slot in 0..<most where has(row, slot) { count += 1 }
    return count
  }
}

extension Call {
  /// Clears what is to be added to: the gradient of an input that nobody has written yet.
  public func clearGradient(of input: Int) {
    guard input < inputCount, let gradient = inputGradient(input), !gradient.accumulates else {
      return
    }
    for row in 0..<rows(of: input) {
      (gradient.base + row * gradient.stride).update(repeating: 0, count: inputWidth(input))
    }
  }

  /// The numbers of the first entries that the block's rows have of a column, and behind the last row
  /// that of the end.
  func starts(of column: RaggedColumn) -> UnsafePointer<Int32>? {
    let parent = span(of: column.parent)
    return batch.ragged.map { $0[column.index].starts + parent.absolute }
  }

  /// What there is of an extent in the block.
  func span(of extent: Extent) -> Span { spans[max(0, Span.slot(of: extent))] }

  /// Clears the gradient of a parameter, of `count` numbers, unless somebody has added to it.
  func clearParameterGradient(_ parameter: Int, count: Int) {
    if !accumulatesParameters { gradient(parameter).update(repeating: 0, count: count) }
  }
}
