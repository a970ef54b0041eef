import Foundation
import Runs
import Testing

@testable import Store

@Suite("files that were changed by something else") struct DamageTests {
  let folder: TemporaryFolder
  let run: RunFolder

  init() throws {
    folder = try TemporaryFolder()
    let writer = Small.writer(in: folder)
    writer.append([Small.bin(0), Small.bin(8)])
    writer.append(JournalFact(.command, step: 3, text: "pause"))
    writer.save(step: 4, isBest: true, model: Small.model(4), state: Small.state(4))
    writer.close()
    run = writer.folder
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func put(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test(
    "each byte of a checkpoint, flipped, is an error with the file's name, or changes nothing",
    arguments: ["4.model.safetensors", "4.state.safetensors"])
  func flippedCheckpoint(name: String) throws {
    let path = "\(run.path)/checkpoints/\(name)"
    let whole = try bytes(path)
    let content = try run.checkpoint(4).content
    var refused = 0
    for index in whole.indices {
      var changed = whole
      changed[index] ^= 0x10
      try put(changed, path)
      do {
        #expect(try run.checkpoint(4).content == content, "byte \(index)")
      } catch {
        #expect("\(error)".contains(name), "byte \(index): \(error)")
        refused += 1
      }
    }
    // Spaces that pad the header are the only bytes that say nothing.
    #expect(refused >= whole.count - 8)
  }

  @Test("a checkpoint that is cut short, or too long, is an error", arguments: [-200, -1, 1])
  func cutCheckpoint(change: Int) throws {
    let path = "\(run.path)/checkpoints/4.state.safetensors"
    let whole = try bytes(path)
    try put(change < 0 ? Array(whole.dropLast(-change)) : whole + [0], path)
    #expect(throws: StoreError.self) { try run.checkpoint(4) }
    let error = #expect(throws: StoreError.self) { try run.lastCheckpoint() }
    #expect(error.map { "\($0)".contains("4.state.safetensors") } == true)
  }

  @Test("halves of two checkpoints are not one")
  func mixedPair() throws {
    let writer = try RunWriter(resuming: run, from: run.checkpoint(4))
    let path = "\(run.path)/checkpoints/4.state.safetensors"
    let old = try bytes(path)
    writer.save(step: 4, isBest: true, model: Small.model(5), state: Small.state(5))
    #expect(try run.checkpoint(4).content == Small.content(5))
    try put(old, path)
    #expect(throws: StoreError.self) { try run.checkpoint(4) }
  }

  @Test("where the last checkpoint is damaged, the one before is taken, and it is said")
  func earlierCheckpoint() throws {
    let writer = try RunWriter(resuming: run, from: run.checkpoint(4))
    writer.save(step: 8, isBest: false, model: Small.model(8), state: Small.state(8))
    let path = "\(run.path)/checkpoints/8.model.safetensors"
    try put(Array(try bytes(path).dropLast()), path)
    let (checkpoint, damaged) = try run.lastCheckpoint()
    #expect(checkpoint.step == 4)
    #expect(damaged.count == 1 && damaged.first?.contains("8.model.safetensors") == true)
  }

  @Test("each byte of the journal, flipped: the last line is left out, any other an error")
  func flippedJournal() throws {
    let path = "\(run.path)/journal.jsonl"
    let whole = try bytes(path)
    let facts = try run.journal().facts
    #expect(facts.count == 3)
    let last = (whole.dropLast().lastIndex(of: UInt8(ascii: "\n")) ?? 0) + 1
    for index in whole.indices {
      var changed = whole
      changed[index] ^= 0x01
      try put(changed, path)
      do {
        let journal = try run.journal()
        #expect(journal.facts == Array(facts.dropLast()), "byte \(index)")
        #expect(journal.leftOut?.contains("line 3") == true, "byte \(index)")
        #expect(index >= last, "byte \(index)")
      } catch {
        #expect("\(error)".contains("journal.jsonl: damaged: line"), "byte \(index): \(error)")
        #expect(index < last, "byte \(index)")
      }
    }
  }

  @Test("a journal torn anywhere loses its torn line alone, and is gone on with")
  func tornJournal() throws {
    let path = "\(run.path)/journal.jsonl"
    let whole = try bytes(path)
    let checkpoint = try run.checkpoint(4)
    let last = whole.dropLast().lastIndex(of: UInt8(ascii: "\n")) ?? 0
    for length in 0..<whole.count where length % 7 == 0 || length >= last {
      try put(Array(whole.prefix(length)), path)
      let lines = whole.prefix(length).count { $0 == UInt8(ascii: "\n") }
      let isTorn = length > 0 && whole[length - 1] != UInt8(ascii: "\n")
      let journal = try run.journal()
      #expect(journal.facts.count == lines)
      #expect((journal.leftOut != nil) == isTorn)
      let writer = try RunWriter(
        resuming: run, from: checkpoint, keepingEvery: nil, on: .quick)
      writer.close()
      #expect(writer.takeNotices().count == (isTorn ? 1 : 0))
      #expect(try run.journal().facts.count == lines + 1)
    }
  }

  @Test("each byte of the curves, flipped, is an error with the record's number")
  func flippedCurves() throws {
    let path = "\(run.path)/curves.bin"
    let whole = try bytes(path)
    for index in whole.indices {
      var changed = whole
      changed[index] ^= 0x04
      try put(changed, path)
      let record = index / LossRecords.size + 1
      let expected = StoreError.damaged(
        path: path, what: "record \(record) is not as it was written")
      #expect(throws: expected, "byte \(index)") { try run.curves() }
    }
    try put(Array(whole.dropLast(3)), path)
    #expect(try run.curves() == [Small.bin(0)])
  }
}
