import Tensors

@testable import Graph

/// Packed entries in the tests: rows with none, with one, with as many as there may be.
struct RaggedPattern {
  /// Entries of rows.
  static let column = RaggedColumn(index: 0, longest: 4, typical: 2)
  /// The entries of the gradient table's rows.
  static let table = RaggedPattern(lengths: (0..<64).map { [2, 0, 4, 1, 3, 0, 4][$0 % 7] })

  let lengths: [Int]
  let starts: Storage<Int32>
  let values: Storage<Int32>
  let all: Storage<RaggedRows>

  /// Rows of so many entries, whose ids depend on row and entry alone.
  init(lengths: [Int]) {
    self.lengths = lengths
    var starts: [Int32] = [5]
    for length in lengths { starts.append((starts.last ?? 0) + Int32(length)) }
    self.starts = Storage(starts)
    // Entries lie in another place than their numbers say.
    let at = Storage(starts.map { $0 - 5 + 2 })
    values = Storage(
      [0, 0] + lengths.indices.flatMap { row in (0..<lengths[row]).map { Self.id(row, $0) } } + [0])
    all = Storage(
      count: 1,
      filling: RaggedRows(
        starts: UnsafePointer(self.starts.base), at: UnsafePointer(at.base),
        values: UnsafePointer(values.base)))
    self.at = at
  }

  private let at: Storage<Int32>

  static func id(_ row: Int, _ entry: Int) -> Int32 { Int32(1 + (3 * row + 5 * entry) % 11) }

  /// Makes a batch have the entries.
  func fill(_ batch: inout Batch) {
    batch.ragged = UnsafePointer(all.base)
    batch.raggedCount = 1
  }

  /// Which of `slots` entries rows have.
  func flags(rows: Int, slots: Int) -> [Bool] {
    (0..<(rows * slots)).map { $0 % slots < lengths[$0 / slots] }
  }
}

/// Entries that are parts of rows, packed; and the way back, with zeros for those that rows do not have.
struct Packing: Operation {
  let column: RaggedColumn
  let isBack: Bool
  var name: String { "packing" }
  var keeps: Keeps { [] }
  func extent(of inputs: [Extent]) -> Extent { isBack ? .rows : .entries(column) }
  func width(of inputs: [Int]) -> Int {
    isBack ? inputs[0] * column.longest : inputs[0] / column.longest
  }
  func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    copy(call, from: (x.base, x.stride), to: (y.base, y.stride), isBack: isBack, adds: false)
  }
  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    copy(
      call, from: (dy.base, dy.stride), to: (dx.base, dx.stride), isBack: !isBack,
      adds: dx.accumulates)
  }
  private func copy(
    _ call: Call, from: (base: UnsafeMutablePointer<Float>, stride: Int),
    to: (base: UnsafeMutablePointer<Float>, stride: Int), isBack: Bool, adds: Bool
  ) {
    let width = self.isBack ? call.inputWidth(0) : call.outputWidth
    let present = Presence(call, .packed(column), input: 1)
    for row in 0..<call.span(of: .rows).count {
      for slot in 0..<column.longest {
        for k in 0..<width {
          let at = row * (isBack ? to.stride : from.stride) + slot * width + k
          if present.has(row, slot) {
            let entry = present.entry(
              isBack ? from.base : to.base, isBack ? from.stride : to.stride, row, slot, width)
            if isBack {
              to.base[at] = adds ? to.base[at] + entry[k] : entry[k]
            } else {
              entry[k] = adds ? entry[k] + from.base[at] : from.base[at]
            }
          } else if isBack, !adds {
            to.base[at] = 0
          }
        }
      }
    }
  }
}

extension Variable {
  /// The entries that rows have, packed.
  func packed() -> Variable {
    graph.record(Packing(column: RaggedPattern.column, isBack: false), [self])
  }

  /// Packed entries as parts of rows.
  func unpacked() -> Variable {
    graph.record(Packing(column: RaggedPattern.column, isBack: true), [self])
  }
}
