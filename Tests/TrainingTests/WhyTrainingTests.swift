import Datasets
import Foundation
import Graph
import Layers
import Runs
import Testing
import TrainingFixtures

@testable import Models
@testable import Training

/// "Why I like it", trained on made reviews: whose turn moves what, and what the policy descends on.
@Suite struct WhyTrainingTests {
  static let options = [
    "word": "8", "encoder": "4", "hidden": "16", "filters": "3", "owner": "2", "warm-up": "1",
  ]

  private func trainer(
    _ problem: ReviewProblem, _ more: [String: String] = [:], threads: Int = 1, seed: UInt64 = 1,
    rule: OptimizerConfiguration.Rule = .adam()
  ) throws -> Trainer {
    try problem.trainer(
      "why", Self.options.merging(more) { $1 }, threads: threads, seed: seed,
      optimizer: OptimizerConfiguration(rule))
  }

  private func model(_ trainer: Trainer) throws -> Why { try #require(trainer.model as? Why) }

  /// The numbers of the store by path.
  private func numbers(_ trainer: Trainer) -> [String: [Float]] {
    Dictionary(
      (trainer.store.entries + trainer.store.givenEntries).map {
        ($0.piece.path, trainer.store.numbers(of: $0))
      },
      uniquingKeysWith: { first, _ in first })
  }

  /// The paths that a step has changed, dials and averages among them.
  private func moved(_ trainer: Trainer, _ batch: Batch) -> Set<String> {
    let before = numbers(trainer)
    let hasMoved = trainer.step(batch, rate: 0.01)
    #expect(hasMoved)
    let after = numbers(trainer)
    return Set(after.keys.filter { after[$0] != before[$0] })
  }

  // MARK: - Turns

  @Test func `the warm-up is the teacher's, and the adversary begins in its last epoch`() throws {
    let problem = ReviewProblem()
    let trainer = try trainer(problem, ["warm-up": "2"])
    var begun: [[Bool]] = []
    for epoch in 0..<3 {
      trainer.epoch = epoch
      let paths = moved(trainer, problem.batch(from: 32 * epoch, rows: 32))
      begun.append([
        paths.contains("decoder.output.weight"), paths.contains("discriminator.output.weight"),
        paths.contains("policy.rewards"),
      ])
    }
    #expect(
      begun == [[true, false, false], [true, true, false], [true, true, true]], "\(begun)")
  }

  /// The policy is led by an adversary that it does not move, and the adversary moves nothing else.
  @Test func `turns move what is theirs`() throws {
    let problem = ReviewProblem()
    let trainer = try trainer(problem)
    let model = try model(trainer)
    let program = model.program
    #expect(program.turns.map(\.name) == ["rating and text", "policy", "adversary"])
    trainer.epoch = 1
    trainer.program = StepProgram([
      Turn("none", losses: .terms, epochs: 0..<0), program.turns[1],
      Turn("none", losses: .terms, epochs: 0..<0),
    ])
    let policy = moved(trainer, problem.batch(rows: 32))
    #expect(policy.contains("decoder.output.weight"))
    #expect(policy.contains("encoder.user.forward.weight_hh"))
    #expect(!policy.contains { $0.hasPrefix("discriminator") || $0.hasPrefix("embeddings.user") })
    trainer.program = StepProgram([
      Turn("none", losses: .terms, epochs: 0..<0), Turn("none", losses: .terms, epochs: 0..<0),
      program.turns[2],
    ])
    let adversary = moved(trainer, problem.batch(rows: 32))
    #expect(!adversary.isEmpty && adversary.allSatisfy { $0.hasPrefix("discriminator") })
  }

  /// Each of the two draws the other, and stands still while it is drawn.
  @Test func `priors fall away with either task`() throws {
    let problem = ReviewProblem()
    for off in 0..<2 {
      let trainer = try trainer(problem)
      trainer.isOn[off] = false
      let paths = moved(trainer, problem.batch(rows: 32))
      #expect(paths.contains("rate.user_bias") == (off == 1))
      #expect(paths.contains("decoder.output.weight") == (off == 0))
      #expect(trainer.terms[Why.Term.prior.rawValue].rows == 0)
      #expect(trainer.terms[Why.Term.textPrior.rawValue].rows == 0)
    }
    let both = try trainer(problem)
    _ = moved(both, problem.batch(rows: 32))
    #expect(both.terms[Why.Term.prior.rawValue].rows == 32)
    #expect(both.terms[Why.Term.textPrior.rawValue].rows == 32)
  }

