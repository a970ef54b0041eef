import Datasets
import Foundation
import Runs
import Store
import Testing
import TrainingFixtures

@testable import Training

/// Each run of a comparison has a folder, and one that was interrupted is gone on with.
@Suite("Folders of a comparison's runs") struct ComparisonFoldersTests {
  private let place: FolderRecorderTests.Place
  private let results = "/nowhere/my results"

  init() throws {
    place = try FolderRecorderTests.Place()
    try place.collection.make()
  }

  private func comparison(
    seeds: [UInt64] = [1], experts: Int = 2, pace: Double? = nil,
    in collection: RunCollection? = nil
  ) throws -> Comparison {
    var training = TrainingConfiguration()
    (training.epochs, training.patience) = (3, 0)
    (training.embeddingWidth, training.batchSize, training.threads) = (4, 32, 1)
    training.stepsPerSecondLimit = pace
    let plan = try ComparisonPlan(
      [.init("mmoe")], seeds: seeds, training: training,
      options: ["mmoe": ["experts": "\(experts)", "expert": "8", "tower": "4"]], gains: false)
    return Comparison(
      plan, data: { _ in TinyProblem(rows: 1_000).dataset() }, journal: nil,
      folders: ComparisonFolders(
        FolderRecorder.Plan(
          command: "compare", program: "test", in: collection ?? place.collection),
        results: results))
  }

  private func run(_ comparison: Comparison) throws -> (ended: [ComparedRun], notices: [String]) {
    var (ended, notices): ([ComparedRun], [String]) = ([], [])
    _ = try comparison.run { event in
      switch event {
      case .ended(_, let run): ended.append(run)
      case .notice(let text): notices.append(text)
      default: break
      }
    }
    return (ended, notices)
  }

  /// Stops a comparison while MMoE trains; its folder.
  private func interrupted(experts: Int = 2) throws -> RunFolder {
    let comparison = try comparison(experts: experts, pace: 200)
    _ = try comparison.run { event in
      if case .progress(let place, let snapshot, _) = event, place.model == "mmoe",
        snapshot.step > 5
      {
        comparison.stop()
      }
    }
    return try place.collection.find("last")
  }

  private func entries() throws -> [RunEntry] {
    var filter = RunFilter()
    filter.tag = ComparisonFolders.tag(of: "compare", results: results)
    return try RunIndex(place.collection).runs(filter).runs.reversed()
  }

  @Test("every run, the fitted one too, has its folder with the tag, and it says what came of it")
  func folders() throws {
    let (ended, notices) = try run(comparison(seeds: [1, 2]))
    let entries = try entries()
    #expect(entries.map(\.card.model) == ["linear", "mmoe", "mmoe"])
    #expect(entries.map(\.card.seed) == [nil, 1, 2])
    #expect(entries.allSatisfy { $0.reason != nil && $0.card.command == "compare" })
    #expect(entries.map(\.fingerprint) == ended.map(\.fingerprint))
    #expect(entries.map(\.step) == ended.map(\.step))
    #expect(entries[1].checkpoints > 0 && notices.contains { $0.contains(entries[0].tags[0]) })
    let folder = try place.collection.find(entries[2].id)
    #expect(try !folder.curves().isEmpty && !folder.events().isEmpty)
    let kept = try #require(try folder.read(.configuration))
    #expect(String(decoding: kept, as: UTF8.self).contains("seed: 2\n"))
  }

