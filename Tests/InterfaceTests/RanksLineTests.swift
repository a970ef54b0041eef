import Runs
import Terminal
import Testing

@testable import Interface

/// What is seen of ranks: times by rank, communication's share, and for whom the others wait.
@Suite struct RanksLineTests {
  /// Four ranks, of which the third is slow.
  private static func ranks(hosts: [String] = ["", "", "", ""]) -> RanksSnapshot {
    let own = [0.0121, 0.0123, 0.0189, 0.0122]
    return RanksSnapshot(
      own.indices.map {
        .init(
          host: hosts[$0], ownSeconds: own[$0], talkSeconds: 0.0199 - own[$0],
          hiddenSeconds: 0.004, isSlow: $0 == 2)
      })
  }

  private func words(_ ranks: RanksSnapshot, _ columns: Int, _ most: Int) -> [String] {
    RanksLine(snapshot: ranks).lines(columns: columns, most: most)
      .map { $0.map(\.text).joined() }
  }

  @Test func everyRankHasItsTime() {
    #expect(
      words(Self.ranks(), 200, 1) == [
        "═ ranks 30% communication, overlap 40% · 0 12.1 ms 39% · 1 12.3 ms 38% · "
          + "2 18.9 ms 5% slow · 3 12.2 ms 39%"
      ])
    #expect(
      words(Self.ranks(), 76, 2) == [
        "═ ranks 30% communication, overlap 40% · 0 12.1 ms 39% · 1 12.3 ms 38%",
        "2 18.9 ms 5% slow · 3 12.2 ms 39%",
      ])
    #expect(words(Self.ranks(), 78, 0).isEmpty)
  }

  /// Where not all have room, those that the others wait for have.
  @Test func theSlowOneIsSeenInAnyCase() {
    #expect(
      words(Self.ranks(), 78, 1) == [
        "═ ranks 30% communication, overlap 40% · 2 18.9 ms 5% slow …"
      ])
  }

  /// Where none is slow, there are no others.
  @Test func withoutASlowOneEachIsMeant() {
    var ranks = Self.ranks()
    ranks.ranks[2] = .init(ownSeconds: 0.0124, talkSeconds: 0.0075)
    #expect(
      words(ranks, 68, 1) == ["═ ranks 38% communication, overlap 28% · each 12.1 to 12.4 ms"])
    let same = RanksSnapshot(
      (0..<64).map { _ in .init(ownSeconds: 0.0121, talkSeconds: 0.0121) })
    #expect(words(same, 78, 2) == ["═ ranks 50% communication, overlap 0% · each 12.1 ms"])
  }

  @Test func machinesAreNamed() {
    let found = words(Self.ranks(hosts: ["a", "a", "b\u{1b}[31m", "b"]), 200, 1)[0]
    #expect(found.contains("0 a 12.1 ms") && found.contains("2 b"))
  }

  @Test func oneLineForThoseWithoutAScreen() {
    #expect(
      Self.ranks().line
        == "4 ranks: 12.1 12.3 18.9 12.2 ms, 30 % communication, overlap 40 %, rank 2 slow")
  }

  @Test func dashboardShowsThem() {
    var app = Fixture.app()
    var newest = Fixture.snapshot(step: 1_801)
    newest.ranks = Self.ranks()
    _ = app.update(.snapshot(newest))
    _ = app.update(.time(1_000))
    for size in ShadowScreenTests.sizes.prefix(2) {
      _ = app.update(.size(size))
      Golden.check(app.view(size).text, "ranks_\(size.columns)x\(size.rows)")
    }
  }
}
