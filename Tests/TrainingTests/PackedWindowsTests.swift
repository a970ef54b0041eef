import Datasets
import Foundation
import Models
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Runs on rows that are read window by window from a packed folder.
@Suite(.timeLimit(.minutes(1))) struct PackedWindowsTests {
  private static let schema = """
    name: t
    files: {all: t.csv}
    columns: {user: {type: categorical, minimumCount: 1}, price: {type: numeric}}
    tasks: {click: {column: click}, like: {column: like}}
    split: {column: part, validation: v, test: t}
    """

  /// 2,400 rows that train, 100 that validate, 100 that test.
  private static let csv: String = {
    let lines = (0..<2_600).map { row in
      let part = row % 26 == 0 ? "v" : row % 26 == 1 ? "t" : "x"
      return "u\(row * 7 % 31),\(row * 13 % 97),\(row / 5 % 2),\(row * 11 % 7 / 4),\(part)"
    }
    return "user,price,click,like,part\n" + lines.joined(separator: "\n") + "\n"
  }()

  private static func load() throws -> Dataset {
    try DatasetLoader(
      DatasetSchema(yaml: schema, path: "s.yaml"), from: .memory(["t.csv": Data(csv.utf8)]),
      threads: 1
    ).load()
  }

  /// The data packed into a folder, which `body` may change.
  private func packed(_ body: (String, Dataset) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try PackWriter(to: folder, threads: 1).write(
      Self.load(), from: .init(program: "test", schema: "", sources: []))
    try body(folder, try PackedFolder.dataset(in: folder, threads: 1) { _, _ in })
  }

  private static func configuration(window: Int?) -> TrainingConfiguration {
    var configuration = SessionTests.configuration(epochs: 2)
    (configuration.batchSize, configuration.window) = (100, window)
    return configuration
  }

  private static func events(
    _ configuration: TrainingConfiguration, _ data: Dataset, _ kept: KeptRun
  ) -> [Event] {
    let session = TrainingSession(configuration, recording: kept.source()) { _ in data }
    defer { session.close() }
    return SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
  }

  private static func summary(_ events: [Event]) -> RunSummary? {
    events.compactMap { if case .finished(let summary) = $0 { summary } else { nil } }.first
  }

  private static func fingerprint(_ events: [Event]) -> String? { summary(events)?.fingerprint }

  @Test(arguments: [1_024, 2_048, 5_000, nil])
  func aPackedFolderTrainsAsMemoryDoes(window: Int?) throws {
    let summary = try #require(
      Self.summary(
        Self.events(Self.configuration(window: window), try Self.load(), KeptRun(interval: 1_000))))
    let memory = summary.fingerprint
    #expect(summary.waitingShare == nil)
    try packed { _, data in
      #expect(data.training.packed != nil)
      let rows = try data.training.inOrder(Self.configuration(window: window))
      #expect((rows is RowWindows) == (window.map { $0 < 2_400 } ?? false))
      let found = Self.events(
        Self.configuration(window: window), data, KeptRun(interval: 1_000))
      #expect(Self.fingerprint(found) == memory)
      // The first window is waited for at least.
      let share = Self.summary(found)?.waitingShare
      #expect((share != nil) == (rows is RowWindows))
      #expect((0...1).contains(share ?? 0), "\(share ?? 0)")
    }
  }

  /// Three windows of 1,024 rows with the order of each and a batch of 100 rows; nothing without windows
  /// or where one has all.
  @Test(arguments: [(1_024, 1_024), (1_500, 1_024), (2_048, 2_048), (2_400, 0), (nil, 0)])
  func windowsAreInTheEstimate(window: Int?, rows: Int) throws {
    try packed { _, data in
      func bytes(_ window: Int?) throws -> Double {
        let preview = try StartPreview(Self.configuration(window: window), on: data) {
          LabelPairs(data.training, tasks: data.tasks)
        }
        return try #require(preview).bytes
      }
      let memory = try #require(data.training.packed).memory(rows: 1)
      #expect(memory.spaces == nil && memory.groups == nil)
      let row = 4 * (memory.ids.count + memory.dense.count + memory.labels.count)
      #expect(row >= 16)
      let expected = rows == 0 ? 0 : 3 * rows * (row + 4) + 100 * row
      #expect(try bytes(window) - bytes(nil) == Double(expected))
    }
  }

  /// Of rows that are read in windows a window counts, of others all of them.
  @Test func tooManyRowsAtOnceAreRefused() throws {
    func check(_ rows: Examples, _ window: Int?, most: Int) throws {
      try rows.checkOrder(Self.configuration(window: window), of: "mmoe", most: most)
    }
    try packed { _, data in
      try check(data.training, 1_024, most: 1_024)
      try check(data.training, nil, most: 2_400)
      for (window, count) in [(1_024, 1_024), (2_400, 2_400), (9_999, 2_400), (nil, 2_400)] {
        #expect(throws: ResourceError.rows(model: "mmoe", count: count, most: count - 1)) {
          try check(data.training, window, most: count - 1)
        }
      }
    }
    let none = Storage<Int32>([])
    let many = Examples(
      count: 1 << 31, ids: none, dense: Storage([]), labels: Storage([]))
    let error = #expect(throws: ResourceError.self) {
      try many.checkOrder(Self.configuration(window: 1_024), of: "mmoe")
    }
    #expect("\(try #require(error))".contains("found: 2147483648 rows, 2147483647 are the most"))
    // Neither a form that is filled in nor a run gets as far as memory for them.
    let problem = TinyProblem(rows: 100)
    let data = Dataset(
      name: "tiny", features: problem.input.schema, tasks: problem.tasks, training: many,
      validation: problem.examples, test: problem.examples)
    let configuration = Self.configuration(window: nil)
    #expect(throws: try #require(error)) {
      _ = try StartPreview(configuration, on: data) {
        LabelPairs(problem.examples, tasks: problem.tasks)
      }
    }
    #expect(throws: try #require(error)) {
      _ = try Trainer(
        configuration, try ModelRegistry.entry(named: configuration.model), dataset: data)
    }
  }

  /// The run ends at the window of a block that is not what was written, says which it is, and keeps the
  /// state behind the step before.
  @Test func aTornBlockEndsTheRun() throws {
    try packed { folder, data in
      let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
      let path = try #require(
        paths.first { $0.contains("training") && $0.hasSuffix(".i32") && $0.contains("ids") })
      let url = URL(fileURLWithPath: "\(folder)/\(path)")
      let file = try FileHandle(forUpdating: url)
      // The last byte of the last row of the last of three blocks.
      try file.seek(toOffset: UInt64(2_400 * 4 - 1))
      try file.write(contentsOf: Data([0x7F]))
      try file.close()
      let kept = KeptRun(interval: 1_000)
      let events = Self.events(Self.configuration(window: 1_024), data, kept)
      let messages = events.compactMap {
        if case .failed(let message) = $0 { message } else { nil }
      }
      #expect(messages.count == 1 && Self.fingerprint(events) == nil)
      let message = messages.first ?? ""
      #expect(message.contains("block 2") && message.contains("ids"), "\(message)")
      let step = try #require(kept.newest.saved.last?.step)
      #expect(message.contains("behind step \(step), which is kept"), "\(message)")
    }
  }
}
