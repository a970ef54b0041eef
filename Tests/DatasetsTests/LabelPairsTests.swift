import Datasets
import Tensors
import Testing

/// How labels occur together, counted by hand.
@Suite struct LabelPairsTests {
  private static let tasks = [
    TaskDefinition(name: "a", kind: .binary), TaskDefinition(name: "price", kind: .regression),
    TaskDefinition(name: "b", kind: .binary), TaskDefinition(name: "c", kind: .binary),
  ]

  /// Rows of (a, price, b, c); `outside` lists places [row, task] that are outside a sample space.
  private func pairs(_ rows: [[Float]], outside: [(Int, Int)] = []) -> LabelPairs {
    let spaces = Storage<Float>(count: rows.count * 4, filling: 1)
    for (row, task) in outside { spaces[row * 4 + task] = 0 }
    let examples = Examples(
      count: rows.count, ids: Storage<Int32>([]), dense: Storage<Float>([]),
      labels: Storage(rows.flatMap { $0 }), spaces: outside.isEmpty ? nil : spaces)
    return LabelPairs(examples, tasks: Self.tasks)
  }

  private static let rows: [[Float]] = [
    [1, 9, 1, 0], [1, 1, 0, 0], [1, 1, 0, 1], [0, 1, 1, 0], [0, 7, 0, 0], [1, 2, 0, 0],
  ]

  @Test func everyRowCountsOnce() {
    let pairs = pairs(Self.rows)
    var expected = LabelPairs.Counts()
    (expected.rows, expected.both, expected.firstAlone, expected.secondAlone) = (6, 1, 3, 1)
    #expect(pairs.counts(of: 0, with: 2) == expected)
    #expect(pairs.counts(of: 2, with: 0) == expected.exchanged)
    #expect(expected.exchanged.firstAlone == 1 && expected.exchanged.secondAlone == 3)
    #expect(pairs.counts(of: 0, with: 1).rows == 0)
    #expect(pairs.isFirst(0, before: 2) == true && pairs.isFirst(2, before: 0) == false)
  }

  @Test func rowsOutsideASampleSpaceAreNotCounted() {
    let found = pairs(Self.rows, outside: [(0, 2), (1, 0), (2, 3)]).counts(of: 0, with: 2)
    #expect([found.rows, found.both, found.firstAlone, found.secondAlone] == [4, 0, 2, 1])
  }

  @Test func equalCountsTellNothing() {
    let pairs = pairs([[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 1, 0]])
    #expect(pairs.isFirst(0, before: 2) == nil && pairs.isFirst(2, before: 0) == nil)
    #expect(pairs.isFirst(0, before: 1) == nil)
    #expect(pairs.laterTasks(than: 0) == 0)
  }

  @Test func tasksThatComeLaterAreCounted() {
    let pairs = pairs([[1, 0, 1, 1], [1, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
    #expect([0, 1, 2, 3].map { pairs.laterTasks(than: $0) } == [2, 0, 1, 0])
  }
}
