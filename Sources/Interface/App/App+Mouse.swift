import Runs
import Terminal

// The mouse: the wheel is the arrow keys of lists, a click on a tab is its digit; the rest belongs to
// the screen.
extension App {
  mutating func handle(_ mouse: Mouse) -> [Effect] {
    let wheel: Key? =
      switch mouse.action {
      case .wheelUp: .up
      case .wheelDown: .down
      default: nil
      }
    switch desk.mode {
    case .normal: break
    case .help, .choice: return wheel.map { handle($0) } ?? []
    case .command, .prompt, .question, .filter: return []
    }
    guard mouse.action != .release else { return [] }
    keyInput = KeyInput()
    if mouse.action == .left, mouse.row == 0 {
      if let index = tabRow.screen(at: mouse.column, columns: desk.size.columns) { show(index) }
      return []
    }
    let body = body(of: desk.size)
    guard body.contains(row: mouse.row, column: mouse.column) else { return [] }
    do throws(CommandLineError) {
      return try screens[shown].take(mouse, in: body, &desk)
    } catch {
      desk.say(error.description, .error, untilKey: true)
      return []
    }
  }
}

extension Screen {
  /// The wheel moves by lines, as the arrow keys do.
  mutating func take(
    _ mouse: Mouse, in body: Rect, _ desk: inout Desk
  ) throws(CommandLineError) -> [Effect] {
    switch mouse.action {
    case .wheelUp: try move(.down(-1), &desk)
    case .wheelDown: try move(.down(1), &desk)
    default: []
    }
  }
}
