import Datasets
import Graph
import Models
import Testing
import Training
import TrainingFixtures

/// What must hold of MRAN beside what holds of every model.
@Suite struct MRANTests {
  @Test(arguments: [1, 2, 3]) func everyAttentionSumsToOne(tasks: Int) throws {
    let problem = FieldProblem(tasks: tasks)
    let trainer = try problem.trainer("mran")
    problem.disturb(trainer, below: "t")
    // Three fields and one token of the dense feature.
    for (name, group) in [("tt", tasks), ("ff", 4), ("tf", 4)] {
      let numbers = try watched(.attention(name), trainer, problem)
      for first in stride(from: 0, to: numbers.count, by: group) {
        let sum = numbers[first..<(first + group)].reduce(0, +)
        #expect(abs(sum - 1) <= 1e-5, "\(name)")
      }
      #expect(Set(numbers).count > 1 || tasks == 1 && name == "tt", "\(name)")
    }
  }

  @Test func oneTaskAttendsToItself() throws {
    let problem = FieldProblem(tasks: 1)
    let trainer = try problem.trainer("mran")
    #expect(try watched(.attention("tt"), trainer, problem).allSatisfy { $0 == 1 })
  }

  /// Scores of 0 make α even, and all tasks read the same: Norm(2 H^F).
  @Test func zeroScoresReadEveryFeatureAlike() throws {
    let problem = FieldProblem(tasks: 2)
    let trainer = try problem.trainer("mran")
    problem.disturb(trainer, below: "t")
    for (path, numbers) in trainer.namedNumbers where path.hasPrefix("towers.a.") {
      trainer.set(path.replacing("towers.a.", with: "towers.b."), to: numbers)
    }
    #expect(trainer.logits("a", problem.batch()) != trainer.logits("b", problem.batch()))
    let score = try #require(trainer.namedNumbers["tf.score.weight"])
    trainer.set("tf.score.weight", to: score.map { _ in 0 })
    #expect(try watched(.attention("tf"), trainer, problem).allSatisfy { $0 == 0.25 })
    #expect(trainer.logits("a", problem.batch()) == trainer.logits("b", problem.batch()))
  }

  /// Values of 0: H^F = Norm(Z), whatever attention says.
  @Test func withoutValuesAttentionIsOff() throws {
    let problem = FieldProblem(tasks: 2)
    let trainer = try problem.trainer("mran")
    func shift(_ path: String) throws -> [Float] {
      let numbers = try #require(trainer.namedNumbers[path])
      trainer.set(path, to: numbers.map { $0 + 1 - Float(numbers.count) * $0 })
      return trainer.logits("a", problem.batch())
    }
    let before = trainer.logits("a", problem.batch())
    #expect(try shift("ff.query.weight") != before)
    let values = try #require(trainer.namedNumbers["ff.value.weight"])
    trainer.set("ff.value.weight", to: values.map { _ in 0 })
    let without = trainer.logits("a", problem.batch())
    #expect(try shift("ff.query.weight") == without)
    #expect(try shift("ff.key.weight") == without)
  }

  /// Fields in another order: α in that order.
  @Test func permutedFieldsPermuteTheAlignment() throws {
    let order = [2, 0, 1]
    let (problem, permuted) = (FieldProblem(tasks: 2), FieldProblem(tasks: 2, order: order))
    let (one, other) = (try problem.trainer("mran"), try permuted.trainer("mran"))
    problem.disturb(one, below: "t")
    for (path, numbers) in one.namedNumbers { other.set(path, to: numbers) }
    let expected = try watched(.attention("tf"), one, problem)
    let found = try watched(.attention("tf"), other, permuted)
    for row in 0..<(2 * problem.rows) {
      for (place, token) in (order + [3]).enumerated() {
        #expect(abs(found[row * 4 + place] - expected[row * 4 + token]) <= 1e-5)
      }
    }
  }

