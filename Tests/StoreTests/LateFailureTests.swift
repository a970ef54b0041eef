import Foundation
import Runs
import Synchronization
import Testing

@testable import Store

/// Failures at one call, and damage behind what is needed.
@Suite("what fails late, and damage that does not matter") struct LateFailureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Refuses one kind of call on files whose names end so, until it is told to yield.
  private final class Refusing: Sendable {
    private let isWilling = Mutex(false)
    private let call: Disk.Call
    private let ending: String

    init(_ call: Disk.Call, _ ending: String) { (self.call, self.ending) = (call, ending) }

    func yield() { isWilling.withLock { $0 = true } }

    var disk: Disk {
      var disk = Disk.quick
      disk.refusal = { [self] call, path in
        call == self.call && path.hasSuffix(ending) && !isWilling.withLock { $0 } ? ENOSPC : nil
      }
      return disk
    }
  }

  @discardableResult
  private func save(
    _ writer: RunWriter, _ step: Int, isBest: Bool = false, isStart: Bool = false
  ) -> Bool {
    writer.checkpoint(
      step: step, isBest: isBest, isStart: isStart, model: Small.model(step),
      state: Small.state(step)) && writer.settle()
  }

  @Test("a summary that could not be written is written when the run lets go of its folder")
  func summary() throws {
    let refusing = Refusing(.rename, "summary.json")
    let writer = Small.writer(in: folder, on: refusing.disk)
    save(writer, 4)
    writer.end(step: 4, reason: "epochs", summary: Array("{}".utf8))
    #expect(writer.trouble?.contains("No space left on device") == true)
    #expect(writer.takeNotices().count == 1)
    #expect(try writer.folder.read(.summary) == nil)
    refusing.yield()
    writer.close()
    #expect(try writer.folder.read(.summary) == Array("{}".utf8))
    #expect(try writer.folder.journal().facts.map(\.kind) == [.began, .checkpoint, .ended])
  }

  @Test("the second half of a pair that did not get its name gets it at the next start")
  func secondRename() throws {
    let refusing = Refusing(.rename, "8.state.safetensors")
    let writer = Small.writer(in: folder, on: refusing.disk)
    #expect(save(writer, 4, isBest: true))
    #expect(!save(writer, 8) && writer.trouble != nil)
    writer.close()
    let run = writer.folder
    #expect(run.checkpointSteps == [4])
    let lock = try run.hold()
    #expect(run.checkpointSteps == [4, 8])
    #expect(try run.lastCheckpoint().checkpoint.content == Small.content(8))
    withExtendedLifetime(lock) {}
    #expect(!folder.files.contains { $0.contains("partial") })
  }

  @Test("a pair of a step that was written again, and half of whose names failed, is whole")
  func sameStepAgain() throws {
    let refusing = Refusing(.rename, "4.state.safetensors")
    let writer = Small.writer(in: folder, on: refusing.disk)
    refusing.yield()
    #expect(save(writer, 4))
    let unwilling = Refusing(.rename, "4.state.safetensors")
    writer.close()
    let next = try RunWriter(
      resuming: writer.folder, from: writer.folder.checkpoint(4), keepingEvery: nil,
      on: unwilling.disk)
    #expect(
      !next.checkpoint(step: 4, isBest: true, model: Small.model(5), state: Small.state(5))
        || !next.settle())
    // The state of the second pair waits beside its name.
    #expect(try next.folder.checkpoint(4).content == Small.content(5))
    unwilling.yield()
    #expect(
      next.save(step: 4, isBest: true, model: Small.model(6), state: Small.state(6)))
    #expect(try next.folder.checkpoint(4).content == Small.content(6))
    #expect(!folder.files.contains { $0.contains("partial") })
  }

  @Test(
    "a wrong line of the journal matters only where the checkpoint needs it", arguments: [1, 4])
  func journal(line: Int) throws {
    let writer = Small.writer(in: folder)
    writer.append(JournalFact(.command, step: 1, text: "pause"))
    save(writer, 4)
    for step in 5..<8 { writer.append(JournalFact(.command, step: step, text: "resume")) }
    writer.close()
    let run = writer.folder
    var lines = try String(contentsOfFile: run.journalPath, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 7)
    lines[line] = "torn"
    try lines.joined(separator: "\n").write(
      toFile: run.journalPath, atomically: true, encoding: .utf8)
    #expect(throws: StoreError.self) { try run.journal() }
    let checkpoint = try run.checkpoint(4)
    guard line == 4 else {
      #expect(throws: StoreError.self) { try RunWriter(resuming: run, from: checkpoint) }
      return
    }
    let next = try RunWriter(resuming: run, from: checkpoint)
    #expect(next.takeNotices().map { $0.contains("line 5 and what follows") } == [true])
    #expect(try run.journal().commands.map(\.command) == ["pause"])
  }

  @Test("what the run began with is kept, and goes with a branch")
  func start() throws {
    let writer = Small.writer(in: folder)
    save(writer, 0, isStart: true)
    save(writer, 4, isBest: true)
    writer.append(event: "one")
    writer.append([Small.bin(4)])
    save(writer, 8)
    writer.append([Small.bin(8)])
    save(writer, 12)
    let run = writer.folder
    #expect(run.startStep == 0 && run.checkpointSteps == [0, 4, 12])
    writer.close()
    var last = try Data(contentsOf: URL(fileURLWithPath: run.curvesPath))
    last[LossRecords.size + 3] ^= 1
    try last.write(to: URL(fileURLWithPath: run.curvesPath))
    #expect(throws: StoreError.self) { try run.curves() }
    let branch = try RunWriter(
      Small.card, branchingOff: run, at: run.checkpoint(12),
      in: RunCollection(path: folder.path + "/branches"))
    #expect(branch.folder.startStep == 0 && branch.folder.checkpointSteps == [0, 4, 12])
    #expect(branch.folder.bestSteps == [4])
    #expect(try branch.folder.checkpoint(0).content == Small.content(0))
    // The losses before the damage are there, and that others are missing is said.
    #expect(try branch.folder.curves() == [Small.bin(4)])
    #expect(branch.takeNotices().contains { $0.contains("before a damage") })
  }

  @Test("how many epochs there were before a step is known to what goes on, and to a branch")
  func epochs() throws {
    let first = Small.writer(in: folder)
    save(first, 4, isBest: true)
    first.close()
    let run = first.folder
    let second = try RunWriter(resuming: run, from: run.checkpoint(4), waits: true)
    #expect(second.epochsBefore == nil)
    try second.goOn(from: 4, epochsBefore: 3)
    save(second, 8)
    second.close()
    // At step 4 it had three; from there on it has what its configuration says.
    #expect(try run.epochsBefore(run.checkpoint(4)) == 3)
    #expect(try run.epochsBefore(run.checkpoint(8)) == nil)
    for (step, expected) in [(4, [3]), (8, [3])] {
      let branch = try RunWriter(
        Small.card, branchingOff: run, at: run.checkpoint(step),
        in: RunCollection(path: folder.path + "/branches-\(step)"))
      let facts = try branch.folder.journal().valid
      #expect(facts.compactMap(\.epochsBefore) == expected)
      #expect(facts.first { $0.epochsBefore != nil }?.step == 4)
    }
  }
}
