import Foundation
import Tensors
import Testing

@testable import Store

/// Checkpoints whose arrays several processes write are those of one process.
@Suite struct SharedWritingTests {
  /// Another process, which has the same arrays and is given some of them.
  private final class Other: CheckpointHelp {
    let isGiven: (Int) -> Bool
    let write: (SharedArray, Archive.Entry) -> UInt64?
    private let entries: [String: Archive.Entry]
    private(set) var arrays: [SharedArray] = []
    private(set) var finished = 0

    init(
      _ step: Int, isGiven: @escaping (Int) -> Bool,
      write: @escaping (SharedArray, Archive.Entry) -> UInt64? = { array, entry in
        try? array.write(entry, waits: true)
      }
    ) {
      (self.isGiven, self.write) = (isGiven, write)
      let all = Small.model(step).map(\.entry) + Small.state(step)
      entries = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }

    func begin(_ arrays: [SharedArray]) -> [Bool] {
      self.arrays = arrays
      return arrays.indices.map(isGiven)
    }

    func finish() -> [UInt64?] {
      finished += 1
      return arrays.indices.map { index in
        guard isGiven(index), let entry = entries[arrays[index].name] else { return nil }
        return write(arrays[index], entry)
      }
    }
  }

  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// The files of a step as they lie on the disk, without the mark that both have and what follows from it.
  private func bytes(_ writer: RunWriter, _ step: Int) throws -> [Data] {
    let files = writer.folder.checkpointFiles(on: .quick)
    return try [files.modelPath(step), files.statePath(step)].map { path in
      var data = try Data(contentsOf: URL(fileURLWithPath: path))
      let text = String(decoding: data, as: UTF8.self)
      for mark in text.matches(of: /"(pair|xxh64)":"([0-9a-f]{16})"/) {
        let found = Data(mark.output.2.utf8)
        if let range = data.range(of: found) {
          data.replaceSubrange(range, with: Data(count: found.count))
        }
      }
      return data
    }
  }

  /// Every choice of who writes which of five arrays.
  @Test func filesAreThoseOfOneProcess() throws {
    let alone = Small.writer(in: folder)
    #expect(alone.save(step: 3, isBest: false, model: Small.model(3), state: Small.state(3)))
    let whole = try (alone.folder.checkpoint(3).content, bytes(alone, 3))
    alone.close()
    for choice in 0..<32 {
      // A run of its own: files say how much else a run has written.
      let place = try TemporaryFolder()
      let writer = Small.writer(in: place)
      defer { writer.close() }
      let other = Other(3, isGiven: { choice >> $0 & 1 == 1 })
      let isTaken = writer.checkpoint(
        step: 3, isBest: false, model: Small.model(3), state: Small.state(3), help: other)
      #expect(isTaken && writer.settle() && other.finished == 1)
      #expect(other.arrays.count == 5 && other.arrays.filter(\.isModel).count == 2)
      #expect(try writer.folder.checkpoint(3).content == whole.0, "choice \(choice)")
      #expect(try bytes(writer, 3) == whole.1, "choice \(choice)")
    }
  }

  /// What others could not write is written here.
  @Test func whatOthersDoNotWriteIsWritten() throws {
    let writer = Small.writer(in: folder)
    defer { writer.close() }
    let other = Other(4, isGiven: { $0 != 1 }) { _, _ in nil }
    _ = writer.checkpoint(
      step: 4, isBest: true, model: Small.model(4), state: Small.state(4), help: other)
    #expect(writer.settle())
    let alone = Small.writer(in: try TemporaryFolder())
    #expect(alone.save(step: 4, isBest: true, model: Small.model(4), state: Small.state(4)))
    #expect(try writer.folder.checkpoint(4).content == alone.folder.checkpoint(4).content)
    alone.close()
  }

  /// A checksum that is not that of the bytes is found when the file is read, with the array's name.
  @Test func aWrongChecksumIsFound() throws {
    let writer = Small.writer(in: folder)
    defer { writer.close() }
    let other = Other(4, isGiven: { $0 == 0 }) { array, entry in
      (try? array.write(entry, waits: false)).map { $0 ^ 1 }
    }
    _ = writer.checkpoint(
      step: 4, isBest: true, model: Small.model(4), state: Small.state(4), help: other)
    #expect(writer.settle())
    let error = #expect(throws: StoreError.self) { try writer.folder.checkpoint(4) }
    #expect("\(error.map { "\($0)" } ?? "")".contains(other.arrays[0].name))
  }

  /// A file that is gone, or another one under its name, is left alone.
  @Test func anotherFileIsLeftAlone() throws {
    let writer = Small.writer(in: folder)
    defer { writer.close() }
    let other = Other(4, isGiven: { _ in false })
    _ = writer.checkpoint(
      step: 4, isBest: true, model: Small.model(4), state: Small.state(4), help: other)
    #expect(writer.settle())
    let entry = Small.model(4)[0].entry
    let array = try #require(other.arrays.first { $0.name == entry.name })
    #expect(throws: StoreError.self) { try array.write(entry, waits: false) }
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: array.path))
    #expect(throws: StoreError.self) { try array.write(entry, waits: false) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: array.path)) == Data([1, 2, 3]))
  }

  /// Whatever the disk refuses, the others are waited for once, and what bears the state's name is whole.
  @Test func aRefusalHoldsNobodyUp() throws {
    for calls in 0..<30 {
      let place = try TemporaryFolder()
      let disk = UnwillingDisk()
      let writer = Small.writer(in: place, on: disk.disk)
      let other = Other(4, isGiven: { $0 % 2 == 0 })
      disk.refuse(after: calls)
      let isTaken = writer.checkpoint(
        step: 4, isBest: true, model: Small.model(4), state: Small.state(4), help: other)
      let isKept = writer.settle()
      #expect(other.finished == (other.arrays.isEmpty ? 0 : 1), "after \(calls) calls")
      disk.yield()
      let names = place.files.filter { $0.contains("4.") }
      if isTaken && isKept || names.contains(where: { $0.hasSuffix("4.state.safetensors") }) {
        #expect(try writer.folder.checkpoint(4).step == 4, "after \(calls) calls, \(names)")
      }
      writer.close()
    }
  }
}
