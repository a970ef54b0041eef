/// How an operation finds the entries of a row: the words of a text, the texts of a user.
///
/// A further input [B, n] of zeros and ones may say which entries exist. One whose number is 0 does
/// not: it is skipped whatever lies there, what an operation makes of it is 0, and so is its
/// gradient.
public enum Slots: Sendable, Hashable {
  /// n entries side by side: entry t of a row of width w starts at t·w.
  case fixed(Int)

  /// Entries of a row at most.
  public var most: Int {
    switch self {
    case .fixed(let count): count
    }
  }
}

/// Which entries of the rows of a block exist.
struct Presence {
  private let mask: Rows?

  /// What an input says; without that input, all entries exist.
  init(_ call: Call, input: Int) { mask = call.inputCount > input ? call.input(input) : nil }

  /// Whether an entry of a row exists.
  @inline(__always) func has(_ row: Int, _ slot: Int) -> Bool {
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
    for row in 0..<rows {
      (gradient.base + row * gradient.stride).update(repeating: 0, count: inputWidth(input))
    }
  }

  /// Clears the gradient of a parameter, of `count` numbers, unless somebody has added to it.
  func clearParameterGradient(_ parameter: Int, count: Int) {
    if !accumulatesParameters { gradient(parameter).update(repeating: 0, count: count) }
  }
}
