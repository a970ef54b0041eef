import Foundation
import TestSupport
import Testing

/// The real terminal, held by the probe in a robot's pane.
@Suite("At a terminal", .serialized, .enabled(if: Robot.tmux != nil, "tmux is not installed"))
struct ProbeJourneys {
  @Test("every signal leaves the terminal as it was, and its own exit code")
  func signals() throws {
    let probe = try Probe(environment: ["SWIFT_BACKTRACE": "enable=no"])
    let deaths = [
      SIGHUP, SIGQUIT, SIGTERM, SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGXCPU,
      SIGUSR1,
    ]
    for number in deaths {
      try probe.start(then: "; echo code $?")
      try probe.robot.signal(number)
      try probe.robot.wait(for: "code \(128 + number)")
      try probe.expectShell()
    }
  }

  @Test("an interrupt too, and the shell learns of it") func interrupt() throws {
    let probe = try Probe()
    try probe.start(then: "; echo still here")
    try probe.robot.signal(SIGINT)
    let shell = try probe.expectShell()
    #expect(!shell.lines.contains("still here"), "bash ends the line if a signal ended the program")
  }

  @Test("a crash says why and asks nothing") func crash() throws {
    let probe = try Probe(rows: 60)
    try probe.start(then: "; echo code $?")
    let start = ContinuousClock.now
    try probe.robot.type("!")
    let shell = try probe.robot.wait(for: "its end") { $0.shows("code 13") && $0.prompt != nil }
    #expect(ContinuousClock.now - start < .seconds(20), "the backtracer waits 30 s for a key")
    #expect(shell.shows("asked to crash"))
    try probe.expectShell()
  }

  @Test("a crash in another thread while this one draws") func crashElsewhere() throws {
    let probe = try Probe(rows: 60, environment: ["SWIFT_BACKTRACE": "enable=no"])
    try probe.start(then: "; echo code $?")
    try probe.robot.type("T")
    let shell = try probe.robot.wait(for: "its end") { $0.shows("code 13") && $0.prompt != nil }
    #expect(shell.shows("asked to crash elsewhere"))
    try probe.expectShell()
  }

  @Test("a call of exit gives the terminal back too") func exits() throws {
    let probe = try Probe()
    try probe.start(then: "; echo code $?")
    try probe.robot.type("E")
    try probe.robot.wait(for: "code 3") { $0.shows("code 3") && $0.prompt != nil }
    try probe.expectShell()
  }

  @Test("stops and goes on, by key and by signal") func stop() throws {
    let probe = try Probe()
    try probe.start()
    try probe.robot.press("C-z")
    try probe.expectShell()
    try probe.robot.run("fg")
    try probe.robot.wait(for: "probe 80x24 resizes 1.")
    try probe.robot.signal(SIGTSTP)
    try probe.expectShell()
    try probe.robot.resize(columns: 60, rows: 16)
    try probe.robot.run("fg")
    let screen = try probe.robot.wait(for: "probe 60x16 resizes 2.")
    #expect(screen.isAlternate && !screen.showsCursor)
    // Nobody can prepare for this one.
    try probe.robot.signal(SIGSTOP)
    try probe.robot.wait(for: "Stopped")
    try probe.robot.run("fg")
    try probe.robot.wait(for: "probe 60x16 resizes 3.")
    try probe.quit()
  }

  @Test("draws anew after any size") func resize() throws {
    let probe = try Probe()
    try probe.start()
    try probe.robot.resize(columns: 60, rows: 16)
    try probe.expectScreen(columns: 60, rows: 16)
    try probe.robot.resize(columns: 1, rows: 1)
    try probe.robot.wait(for: "the smallest screen") { $0.lines.allSatisfy { $0.count < 2 } }
    for step in 0..<40 { try probe.robot.resize(columns: 20 + step * 2, rows: 8 + step % 20) }
    try probe.robot.resize(columns: 90, rows: 30)
    try probe.expectScreen(columns: 90, rows: 30)
    try probe.quit()
  }

  @Test("draws anew after a size that came and went") func sizeThatCameAndWent() throws {
    let probe = try Probe()
    try probe.start()
    // What a window that was made smaller and large again between two looks leaves: a signal alone.
    try probe.robot.signal(SIGWINCH)
    try probe.robot.wait(for: "probe 80x24 resizes 1.")
    try probe.expectScreen(columns: 80, rows: 24)
    #if os(Linux)
      let before = try probe.robot.writtenBytes()
      try probe.robot.signal(SIGWINCH)
      try probe.robot.wait(for: "probe 80x24 resizes 2.")
      #expect(try probe.robot.writtenBytes() - before > 400, "the whole screen")
    #endif
    try probe.quit()
  }

  @Test("who draws, and with what, by the terminal's own description", arguments: terminals)
  func drawers(prefix: String, words: String, expected: String) throws {
    let probe = try Probe()
    try probe.start(prefix: prefix, then: words)
    try probe.robot.wait(for: "drawn by \(expected)|")
    try probe.robot.type("q")
    try probe.robot.wait(for: "left")
  }

