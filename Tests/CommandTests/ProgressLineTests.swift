import Runs
import Terminal
import Testing

@testable import mtl_tui

@Suite("The line that moves") struct ProgressLineTests {
  @Test(
    "is one line and leaves the last column free",
    arguments: [
      ("abcdef", 7, "abcdef"), ("abcdef", 6, "abcd…"), ("界界界", 7, "界界界"),
      ("界界界", 6, "界界…"), ("a\nb\u{1B}[2J", 80, "a?b?[2J"), ("abc", 1, "…"),
    ])
  func cut(text: String, columns: Int, shown: String) {
    #expect(ProgressLine.cut(text, to: columns) == shown)
    #expect(cellWidth(of: ProgressLine.cut(text, to: columns)) <= max(1, columns - 1))
  }

  @Test("tells the time that is left before what may be cut") func timeLeft() {
    var snapshot = Snapshot()
    snapshot.phase = .running
    snapshot.step = 250
    snapshot.totalSteps = 1_000
    snapshot.stepsPerSecond = 10
    snapshot.examplesPerSecond = 1_280
    snapshot.tasks = [
      TaskSnapshot(
        name: "cl\u{7}ick", isOn: true, weight: 1, loss: 0.25, smoothedLoss: 0.5, rows: 9,
        calibration: 1)
    ]
    #expect(
      snapshot.progressLine
        == "[#####...............] step 250/1000  ETA 1:15  1280 ex/s  cl\\u{7}ick 0.5000")
    snapshot.stepsPerSecond = 0
    #expect(!snapshot.progressLine.contains("ETA"))
  }

  @Test("says of several ranks how they get on, where there is no screen") func ranks() {
    var snapshot = Snapshot()
    snapshot.phase = .running
    #expect(!snapshot.plainLine.contains("ranks"))
    let ranks = RanksSnapshot((0..<2).map { _ in .init(ownSeconds: 0.0121, talkSeconds: 0.0121) })
    snapshot.ranks = ranks
    #expect(
      snapshot.plainLine.hasSuffix("; \(ranks.line)") && ranks.line.hasPrefix("2 ranks: 12.1"))
  }
}
