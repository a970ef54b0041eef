import Datasets
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Rows that lie sorted by a label are seen as such, and shuffled all at once.
@Suite struct SortedLabelsTests {
  private static func rows(_ labels: [Float], spaces: [Float]? = nil) -> Examples {
    Examples(
      count: labels.count, ids: Storage(count: 0, filling: 0), dense: Storage(count: 0, filling: 0),
      labels: Storage(labels), spaces: spaces.map { Storage($0) })
  }

  private static func share(_ labels: [Float], spaces: [Float]? = nil) -> Double {
    SortedLabels.shareBetweenBlocks(rows(labels, spaces: spaces), task: 0, of: 1, blockRows: 2)
  }

  @Test func byHand() {
    #expect(Self.share([0, 0, 1, 1]) == 1)
    #expect(Self.share([0, 1, 1, 0]) == 0)
    // Means 0, 1/2 and 1 of pairs about 1/2: 2 · (1/4 + 0 + 1/4) of 6 · 1/4.
    #expect(abs(Self.share([0, 0, 0, 1, 1, 1]) - 2.0 / 3) < 1e-12)
    // A last block of one row: (2 · 1/9 + 4/9) of (2 · 1/9 + 4/9).
    #expect(abs(Self.share([0, 0, 1]) - 1) < 1e-12)
    #expect(Self.share([3, 3, 3, 3]) == 0)
    // Alike as well, though rounding leaves something of their variance, all of it between blocks.
    #expect(Self.share([Float](repeating: 3.7, count: 7)) == 0)
    #expect(Self.share([]) == 0)
    // Values of a regression: means 1 and 5 about 3, 16 of 16 + 4.
    #expect(abs(Self.share([0, 2, 4, 6]) - 0.8) < 1e-12)
  }

  @Test func rowsOutsideTheSampleSpaceDoNotCount() {
    // Without the ones whose space is 0 every label is alike.
    #expect(Self.share([0, 0, 1, 1, 0, 0], spaces: [1, 1, 0, 0, 1, 1]) == 0)
    #expect(Self.share([0, 1, 1, 1, 1, 1], spaces: [1, 0, 1, 1, 0, 0]) == 1)
  }

  @Test("tasks are told apart") func tasks() {
    let rows = Self.rows([0, 1, 0, 0, 1, 1, 1, 0])
    let two = Examples(
      count: 4, ids: rows.ids, dense: rows.dense, labels: rows.labels)
    #expect(SortedLabels.shareBetweenBlocks(two, task: 0, of: 2, blockRows: 2) == 1)
    #expect(SortedLabels.shareBetweenBlocks(two, task: 1, of: 2, blockRows: 2) == 0)
  }

  @Test("sorted rows have no usual window, others have, and either is said") func usual() throws {
    let problem = TinyProblem(rows: 6_000, tasks: 2, seed: 3)
    let plain = problem.dataset()
    #expect(plain.sortedTask() == nil && plain.usualWindow(above: 0) == 1_024)
    let said = try #require(plain.notice(ofUsualWindow: 1_024, above: 0))
    #expect(said.contains("within windows of 1024 rows") && !said.contains("sorted"))
    // Of the second task the first 1,500 rows have the ones; of the first every other row.
    var labels = [Float](repeating: 0, count: 12_000)
    for row in 0..<6_000 {
      labels[2 * row] = Float(row % 2)
      if row < 1_500 { labels[2 * row + 1] = 1 }
    }
    let sorted = problem.labelled(labels).dataset()
    let task = try #require(sorted.sortedTask())
    #expect(task.name == sorted.tasks[1].name && task.share > 0.7)
    #expect(sorted.usualWindow(above: 0) == nil)
    let notice = try #require(sorted.notice(ofUsualWindow: nil, above: 0))
    #expect(notice.contains("sorted by \(task.name)") && notice.contains("--window N"))
    #expect(sorted.notice(ofUsualWindow: nil, above: sorted.trainingBytes) == nil)
  }
}
