import Foundation
import Runs
import Synchronization
import Tensors

@testable import Store

/// A folder for one test, removed when the test lets go of it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("store-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { _ = try? FileManager.default.removeItem(atPath: path) }

  /// All files below, by their paths in the folder.
  var files: [String] {
    let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return all.sorted()
  }
}

extension Disk {
  /// A disk that nobody waits for.
  static let quick = Disk(synchronises: false)
}

/// A disk that refuses calls, as a test says.
final class UnwillingDisk: Sendable {
  private let state = Mutex((calls: 0, refusesFrom: Int.max, code: ENOSPC))

  /// The disk that this one stands before.
  var disk: Disk {
    var disk = Disk.quick
    disk.refusal = { [self] _, _ in
      state.withLock { state in
        state.calls += 1
        return state.calls > state.refusesFrom ? state.code : nil
      }
    }
    return disk
  }

  /// Calls so far.
  var calls: Int { state.withLock { $0.calls } }

  /// Refuses every call from now on, behind so many.
  func refuse(after count: Int = 0, with code: Int32 = ENOSPC) {
    state.withLock { ($0.refusesFrom, $0.code) = ($0.calls + count, code) }
  }

  /// Refuses nothing any more.
  func yield() { state.withLock { $0.refusesFrom = .max } }
}

/// A small run.
enum Small {
  static let card = RunCard(
    command: "train", model: "mmoe", data: "sample", seed: 3, configuration: "3f2ab01c",
    started: 1_800_000_000, program: "0.1.0")

  /// Two tensors that tell the step.
  static func model(_ step: Int) -> [SafetensorsTensor] {
    [
      tensor("towers.click.0.weight", [2, 3], (0..<6).map { Float(step * 10 + $0) }),
      tensor("towers.click.0.bias", [2], [Float(step), -1]),
    ]
  }

  /// Three entries of other kinds that tell the step.
  static func state(_ step: Int) -> [Archive.Entry] {
    var archive = Archive.saving()
    var (count, rates, text) = (step, [Double(step) / 3, 2], "step \(step)")
    do {
      try archive.number("course/step", &count)
      try archive.numbers("optimizer/rates", &rates)
      try archive.text("words", &text)
    } catch {}
    return archive.entries
  }

  static func tensor(_ name: String, _ shape: [Int], _ numbers: [Float]) -> SafetensorsTensor {
    SafetensorsTensor(
      name: name, kind: .float32, shape: shape,
      content: .owned(numbers.withUnsafeBytes { Array($0) }))
  }

  static func bin(_ step: Int) -> LossBin {
    var bin = LossBin(task: 1, step: step)
    for offset in 0..<7 { bin.add(Float(step) + Float(offset) / 8, step: step + offset) }
    bin.add(.nan, step: step + 7)
    return bin
  }

  static func writer(
    in folder: TemporaryFolder, every interval: Int? = nil, on disk: Disk = .quick
  ) -> RunWriter {
    RunWriter(
      card, documents: [.configuration: Array("model: mmoe\n".utf8)],
      in: RunCollection(path: folder.path + "/runs"), keepingEvery: interval, on: disk)
  }
}

extension RunWriter {
  /// Writes a checkpoint and waits for the disk; whether that has it.
  @discardableResult
  func save(
    step: Int, isBest: Bool, model: [SafetensorsTensor], state: [Archive.Entry]
  ) -> Bool {
    checkpoint(step: step, isBest: isBest, model: model, state: state) && settle()
  }
}

extension Checkpoint {
  /// Everything that it holds, comparable.
  var content: [String: [UInt8]] {
    let entries =
      model.map { ("model \($0.shape) \($0.name)", $0.entry) } + state.map { ($0.name, $0) }
    return Dictionary(
      uniqueKeysWithValues: entries.map { ("\($0.1.kind) \($0.0)", $0.1.withBytes { Array($0) }) })
  }
}
