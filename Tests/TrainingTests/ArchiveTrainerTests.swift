import Graph
import Models
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// A trainer that is saved, and one built anew that is put in its place.
@Suite struct ArchiveTrainerTests {
  @Test func whatWasSavedGoesOn() throws {
    let problem = TinyProblem(rows: 256, tasks: 3)
    let trainer = try problem.trainer("mmoe", isBalanced: true)
    for step in 0..<3 {
      #expect(trainer.step(problem.batch(from: 32 * step, rows: 32), rate: 0.01))
    }
    var saved = Archive.saving()
    try trainer.visit(&saved)
    let entries = saved.entries.map { $0.detached() }
    let other = try problem.trainer("mmoe", seed: 2, isBalanced: true)
    var loaded = Archive.loading(entries)
    try other.visit(&loaded)
    try loaded.finish()
    #expect(other.fingerprint == trainer.fingerprint && other.step == 3)
    for taking in [trainer, other] {
      #expect(taking.step(problem.batch(from: 128, rows: 32), rate: 0.01))
    }
    #expect(other.fingerprint == trainer.fingerprint)
  }
}
