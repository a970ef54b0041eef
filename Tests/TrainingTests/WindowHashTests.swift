import Datasets
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
    let less = try known(count - 1)
    #expect(less.window == count - 1 && less.runHash != all.runHash && count > 1)
  }

  @Test("what is usual goes by bytes, in whole blocks, three windows within them") func usual() {
    let dataset = TinyProblem(rows: 6_000, tasks: 2, seed: 3).dataset()
    let (bytes, count) = (dataset.trainingBytes, dataset.training.count)
    #expect(bytes >= 4 * count * (dataset.features.fields.count + dataset.tasks.count))
    #expect(dataset.usualWindow() == nil && dataset.usualWindow(above: bytes) == nil)
    // A third of the bytes is a third of the rows, of which whole blocks of 1,024 count.
    let third = (bytes - 1) / 3 * count / bytes / 1_024 * 1_024
    #expect(third > 0 && third <= count / 3)
    #expect(dataset.usualWindow(above: bytes - 1) == third)
    #expect(dataset.usualWindow(above: bytes / 2) == 1_024 && count < 6 * 2 * 1_024)
    #expect(dataset.usualWindow(above: 0) == 1_024)
    #expect(Dataset.mostUsualWindowRows == 1_048_576 && Dataset.mostShuffledBytes == 1 << 30)
  }

  @Test("it holds where nobody named a window or the rows") func rule() throws {
    let dataset = TinyProblem(rows: 6_000, tasks: 2, seed: 3).dataset()
    func found(_ window: Int?, hash: String?, above bytes: Int) throws -> Int? {
      var configuration = RunConfiguration()
      (configuration.window, configuration.data.hash) = (window, hash)
      return try configuration.knowing(dataset, shuffling: bytes).window
    }
    let hash = try #require(try RunConfiguration().knowing(dataset).data.hash)
    #expect(try found(nil, hash: nil, above: 0) == 1_024)
    #expect(try found(nil, hash: nil, above: dataset.trainingBytes) == nil)
    #expect(try found(nil, hash: hash, above: 0) == nil)
    #expect(try found(.max, hash: nil, above: 0) == nil)
    #expect(try found(2_048, hash: nil, above: 0) == 2_048)
  }

  @Test("a window that nobody named is said once", arguments: [0, Int.max])
  func notice(bytes: Int) throws {
    let dataset = TinyProblem(rows: 6_000, tasks: 2, seed: 3).dataset()
    let events = events(TrainingConfiguration(), dataset, above: bytes)
    let said = notices(events).filter { $0.contains("within windows of 1024 rows") }
    #expect(said.count == (bytes == 0 ? 1 : 0), "\(events)")
  }

  /// A run that goes on, or is run again, names its rows: its order is decided, and nothing is advised.
  @Test("rows that are named are in the order that they had", arguments: [true, false])
  func orderOfNamedRows(isNamed: Bool) throws {
    // Of the second task the first quarter of the rows has the ones.
    var labels = [Float](repeating: 0, count: 12_000)
    for row in 0..<6_000 {
      labels[2 * row] = Float(row % 2)
      if row < 1_500 { labels[2 * row + 1] = 1 }
    }
    let dataset = TinyProblem(rows: 6_000, tasks: 2, seed: 3).labelled(labels).dataset()
    var configuration = TrainingConfiguration()
    if isNamed {
      configuration.data.hash = try RunConfiguration().knowing(dataset).data.hash
    }
    let said = notices(events(configuration, dataset, above: 0)).filter {
      $0.contains("lie sorted by") || $0.contains("within windows of")
    }
    #expect(said.count == (isNamed ? 0 : 1), "\(said)")
  }

  private func notices(_ events: [Event]) -> [String] {
    events.compactMap { if case .noticed(let text, _) = $0 { text } else { nil } }
  }

  /// What a run of an epoch says.
  private func events(
    _ configuration: TrainingConfiguration, _ dataset: Dataset, above bytes: Int
  ) -> [Event] {
    var configuration = configuration
    configuration.epochs = 1
    let session = TrainingSession(configuration, mostShuffledBytes: bytes) { _ in dataset }
    defer { session.close() }
    return SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
  }
}
