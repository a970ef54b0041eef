import Foundation
import Testing

@testable import Store

@Suite("finding a run") struct RunCollectionTests {
  let folder: TemporaryFolder
  let collection: RunCollection

  init() throws {
    folder = try TemporaryFolder()
    collection = RunCollection(path: folder.path + "/runs")
  }

  private func run(_ model: String, started: Double) -> RunFolder {
    var card = Small.card
    (card.model, card.started) = (model, started)
    return RunWriter(card, documents: [:], in: collection, keepingEvery: nil, on: .quick).folder
  }

  @Test("the folder follows the XDG specification")
  func place() throws {
    #expect(
      try RunCollection(environment: ["XDG_STATE_HOME": "/s", "HOME": "/h"]).path
        == "/s/mtl-tui/runs")
    #expect(
      try RunCollection(environment: ["XDG_STATE_HOME": "s", "HOME": "/h"]).path
        == "/h/.local/state/mtl-tui/runs")
    #expect(throws: StoreError.homeless) { try RunCollection(environment: [:]) }
  }

  @Test("by id, by its beginning, by 'last', by path")
  func find() throws {
    let day = 86400.0
    let first = run("mmoe", started: 1_800_000_000)
    let second = run("ple", started: 1_800_000_000 + 40 * day)
    let third = run("aitm", started: 1_800_000_000 + 20 * day)
    #expect(try collection.find(first.id) == first)
    #expect(try collection.find(String(second.id.dropLast(3))) == second)
    #expect(try collection.find("last") == second)
    #expect(try collection.find(third.path) == third)
    #expect(try collection.find(third.path + "/") == third)
  }

  @Test("an id that another begins with is itself, not ambiguous")
  func exact() throws {
    let first = run("mmoe", started: 1_800_000_000)
    let second = run("mmoe", started: 1_800_000_000)
    #expect(second.id == first.id + "-2")
    #expect(try collection.find(first.id) == first)
    #expect(throws: StoreError.ambiguousRun(String(first.id.dropLast()), [first.id, second.id])) {
      try collection.find(String(first.id.dropLast()))
    }
  }

  @Test("what is no run is said so")
  func none() throws {
    #expect(throws: StoreError.unknownRun("last", in: collection.path, near: [])) {
      try collection.find("last")
    }
    let first = run("mmoe", started: 1_800_000_000)
    #expect(throws: StoreError.unknownRun("mmoe", in: collection.path, near: [first.id])) {
      try collection.find("mmoe")
    }
    #expect(throws: StoreError.unknownRun("", in: collection.path, near: [])) {
      try collection.find("")
    }
    #expect(throws: StoreError.noRun(path: folder.path, missing: "run.json")) {
      try collection.find(folder.path)
    }
  }
}

@Suite("removing a run") struct RunRemovalTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("all of it goes, and nothing else")
  func all() throws {
    let writer = Small.writer(in: folder)
    writer.append(event: "one")
    writer.append([Small.bin(0)])
    writer.save(step: 4, isBest: true, model: Small.model(4), state: Small.state(4))
    let run = writer.folder
    let steps = try #require(StepFile(run))
    steps.write(4)
    #expect(throws: StoreError.inUse(path: run.path, process: Int(getpid()))) { try run.remove() }
    #expect(run.checkpointSteps == [4])
    writer.close()
    let notes = URL(fileURLWithPath: run.path + "/notes.txt")
    let own = URL(fileURLWithPath: run.path + "/checkpoints/4.mine.safetensors")
    let draft = URL(fileURLWithPath: run.path + "/notes.partial-7")
    for file in [notes, own, draft] { try Data("mine".utf8).write(to: file) }
    #expect(try run.remove() == ["checkpoints", "notes.partial-7", "notes.txt"])
    let left = try FileManager.default.subpathsOfDirectory(atPath: run.path).sorted()
    #expect(
      left == ["checkpoints", "checkpoints/4.mine.safetensors", "notes.partial-7", "notes.txt"])
    #expect(throws: StoreError.noRun(path: run.path, missing: "run.json")) { try run.remove() }
  }

  @Test("a run with a damaged card can be removed")
  func damagedCard() throws {
    let writer = Small.writer(in: folder)
    writer.close()
    let run = writer.folder
    try Data("{".utf8).write(to: URL(fileURLWithPath: run.path(of: .card)))
    #expect(try run.remove().isEmpty)
    #expect(FileStatus(run.path) == nil)
  }

  @Test("a card that says a moment beyond all years names a folder all the same")
  func moment() {
    var card = Small.card
    for (started, year) in [(1e300, "9892"), (-1e300, "0385"), (Double.infinity, "1970")] {
      card.started = started
      #expect(card.id.count > 20 && card.id.hasPrefix(year))
    }
  }

  @Test(
    "what killed processes left is cleared at the next start, of ended runs and unborn ones too")
  func leftovers() throws {
    let writer = Small.writer(in: folder)
    writer.checkpoint(step: 4, isBest: true, model: Small.model(4), state: Small.state(4))
    writer.end(step: 4, reason: "stopped", summary: Array("{}".utf8))
    writer.close()
    let run = writer.folder
    // A number above all that the system gives to processes.
    let dead = ".partial-2000000000"
    let unborn = folder.path + "/runs/unborn"
    try FileManager.default.createDirectory(atPath: unborn, withIntermediateDirectories: false)
    let left = [
      run.path + "/tags.json\(dead)", run.path + "/checkpoints/9.state.safetensors\(dead)",
      unborn + "/run.json\(dead)", unborn + "/lock",
    ]
    let mine = run.path + "/notes\(dead)"
    for path in left + [mine] { try Data("half".utf8).write(to: URL(fileURLWithPath: path)) }
    Small.writer(in: folder).close()
    #expect(left.filter { FileStatus($0) != nil } == [])
    #expect(FileStatus(unborn) == nil && FileStatus(mine) != nil)
    #expect(run.checkpointSteps == [4])
  }

  @Test("a folder that is no run's is left alone")
  func foreign() throws {
    let file = URL(fileURLWithPath: folder.path + "/run.json")
    try Data(#"{"name": "somebody's own"}"#.utf8).write(to: file)
    let foreign = try RunFolder(opening: folder.path)
    #expect(throws: StoreError.self) { try foreign.remove() }
    #expect(folder.files == ["run.json"])
  }
}
