import Foundation
import Runs
import Testing

@testable import Store

@Suite("a run is written into its folder") struct RunWriterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("what was written comes back")
  func roundTrip() throws {
    let writer = Small.writer(in: folder)
    writer.append(event: #"{"event":"noticed"}"#)
    writer.append([Small.bin(0), Small.bin(8)])
    writer.append(JournalFact(.command, step: 5, text: "task like off", date: 7))
    #expect(
      writer.save(step: 16, isBest: true, model: Small.model(16), state: Small.state(16)))
    writer.end(step: 16, reason: "epochs", summary: Array("{}".utf8))
    writer.close()
    #expect(writer.trouble == nil)
    #expect(writer.takeNotices().isEmpty)

    let run = try RunCollection(path: folder.path + "/runs").find("last")
    #expect(run == writer.folder)
    #expect(run.id.hasSuffix("-mmoe-sample-3f2a"))
    #expect(try run.card() == Small.card)
    #expect(try run.read(.configuration) == Array("model: mmoe\n".utf8))
    #expect(try run.read(.schema) == nil)
    #expect(try run.events() == [#"{"event":"noticed"}"#])
    #expect(try run.curves() == [Small.bin(0), Small.bin(8)])
    let journal = try run.journal()
    #expect(journal.facts.map(\.kind) == [.began, .command, .checkpoint, .ended])
    #expect(journal.facts[1] == JournalFact(.command, step: 5, text: "task like off", date: 7))
    #expect(journal.leftOut == nil)
    let checkpoint = try run.lastCheckpoint().checkpoint
    #expect(checkpoint.step == 16 && checkpoint.isBest)
    #expect(checkpoint.content == Small.content(16))
    #expect(!folder.files.contains { $0.contains("partial") })
  }

  @Test("two runs of one minute and setting get folders of their own")
  func sameId() throws {
    let first = Small.writer(in: folder)
    let second = Small.writer(in: folder)
    #expect(second.folder.id == first.folder.id + "-2")
    #expect(first.trouble == nil && second.trouble == nil)
  }

  @Test("the last, the best and each of so many steps are kept", arguments: [nil, 4])
  func retention(interval: Int?) throws {
    let writer = Small.writer(in: folder, every: interval)
    for step in 1...10 {
      writer.save(
        step: step, isBest: [1, 3].contains(step), model: Small.model(step),
        state: Small.state(step))
    }
    #expect(writer.folder.checkpointSteps == (interval == nil ? [3, 10] : [3, 4, 8, 10]))
    #expect(try writer.folder.bestCheckpoint().step == 3)
    #expect(try writer.folder.bestCheckpoint().content == Small.content(3))
    #expect(try writer.folder.lastCheckpoint().checkpoint.step == 10)
  }

  @Test("a run goes on from a checkpoint, and what came behind it is not part of it")
  func resume() throws {
    let first = Small.writer(in: folder)
    first.append(JournalFact(.command, step: 2, text: "pause"))
    first.append(event: "one")
    first.append([Small.bin(0)])
    first.save(step: 8, isBest: true, model: Small.model(8), state: Small.state(8))
    first.append(JournalFact(.command, step: 9, text: "stop"))
    first.append(event: "two")
    first.append([Small.bin(8)])
    first.end(step: 12, reason: "stopped", summary: Array("{}".utf8))
    first.close()

    let run = first.folder
    let checkpoint = try run.lastCheckpoint().checkpoint
    let second = try RunWriter(resuming: run, from: checkpoint)
    #expect(try run.read(.summary) == nil)
    second.append(JournalFact(.command, step: 10, text: "resume"))
    second.append(event: "three")
    second.append([Small.bin(16)])
    second.save(step: 24, isBest: false, model: Small.model(24), state: Small.state(24))
    #expect(second.trouble == nil)
    #expect(try run.events() == ["one", "three"])
    #expect(try run.curves() == [Small.bin(0), Small.bin(16)])
    let journal = try run.journal()
    #expect(
      journal.facts.map(\.kind) == [
        .began, .command, .checkpoint, .command, .ended, .resumed, .command, .checkpoint,
      ])
    #expect(
      journal.valid.map(\.kind) == [.began, .command, .resumed, .command, .checkpoint])
    #expect(journal.commands.map(\.command) == ["pause", "resume"])
    #expect(journal.commands.map(\.step) == [2, 10])
    #expect(run.checkpointSteps == [8, 24])
  }

  @Test("a run that was never saved begins anew in its folder")
  func beginsAnew() throws {
    let first = Small.writer(in: folder)
    first.append(event: "one")
    first.append([Small.bin(0)])
    first.append(JournalFact(.command, step: 3, text: "pause"))
    first.close()
    let run = first.folder
    let second = try RunWriter(resuming: run, from: .beginning)
    second.append(event: "two")
    #expect(second.trouble == nil)
    #expect(try run.events() == ["two"])
    #expect(try run.curves().isEmpty)
    #expect(try run.journal().valid.map(\.kind) == [.resumed])
    #expect(try run.card() == Small.card)
  }

  @Test("checkpoints of a course that was given up go with the next one")
  func givenUp() throws {
    let first = Small.writer(in: folder, every: 1)
    for step in [4, 8, 12] {
      first.save(step: step, isBest: step == 12, model: Small.model(step), state: [])
    }
    first.close()
    let second = try RunWriter(
      resuming: first.folder, from: first.folder.checkpoint(4), keepingEvery: 1)
    second.save(step: 6, isBest: false, model: Small.model(6), state: [])
    #expect(first.folder.checkpointSteps == [4, 6])
  }

  @Test("a second process, or a second writer, is refused while the first trains")
  func twoWriters() throws {
    let first = Small.writer(in: folder)
    first.save(step: 4, isBest: true, model: Small.model(4), state: [])
    let run = first.folder
    #expect(run.life == .live(process: Int(getpid())))
    let checkpoint = try run.checkpoint(4)
    #expect(throws: StoreError.inUse(path: run.path, process: Int(getpid()))) {
      try RunWriter(resuming: run, from: checkpoint)
    }
    first.close()
    #expect(run.life == .ended)
    #expect(throws: Never.self) { try RunWriter(resuming: run, from: checkpoint) }
  }
}

extension Small {
  /// What a checkpoint of a step holds.
  static func content(_ step: Int) -> [String: [UInt8]] {
    let entries =
      model(step).map { ("model \($0.shape) \($0.name)", $0.entry) }
      + state(step).map { ($0.name, $0) }
    return Dictionary(
      uniqueKeysWithValues: entries.map { ("\($0.1.kind) \($0.0)", $0.1.withBytes { Array($0) }) })
  }
}
