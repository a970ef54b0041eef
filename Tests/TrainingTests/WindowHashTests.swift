import Runs
import Testing
import TrainingFixtures

@testable import Training

/// A window that has all rows is no window: the run is the same, and so is what it is called.
@Suite struct WindowHashTests {
  @Test func windowsOfAllRowsAreAll() throws {
    let dataset = ReviewProblem().dataset
    let count = dataset.training.count
    func known(_ window: Int?) throws -> RunConfiguration {
      var configuration = RunConfiguration()
      configuration.window = window
      return try configuration.knowing(dataset)
    }
    let all = try known(nil)
    for window in [count, count + 1, .max] {
      let found = try known(window)
      #expect(found.window == nil && found.runHash == all.runHash, "\(window)")
    }
    // What is usual goes by the bytes of the rows, and not where somebody has named them.
    let bytes = dataset.trainingBytes
    #expect(dataset.usualWindow == nil && dataset.usualWindow(above: bytes) == nil)
    #expect(dataset.usualWindow(above: bytes - 1) == 1 << 20)
    #expect(bytes >= 4 * count * (dataset.features.fields.count + dataset.tasks.count))
    let less = try known(count - 1)
    #expect(less.window == count - 1 && less.runHash != all.runHash && count > 1)
  }
}
