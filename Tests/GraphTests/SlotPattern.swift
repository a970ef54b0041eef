import Graph

/// Which entries of a row exist in the tests: all in the first row, none in the sixth, else what
/// depends on row and entry, alike in no two neighbours.
enum SlotPattern {
  static func has(_ row: Int, _ slot: Int, shift: Int = 0) -> Bool {
    switch row % 6 {
    case 0: true
    case 5: false
    default: (row + 2 * slot + shift) % 3 != 0
    }
  }

  /// The flags of so many rows, row by row.
  static func flags(rows: Int, slots: Int, shift: Int = 0) -> [Bool] {
    (0..<(rows * slots)).map { has($0 / slots, $0 % slots, shift: shift) }
  }
}

/// The pattern as a mask of zeros and ones.
struct PatternMask: Operation {
  let slots: Int
  var shift = 0
  var name: String { "pattern" }
  var keeps: Keeps { [] }
  var handsOnGradient: Bool { false }
  func extent(of inputs: [Extent]) -> Extent { .rows }
  func width(of inputs: [Int]) -> Int { slots }
  func forward(_ call: Call) {
    let m = call.output
    for row in 0..<call.rows {
      for slot in 0..<slots {
        m.base[row * m.stride + slot] =
          SlotPattern.has(call.firstRow + row, slot, shift: shift) ? 1 : 0
      }
    }
  }
  func backward(_ call: Call) {}
}

/// Entries of which those that the pattern leaves out hold NaN: who reads one shows it, and who
/// hands one a gradient, however small, has it come back a million times larger.
struct Poison: Operation {
  let slots: Int
  var shift = 0
  var name: String { "poison" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { inputs[0] }
  func forward(_ call: Call) {
    let (x, y) = (call.input(0), call.output)
    forEach(call) { row, k, isPresent in
      y.base[row * y.stride + k] = isPresent ? x.base[row * x.stride + k] : .nan
    }
  }
  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let dy = call.outputGradient
    forEach(call) { row, k, isPresent in
      let slope = dy.base[row * dy.stride + k] * (isPresent ? 1 : 1e6)
      let at = row * dx.stride + k
      dx.base[at] = dx.accumulates ? dx.base[at] + slope : slope
    }
  }
  private func forEach(_ call: Call, _ body: (Int, Int, Bool) -> Void) {
    let width = call.outputWidth / slots
    for row in 0..<call.rows {
      for k in 0..<call.outputWidth {
        body(row, k, SlotPattern.has(call.firstRow + row, k / width, shift: shift))
      }
    }
  }
}

extension Variable {
  /// The same entries, where those that the pattern leaves out hold NaN.
  func poisoned(_ slots: Int, shift: Int = 0) -> Variable {
    graph.record(Poison(slots: slots, shift: shift), [self])
  }

  /// The pattern as a mask.
  func pattern(_ slots: Int, shift: Int = 0) -> Variable {
    graph.record(PatternMask(slots: slots, shift: shift), [])
  }
}

/// Ids that depend on the row: of entry s the c-th is (3·row + 5·s + 7·c) mod 12.
struct PatternIds: Operation {
  let count: Int
  var name: String { "pattern of ids" }
  var keeps: Keeps { [] }
  var handsOnGradient: Bool { false }
  func extent(of inputs: [Extent]) -> Extent { .rows }
  func width(of inputs: [Int]) -> Int { count }
  func forward(_ call: Call) {
    let y = call.output
    for row in 0..<call.rows {
      for k in 0..<count {
        y.base[row * y.stride + k] = Float(Self.id(call.firstRow + row, k / 2, k % 2))
      }
    }
  }
  func backward(_ call: Call) {}

  static func id(_ row: Int, _ slot: Int, _ c: Int) -> Int { (3 * row + 5 * slot + 7 * c) % 12 }

  /// Ids that are drawn a row.
  static let drawnCount = 8

  /// The same ids of four entries as a batch has them drawn.
  static func drawn(rows: Int) -> [Int32] {
    (0..<(rows * drawnCount)).map {
      Int32(id($0 / drawnCount, $0 % drawnCount / 2, $0 % 2))
    }
  }

  /// The c-th id of the first of four entries that the pattern has, or of the first of all.
  static func chosen(_ row: Int, _ c: Int) -> Int {
    id(row, (0..<4).first { SlotPattern.has(row, $0) } ?? 0, c)
  }
}
