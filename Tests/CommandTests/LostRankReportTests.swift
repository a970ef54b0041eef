import Ranks
import Testing

@testable import mtl_tui

/// What is said of a lost rank where no folder is known here.
@Suite struct LostRankReportTests {
  private static func lost(_ ranks: Int..., isSilent: Bool = false) -> [LostRank] {
    ranks.map { LostRank(rank: $0, host: "node7", isSilent: isSilent) }
  }

  @Test func aRunThatKeepsNothingBeginsAgain() {
    #expect(
      LostRankReport.words(Self.lost(2), folder: nil, hasBegun: true) == """
        rank 2 on node7 has ended in the middle of the run; the others end with it.
          fix: begin again; nothing was kept of the run
        """)
  }

  @Test func thoseThatEndTogetherAreNamedTogether() {
    let said = LostRankReport.words(Self.lost(0, 1), folder: nil, hasBegun: true)
    #expect(
      said.hasPrefix(
        """
        rank 0 on node7 and rank 1 on node7 have ended in the middle of the run; the others end with them.
          fix: if the run is kept
        """), "\(said)")
  }

  /// Silence is said only where none has ended.
  @Test func thoseThatEndedWeighMoreThanTheSilent() {
    func said(_ lost: [LostRank]) -> String {
      LostRankReport.words(lost, folder: nil, hasBegun: true)
    }
    let one = said(Self.lost(1) + Self.lost(2, isSilent: true))
    #expect(one.hasPrefix("rank 1 on node7 and rank 2 on node7 have ended in the middle"), "\(one)")
    let none = said(Self.lost(1, 2, isSilent: true))
    #expect(none.hasPrefix("rank 1 on node7 and rank 2 on node7 have said nothing for"), "\(none)")
  }

  @Test func beforeItBeganThereIsNothingToGoOnFrom() {
    let said = LostRankReport.words(Self.lost(0), folder: nil, out: "/a", hasBegun: false)
    #expect(said.contains("before the first step") && said.contains("begin again"), "\(said)")
    #expect(!said.contains("--resume"), "\(said)")
  }

  @Test func theFirstsFolderIsWhereAPersonPutIt() {
    let said = LostRankReport.words(
      Self.lost(0, isSilent: true), folder: nil, out: "/a b", hasBegun: true)
    #expect(said.contains("has said nothing for 5 seconds"), "\(said)")
    #expect(said.contains("--resume last --out '/a b'"), "\(said)")
  }
}
