import Ranks
import Testing

@testable import mtl_tui

/// What is said of a lost rank where no folder is known here.
@Suite struct LostRankReportTests {
  private static func lost(_ rank: Int, isSilent: Bool = false) -> LostRank {
    LostRank(rank: rank, host: "node7", isSilent: isSilent)
  }

  @Test func aRunThatKeepsNothingBeginsAgain() {
    #expect(
      LostRankReport.words(Self.lost(2), folder: nil, hasBegun: true) == """
        rank 2 on node7 has ended in the middle of the run; the others end with it.
          fix: begin again; nothing was kept of the run
        """)
  }

  @Test func beforeItBeganThereIsNothingToGoOnFrom() {
    let said = LostRankReport.words(Self.lost(0), folder: nil, out: "/a", hasBegun: false)
    #expect(said.contains("before its first step") && said.contains("begin again"), "\(said)")
    #expect(!said.contains("--resume"), "\(said)")
  }

  @Test func theFirstsFolderIsWhereAPersonPutIt() {
    let said = LostRankReport.words(
      Self.lost(0, isSilent: true), folder: nil, out: "/a b", hasBegun: true)
    #expect(said.contains("has said nothing for 5 seconds"), "\(said)")
    #expect(said.contains("--resume last --out '/a b'"), "\(said)")
  }
}
