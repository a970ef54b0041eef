import Foundation
import Runs
import Testing

@testable import mtl_tui

/// Counts of a comparison that is not complete: runs that finished, that diverged, that are planned.
@Suite struct CompareValueTests {
  private var table: ComparisonTable {
    var table = CompareRenderingTests.table
    table.rows[1].runsFinished = 1
    table.rows[1].status = .running
    return table
  }

  @Test func runsAsJSON() throws {
    let value = try JSONSerialization.jsonObject(
      with: Data(table.json(isInterrupted: true).utf8))
    let rows = try #require((value as? [String: Any])?["rows"] as? [[String: Any]])
    #expect(rows.map { $0["model"] as? String } == ["linear", "single-task", "mmoe", "esmm"])
    #expect(rows.map { $0["runs_finished"] as? Int } == [1, 1, 2, 0])
    #expect(rows.map { $0["runs_diverged"] as? Int } == [0, 0, 1, 0])
    #expect(rows.map { $0["runs_planned"] as? Int } == [1, 3, 3, 0])
    #expect((value as? [String: Any])?["complete"] as? Bool == false)
    #expect((value as? [String: Any])?["interrupted"] as? Bool == true)
  }

  /// A run that diverged is done as well.
  @Test func runsInWords() {
    #expect(table.notes.contains { $0.hasPrefix("not complete: 5 of 7 runs are done") })
    #expect(table.rows.map(\.runsInWords) == ["1", "1 of 3", "2 of 3", "0"])
  }
}
