import Testing

@testable import Graph

/// When threads meet: behind what an operation has to show, forward and backward.
@Suite struct StagesTests {
  private func parts(
    meets: [Bool], isReached: [[Bool]], roots: [Int]? = nil
  ) -> [String] {
    let stages = Stages(meets: meets, isReached: isReached, roots: roots)
    return stages.stages.map { stage in
      stage.entries.map { time in
        let entry = stages.entries[time]
        return entry.section < 0 ? "f\(entry.place)" : "b\(entry.section).\(entry.place)"
      }.joined(separator: " ") + (stage.endsInMeeting ? " |" : "")
    }
  }

  @Test func withoutMeetingsThereIsOneStage() {
    #expect(
      parts(meets: [false, false], isReached: [[true, true], [false, true]])
        == ["f0 f1 b0.1 b0.0 b1.1"])
    #expect(parts(meets: [false, false], isReached: []) == ["f0 f1"])
  }

  @Test func aMeetingEndsAStageInBothDirections() {
    #expect(
      parts(meets: [false, true, false], isReached: [[true, true, true]])
        == ["f0 |", "f1 f2 b0.2 |", "b0.1 b0.0"])
  }

  /// All goes forward; then the roots once more, and backward.
  @Test func aPartedRunStopsBehindTheRoots() {
    let reached = [[true, true, true]]
    #expect(
      parts(meets: [false, false, false], isReached: reached, roots: [1, 2])
        == ["f0 f1 f2", "f1 f2 b0.2 b0.1 b0.0"])
    #expect(Stages(meets: [false], isReached: [[true]], roots: [0]).parting == 1)
    // Nobody may overwrite what a root still reads of another lane.
    #expect(
      parts(meets: [true, false, true], isReached: reached, roots: [2])
        == [" |", "f0 f1 |", "f2", "f2", " |", "b0.2 b0.1 |", "b0.0"])
    #expect(Stages(meets: [true], isReached: [[true]], roots: [0]).parting == 2)
  }

  /// Sections use the same memory to meet in, one after another.
  @Test func sectionsAreApartWhereAnythingMeets() {
    #expect(
      parts(meets: [true, false], isReached: [[true, true], [false, true]])
        == [" |", "f0 f1 b0.1 |", "b0.0", "b1.1"])
  }
}
