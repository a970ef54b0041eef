import Graph
import Models
import Objectives
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Looks at the tasks' gradients, against the gradients that the trainer names one by one.
@Suite struct GradientLookTests {
  private let problem = TinyProblem(rows: 300, tasks: 3)

  /// A trained mixture of experts whose tasks have weights.
  private func made(
    _ model: String = "mmoe",
    _ options: [String: String] = ["experts": "3", "expert": "8", "tower": "4"]
  ) throws -> Trainer {
    let trainer = try problem.trainer(model, options)
    for place in 0..<12 {
      #expect(trainer.step(problem.batch(from: 20 * place, rows: 64), rate: 0.05))
    }
    return trainer
  }

  private func dot(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  @Test func productsAreThoseOfTheNamedGradients() throws {
    let trainer = try made()
    let batch = problem.batch(from: 17, rows: 90)
    trainer.weights = [0.5, 2, 0]
    let look = try #require(trainer.lookAtGradients(batch, rate: 0.01))
    #expect(look.tasks == TinyProblem.names && look.rows == 90 && look.step == 12)
    trainer.weights = [1, 1, 1]
    let shared = trainer.store.entries.filter { $0.owner == .shared }
    // A unit that is dead for all tasks has no gradient; arrays without one are left out.
    #expect(Set(look.tensors.map(\.name)).isSubset(of: Set(shared.map(\.piece.path))))
    #expect(look.tensors.count > 4)
    let gradients = (0..<3).map { task -> [String: [Float]] in
      trainer.gradients(batch, of: task)
      #expect(abs(look.losses[task] - trainer.loss(of: task)) < 1e-6)
      return Dictionary(
        uniqueKeysWithValues: shared.map {
          ($0.piece.path, trainer.gradient(of: $0, batch: batch))
        })
    }
    for tensor in look.tensors {
      for i in 0..<3 {
        for j in 0..<3 {
          let a = gradients[i][tensor.name] ?? []
          let expected = dot(a, gradients[j][tensor.name] ?? [])
          let size = max(1e-9, tensor.gram.norm(i) * tensor.gram.norm(j))
          #expect(abs(tensor.gram[i, j] - expected) / size < 1e-4, "\(tensor.name) \(i) \(j)")
        }
      }
    }
    #expect(look.tensors.contains { $0.isTable } && look.tensors.contains { !$0.isTable })
  }

  /// The weights are those of the newest step, whatever was set since; before the first, those of now.
  @Test func weightsAreThoseOfTheNewestStep() throws {
    let trainer = try problem.trainer("hard-sharing", ["bottom": "8", "tower": "4"])
    let batch = problem.batch(rows: 64)
    trainer.weights = [0.5, 2, 1]
    #expect(try #require(trainer.lookAtGradients(batch, rate: 0.01)).weights == [0.5, 2, 1])
    #expect(trainer.step(batch, rate: 0.01))
    trainer.weights = [1, 1, 1]
    let look = try #require(trainer.lookAtGradients(batch, rate: 0.01))
    for (weight, expected) in zip(look.weights, [0.5, 2, 1]) {
      #expect(abs(weight - expected) < 1e-6)
    }
    #expect(look.balancer == "weighted sum")
  }

  @Test func tasksThatAreOffAreNotLookedAt() throws {
    let trainer = try made()
    trainer.isOn = [true, false, true]
    let batch = problem.batch(rows: 64)
    let look = try #require(trainer.lookAtGradients(batch, rate: 0.01))
    #expect(look.tasks == ["board", "amount"] && look.gram().count == 2)
    trainer.isOn = [false, false, true]
    #expect(trainer.lookAtGradients(batch, rate: 0.01) == nil)
    #expect(try !TinyProblem(tasks: 1).trainer("hard-sharing", [:]).hasSharedGradients)
  }

  /// Looking changes no bit of what is trained, whatever the model keeps between steps.
  @Test(arguments: ["hard-sharing", "mmoe", "ple", "mran", "esmm", "aitm", "csrec", "stem-net"])
  func lookingLeavesNoTrace(_ model: String) throws {
    func fingerprint(looks: Bool) throws -> (UInt64, [LossSums]) {
      let trainer = try problem.trainer(model, [:])
      for step in 0..<6 {
        let batch = problem.batch(from: 20 * step, rows: 64)
        if step == 3 { trainer.isOn[1].toggle() }
        if step == 4 { trainer.isOn[1].toggle() }
        if looks { _ = trainer.lookAtGradients(problem.batch(from: 7, rows: 60), rate: 0.1) }
        #expect(trainer.step(batch, rate: 0.01))
        if looks { _ = trainer.lookAtGradients(batch, rate: 0.1) }
      }
      return (trainer.store.fingerprint, trainer.sums)
    }
    let (plain, watched) = try (fingerprint(looks: false), fingerprint(looks: true))
    #expect(plain.0 == watched.0)
    #expect(plain.1.map(\.loss) == watched.1.map(\.loss))
  }

  /// What affinity says against a second look at the losses behind a plain step on what is shared: the
  /// error falls with the square of the rate.
  @Test func affinityIsWhatAPlainStepTakesOffTheLosses() throws {
    let trainer = try made("hard-sharing", ["bottom": "8", "tower": "4"])
    let batch = problem.batch(rows: 128)
    let shared = trainer.store.entries.filter { $0.owner == .shared }
    let before = shared.map { trainer.store.numbers(of: $0) }
    trainer.gradients(batch, of: 0)
    let own = shared.map { trainer.gradient(of: $0, batch: batch) }
    func error(_ rate: Double) throws -> Double {
      let look = try #require(trainer.lookAtGradients(batch, rate: rate))
      for (index, entry) in shared.enumerated() {
        let stepped = zip(before[index], own[index]).map { $0 - Float(rate) * $1 }
        trainer.store.set(entry, to: stepped)
      }
      trainer.gradients(batch)
      let after = trainer.loss(of: 1)
      for (entry, numbers) in zip(shared, before) { trainer.store.set(entry, to: numbers) }
      return abs(look.affinities()[1] - (1 - after / look.losses[1]))
    }
    let (large, small) = try (error(0.4), error(0.1))
    #expect(large > 0 && large / small > 8, "\(large) \(small)")
  }

  @Test func manyArraysBecomeOne() {
    let tensors = (0..<9).map { index in
      GradientSnapshot.Tensor(
        name: "a\(index)", isTable: index == 7, count: [5, 90, 7, 80, 6, 70, 4, 1, 2][index],
        gram: GramMatrix([Double(index), 0, 0, 1], count: 2))
    }
    let merged = GradientSnapshot.merged(tensors, most: 5)
    #expect(merged.map(\.name) == ["a1", "a3", "a5", "5 more arrays", "1 more tables"])
    #expect(merged[3].gram[0, 0] == 0 + 2 + 4 + 6 + 8 && merged[3].count == 24)
    #expect(GradientSnapshot.merged(tensors, most: 9).count == 9)
    let still = GradientSnapshot.Tensor(
      name: "still", isTable: false, count: 9, gram: GramMatrix(count: 2))
    #expect(GradientSnapshot.merged([still]).isEmpty)
  }
}

/// When looks are made, and what a session says of them.
@Suite struct GradientWatchTests {
  @Test func theFirstLookHasNoCostBetween() throws {
    let problem = TinyProblem(rows: 300)
    let trainer = try problem.trainer("hard-sharing", ["bottom": "8", "tower": "4"])
    var watch = GradientWatch(trainer)
    let batch = problem.batch(rows: 64)
    watch.look(batch, rate: 0.1, isIdle: true)
    let first = try #require(watch.snapshot)
    #expect(first.cost.seconds > 0 && first.cost.stepsBetween == nil && first.step == 0)
    #expect(trainer.step(batch, rate: 0.1))
    watch.look(batch, rate: 0.1, isIdle: false)
    #expect(watch.snapshot?.step == 0, "a look stays for a while while the run trains")
    watch.look(batch, rate: 0.1, isIdle: true)
    #expect(watch.snapshot?.step == 1 && watch.snapshot?.cost.stepsBetween == 1)
    #expect(watch.snapshot.map { (0...1).contains($0.cost.share) } == true)
    watch.pause()
    #expect(trainer.step(batch, rate: 0.1))
    watch.look(batch, rate: 0.1, isIdle: true)
    #expect(watch.snapshot?.cost.stepsBetween == nil)
    trainer.isOn = [true, false]
    #expect(trainer.step(batch, rate: 0.1))
    watch.look(batch, rate: 0.1, isIdle: true)
    #expect(watch.snapshot == nil)
  }

  /// What nobody watches is not looked at; somebody who does changes no bit of the
  /// run.
  @Test func aSessionLooksOnlyWhileSomebodyWatches() throws {
    func run(watching: Bool) throws -> (look: GradientSnapshot?, fingerprint: String) {
      var views = WantedViews()
      views.gradients = watching
      let run = SessionRun(SessionTests.configuration(epochs: 2), views: views)
      guard case .finished(let summary)? = run.untilEnd().last else { return (nil, "") }
      return (run.session.takeSnapshot()?.gradients, summary.fingerprint)
    }
    let (plain, watched) = try (run(watching: false), run(watching: true))
    #expect(plain.look == nil && watched.look?.tasks == ["board", "stripe"])
    #expect(plain.fingerprint == watched.fingerprint && plain.fingerprint != "")
  }
}
