import Foundation
import Terminal
import Testing

@testable import Interface

/// What a frame costs, as a figure to read: `MEASURE=1 swift test -c release` with testing enabled.
@Suite struct FrameCostTests {
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["MEASURE"] == "1",
      "set MEASURE=1 to measure; a figure of a debug build says nothing"),
    arguments: [GoldenScreen.dashboard, .overlay, .fullScreen, .tasks, .gatesMean, .gatesSegment])
  func frame(_ screen: GoldenScreen) {
    var app = screen.app
    _ = app.update(.losses(Fixture.losses(tasks: 4, steps: 1_800..<60_000)))
    let size = Size(rows: 40, columns: 120)
    let clock = ContinuousClock()
    let times = (0..<200).map { _ in clock.measure { _ = app.view(size) } }.sorted()
    print("\(screen.rawValue) 120×40: median \(times[100]), p95 \(times[190])")
    #expect(times[100] < .milliseconds(5))
  }
}
