import Foundation
import Testing

@testable import Ranks

/// Who is named where ranks have not all met, and by whom.
@Suite struct ArrivalsTests {
  private static func late(_ came: [Int], here: Int?, of count: Int = 4) -> LateRanks {
    LateRanks(count: count, host: "node7", came: came, here: here, seconds: 60)
  }

  @Test func whoHasComeIsKnownOnTheMachine() throws {
    let parent = FileManager.default.temporaryDirectory
      .appendingPathComponent("arrivals-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: parent) }
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    let ranks = try (0..<3).map {
      try #require(Arrivals(of: "a job/../../b", rank: $0, in: parent.path))
    }
    #expect(URL(fileURLWithPath: ranks[0].folder).deletingLastPathComponent().path == parent.path)
    for rank in [0, 2] { ranks[rank].come() }
    #expect(ranks[1].ranks(of: 3) == [0, 2])
    // One that was killed has left its note behind.
    try "2147483646".write(toFile: "\(ranks[0].folder)/1", atomically: true, encoding: .utf8)
    #expect(ranks[0].ranks(of: 3) == [0, 2])
    try FileManager.default.removeItem(atPath: "\(ranks[0].folder)/1")
    ranks[0].leave()
    #expect(ranks[1].ranks(of: 3) == [2])
    ranks[2].leave()
    #expect(!FileManager.default.fileExists(atPath: ranks[0].folder))
    let again = try #require(Arrivals(of: "a job", rank: 0, in: parent.path))
    again.come()
    again.clear(of: 3)
    #expect(!FileManager.default.fileExists(atPath: again.folder))
  }

  @Test func aFolderOfSomebodyElseIsNotUsed() throws {
    let parent = FileManager.default.temporaryDirectory
      .appendingPathComponent("arrivals-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: parent) }
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    let own = try #require(Arrivals(of: "job", rank: 0, in: parent)).folder
    try FileManager.default.removeItem(atPath: own)
    try FileManager.default.createSymbolicLink(atPath: own, withDestinationPath: parent)
    #expect(Arrivals(of: "job", rank: 0, in: parent) == nil)
  }

  @Test func theMissingOneIsNamed() {
    let said = RankStartError.late(Self.late([0, 1, 3], here: 4)).description
    #expect(
      said.hasPrefix(
        """
        4 ranks were started, and have not all met within 60 seconds.
          found: rank 2 has not come; on node7 came ranks 0, 1, 3
          fix:
        """), "\(said)")
    #expect(Self.late([1], here: 4).words == "ranks 0, 2, 3 have not come; on node7 came rank 1")
    #expect(Self.late([0], here: 2).words == "of the 2 that start on node7 only came: rank 0")
    #expect(Self.late([0, 1], here: 2).words.contains("of the others none is seen"))
    #expect(Self.late([1], here: nil).words == "on node7 came rank 1; not seen here: ranks 0, 2, 3")
    #expect(Self.late([0, 1, 2, 3], here: 4).words.contains("connects them not"))
  }

  /// One rank speaks: where somebody is missing its lowest at once, rank 0 for others, the rest never.
  @Test func oneRankSpeaks() {
    func delays(_ late: LateRanks) -> [Double?] { (0..<4).map { late.delay(of: $0) } }
    #expect(delays(Self.late([0, 1, 3], here: 4)) == [0, nil, nil, nil])
    #expect(delays(Self.late([1, 2, 3], here: 4)).dropFirst() == [0, nil, nil])
    // All of this machine have come; another one knows better, or rank 0 says so.
    #expect(delays(Self.late([0, 1], here: 2)).prefix(2) == [2, nil])
    #expect(delays(Self.late([2, 3], here: 2)).suffix(2) == [4, nil])
  }
}
