import Tensors
import Testing

@testable import Training

/// Where the time of a workload's steps goes.
@Suite struct StepProfileTests {
  /// Every step has the same loops, and only those that the clocks have seen count.
  @Test func loopsAreThoseOfAStep() throws {
    let workload = Workload.all[0]
    let small = workload.with(vocabularies: workload.input.vocabularies.map { min($0, 50) })
    let profile = StepProfile(small, batchSize: 16, threads: 1, seconds: 0.01)
    #expect(profile.waits.contains { $0.barrier == .lanes })
    for wait in profile.waits {
      #expect(wait.loops >= 1 && wait.loops == wait.loops.rounded(), "\(wait)")
    }
  }
}
