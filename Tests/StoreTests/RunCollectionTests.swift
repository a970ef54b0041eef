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
    for file in [notes, own] { try Data("mine".utf8).write(to: file) }
    #expect(try run.remove() == ["checkpoints", "notes.txt"])
    let left = try FileManager.default.subpathsOfDirectory(atPath: run.path).sorted()
    #expect(left == ["checkpoints", "checkpoints/4.mine.safetensors", "notes.txt"])
    #expect(throws: StoreError.noRun(path: run.path, missing: "run.json")) { try run.remove() }
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
