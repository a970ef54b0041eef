import Foundation
import Synchronization
import Tensors
import Testing
import Training
import TrainingFixtures

/// Steps on more threads than there are cores, and on cores that other programs use.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BusyMachineTests {
  /// Steps end, with the bits of one thread on a quiet machine.
  @Test(arguments: [(3, 200), (16, 40)])
  func stepsGoOnBesideBusyLoops(threads: Int, steps: Int) throws {
    let quiet = try fingerprint(threads: 1, steps: steps)
    let busy = (0..<4).map { _ in Busy() }
    defer { for one in busy { one.stop() } }
    #expect(try fingerprint(threads: threads, steps: steps) == quiet)
  }

  private func fingerprint(threads: Int, steps: Int) throws -> UInt64 {
    let problem = TinyProblem(rows: 1_030)
    let trainer = try problem.trainer("mmoe", batchSize: 103, threads: threads)
    for step in 0..<steps {
      #expect(trainer.step(problem.batch(from: step % 10 * 103, rows: 103), rate: 0.01))
    }
    return trainer.store.fingerprint
  }

  /// A thread that takes a core until it is stopped.
  private final class Busy: Sendable {
    private let isDone = Atomic(false)
    init() {
      Thread.detachNewThread { [self] in while !isDone.load(ordering: .relaxed) {} }
    }
    func stop() { isDone.store(true, ordering: .relaxed) }
  }
}
