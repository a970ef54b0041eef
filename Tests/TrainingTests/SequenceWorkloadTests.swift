import Tensors
import Testing

@testable import Training

/// The workloads of sequences: what is drawn beside their rows, and that they take steps.
@Suite struct SequenceWorkloadTests {
  @Test func namesAreKnownAndApart() {
    #expect(Workload.sequences.map(\.name) == ["caml", "gru"])
    #expect(Set(Workload.named.map(\.name)).count == Workload.all.count + 2)
    #expect(Workload.all.allSatisfy { $0.batchSize == 1024 })
  }

  /// Every row has 2 × 20 texts of 30 words, and a text of its own; none of the words is missing.
  @Test func allWordsAreThere() throws {
    let workload = try #require(Workload.named.first { $0.name == "caml" })
    let rows = workload.rows(batchSize: 3, batches: 2)
    let batch = rows.batch(from: 3, rows: 3)
    let drawn = try #require(batch.drawn)
    // Numbers, tokens and concepts of both sides, then 31 words.
    #expect(batch.drawnCount == 2 * 20 * (1 + 30 + 8) + 31)
    let words = (0..<(3 * batch.drawnCount)).map { drawn[$0] }
    #expect(words.allSatisfy { (4..<10_000).contains($0) } && Set(words).count > 1_000)
    let first = try #require(rows.batch(from: 0, rows: 3).drawn)
    #expect(drawn - first == 3 * batch.drawnCount)
  }

  @Test(arguments: ["caml", "gru"]) func stepsAreTaken(_ name: String) throws {
    let workload = try #require(Workload.named.first { $0.name == name })
    let rows = workload.rows(batchSize: 4, batches: 2)
    let trainer = workload.trainer(batchSize: 4, threads: 2)
    let plan = trainer.trainingExecutor().plan
    #expect(plan.unmet(by: rows.batch(from: 0, rows: 4)) == nil)
    var losses: [Double] = []
    for step in 0..<4 {
      let isFinite = trainer.step(rows.batch(from: step % 2 * 4, rows: 4), rate: 1e-3)
      #expect(isFinite)
      losses.append(workload.tasks.indices.reduce(0) { $0 + trainer.loss(of: $1) })
    }
    // The second time the same rows cost less.
    #expect(losses[2] < losses[0] && losses[3] < losses[1], "\(losses)")
  }
}