  private static let terminals = [
    ("TERM=xterm-256color", "", "bytes, colors 256 bce true ends true excluded []"),
    ("TERM=xterm-256color", " 16", "bytes, colors 16 bce true ends true excluded []"),
    ("TERM=xterm-256color", " mono", "bytes, colors 0 bce true ends true excluded []"),
    ("TERM=tmux-256color", "", "bytes, colors 256 bce false ends true excluded []"),
    ("TERM=screen", "", "bytes, colors 8 bce false ends true excluded []"),
    ("TERM=linux", "", "bytes, colors 8 bce true ends true excluded [dim underlined]"),
    ("TERM=vt100", "", "bytes, colors 0 bce false ends false excluded []"),
    // Without xenl what is written into the last corner would scroll.
    ("TERM=ansi", "", "curses"),
  ]

  @Test("keys, whole and broken") func keys() throws {
    let probe = try Probe()
    try probe.start()
    try probe.robot.press("Up", "F5", "BTab", "PageDown", "C-a", "Enter")
    try probe.robot.wait(for: "keys: up function(5) backTab pageDown ^a enter|")
    try probe.robot.press("Escape")
    try probe.robot.wait(for: "enter escape|")
    // Alt with q, a focus report, the end of no paste, bytes that are no UTF-8.
    try probe.robot.send([0x1B, 0x71])
    try probe.robot.send([0x1B, 0x5B, 0x49, 0x1B, 0x5B] + Array("201~".utf8) + Array("é界".utf8))
    try probe.robot.wait(for: "escape unknown unknown unknown é 界|")
    try probe.robot.send([0xE7, 0x95, 0x61, 0xFF, 0x62])
    try probe.robot.wait(for: "界 unknown a unknown b|")
    try probe.quit()
  }

