import Runs
import Tensors
import Testing

@testable import Datasets
@testable import Training

/// Scores of any number of rows with labels, as `evaluate` has them.
@Suite("Answered rows") struct AnsweredRowsTests {
  private static let tasks = [
    TaskDefinition(name: "click", kind: .binary), TaskDefinition(name: "buy", kind: .binary),
    TaskDefinition(
      name: "watch", kind: .regression, scale: LabelScale(mean: 20, deviation: 4)),
  ]

  /// 20 blocks of 100 rows, unless told; `value` is a constant label of watch where it is given.
  private func answered(
    keeping rows: Int, blocks: Int = 20, segment: Int32? = nil, value: Float? = nil
  ) -> AnsweredRows {
    var scorer = Scorer(tasks: Self.tasks, conditions: [nil, 0, nil])
    scorer.budget = ScoreBudget(rows: rows)
    let answered = AnsweredRows(scoredBy: scorer)
    let draw = RandomSource(seed: 8, .test)
    for block in 0..<UInt64(blocks) {
      var (columns, labels, spaces) = ([[Float]](repeating: [], count: 3), [Float](), [Float]())
      for row in 0..<UInt64(100) {
        let own = (0..<3).map { Float(draw.normal(block, 20 * row + UInt64($0))) }
        for task in 0..<3 { columns[task].append(own[task]) }
        let click = draw.uniform(block, 20 * row + 8) < 0.5
        labels += [
          click ? 1 : 0, draw.uniform(block, 20 * row + 9) < 0.5 ? 1 : 0,
          value ?? own[2] + Float(draw.normal(block, 20 * row + 10)),
        ]
        spaces += [1, click ? 1 : 0, click ? 1 : 0]
      }
      if block == 12 { columns[0][3] = .nan }
      let examples = Examples(
        count: 100, ids: Storage([]), dense: Storage([]), labels: Storage(labels),
        spaces: Storage(spaces), groups: Storage((0..<100).map { Int32($0 % 9) - 1 }))
      answered.append(
        RowStream.Block(
          examples: examples, segments: segment.map { [Int32](repeating: $0, count: 100) } ?? [],
          firstRow: Int(block) * 100),
        outputs: columns)
    }
    return answered
  }

  @Test("are scored alike as they come, and kept", arguments: [0, 99, 100, 1_950])
  func streamed(keeping rows: Int) {
    let (kept, streamed) = (answered(keeping: 2_000), answered(keeping: rows))
    #expect(streamed.count == 2_000 && kept.count == 2_000)
    let (expected, found) = (kept.report(bins: 7), streamed.report(bins: 7))
    #expect((found.rows, found.undefined, found.broken) == (2_000, nil, expected.broken))
    #expect(found.broken == "click: 1 answers that are no numbers are left out")
    for (own, other) in zip(found.tasks, expected.tasks) {
      #expect(own.scores.map(\.name) == other.scores.map(\.name))
      #expect((own.brokenRows, own.firstBrokenRow) == (other.brokenRows, other.firstBrokenRow))
      for (a, b) in zip(own.scores, other.scores) where a.name != "ece" {
        #expect(abs(a.value - b.value) < 1e-9, "\(own.task) \(a.name)")
      }
    }
    #expect(found.tasks[0].firstBrokenRow == 1_203)
    #expect(found.calibration.map(\.count) == [7, 7, 7])
    for (own, other) in zip(found.calibration, expected.calibration) {
      for (a, b) in zip(own, other) {
        // A border may go through two rows that were counted together.
        #expect(a.rows == b.rows && abs(a.meanAnswer - b.meanAnswer) < 1e-3)
        #expect(abs(a.meanLabel - b.meanLabel) < 0.02 * max(1, abs(b.meanLabel)))
      }
    }
    // Only the streamed ones say that the calibration error is counted.
    #expect(expected.tasks[0].basis == nil && found.tasks[0].basis?.first?.name == "bounds")
  }

  /// Those that were kept until then are put together for a score in several parts.
  @Test("are scored alike where many were kept before") func manyKept() {
    let (kept, streamed) = (
      answered(keeping: 5_000, blocks: 45), answered(keeping: 4_400, blocks: 45)
    )
    for (own, other) in zip(streamed.report().tasks, kept.report().tasks) {
      for (a, b) in zip(own.scores, other.scores) where a.name != "ece" {
        #expect(abs(a.value - b.value) < 1e-9, "\(own.task) \(a.name)")
      }
    }
  }

  @Test("say what their labels leave undefined") func undefined() {
    let words = answered(keeping: 10_000, value: 1).report().undefined
    #expect(words == "one label only in all rows of watch")
    #expect(answered(keeping: 10, value: 1).report().undefined == words)
  }

  @Test("are kept where segments are scored apart") func segments() {
    let report = answered(keeping: 10, segment: 0).report(segments: ["a"])
    #expect(report.segments.map(\.rows) == [2_000] && report.tasks[0].basis == nil)
  }
}
