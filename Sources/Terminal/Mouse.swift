/// What a mouse did, and where.
public struct Mouse: Sendable, Hashable {
  /// What was done.
  public enum Action: Sendable, Hashable {
    case left, middle, right
    /// A button was let go.
    case release
    case wheelUp, wheelDown
  }

  /// What was done.
  public var action: Action
  /// The row of the cell, from 0 at the top.
  public var row: Int
  /// The column of the cell, from 0 at the left.
  public var column: Int

  /// An event.
  public init(_ action: Action, row: Int, column: Int) {
    self.action = action
    self.row = row
    self.column = column
  }

  /// Reads what xterm calls the button, with column and row counted from 1; nil for what is not
  /// known, such as moves and buttons beyond the fifth.
  ///
  /// 4, 8 and 16 are Shift, Alt and Control, 32 a move, 64 the wheel. On a release the older
  /// encoding gives 3; the newer one ends in `m`.
  init?(button: Int, column: Int, row: Int, isRelease: Bool) {
    guard column > 0, row > 0, (0..<128).contains(button), button & 32 == 0 else { return nil }
    let actions: [Int: Action] = [
      0: .left, 1: .middle, 2: .right, 3: .release, 64: .wheelUp, 65: .wheelDown,
    ]
    guard let action = actions[button & ~28] else { return nil }
    let isWheel = action == .wheelUp || action == .wheelDown
    self.init(isRelease && !isWheel ? .release : action, row: row - 1, column: column - 1)
  }
}

extension Mouse {
  /// Reads the parameters of `ESC [ < button ; column ; row M`, or `m` for a release (DEC private
  /// mode 1006).
  init?(parameters: [UInt8], isRelease: Bool) {
    guard parameters.first == 0x3C else { return nil }
    let numbers = parameters.dropFirst().split(separator: 0x3B, omittingEmptySubsequences: false)
      .map { Int(String(decoding: $0, as: UTF8.self)) }
    guard numbers.count == 3, let button = numbers[0], let column = numbers[1],
      let row = numbers[2], max(column, row) < 100_000
    else { return nil }
    self.init(button: button, column: column, row: row, isRelease: isRelease)
  }
}