  @Test("pastes are asked for, come as one key in however many parts, and are asked for anew")
  func pastes() throws {
    let probe = try Probe()
    try probe.start()
    for round in 1...2 {
      try probe.robot.paste("\(round) é\nlines q")
      try probe.robot.wait(for: "paste(\"\(round) é lines q\")|")
      try probe.robot.press("C-z")
      try probe.expectShell()
      try probe.robot.run("fg")
      try probe.robot.wait(for: "resizes \(round).")
    }
    // The marks by hand: in parts, and one whose end never comes.
    try probe.robot.send(Array("\u{1B}[200~ab".utf8))
    try probe.robot.send(Array("c\u{1B}[20".utf8))
    try probe.robot.send(Array("1~x".utf8))
    try probe.robot.wait(for: #"paste("abc") x|"#)
    try probe.robot.send(Array("\u{1B}[200~lost".utf8))
    try probe.robot.wait(for: #"x paste("lost")|"#)
    try probe.quit()
  }

  @Test("the mouse is asked for, taken whole, and given back whatever ends the program")
  func mouse() throws {
    let probe = try Probe(environment: ["SWIFT_BACKTRACE": "enable=no"])
    try probe.start()
    #expect(try !probe.robot.wait(for: "probe").hasMouse)
    try probe.robot.type("M")
    try probe.robot.wait(for: "the mouse") { $0.hasMouse }
    try probe.robot.send(Array("\u{1B}[<0;5;3M\u{1B}[<0;5;3m\u{1B}[<65;80;24M".utf8))
    try probe.robot.send(Array("\u{1B}[M`!!x".utf8))
    try probe.robot.wait(
      for: "keys: M left(2,4) release(2,4) wheelDown(23,79) wheelUp(0,0) x|")
    try probe.robot.press("C-z")
    #expect(try !probe.expectShell().hasMouse)
    try probe.robot.run("fg")
    #expect(try probe.robot.wait(for: "resizes 1.") { $0.hasMouse }.hasMouse)
    try probe.robot.type("N")
    try probe.robot.wait(for: "no mouse") { !$0.hasMouse }
    try probe.robot.type("M")
    try probe.robot.wait(for: "the mouse again") { $0.hasMouse }
    try probe.robot.signal(SIGTERM)
    #expect(try !probe.expectShell().hasMouse)
    for ending in ["q", "E", "!"] {
      try probe.start()
      try probe.robot.type("M")
      try probe.robot.wait(for: "the mouse") { $0.hasMouse }
      try probe.robot.type(ending)
      #expect(try !probe.expectShell().hasMouse, "\(ending)")
    }
  }

  @Test("a text is copied through tmux") func copies() throws {
    let probe = try Probe()
    try probe.robot.allowCopying()
    try probe.start()
    try probe.robot.type("K")
    try probe.robot.wait(for: "caught: 11 bytes handed to the terminal's clipboard|")
    #expect(try probe.robot.clipboard() == "copied text")
    try probe.quit()
  }

  @Test("another theme paints the whole screen anew") func themes() throws {
    let probe = try Probe()
    try probe.start()
    let before = try probe.robot.colors()
    #expect(before.contains("48;5;233") && before.contains("38;5;252"))
    try probe.robot.type("L")
    try probe.robot.wait(for: "keys: L|")
    let after = try probe.robot.colors()
    #expect(after.contains("48;5;231") && !after.contains("48;5;233"))
    try probe.quit()
  }

  @Test("what others write does not reach the screen, and is shown at the end")
  func strayOutput() throws {
    let probe = try Probe()
    try probe.start()
    try probe.robot.type("p")
    let screen = try probe.robot.wait(for: "caught: stray,error text|")
    #expect(screen.lines.filter { $0.hasPrefix("stray") }.isEmpty)
    try probe.robot.type("q")
    let shell = try probe.expectShell()
    #expect(shell.lines.contains("error text"))
    #expect(shell.lines.contains("left"))
  }

  #if os(Linux)
    @Test("a screen that does not change writes nothing") func idle() throws {
      let probe = try Probe()
      try probe.start()
      let before = try probe.robot.writtenBytes()
      // The probe shows its canvas five times a second.
      Thread.sleep(forTimeInterval: 0.7)
      #expect(try probe.robot.writtenBytes() == before)
      try probe.robot.type("x")
      try probe.robot.wait(for: "keys: x|")
      #expect(try probe.robot.writtenBytes() - before < 200)
      try probe.quit()
    }
  #endif

  @Test("after closing, an interrupt ends the program by its signal") func afterClosing() throws {
    let probe = try Probe()
    try probe.start()
    try probe.robot.type("C")
    try probe.robot.wait(for: "closed")
    try probe.robot.press("C-c")
    try probe.robot.wait(for: "the shell") { $0.prompt != nil }
    #expect(try probe.robot.output(of: "echo $?") == "130\n")
  }

  @Test("colours and characters are those that terminal, locale and person allow")
  func abilities() throws {
    let cases = [
      ("TERM=xterm-256color", "colors 256 unicode true"),
      ("TERM=xterm-256color NO_COLOR=", "colors 256 unicode true"),
      ("TERM=xterm-256color NO_COLOR=1", "colors 0 unicode true"),
      ("TERM=linux", "colors 8 unicode true"), ("TERM=vt100", "colors 0 unicode true"),
      ("LC_ALL=C", "colors 256 unicode false"), ("LC_ALL= LANG=", "colors 256 unicode true"),
      ("LC_ALL=xx_XX.UTF-8", "colors 256 unicode true"),
      ("LC_ALL=xx_XX.ISO-8859-1", "colors 256 unicode false"),
    ]
    let probe = try Probe()
    for (prefix, expected) in cases {
      try probe.start(prefix: prefix)
      let screen = try probe.robot.wait(for: expected)
      let sample = expected.hasSuffix("true") ? "⣀⣤⣶ █▇▅ 界" : "..# #*= ??"
      #expect(screen.lines[3].hasPrefix(sample), "\(prefix)")
      #expect(screen.lines[23].count == 80, "\(prefix)")
      try probe.robot.type("q")
      try probe.robot.wait(for: "left")
      try probe.robot.run("clear")
    }
  }
}

/// The probe in a robot's pane, and what every ending must leave behind.
private struct Probe {
  let robot: Robot
  private let modesBefore: String

  private static let folder: URL = {
    #if os(Linux)
      return Bundle.main.bundleURL
    #else
      let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
      return tests.bundleURL.deletingLastPathComponent()
    #endif
  }()

  init(columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]) throws {
    robot = try Robot(
      columns: columns, rows: rows, search: Self.folder, environment: environment)
    modesBefore = try robot.modes()
  }

  func start(prefix: String = "", then: String = "") throws {
    try robot.run("clear; \(prefix) TerminalProbe\(then)")
    try robot.wait(for: "probe ")
  }

  func quit() throws {
    try robot.type("q")
    try robot.wait(for: "left")
    try expectShell()
  }

  /// The whole screen belongs to a size: its first rows, and the line at its foot.
  func expectScreen(
    columns: Int, rows: Int, location: SourceLocation = #_sourceLocation
  ) throws {
    let screen = try robot.wait(for: "\(columns)x\(rows)") {
      $0.shows("probe \(columns)x\(rows) ") && $0.lines.count >= rows
        && $0.lines[rows - 1] == String(repeating: "─", count: columns)
    }
    #expect(screen.lines[3].hasPrefix("⣀⣤⣶ █▇▅ 界"), sourceLocation: location)
    #expect(screen.lines[4].hasPrefix("▓plain"), sourceLocation: location)
  }

  @discardableResult
  func expectShell(location: SourceLocation = #_sourceLocation) throws -> CapturedScreen {
    let shell = try robot.wait(for: "the shell") { $0.prompt != nil }
    #expect(!shell.isAlternate && shell.showsCursor, sourceLocation: location)
    #expect(!shell.hasKeypad, sourceLocation: location)
    #expect(try robot.modes() == modesBefore, sourceLocation: location)
    return shell
  }
}