  /// λ₁ reaches every parameter, λ₂ the scores; at 0 both are gone.
  @Test func bothPenaltiesAreDials() throws {
    let problem = FieldProblem(tasks: 2)
    let with = try problem.trainer("mran", ["l2": "0.5", "score-l2": "0.5"])
    let without = try problem.trainer("mran", ["l2": "0", "score-l2": "0"])
    #expect(with.dials.map(\.name) == ["l2", "score-l2"])
    let plain = without.namedGradients(problem.batch())
    let all = with.namedGradients(problem.batch())
    #expect(all != plain && with.penalty > 0 && with.terms[0].loss > 0)
    with.setDial(0, to: 0)
    let scores = with.namedGradients(problem.batch())
    #expect(scores["towers.a.0.weight"] == plain["towers.a.0.weight"])
    #expect(scores["tf.score.weight"] != plain["tf.score.weight"] && with.penalty == 0)
    with.setDial(1, to: 0)
    #expect(with.namedGradients(problem.batch()) == plain)
    #expect(with.terms[0].loss == 0)
  }

  // MARK: - Static alignment

  /// Answers use the running mean: one α for all rows, which steps move and evaluations do not.
  @Test func aStaticAlignmentIsTheSameForAllRows() throws {
    let problem = FieldProblem(tasks: 2)
    let trainer = try problem.trainer("mran", ["static-alpha": "true"])
    let before = try watched(.attention("tf"), trainer, problem)
    #expect(before.allSatisfy { $0 == 0.25 })
    for _ in 0..<20 { #expect(trainer.step(problem.batch(), rate: 1e-2)) }
    let after = try watched(.attention("tf"), trainer, problem)
    #expect(after != before && (0..<after.count).allSatisfy { after[$0] == after[$0 % 8] })
    #expect(try watched(.attention("tf"), trainer, problem) == after)
  }

  // MARK: - What it shows, and what it refuses

  @Test func viewsAndTraces() throws {
    let problem = FieldProblem(tasks: 2)
    let shown = try problem.trainer("mran").inspect(
      problem.batch(), schema: problem.input.schema)
    #expect(
      shown.views.map(\.name) == [
        "attention.tt.0", "attention.tt.1", "attention.ff.0", "attention.ff.1", "attention.tf",
      ])
    guard case .matrix(let features) = shown.views[2].content,
      case .matrix(let alignment) = shown.views[4].content
    else {
      Issue.record("attention is shown as matrices")
      return
    }
    #expect(features.rows == ["f0", "f1", "f2", "dense"] && features.columns == features.rows)
    #expect(alignment.rows == ["a", "b"] && alignment.values.count == 8)
    #expect(shown.traces.map(\.name) == ["alpha_entropy"])
    #expect(shown.traces[0].values.allSatisfy { $0 > 0.9 && $0 <= 1.0001 })
  }

  @Test func headsMustDivideTheTaskVectors() {
    let error = #expect(throws: ModelError.self) {
      _ = try FieldProblem(tasks: 2).trainer("mran", ["heads": "3"])
    }
    #expect(
      error?.description == """
        --set model.task-width: mran cannot use this value.
          found: 32
          fix:   give a multiple of the 3 heads
        """)
  }

  /// What is come back to answers as it did, running means included.
  @Test func comesBackWithItsRunningMeans() throws {
    let problem = FieldProblem(tasks: 2)
    let trainer = try problem.trainer("mran", ["static-alpha": "true"])
    for _ in 0..<3 { #expect(trainer.step(problem.batch(), rate: 1e-2)) }
    let best = trainer.store.copy()
    let before = try watched(.logit(problem.tasks[0].name), trainer, problem)
    for _ in 0..<3 { #expect(trainer.step(problem.batch(), rate: 1e-2)) }
    trainer.store.restore(from: best)
    let after = try watched(.logit(problem.tasks[0].name), trainer, problem)
    #expect(after == before)
  }

  @Test func headsMustDivideTheEmbeddings() {
    let error = #expect(throws: ModelError.self) {
      _ = try FieldProblem(tasks: 1).trainer("mran", ["heads": "8"])
    }
    #expect(error?.description.contains("divides the embeddings'") == true)
  }

  /// A watched value of all rows.
  private func watched(
    _ name: Watched, _ trainer: Trainer, _ problem: FieldProblem
  ) throws -> [Float] {
    let executor = trainer.forward(problem.batch())
    let values = try #require(executor.output(name))
    let width = try #require(executor.plan.outputs.first { $0.name == name }?.width)
    return Array(UnsafeBufferPointer(start: values, count: problem.rows * width))
  }
}
