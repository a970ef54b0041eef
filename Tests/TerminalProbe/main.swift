import Foundation
import Terminal

// A program for the robot: it shows what the terminal reports, and does what a key asks for.
//
//     q  quits            p  prints stray text      !  crashes       C  prints after closing
//     E  calls exit       T  crashes in another thread, in the middle of drawing
//     M  has the mouse    N  leaves it              K  copies        L  draws in the light theme
//     the last key, the size and the number of frames are always on the screen

let words = CommandLine.arguments.dropFirst()
let color = words.first.flatMap(ColorMode.init) ?? .auto

func fail(_ error: TerminalError) -> Never {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(2)
}

let terminal: CursesTerminal
do throws(TerminalError) {
  terminal = try CursesTerminal(color: color)
} catch {
  fail(error)
}

var keys: [String] = []
var resizes = 0
var caught: [String] = []

@MainActor func canvas() -> Canvas {
  var canvas = Canvas(rows: terminal.size.rows, columns: terminal.size.columns)
  let size = "\(terminal.size.columns)x\(terminal.size.rows)"
  canvas.write("probe \(size) resizes \(resizes).", row: 0, column: 0)
  canvas.write("keys: \(keys.joined(separator: " "))|", row: 1, column: 0)
  canvas.write("caught: \(caught.joined(separator: ","))|", row: 2, column: 0)
  canvas.write("⣀⣤⣶ █▇▅ 界e\u{301}é❤\u{FE0F}🇩🇪🙂|", row: 3, column: 0)
  for (index, role) in Role.allCases.prefix(32).enumerated() {
    canvas.write("▓\(role) ", row: 4 + index / 4, column: index % 4 * 14, style: Style(role))
  }
  canvas.write("colors \(terminal.colors) unicode \(terminal.showsUnicode)", row: 12, column: 0)
  canvas.write("drawn by \(terminal.drawer)|", row: 13, column: 0)
  let last = canvas.size.rows - 1
  canvas.write(String(repeating: "─", count: canvas.size.columns), row: last, column: 0)
  return canvas
}

func name(_ key: Key) -> String {
  switch key {
  case .character(let character): String(character)
  case .control(let character): "^\(character)"
  case .mouse(let mouse): "\(mouse.action)(\(mouse.row),\(mouse.column))"
  default: "\(key)"
  }
}

while true {
  caught += terminal.drainStrayOutput()
  terminal.show(canvas())
  guard let key = terminal.readKey(timeoutMilliseconds: 200) else { continue }
  if key == .resize { resizes += 1 } else { keys = (keys + [name(key)]).suffix(8) }
  switch key {
  case .character("q"): terminal.close(); print("left"); exit(0)
  case .character("C"):
    terminal.close()
    print("closed")
    while true { sleep(1) }
  case .character("p"):
    print("stray")
    FileHandle.standardError.write(Data("error text\n".utf8))
  case .character("!"): preconditionFailure("asked to crash")
  case .character("E"): exit(3)
  case .character("T"):
    Thread.detachNewThread {
      usleep(20_000)
      preconditionFailure("asked to crash elsewhere")
    }
    while true {
      terminal.redraw()
      terminal.show(canvas())
    }
  case .control("l"): terminal.redraw()
  case .character("M"): terminal.useMouse(true)
  case .character("N"): terminal.useMouse(false)
  case .character("L"): terminal.use(.light)
  case .character("K"): caught.append("\(terminal.copy("copied text"))")
  default: break
  }
}
