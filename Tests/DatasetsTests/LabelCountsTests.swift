import Testing

@testable import Datasets

/// What the labels of chunks are, counted chunk by chunk.
@Suite struct LabelCountsTests {
  private func counts(_ labels: [Float], spaces: [Float]? = nil) -> LabelCounts {
    let memory = SplitMemory(
      rows: labels.count, fields: 0, dense: 0, tasks: 1, hasSpaces: spaces != nil)
    for (row, label) in labels.enumerated() { memory.labels[row] = label }
    for (row, space) in (spaces ?? []).enumerated() { memory.spaces?[row] = space }
    return LabelCounts.of(memory)[0]
  }

  /// A row outside the sample space is none, whatever stands there is another number than 0.
  @Test func byHand() {
    let found = counts([1, 0, 0.5, 1, 2], spaces: [1, 1, 1, 0, 0])
    #expect(found.rows == 3 && found.ones == 1 && found.others == 4)
  }

  @Test func chunksAreSummed() {
    var all = counts([1, 0, 1, 0.5])
    all.add(counts([0, 1]))
    all.add(counts([0]))
    #expect(all.rows == 7 && all.ones == 3 && all.others == 4)
  }
}