  @Test func `a strong prior draws factors to their documents`() throws {
    let problem = ReviewProblem()
    func distance(_ prior: String) throws -> Float {
      let trainer = try trainer(problem, ["prior": prior, "text-prior": "0"])
      for step in 0..<60 {
        let hasMoved = trainer.step(problem.batch(from: step % 5 * 32, rows: 32), rate: 0.02)
        #expect(hasMoved)
      }
      let batch = problem.batch(rows: 32)
      let executor = trainer.forward(batch)
      let values = try #require(executor.output(Why.distance("user")))
      return (0..<32).reduce(0) { $0 + values[$1] } / 32
    }
    let (weak, strong) = (try distance("0"), try distance("100"))
    #expect(strong < 0.4 * weak, "\(weak) to \(strong)")
  }

  /// A reward above the baseline makes what was said likelier, one below it less likely, by as much.
  @Test func `the policy says more of what is rewarded`() throws {
    let problem = ReviewProblem()
    var changes: [[Float]] = []
    for logit in [Float(30), -30] {
      let trainer = try trainer(problem, [:], rule: .sgd)
      let model = try model(trainer)
      let batch = problem.batch(rows: 32)
      trainer.epoch = 1
      let idle = Turn("none", losses: .terms, epochs: 0..<0)
      trainer.program = StepProgram([idle, model.program.turns[1], idle])
      let entries = trainer.store.entries
      let verdict = try #require(
        entries.first { $0.piece.path == "discriminator.output.bias" })
      trainer.store.set(verdict, to: [logit])
      let bias = try #require(entries.first { $0.piece.path == "decoder.output.bias" })
      let before = trainer.store.numbers(of: bias)
      let rows = trainer.sources.rows(of: Why.Step.policy, at: 0, beside: batch)
      let drawn = try #require(rows.drawn)
      let said = (0..<32).flatMap { row in
        model.sampleTokens.map { Int(drawn[row * rows.drawnCount + $0]) }
      }.filter { $0 != 0 }
      let hasMoved = trainer.step(batch, rate: 0.1)
      #expect(hasMoved)
      let change = zip(trainer.store.numbers(of: bias), before).map { $0 - $1 }
      changes.append(change)
      // D is 1 or 0, the baseline ½, so words that were said often move most: Σ n_w Δb_w.
      let gain = said.reduce(Float(0)) { $0 + change[$1] }
      #expect(logit > 0 ? gain > 0 : gain < 0, "D \(logit > 0 ? 1 : 0): \(gain)")
      let court = try #require(model.court)
      let rewards = trainer.store.numbers(of: court.rewards)
      let expected = Float(logit > 0 ? 0.525 : 0.475)
      #expect(rewards.allSatisfy { abs($0 - expected) < 1e-5 }, "\(rewards)")
    }
    let isOpposite = zip(changes[0], changes[1]).allSatisfy { abs($0 + $1) < 1e-6 }
    #expect(isOpposite)
  }

  // MARK: - What is drawn

  @Test func `rows have what the model says, and what others said`() throws {
    let problem = ReviewProblem(isMarked: true)
    let trainer = try trainer(problem)
    let model = try model(trainer)
    let text = try #require(problem.dataset.text)
    let batch = problem.batch(rows: 32)
    let rows = trainer.sources.rows(of: Why.Step.adversary, at: 3, beside: batch)
    let drawn = try #require(rows.drawn)
    let training = problem.dataset.training
    for row in 0..<rows.rows {
      let own = drawn + row * rows.drawnCount
      let sample = model.sampleTokens.map { own[$0] }
      let length = sample.firstIndex(of: 0) ?? sample.count
      #expect(length > 0 && sample[length...].allSatisfy { $0 == 0 }, "row \(row)")
      #expect(sample.prefix(length).allSatisfy { $0 >= TextVocabulary.end })
      #expect(!sample.prefix(length).dropLast().contains(TextVocabulary.end))
      // A marked review says which row it is of.
      let other = model.otherTokens.map { own[$0] }
      let author = (0..<training.count).first { number in
        Array(text.corpus[number]) == other.filter { $0 != 0 && $0 != TextVocabulary.end }
      }
      let number = try #require(author, "row \(row): nobody's review")
      #expect(training.ids[2 * number + 1] != training.ids[2 * row + 1], "row \(row)")
    }
  }

  @Test func `samples follow from seed and step, and differ by both`() throws {
    let problem = ReviewProblem()
    func samples(threads: Int, seed: UInt64, step: Int, turn: Int = Why.Step.policy) throws
      -> [Int32]
    {
      let trainer = try trainer(problem, threads: threads, seed: seed)
      let model = try model(trainer)
      let rows = trainer.sources.rows(of: turn, at: step, beside: problem.batch(rows: 32))
      let drawn = try #require(rows.drawn)
      return (0..<32).flatMap { row in
        model.sampleTokens.map { drawn[row * rows.drawnCount + $0] }
      }
    }
    let first = try samples(threads: 1, seed: 4, step: 7)
    let again = try samples(threads: 3, seed: 4, step: 7)
    let later = try samples(threads: 1, seed: 4, step: 8)
    let others = try samples(threads: 1, seed: 4, step: 7, turn: Why.Step.adversary)
    #expect(first == again)
    #expect(first != later && first != others)
  }

  // MARK: - Bits

  @Test func `steps have the same bits on any number of threads`() throws {
    let problem = ReviewProblem()
    let stores = try [1, 3].map { threads in
      let trainer = try trainer(problem, threads: threads)
      trainer.epoch = 1
      for step in 0..<4 {
        let hasMoved = trainer.step(problem.batch(from: step * 20, rows: 32 - step), rate: 0.01)
        #expect(hasMoved)
      }
      return trainer.store
    }
    for entry in stores[0].entries {
      #expect(stores[0].numbers(of: entry) == stores[1].numbers(of: entry), "\(entry.piece.path)")
    }
  }

  @Test func `a run goes on and forks`() throws {
    let problem = ReviewProblem()
    func step(_ trainer: Trainer, _ number: Int) {
      trainer.epoch = 1
      let hasMoved = trainer.step(problem.batch(from: number * 7 % 100, rows: 32), rate: 0.01)
      #expect(hasMoved, "step \(number)")
    }
    let main = try trainer(problem, threads: 2, seed: 5)
    for number in 0..<3 { step(main, number) }
    let fork = try main.fork().0
    let other = try trainer(problem, seed: 5)
    step(other, 2)
    try load(saved(main.visit), other.visit)
    for number in 3..<8 { for run in [main, fork, other] { step(run, number) } }
    #expect(try differences(saved(main.visit), saved(fork.visit)) == [])
    #expect(try differences(saved(main.visit), saved(other.visit)) == [])
  }

  // MARK: - What it comes to

  @Test(arguments: Why.Reads.allCases)
  func `rating and text are learned together`(_ reads: Why.Reads) throws {
    let problem = ReviewProblem()
    let trainer = try trainer(problem, ["reads": reads.rawValue, "warm-up": "9"])
    var losses: [[Double]] = []
    for step in 0..<60 {
      let hasMoved = trainer.step(problem.batch(from: step % 2 * 32, rows: 32), rate: 0.03)
      #expect(hasMoved)
      losses.append((0..<2).map { trainer.loss(of: $0) })
    }
    for task in 0..<2 {
      let (first, last) = (losses[0][task], losses[58...].map { $0[task] }.max() ?? .nan)
      #expect(last < 0.6 * first, "task \(task): \(first) to \(last)")
    }
  }

  /// A generator that stands still is found out.
  @Test func `the adversary learns to tell true reviews from said ones`() throws {
    let problem = ReviewProblem()
    let trainer = try trainer(problem, ["policy": "0", "others": "false"])
    let model = try model(trainer)
    trainer.isOn = [false, true]
    trainer.epoch = 1
    let turns = model.program.turns
    trainer.program = StepProgram([
      Turn("none", losses: .terms, epochs: 0..<0), Turn("none", losses: .terms, epochs: 0..<0),
      turns[2],
    ])
    for step in 0..<60 {
      let hasMoved = trainer.step(problem.batch(from: step % 3 * 32, rows: 32), rate: 0.02)
      #expect(hasMoved)
    }
    let terms = trainer.terms
    #expect(terms.count == Why.Term.allCases.count - 1)
    let real = terms[Why.Term.real.rawValue], said = terms[Why.Term.generated.rawValue]
    let (trusted, doubted) = (real.predictions / real.rows, 1 - said.predictions / said.rows)
    #expect(trusted > doubted + 0.5, "D(true) \(trusted), D(said) \(doubted)")
  }

  // MARK: - Screens

  @Test func `what it shows is there, and says what there is not yet`() throws {
    let problem = ReviewProblem()
    let trainer = try trainer(problem)
    func inspect() -> Inspection {
      trainer.inspect(
        problem.dataset.validation.batch(from: 0, rows: 8), schema: problem.dataset.features)
    }
    _ = trainer.step(problem.batch(rows: 32), rate: 0.01)
    trainer.epoch = 1
    let before = inspect()
    #expect(before.views.map(\.name) == ["policy.phase", "sentences"])
    #expect(
      before.traces.map(\.name) == [
        "adversary.belief", "policy.reward", "policy.distinct", "text.perplexity", "prior.distance",
      ])
    let reward = before.traces[1].values
    #expect(reward.allSatisfy { $0.isNaN })
    _ = trainer.step(problem.batch(rows: 32), rate: 0.01)
    let after = inspect()
    let beliefs = after.traces[0].values
    #expect(beliefs.count == 3 && beliefs.allSatisfy { $0 > 0 && $0 < 1 })
    let distinct = after.traces[2].values[0]
    #expect(distinct > 0 && distinct <= 1)
    #expect(after.traces[3].values[0] > 1)
  }
}
