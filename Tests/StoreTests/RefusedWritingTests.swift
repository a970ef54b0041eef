import Foundation
import Runs
import Testing

@testable import Store

/// What happens where the disk does not do what it is asked.
@Suite("a disk that refuses") struct RefusedWritingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a full disk: said once, everything waits, and is there when there is room")
  func fullDisk() throws {
    let unwilling = UnwillingDisk()
    let writer = Small.writer(in: folder, on: unwilling.disk)
    writer.append(event: "one")
    writer.save(step: 4, isBest: true, model: Small.model(4), state: Small.state(4))
    unwilling.refuse()
    writer.append(event: "two")
    writer.append([Small.bin(0)])
    writer.append(JournalFact(.command, step: 5, text: "pause"))
    #expect(!writer.save(step: 8, isBest: true, model: Small.model(8), state: Small.state(8)))
    let trouble = try #require(writer.trouble)
    #expect(trouble.contains("No space left on device") && trouble.contains(writer.folder.path))
    #expect(writer.takeNotices().count == 1)
    #expect(writer.folder.checkpointSteps == [4])
    #expect(try writer.folder.lastCheckpoint().checkpoint.content == Small.content(4))

    let journalText = try String(contentsOfFile: writer.folder.journalPath, encoding: .utf8)
    #expect(journalText.contains("checkpoint") && !journalText.contains(#""step":8"#))
    writer.write(.encoding, Array("{}".utf8))
    #expect(try writer.folder.read(.encoding) == nil)

    unwilling.yield()
    #expect(writer.save(step: 9, isBest: false, model: Small.model(9), state: Small.state(9)))
    #expect(writer.trouble == nil)
    #expect(writer.takeNotices() == ["the run is saved again, in \(writer.folder.path)"])
    #expect(try writer.folder.read(.encoding) == Array("{}".utf8))
    #expect(try writer.folder.events() == ["one", "two"])
    #expect(try writer.folder.curves() == [Small.bin(0)])
    let journal = try writer.folder.journal()
    #expect(journal.leftOut == nil)
    #expect(journal.commands.map(\.command) == ["pause"])
    #expect(writer.folder.checkpointSteps == [4, 9])
    writer.close()
    _ = try RunWriter(resuming: writer.folder, from: writer.folder.checkpoint(9))
    #expect(!folder.files.contains { $0.contains("partial") })
  }

  @Test("a run that could not make its folder makes it later")
  func lateFolder() throws {
    let unwilling = UnwillingDisk()
    unwilling.refuse(with: EROFS)
    let writer = Small.writer(in: folder, on: unwilling.disk)
    #expect(writer.trouble?.contains("Read-only file system") == true)
    writer.append(event: "one")
    #expect(!FileManager.default.fileExists(atPath: writer.folder.path))
    unwilling.yield()
    #expect(writer.save(step: 4, isBest: true, model: Small.model(4), state: Small.state(4)))
    #expect(try writer.folder.card() == Small.card)
    #expect(try writer.folder.events() == ["one"])
    #expect(try writer.folder.journal().facts.map(\.kind) == [.began, .checkpoint])
  }

  @Test("a run that could not make its folder leaves that of another run of its name alone")
  func lateFolderOfATakenName() throws {
    let first = Small.writer(in: folder)
    first.append(event: "first")
    first.close()
    let unwilling = UnwillingDisk()
    unwilling.refuse()
    let second = Small.writer(in: folder, on: unwilling.disk)
    second.append(event: "second")
    unwilling.yield()
    #expect(second.retry())
    second.close()
    #expect(second.folder.id == first.folder.id + "-2")
    #expect(try first.folder.events() == ["first"])
    #expect(try second.folder.events() == ["second"])
  }

  @Test("a folder that is taken away is made anew")
  func takenAway() throws {
    let writer = Small.writer(in: folder)
    writer.append(event: "one")
    writer.append(JournalFact(.command, step: 1, text: "pause"))
    writer.save(step: 4, isBest: true, model: Small.model(4), state: Small.state(4))
    try FileManager.default.removeItem(atPath: writer.folder.path)
    writer.append(event: "two")
    #expect(writer.takeNotices().contains { $0.contains("taken away") })
    writer.save(step: 8, isBest: false, model: Small.model(8), state: Small.state(8))
    #expect(writer.trouble == nil)
    let run = writer.folder
    #expect(try run.card() == Small.card)
    #expect(try run.events() == ["two"])
    #expect(try run.journal().facts.map(\.kind) == [.began, .command, .checkpoint, .checkpoint])
    #expect(run.checkpointSteps == [8])
    #expect(run.life == .live(process: Int(getpid())))
    writer.close()
    // What the checkpoint says of the growing files is true of the new ones.
    let next = try RunWriter(resuming: run, from: run.checkpoint(8))
    next.append(event: "three")
    #expect(try run.events() == ["two", "three"])
    #expect(try run.journal().commands.map(\.command) == ["pause"])
  }

  @Test(
    "a run killed between any two calls loses at most what came behind its last checkpoint",
    arguments: [true, false])
  func killedAnywhere(waits: Bool) throws {
    let wholeRun = UnwillingDisk()
    _ = course(of: Small.writer(in: try TemporaryFolder(), on: wholeRun.disk), waits: waits)
    #expect(wholeRun.calls > 40)
    for count in 0...wholeRun.calls {
      let folder = try TemporaryFolder()
      let unwilling = UnwillingDisk()
      unwilling.refuse(after: count, with: EIO)
      let writer = Small.writer(in: folder, on: unwilling.disk)
      let saved = course(of: writer, waits: waits)
      // The process is gone: it holds no lock, and its half-written files lie there.
      writer.close()
      let collection = RunCollection(path: folder.path + "/runs")
      guard let run = try? collection.find("last") else {
        #expect(saved.isEmpty, "after \(count) calls")
        continue
      }
      // What is not known to be saved may be; then it is whole.
      guard let last = saved.last ?? (run.checkpointSteps.isEmpty ? nil : 0) else { continue }
      let (checkpoint, damaged) = try run.lastCheckpoint()
      #expect(checkpoint.step >= last, "after \(count) calls")
      #expect(damaged.isEmpty, "after \(count) calls")
      try expectWhole(run, checkpoint, after: count)
    }
  }

  /// Two checkpoints of one step among others; the steps of those that were saved.
  private func course(of writer: RunWriter, waits: Bool) -> [Int] {
    var saved: [Int] = []
    for step in [2, 4, 4, 6] {
      writer.append(event: "\(step)")
      writer.append(JournalFact(.command, step: step, text: "pause"))
      writer.append([Small.bin(step)])
      let isTaken = writer.checkpoint(
        step: step, isBest: step == 2, model: Small.model(step), state: Small.state(step))
      if waits, isTaken, writer.settle() { saved.append(step) }
    }
    return saved
  }

  private func expectWhole(_ run: RunFolder, _ checkpoint: Checkpoint, after count: Int) throws {
    #expect(checkpoint.content == Small.content(checkpoint.step), "after \(count) calls")
    let writer = try RunWriter(
      resuming: run, from: checkpoint, keepingEvery: nil, on: .quick)
    #expect(writer.trouble == nil, "after \(count) calls")
    writer.save(step: 8, isBest: true, model: Small.model(8), state: Small.state(8))
    writer.close()
    let events = try run.events().compactMap { Int($0) }
    #expect(events.last == checkpoint.step, "after \(count) calls")
    #expect(try run.curves().map(\.firstStep) == events, "after \(count) calls")
    #expect(try run.journal().commands.map(\.step) == events, "after \(count) calls")
    #expect(run.checkpointSteps == [8], "after \(count) calls")
    let left = FileManager.default.enumerator(atPath: run.path)?.compactMap { $0 as? String } ?? []
    #expect(!left.contains { $0.contains("partial") }, "after \(count) calls")
  }
}
