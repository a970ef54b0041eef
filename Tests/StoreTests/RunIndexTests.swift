import Foundation
import Runs
import Testing

@testable import Store

@Suite("the index of runs") struct RunIndexTests {
  let folder: TemporaryFolder
  let collection: RunCollection

  init() throws {
    folder = try TemporaryFolder()
    collection = RunCollection(path: folder.path + "/runs")
  }

  /// A run that ended with an AUC.
  @discardableResult
  private func run(
    _ model: String, data: String = "sample", started: Double, auc: Double? = nil
  ) -> RunFolder {
    var card = Small.card
    (card.model, card.data, card.started) = (model, data, started)
    let writer = RunWriter(card, documents: [:], in: collection, keepingEvery: nil, on: .quick)
    writer.checkpoint(step: 7, isBest: true, model: Small.model(7), state: [])
    if let auc {
      let score = Score(name: "auc", value: auc, higherIsBetter: true)
      let tasks = [TaskScores(task: "click", scores: [score])]
      let summary = RunSummary(
        reason: .earlyStopping, step: 20, bestStep: 7,
        test: Evaluation(step: 7, epoch: 1, split: .test, tasks: tasks, score: auc, isBest: true),
        examplesPerSecond: 10, seconds: 2.5, parameterCount: 8, fingerprint: "00ff")
      writer.end(step: 20, reason: "early stopping", summary: jsonBytes(of: summary))
    }
    writer.close()
    return writer.folder
  }

  @Test("says what the folders say, the newest first, by filter")
  func filters() throws {
    run("mmoe", started: 1000, auc: 0.75)
    run("ple", started: 3000)
    let tagged = run("mmoe", data: "census-income", started: 2000, auc: 0.5)
    try tagged.setTags(["good", "a \"quoted\" one", "good"])
    let index = RunIndex(collection)
    let all = try index.runs()
    #expect(all.damaged.isEmpty)
    #expect(all.runs.map(\.card.started) == [3000, 2000, 1000])
    let last = try #require(all.runs.last)
    #expect(last.scores == [RunEntry.TaskScore(task: "click", name: "auc", value: 0.75)])
    #expect(last.reason == "early stopping" && last.step == 20 && last.bestStep == 7)
    #expect(last.fingerprint == "00ff" && last.parameterCount == 8 && last.seconds == 2.5)
    #expect(all.runs[0].reason == nil && all.runs[0].step == 7 && all.runs[0].checkpoints == 1)
    #expect(all.runs[1].tags == ["a \"quoted\" one", "good"])

    var filter = RunFilter()
    filter.model = "mmoe"
    #expect(try index.runs(filter).runs.map(\.card.started) == [2000, 1000])
    filter.data = "sample"
    #expect(try index.runs(filter).runs.map(\.card.started) == [1000])
    filter = RunFilter()
    filter.data = "census"
    #expect(try index.runs(filter).runs.map(\.card.started) == [2000])
    filter = RunFilter()
    (filter.since, filter.before) = (2000, 3000)
    #expect(try index.runs(filter).runs.map(\.card.started) == [2000])
    filter = RunFilter()
    filter.tag = "good"
    #expect(try index.runs(filter).runs.map(\.id) == [tagged.id])
  }

  @Test("follows what changes in the folders")
  func follows() throws {
    let first = run("mmoe", started: 1000)
    let index = RunIndex(collection)
    #expect(try index.runs().runs.map(\.tags) == [[]])
    try first.setTags(["kept"])
    let second = run("ple", started: 2000)
    #expect(try index.runs().runs.map(\.tags) == [[], ["kept"]])
    #expect(try first.remove().isEmpty)
    #expect(try index.runs().runs.map(\.id) == [second.id])
    #expect(!FileManager.default.fileExists(atPath: first.path))
  }

  @Test("is made anew when it is lost, damaged, or another version's", arguments: 0..<5)
  func madeAnew(damage: Int) throws {
    run("mmoe", started: 1000, auc: 0.75)
    run("ple", started: 2000)
    let before: RunIndex.Answer = try {
      let index = RunIndex(collection)
      defer { index.close() }
      return try index.runs()
    }()
    let path = collection.indexPath
    let file = URL(fileURLWithPath: path)
    let bytes = try Data(contentsOf: file)
    #expect(bytes.count > 1000)
    switch damage {
    case 0: try FileManager.default.removeItem(atPath: path)
    case 1: try Data("no table at all, but long enough to be one".utf8).write(to: file)
    case 2: try bytes.prefix(bytes.count / 2).write(to: file)
    case 3: try Data().write(to: file)
    default:
      var changed = bytes
      // The user's version, big-endian at byte 60 of the header.
      changed[63] = 99
      try changed.write(to: file)
    }
    let index = RunIndex(collection)
    let after = try index.runs()
    #expect(after.runs == before.runs)
    #expect(index.remark == nil)
  }

  @Test("damaged where nothing can be removed: it is held in memory, and said")
  func cannotBeRemoved() throws {
    let good = run("mmoe", started: 1000, auc: 0.75)
    try Data(repeating: 0x5A, count: 9000).write(to: URL(fileURLWithPath: collection.indexPath))
    var disk = Disk.quick
    disk.refusal = { call, _ in call == .remove ? EROFS : nil }
    let index = RunIndex(collection, on: disk)
    #expect(try index.runs().runs.map(\.id) == [good.id])
    #expect(index.remark?.contains("the index is not kept") == true)
  }

  @Test("each page of it overwritten: the answer is true, or the index is made anew")
  func overwrittenPages() throws {
    for number in 0..<20 { run("mmoe", started: Double(1000 + number), auc: 0.75) }
    let before: RunIndex.Answer = try {
      let index = RunIndex(collection)
      defer { index.close() }
      return try index.runs()
    }()
    let file = URL(fileURLWithPath: collection.indexPath)
    let bytes = try Data(contentsOf: file)
    for page in stride(from: 0, to: bytes.count, by: 4096) {
      var changed = bytes
      let end = min(page + 4096, bytes.count)
      changed.replaceSubrange(page..<end, with: Data(repeating: 0x5A, count: end - page))
      try changed.write(to: file)
      let index = RunIndex(collection)
      #expect(try index.runs().runs == before.runs, "page at \(page)")
      index.close()
    }
  }

  @Test("a folder that is damaged is said and left out")
  func damagedFolder() throws {
    let bad = run("mmoe", started: 1000)
    let good = run("ple", started: 2000)
    try Data("{".utf8).write(to: URL(fileURLWithPath: bad.path(of: .card)))
    let answer = try RunIndex(collection).runs()
    #expect(answer.runs.map(\.id) == [good.id])
    #expect(answer.damaged.count == 1 && answer.damaged[0].contains("run.json: damaged"))
  }

  @Test("several at once, each bringing it up to date")
  func several() async throws {
    for number in 0..<8 { run("mmoe", started: Double(number)) }
    let collection = collection
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 { group.addTask { try RunIndex(collection).runs().runs.count } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts == Array(repeating: 8, count: 8))
  }

  @Test("no folder of runs: no runs, and none is made")
  func empty() throws {
    #expect(try RunIndex(collection).runs().runs.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: collection.path))
  }
}
