import Foundation
import Runs
import Testing

@testable import Store

/// A run's folder, or a file of it, that is taken away, replaced, and comes back.
@Suite("a folder that goes and comes back") struct ReturnedFolderTests {
  let folder: TemporaryFolder
  private var files: FileManager { .default }
  private var away: String { folder.path + "/away" }

  init() throws { folder = try TemporaryFolder() }

  private func save(_ writer: RunWriter, _ step: Int, isBest: Bool = false) {
    #expect(
      writer.save(
        step: step, isBest: isBest, model: Small.model(step), state: Small.state(step)))
  }

  /// A run with an event, losses, a command and a checkpoint.
  private func begun() -> RunWriter {
    let writer = Small.writer(in: folder)
    writer.append(event: "one")
    writer.append([Small.bin(0)])
    writer.append(JournalFact(.command, step: 1, text: "pause"))
    save(writer, 4, isBest: true)
    return writer
  }

  @Test("what it had before is still there")
  func comesBack() throws {
    let writer = begun()
    let path = writer.folder.path
    try files.moveItem(atPath: path, toPath: away)
    writer.append(event: "two")
    writer.append([Small.bin(8)])
    save(writer, 8)
    #expect(writer.takeNotices().map { $0.contains("taken away and is made anew") } == [true])
    try files.removeItem(atPath: path)
    try files.moveItem(atPath: away, toPath: path)
    writer.append(event: "three")
    writer.append([Small.bin(16)])
    save(writer, 12)
    #expect(writer.takeNotices().map { $0.contains("is back") } == [true])
    #expect(writer.trouble == nil && writer.folder.path == path && writer.openings == 3)
    let run = writer.folder
    #expect(try run.events() == ["one", "three"])
    #expect(try run.curves() == [Small.bin(0), Small.bin(16)])
    #expect(
      try run.journal().facts.map(\.kind) == [
        .began, .command, .checkpoint, .checkpoint, .checkpoint,
      ])
    #expect(run.checkpointSteps == [4, 12])
    writer.close()
    // The newest checkpoint knows how long they are.
    let next = try RunWriter(resuming: run, from: run.checkpoint(12))
    next.append(event: "four")
    #expect(try run.events() == ["one", "three", "four"])
    #expect(try run.curves() == [Small.bin(0), Small.bin(16)])
  }

  @Test("a copy of it is gone on with behind its last whole line and record")
  func copy() throws {
    let writer = begun()
    let path = writer.folder.path
    try files.copyItem(atPath: path, toPath: away)
    try files.removeItem(atPath: path)
    writer.append(event: "two")
    try files.removeItem(atPath: path)
    try append("torn", to: away + "/events.jsonl")
    try append("torn", to: away + "/curves.bin")
    try append("torn", to: away + "/journal.jsonl")
    try files.moveItem(atPath: away, toPath: path)
    writer.append(event: "three")
    writer.append([Small.bin(16)])
    save(writer, 12)
    #expect(try writer.folder.events() == ["one", "three"])
    #expect(try writer.folder.curves() == [Small.bin(0), Small.bin(16)])
    #expect(try writer.folder.journal().facts.map(\.kind).prefix(2) == [.began, .command])
    #expect(try writer.folder.journal().leftOut == nil)
  }

  @Test("another folder in its place is left alone", arguments: ["run", "files"])
  func another(what: String) throws {
    let writer = begun()
    let path = writer.folder.path
    try files.moveItem(atPath: path, toPath: away)
    if what == "run" {
      var card = Small.card
      card.started += 1
      let other = RunWriter(
        card, documents: [:], in: RunCollection(path: folder.path + "/others"), keepingEvery: nil,
        on: .quick)
      other.append(event: "other")
      other.close()
      try files.moveItem(atPath: other.folder.path, toPath: path)
    } else {
      try files.createDirectory(atPath: path, withIntermediateDirectories: false)
      try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/events.jsonl"))
    }
    let before = try contents(path)
    writer.append(event: "two")
    save(writer, 8)
    #expect(try contents(path) == before)
    #expect(writer.folder.path == path + "-2" && writer.trouble == nil)
    #expect(
      writer.takeNotices().map { $0.contains("another folder has taken the place") } == [true])
    #expect(try writer.folder.events() == ["two"])
    #expect(try writer.folder.card() == Small.card)
    #expect(try writer.folder.checkpoint(8).content == Small.content(8))
  }

  @Test("files that are removed one by one are written anew at the next checkpoint")
  func singleFiles() throws {
    let writer = begun()
    let run = writer.folder
    for name in ["journal.jsonl", "curves.bin"] {
      try files.removeItem(atPath: "\(run.path)/\(name)")
    }
    writer.append([Small.bin(8)])
    writer.append(JournalFact(.command, step: 6, text: "resume"))
    save(writer, 8)
    let notices = writer.takeNotices()
    #expect(notices.count == 2 && notices.allSatisfy { $0.contains("written anew") })
    // The journal is known from its beginning; of the losses those are lost that were written.
    #expect(
      try run.journal().facts.map(\.kind) == [
        .began, .command, .checkpoint, .command, .checkpoint,
      ])
    #expect(try run.curves().isEmpty)
    writer.append([Small.bin(16)])
    save(writer, 12)
    writer.close()
    #expect(try run.curves() == [Small.bin(16)])
    let next = try RunWriter(resuming: run, from: run.checkpoint(12))
    #expect(next.takeNotices().isEmpty)
    #expect(try run.curves() == [Small.bin(16)])
  }

  /// The files are shorter at the branch's checkpoint than at the best one.
  @Test(
    "a branch has what is left of files that were taken away, and says what is not",
    arguments: [["events.jsonl", "curves.bin"], ["curves.bin"]])
  func branch(names: [String]) throws {
    let writer = begun()
    let run = writer.folder
    writer.append(event: "two")
    writer.append([Small.bin(4)])
    save(writer, 8, isBest: true)
    for name in names { try files.removeItem(atPath: "\(run.path)/\(name)") }
    save(writer, 12)
    writer.append(event: "three")
    writer.append([Small.bin(12)])
    save(writer, 16)
    writer.close()
    let branch = try RunWriter(
      Small.card, branchingOff: run, at: run.checkpoint(16),
      in: RunCollection(path: folder.path + "/branches"))
    branch.close()
    let found = branch.folder
    let before = names.count == 1 ? ["one", "two"] : []
    #expect(found.checkpointSteps == [8, 16])
    #expect(try found.curves() == [Small.bin(12)])
    #expect(try found.events() == before + ["three"])
    // What stands there now is none of what the best one had.
    #expect(try found.checkpoint(8).lengths.curveBytes == 0)
    #expect(
      try found.checkpoint(8).lengths.eventBytes == before.map { $0.utf8.count + 1 }.reduce(0, +))
    #expect(try found.checkpoint(16).lengths.curveBytes == LossRecords.size)
    let lacks = try #require(branch.takeNotices().first { $0.contains("taken away") })
    #expect(lacks.contains("losses of \(run.id): their file"))
    #expect(lacks.contains("between step 8 and step 16"))
    #expect(lacks.contains("events") == (names.count == 2))
  }

  /// A person names the run while it trains, and the disk that it lies on goes and comes back.
  @Test(
    "tags that a person gave are still there, and those that it began with where it is made anew")
  func tags() throws {
    let writer = RunWriter(
      Small.card, documents: [.tags: Array("[\"a\"]".utf8)],
      in: RunCollection(path: folder.path + "/runs"), keepingEvery: nil, on: .quick)
    writer.append(event: "one")
    let path = writer.folder.path
    try writer.folder.setTags(["a", "b"])
    try files.moveItem(atPath: path, toPath: away)
    writer.append(event: "two")
    #expect(try writer.folder.tags() == ["a"])
    try files.removeItem(atPath: path)
    try files.moveItem(atPath: away, toPath: path)
    writer.append(event: "three")
    #expect(writer.takeNotices().last?.contains("is back") == true)
    #expect(try writer.folder.tags() == ["a", "b"])
  }

  @Test("a run that goes on keeps its tags where its folder is made anew")
  func tagsOfAResumedRun() throws {
    let first = begun()
    try first.folder.setTags(["a", "b"])
    first.close()
    let run = first.folder
    let writer = try RunWriter(resuming: run, from: run.checkpoint(4))
    try files.removeItem(atPath: run.path)
    writer.append(event: "two")
    #expect(writer.takeNotices().map { $0.contains("is made anew") } == [true])
    #expect(try writer.folder.tags() == ["a", "b"])
  }

  @Test("a checkpoint is gone with its folder, until that is back or another one is saved")
  func goneCheckpoint() throws {
    let writer = begun()
    let path = writer.folder.path
    #expect(!writer.isSavedCheckpointGone && writer.isNewestCheckpointSaved() == true)
    try files.moveItem(atPath: path, toPath: away)
    #expect(writer.isSavedCheckpointGone)
    try files.moveItem(atPath: away, toPath: path)
    #expect(!writer.isSavedCheckpointGone)
    try files.removeItem(atPath: path)
    writer.append(event: "two")
    #expect(writer.trouble == nil && writer.isSavedCheckpointGone)
    save(writer, 8)
    #expect(!writer.isSavedCheckpointGone)
    writer.close()
    let next = try RunWriter(resuming: writer.folder, from: writer.folder.checkpoint(8))
    #expect(!next.isSavedCheckpointGone)
    try files.removeItem(atPath: path)
    #expect(next.isSavedCheckpointGone)
  }

  @Test("one that the disk had before its folder went is not saved")
  func goneOnItsWay() throws {
    let writer = begun()
    #expect(writer.checkpoint(step: 8, isBest: false, model: Small.model(8), state: Small.state(8)))
    guard case .success? = writer.settling?.outcome(waiting: true) else {
      Issue.record("the disk does not have it")
      return
    }
    try files.removeItem(atPath: writer.folder.path)
    #expect(!writer.settle())
    writer.append(event: "two")
    // The one of step 4 was there; the journal names none of step 8.
    let facts = try writer.folder.journal().facts
    #expect(facts.filter { $0.kind == .checkpoint }.map(\.step) == [4])
    save(writer, 9)
    #expect(writer.folder.checkpointSteps == [9])
  }

  private func append(_ text: String, to path: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  private func contents(_ path: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try files.subpathsOfDirectory(atPath: path) where name != "lock" {
      found[name] = files.contents(atPath: "\(path)/\(name)")
    }
    return found
  }
}
