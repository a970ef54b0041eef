import Foundation
import Testing
import Training

/// What checkpoints take: time and room.
@Suite struct CheckpointBenchmarkTests {
  private let small = Workload.all.first { $0.name == "w1a" }

  @Test func aCheckpointHasTheParametersAndBothMoments() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("bench-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let workload = try #require(small)
    let result = try CheckpointBenchmark(workload, batchSize: 32, threads: 1, rounds: 3)
      .run(in: folder)
    let parameters = Double(workload.trainer(batchSize: 32, threads: 1).store.parameterCount)
    let megabytes = parameters * 12 / Double(1 << 20)
    #expect(result.megabytes > megabytes && result.megabytes < 1.2 * megabytes + 0.1)
    #expect(result.handedSeconds > 0 && result.settledSeconds >= result.handedSeconds)
    #expect(result.readSeconds > 0 && result.putBackSeconds > 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func whereNothingCanBeWrittenItIsSaid() throws {
    let workload = try #require(small)
    let nowhere = URL(fileURLWithPath: "/dev/null/nowhere")
    #expect(throws: StepBenchmarkError.self) {
      try CheckpointBenchmark(workload, batchSize: 32, threads: 1, rounds: 1).run(in: nowhere)
    }
  }
}