  @Test("a run that was interrupted goes on in its folder, to the bits of one that was not")
  func goesOn() throws {
    let folder = try interrupted()
    let step = try #require(folder.checkpointSteps.last)
    #expect(try step > 5 && RunEntry(folder).reason == nil)
    let (ended, notices) = try run(comparison())
    #expect(
      notices.contains { $0.hasPrefix("the run goes on from its checkpoint of step \(step)") })
    #expect(try entries().filter { $0.card.model == "mmoe" }.map(\.id) == [folder.id])
    #expect(try RunEntry(folder).fingerprint == ended[1].fingerprint)
    #expect(try folder.journal().valid.contains { $0.kind == .resumed && $0.step == step })
    let whole = try #require(
      folder.read(.configuration).map { String(decoding: $0, as: UTF8.self) })
    #expect(whole.contains("hash: "), "what its rows are is still there")
    try? FileManager.default.removeItem(atPath: place.path)
    #expect(try run(comparison()).ended[1].fingerprint == ended[1].fingerprint)
  }

  @Test("a run that has ended is not gone on with, where no result is known") func endedRun() throws
  {
    let ended = try run(comparison()).ended
    let again = try run(comparison())
    #expect(again.ended.map(\.fingerprint) == ended.map(\.fingerprint))
    #expect(try entries().count { $0.card.model == "mmoe" } == 2)
  }

  @Test("one whose checkpoints are damaged, or another run's, is begun anew in a folder of its own")
  func damaged() throws {
    let folder = try interrupted()
    let other = try interrupted(experts: 3)
    let checkpoints = folder.path + "/checkpoints"
    try FileManager.default.removeItem(atPath: checkpoints)
    try FileManager.default.copyItem(atPath: other.path + "/checkpoints", toPath: checkpoints)
    let (ended, notices) = try run(comparison())
    #expect(notices.contains { $0.hasPrefix("\(folder.id) cannot be gone on with") })
    #expect(ended[1].outcome == .finished)
    for name in try FileManager.default.contentsOfDirectory(atPath: other.path + "/checkpoints") {
      try Data("spoilt".utf8).write(to: URL(fileURLWithPath: other.path + "/checkpoints/" + name))
    }
    let (anew, words) = try run(comparison(experts: 3))
    #expect(words.contains { $0.hasPrefix("\(other.id) cannot be gone on with") })
    #expect(anew[1].outcome == .finished && anew[1].step == ended[1].step)
    #expect(try entries().filter { $0.card.model == "mmoe" }.count { $0.reason != nil } == 2)
  }

  @Test("one that cannot be read is begun anew, which is said")
  func unreadable() throws {
    let folder = try interrupted()
    let path = folder.path(of: .configuration)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let (ended, notices) = try run(comparison())
    #expect(ended.map(\.outcome) == [.finished, .finished])
    let words = "\(folder.id) cannot be gone on with, and is begun anew: \(path): cannot"
    #expect(notices.count { $0.hasPrefix(words) } == 1)
  }

  @Test(
    "runs that cannot be saved are trained all the same, which is said once",
    arguments: ["", "/runs"])
  func unsaved(below: String) throws {
    let file = place.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    let (ended, notices) = try run(
      comparison(seeds: [1, 2], in: RunCollection(path: file + below)))
    #expect(ended.count == 3 && ended.allSatisfy { $0.outcome == .finished })
    #expect(notices.count { $0.hasPrefix("runs are not saved: ") } == 1)
    let lost = notices.count {
      $0.hasPrefix("runs that were begun before cannot be gone on with: ")
    }
    #expect(lost == (below.isEmpty ? 1 : 0))
  }

  @Test("the tag is the folder's, wherever it is named from, and a word that can be typed")
  func tag() throws {
    let here = FileManager.default.currentDirectoryPath
    let tag = ComparisonFolders.tag(of: "compare", results: "out/../My Ränge (2)")
    #expect(tag == ComparisonFolders.tag(of: "compare", results: here + "/My Ränge (2)/"))
    #expect(tag.hasPrefix("compare-My-R-nge-2-") && tag.count == 23)
    #expect(tag != ComparisonFolders.tag(of: "compare", results: "/My Ränge (2)"))
    let long = String(repeating: "long", count: 30)
    #expect(ComparisonFolders.tag(of: "compare", results: long).count <= 40)
  }
}
