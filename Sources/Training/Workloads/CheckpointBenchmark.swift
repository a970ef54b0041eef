public import Foundation
import Runs
import Store
import Tensors

/// Times a checkpoint of a workload: parameters, moments and all else that its next steps follow from.
///
/// Every round takes two steps, saves, reads what was saved, with every byte checked, and puts it into a
/// second trainer. What is read was written just before: it lies in the system's memory.
public struct CheckpointBenchmark: Sendable {
  /// What was measured: medians over rounds.
  public struct Result: Sendable {
    /// The workload's name.
    public var workload: String
    /// What a checkpoint takes, in megabytes (2²⁰ bytes).
    public var megabytes: Double
    /// Seconds until the system has it: that long no step is taken.
    public var handedSeconds: Double
    /// Seconds until the disk has it; steps go on meanwhile.
    public var settledSeconds: Double
    /// Seconds to read and check it.
    public var readSeconds: Double
    /// Seconds to put what was read into a trainer.
    public var putBackSeconds: Double
  }

  /// What is timed.
  public let workload: Workload
  /// Rows in a batch.
  public let batchSize: Int
  /// Threads that train.
  public let threads: Int
  /// How often it is done.
  public let rounds: Int

  /// Chooses what is timed.
  public init(_ workload: Workload, batchSize: Int, threads: Int, rounds: Int = 5) {
    self.workload = workload
    self.batchSize = batchSize
    self.threads = threads
    self.rounds = rounds
  }

  /// Measures in a folder that is made for it in `folder` and removed behind it.
  ///
  /// - Throws: ``StepBenchmarkError``, or `StoreError` and `ArchiveError` where a checkpoint cannot be
  ///   written, read or put back.
  public func run(in folder: URL) throws -> Result {
    let path = folder.appendingPathComponent("checkpoints-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: path) }
    let writer = RunWriter(
      RunCard(
        command: "bench", model: workload.name, data: "", seed: nil, configuration: "", program: ""),
      documents: [:], in: RunCollection(path: path.path))
    defer { writer.close() }
    var course = Course(
      trainer: workload.trainer(batchSize: batchSize, threads: threads),
      other: workload.trainer(batchSize: batchSize, threads: threads), writer: writer)
    let rows = workload.rows(batchSize: batchSize, batches: 2)
    for _ in 0..<rounds {
      for half in 0..<2 {
        let batch = rows.batch(from: half * batchSize, rows: batchSize)
        guard course.trainer.step(batch, rate: 1e-3) else {
          throw StepBenchmarkError.notFinite(workload.name, step: course.trainer.step)
        }
      }
      try course.round()
    }
    return course.result(of: workload.name)
  }

  /// The rounds so far.
  private struct Course {
    let trainer: Trainer
    let other: Trainer
    let writer: RunWriter
    var bytes = 0
    var handed: [Double] = [], settled: [Double] = [], read: [Double] = [], putBack: [Double] = []

    /// Saves, reads, and puts back.
    mutating func round() throws {
      var archive = Archive.saving()
      try archive.part("trainer", trainer.visit)
      bytes = archive.entries.reduce(0) { $0 + $1.withBytes(\.count) }
      let clock = ContinuousClock()
      let begin = clock.now
      let checkpoint = RunCheckpoint(step: trainer.step, isBest: false, entries: archive.entries)
      let isHanded = writer.checkpoint(
        step: checkpoint.step, isBest: false,
        model: checkpoint.parameters.map(SafetensorsTensor.init), state: checkpoint.state)
      handed.append((clock.now - begin).seconds)
      guard isHanded, writer.settle() else {
        throw StepBenchmarkError.notSaved(
          writer.takeNotices().joined(separator: "; "), folder: writer.folder.path)
      }
      settled.append((clock.now - begin).seconds)
      try readBack(clock)
    }

    private mutating func readBack(_ clock: ContinuousClock) throws {
      let begin = clock.now
      let found = try writer.folder.checkpoint(trainer.step)
      let whole = clock.now
      read.append((whole - begin).seconds)
      var archive = Archive.loading(
        RunCheckpoint.entries(parameters: found.model.map(\.entry), state: found.state))
      try archive.part("trainer", other.visit)
      putBack.append((clock.now - whole).seconds)
      guard other.fingerprint == trainer.fingerprint else {
        throw StepBenchmarkError.unlike(folder: writer.folder.path)
      }
    }

    func result(of name: String) -> Result {
      Result(
        workload: name, megabytes: Double(bytes) / Double(1 << 20), handedSeconds: handed.median,
        settledSeconds: settled.median, readSeconds: read.median, putBackSeconds: putBack.median)
    }
  }
}
