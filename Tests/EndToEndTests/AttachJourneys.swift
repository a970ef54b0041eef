import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Attaching", .enabled(if: Robot.tmux != nil, "tmux is not installed"))
  struct AttachJourneys {
    private static let train =
      "mtl-tui train --data sample --epochs 100000 --patience 0 --out runs --log log.jsonl"

    @Test("a run is watched from a second program, which may leave or be killed")
    func watchers() throws {
      let robot = try Robot(columns: 120, rows: 40, search: Program.folder)
      defer { robot.leave() }
      try robot.run("\(Self.train) > out.txt 2>&1 &")
      try robot.run("until test -S runs/*/socket; do sleep 0.1; done; clear")
      try robot.run("mtl-tui attach last --out runs")
      let first = try robot.wait(for: "the run of the other program") {
        $0.shows("watching 2") && $0.shows("-mmoe-") && $0.shows("[x]") && ($0.step ?? 0) > 0
      }
      let step = try #require(first.step)
      try robot.wait(for: "a later step") { ($0.step ?? 0) > step }
      try robot.press("P")
      try robot.wait(for: "why it is not paused") { $0.shows("watched only") }
      try robot.press("q")
      try robot.wait(for: "the shell") { $0.prompt != nil && $0.shows("the run goes on") }
      // One that is killed in the midst of it.
      try robot.run(
        "timeout --foreground -s KILL 2 mtl-tui attach last --out runs; stty sane; tput rmcup; clear"
      )
      try robot.wait(for: "the shell again") { $0.prompt != nil && !$0.isAlternate }
      try robot.run("clear; kill -INT %1; wait %1; echo ended with $?; ls runs/*/socket log.jsonl")
      let last = try robot.wait(for: "the end of the run") { $0.shows("ended with") }
      #expect(last.shows("ended with 0"))
      try robot.wait(for: "no socket, and a log") {
        $0.shows("No such file") && $0.shows("log.jsonl")
      }
    }

    @Test("where nobody trains it is said") func nobody() throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("attach-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let trained = try Program.run([
        "train", "--data", "sample", "--epochs", "1", "--out", folder, "--json",
      ])
      #expect(trained.status == 0)
      let result = try Program.fail(["attach", "last", "--out", folder])
      #expect(result.status == 2)
      #expect(result.errors.contains("no process trains this run."))
      #expect(try Program.fail(["attach", "other", "--out", folder]).status == 2)
    }
  }
}
