import Foundation
import Tensors
import Testing

@testable import Training

/// Every network whose steps are timed: the number of threads changes nothing, to the bit.
@Suite struct WorkloadThreadsTests {
  static let workloads = Workload.all.map(\.name)

  /// What 20 steps leave behind, to the bit.
  private struct Outcome {
    var parameters: [Storage<Float>]
    /// The losses of all steps, by step and then by task.
    var losses: [UInt64]

    func hasSameBits(as other: Outcome) -> Bool {
      losses == other.losses && parameters.count == other.parameters.count
        && zip(parameters, other.parameters).allSatisfy { a, b in
          a.count == b.count && memcmp(a.base, b.base, 4 * a.count) == 0
        }
    }
  }

  /// Full batches, and in every fifth step a short one as at an epoch's end.
  private func outcome(of workload: Workload, threads: Int, batchSize: Int = 192) -> Outcome {
    let examples = workload.examples(count: 5 * batchSize, seed: 3)
    let trainer = workload.trainer(batchSize: batchSize, threads: threads)
    var losses: [UInt64] = []
    for step in 0..<20 {
      let place = step % 5
      let batch = examples.batch(from: place * batchSize, rows: place == 4 ? 75 : batchSize)
      #expect(trainer.step(batch, rate: 1e-3))
      losses += workload.tasks.indices.map { trainer.loss(of: $0).bitPattern }
    }
    return Outcome(parameters: trainer.store.copy().memory, losses: losses)
  }

  /// A batch of 1,024 rows has eight lanes, not four.
  @Test func sameBitsInEightLanes() {
    let workload = Workload.all[0]
    let one = outcome(of: workload, threads: 1, batchSize: 1024)
    for threads in [2, 4] {
      let other = outcome(of: workload, threads: threads, batchSize: 1024)
      #expect(other.hasSameBits(as: one), "\(threads) threads")
    }
  }

  @Test(arguments: workloads) func sameBits(_ name: String) throws {
    var workload = try #require(Workload.all.first { $0.name == name })
    // Ids come twice in a batch even so, and the tables are quickly made.
    workload = workload.with(vocabularies: workload.input.vocabularies.map { min($0, 500) })
    let one = outcome(of: workload, threads: 1)
    #expect(Set(one.losses).count > 20, "the losses move")
    for threads in [2, 4] {
      let other = outcome(of: workload, threads: threads)
      #expect(other.hasSameBits(as: one), "\(threads) threads")
    }
  }
}
