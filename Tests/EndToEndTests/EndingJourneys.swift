import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Whatever ends the explorer, the shell's terminal is as it was.
  @Suite("Endings", .enabled(if: Robot.tmux != nil, "tmux is not installed"))
  struct EndingJourneys {
    @Test(
      "a signal ends it with its own exit code",
      arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
    func signal(number: Int32) throws {
      let session = try Session.training()
      defer { session.robot.leave() }
      try session.robot.signal(number)
      try session.robot.wait(for: "the shell") { $0.prompt != nil }
      try session.robot.run("echo code $?")
      try session.robot.wait(for: "code \(128 + number)")
      try session.expectShell()
    }

    @Test("a crash in the middle of a run") func crash() throws {
      let session = try Session.training()
      defer { session.robot.leave() }
      try session.robot.signal(SIGSEGV)
      // The report of the crash may be long: what was typed before scrolls away.
      try session.robot.wait(for: "the shell") { $0.prompt != nil }
      try session.robot.run("clear; echo 'typed be''fore'")
      try session.expectShell()
    }

    @Test(
      "terminals that can do less: it starts and ends as always",
      arguments: [
        ("NO_COLOR=1", ""), ("", "--charset ascii --color mono"), ("TERM=vt100", ""),
        ("LC_ALL=C LANG=C", ""), ("TERM=xterm", "--charset block --color 16"),
      ])
    func modestTerminal(prefix: String, options: String) throws {
      let session = try Session.training(options: options, prefix: prefix)
      defer { session.robot.leave() }
      let robot = session.robot
      let screen = try robot.wait(for: "the dashboard") { $0.shows("[1 Dash]") }
      if options.contains("ascii") {
        #expect(!screen.text.contains { !$0.isASCII })
      }
      try robot.press("Q")
      try robot.wait(for: "the shell") { $0.prompt != nil }
      // Without an alternate screen the last frame stays.
      if prefix.contains("vt100") { try robot.run("clear; echo 'typed be''fore'") }
      try session.expectShell()
    }

    @Test(
      "a terminal that cannot place the cursor, or is not known, is refused in words",
      arguments: ["dumb", "no-such-terminal", "''"])
    func refusedTerminal(name: String) throws {
      let session = try Session(prefix: "TERM=\(name)")
      defer { session.robot.leave() }
      try session.robot.wait(for: "fix:")
      try session.expectShell()
    }

    @Test("output into a pipe is refused in words") func pipe() throws {
      let session = try Session(ending: "| cat; echo code ${PIPESTATUS[0]}")
      defer { session.robot.leave() }
      try session.robot.wait(for: "standard output is not one")
      try session.robot.wait(for: "code 2")
      try session.expectShell()
    }
  }
}
