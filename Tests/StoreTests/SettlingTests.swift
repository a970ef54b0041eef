import Foundation
import Runs
import Testing

@testable import Store

/// A disk that notes what is asked of it, and can hold whoever waits for it.
private final class SlowDisk: @unchecked Sendable {
  // The condition guards the fields below.
  private let condition = NSCondition()
  private var isHeld = false
  private var isWaitedFor = false
  private var code: Int32?
  private var calls: [String] = []

  var disk: Disk {
    var disk = Disk.quick
    disk.refusal = { [self] call, path in answer(call, path) }
    return disk
  }

  /// Calls with the names of their files, without what differs between processes.
  func takeCalls() -> [String] {
    condition.lock()
    defer { condition.unlock() }
    defer { calls = [] }
    return calls
  }

  /// Holds whoever waits for the disk from now on.
  func hold() {
    condition.lock()
    isHeld = true
    condition.unlock()
  }

  /// Lets them go, with an error or without.
  func release(with code: Int32? = nil) {
    condition.lock()
    (isHeld, self.code) = (false, code)
    condition.broadcast()
    condition.unlock()
  }

  /// Until somebody waits for the disk, a minute at most.
  func untilWaitedFor() -> Bool {
    let deadline = Date(timeIntervalSinceNow: 60)
    condition.lock()
    defer { condition.unlock() }
    while !isWaitedFor { if !condition.wait(until: deadline) { return false } }
    return true
  }

  private func answer(_ call: Disk.Call, _ path: String) -> Int32? {
    condition.lock()
    defer { condition.unlock() }
    let name = path.split(separator: "/").last ?? ""
    calls.append("\(call) \(name.replacing(/\.partial-\d+$/, with: ""))")
    guard call == .synchronise else { return nil }
    isWaitedFor = true
    condition.broadcast()
    while isHeld { condition.wait() }
    return code
  }
}

/// The disk is waited for by another thread than the one that trains.
@Suite("waiting for the disk", .timeLimit(.minutes(2))) struct SettlingTests {
  let folder: TemporaryFolder
  private let slow = SlowDisk()

  init() throws { folder = try TemporaryFolder() }

  private func checkpoint(_ writer: RunWriter, _ step: Int, isBest: Bool = false) -> Bool {
    writer.checkpoint(
      step: step, isBest: isBest, model: Small.model(step), state: Small.state(step))
  }

  @Test("a checkpoint returns while the disk is busy; closing waits for it")
  func returnsAtOnce() throws {
    let writer = Small.writer(in: folder, on: slow.disk)
    slow.hold()
    #expect(checkpoint(writer, 4))
    #expect(slow.untilWaitedFor())
    // Held: what comes now is written all the same.
    writer.append(event: "one")
    #expect(try writer.folder.events() == ["one"])
    #expect(writer.isNewestCheckpointSaved() == nil && writer.trouble == nil)
    #expect(writer.folder.checkpointSteps.isEmpty)
    #expect(try !writer.folder.journal().facts.contains { $0.kind == .checkpoint })
    Thread.detachNewThread { [slow] in
      Thread.sleep(forTimeInterval: 0.05)
      slow.release()
    }
    writer.close()
    #expect(writer.isNewestCheckpointSaved() == true)
    #expect(writer.folder.checkpointSteps == [4])
    #expect(try writer.folder.checkpoint(4).content == Small.content(4))
    #expect(try writer.folder.journal().facts.map(\.kind) == [.began, .checkpoint])
  }

  @Test("what a checkpoint speaks of is on the disk before it, and it before what it replaces goes")
  func order() throws {
    let writer = Small.writer(in: folder, on: slow.disk)
    writer.append(event: "one")
    writer.append([Small.bin(0)])
    #expect(checkpoint(writer, 4) && writer.settle())
    writer.append(event: "two")
    _ = slow.takeCalls()
    #expect(checkpoint(writer, 8) && writer.settle())
    let (model, state) = ("8.model.safetensors", "8.state.safetensors")
    let calls = slow.takeCalls().filter { !$0.hasPrefix("open") && !$0.hasPrefix("write") }
    #expect(
      calls == [
        // No losses came since.
        "synchronise journal.jsonl", "synchronise events.jsonl", "synchronise \(model)",
        "synchronise \(state)", "rename \(model)", "rename \(state)", "synchronise checkpoints",
        "remove 4.state.safetensors", "remove 4.model.safetensors",
      ])
  }

  @Test("what the disk refuses later is said, and said when it works again")
  func failsLater() throws {
    let writer = Small.writer(in: folder, on: slow.disk)
    slow.hold()
    #expect(checkpoint(writer, 4))
    slow.release(with: EIO)
    #expect(!writer.settle())
    #expect(writer.trouble?.contains("Input/output error") == true)
    #expect(writer.takeNotices().count == 1)
    #expect(writer.folder.checkpointSteps.isEmpty)
    #expect(!folder.files.contains { $0.contains("partial") })
    // Taken, but not known to be on the disk: it is not said to work, nor a second time that it fails.
    #expect(checkpoint(writer, 6))
    #expect(!writer.settle())
    #expect(writer.takeNotices().isEmpty && writer.trouble != nil)
    slow.release()
    #expect(checkpoint(writer, 8) && writer.settle())
    #expect(writer.trouble == nil)
    #expect(writer.takeNotices() == ["the run is saved again, in \(writer.folder.path)"])
    #expect(writer.folder.checkpointSteps == [8])
    let saved = try writer.folder.journal().facts.filter { $0.kind == .checkpoint }
    #expect(saved.map(\.step) == [8])
  }

  @Test("a process that is killed while the disk is waited for leaves the checkpoint before")
  func killed() throws {
    let writer = Small.writer(in: folder, on: slow.disk)
    #expect(checkpoint(writer, 4, isBest: true) && writer.settle())
    slow.hold()
    #expect(checkpoint(writer, 8))
    // What lies there now is what a killed process leaves.
    let other = try TemporaryFolder()
    let left = "\(other.path)/\(writer.folder.id)"
    try FileManager.default.copyItem(atPath: writer.folder.path, toPath: left)
    #expect(other.files.contains { $0.contains("8.model.safetensors.partial") })
    slow.release()
    let run = try RunFolder(opening: left)
    let (last, damaged) = try run.lastCheckpoint()
    #expect(last.step == 4 && last.content == Small.content(4) && damaged.isEmpty)
    let next = try RunWriter(resuming: run, from: last, keepingEvery: nil, on: .quick)
    #expect(!other.files.contains { $0.contains("partial") })
    #expect(next.trouble == nil && run.checkpointSteps == [4])
    #expect(writer.settle())
  }
}
