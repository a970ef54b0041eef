import Graph
import Layers
import Models
import Tensors
import Testing
import Training
import TrainingFixtures

/// Temperature, dropped experts and experts left out, of every model that mixes experts.
@Suite struct GateTests {
  static let models = ["omoe", "mmoe", "youtube"]

  /// Gates of different opinions, which the small ones at the start have not.
  private func trainer(
    _ model: String, _ options: [String: String] = [:], threads: Int = 1,
    problem: TinyProblem = TinyProblem()
  ) throws -> Trainer {
    var fixed = ["experts": "4"]
    // As wide as in the other models.
    if model == "youtube" { fixed["gate-input"] = "input" }
    let trainer = try problem.trainer(
      model, options.merging(fixed) { own, _ in own }, threads: threads)
    let random = RandomSource(seed: 9, .test)
    for (path, numbers) in trainer.namedNumbers where path.hasPrefix("gates.") {
      trainer.set(path, to: numbers.indices.map { Float(random.normal(UInt64($0))) })
    }
    return trainer
  }

  /// What a training pass records.
  private func operations(_ model: String, _ options: [String: String]) throws -> [String] {
    guard case .trained(let make) = try ModelRegistry.entry(named: model).kind else { return [] }
    let problem = TinyProblem(rows: 1)
    let needed = TinyProblem.needed[model] ?? [:]
    let network = try make(
      needed.merging(options) { _, own in own }, problem.input, problem.tasks, Builder())
    let graph = Graph()
    _ = network(Forward(graph, isTraining: true, tasks: problem.tasks.count))
    return graph.nodes.map(\.operation.name)
  }

  /// By gate, the weights of every row in turn.
  private func gates(_ executor: Executor, rows: Int) -> [[Float]] {
    executor.plan.outputs.filter { if case .gate = $0.name { true } else { false } }.map { output in
      Array(UnsafeBufferPointer(start: executor.output(output.name), count: rows * output.width))
    }
  }

  @Test(arguments: models, [0.05, 0.7, 1, 20]) func sharesSumToOne(
    _ model: String, temperature: Double
  ) throws {
    let problem = TinyProblem(rows: 64)
    let trainer = try trainer(model, ["temperature": "\(temperature)"], problem: problem)
    for shares in gates(trainer.forward(problem.batch(rows: 64)), rows: 64) {
      for row in 0..<64 {
        let sum = shares[(4 * row)..<(4 * row + 4)].reduce(0, +)
        #expect(abs(sum - 1) <= 1e-6 && shares.allSatisfy { $0 >= 0 && $0 <= 1 })
      }
    }
  }

  @Test(arguments: models) func aLowTemperatureChoosesOneExpert(_ model: String) throws {
    let problem = TinyProblem(rows: 64)
    let trainer = try trainer(model, problem: problem)
    let batch = problem.batch(rows: 64)
    let warm = gates(trainer.forward(batch), rows: 64)
    #expect(trainer.turn("temperature", to: 0.05))
    let cold = gates(trainer.forward(batch), rows: 64)
    #expect(trainer.turn("temperature", to: 20))
    let hot = gates(trainer.forward(batch), rows: 64)
    for (warm, (cold, hot)) in zip(warm, zip(cold, hot)) {
      for row in 0..<64 {
        let shares = warm[(4 * row)..<(4 * row + 4)].sorted()
        let best = (0..<4).max { warm[4 * row + $0] < warm[4 * row + $1] } ?? 0
        // A share that leads by a factor q leads by q^20 then.
        if shares[3] > 2 * shares[2] { #expect(cold[4 * row + best] > 1 - 1e-5) }
        let flattest = hot[(4 * row)..<(4 * row + 4)]
        #expect(flattest.allSatisfy { abs($0 - 0.25) < 0.2 })
        #expect((flattest.max() ?? 0) < shares[3])
      }
    }
  }

  /// As dials go: what is not recorded costs nothing, what is turned to 0 drops nothing.
  @Test(arguments: models) func droppingNothingIsThePlainModel(_ model: String) throws {
    let problem = TinyProblem(rows: 200)
    let plain = try trainer(model, problem: problem)
    let dropping = try trainer(model, ["gate-dropout": "0.3"], problem: problem)
    let recorded = try operations(model, [:])
    #expect(!recorded.contains("draw") && !recorded.contains("renormalisation"))
    let drawn = try operations(model, ["gate-dropout": "0.3"]).count { $0 == "draw" }
    #expect(drawn == (model == "omoe" ? 1 : 2))
    #expect(!plain.dials.contains { $0.name == "gate-dropout" })
    let batch = problem.batch(rows: 200)
    let expected = plain.namedGradients(batch)
    let dropped = dropping.namedGradients(batch)
    #expect(expected.contains { path, gradient in dropped[path] != gradient })
    #expect(dropping.turn("gate-dropout", to: 0))
    for (path, gradient) in dropping.namedGradients(batch) {
      let plain = try #require(expected[path])
      let allowed = 1e-5 * (plain.map(abs).max() ?? 0)
      #expect(zip(plain, gradient).allSatisfy { abs($0 - $1) <= allowed }, "\(path)")
    }
  }

  /// In training alone: answers are those of the plain model, to the bit.
  @Test(arguments: models) func nothingIsDroppedInEvaluation(_ model: String) throws {
    let problem = TinyProblem(rows: 100)
    let plain = try trainer(model, problem: problem)
    let dropping = try trainer(model, ["gate-dropout": "0.5"], problem: problem)
    let batch = problem.batch(rows: 100)
    for task in problem.tasks {
      #expect(plain.logits(task.name, batch) == dropping.logits(task.name, batch))
    }
  }

  @Test(arguments: models) func sameBitsOnAnyNumberOfThreads(_ model: String) throws {
    func fingerprint(threads: Int) throws -> UInt64 {
      let problem = TinyProblem()
      let trainer = try trainer(
        model, ["gate-dropout": "0.3", "balance": "0.5"], threads: threads, problem: problem)
      for step in 0..<30 {
        let rows = step % 5 == 4 ? 77 : 256
        #expect(trainer.step(problem.batch(from: step * 13, rows: rows), rate: 1e-2))
      }
      let shares = trainer.store.givenEntries.flatMap { trainer.store.numbers(of: $0) }
      return trainer.store.fingerprint ^ UInt64(truncatingIfNeeded: shares.hashValue)
    }
    let one = try fingerprint(threads: 1)
    for threads in [2, 4] { #expect(try fingerprint(threads: threads) == one) }
  }

  // MARK: - Load balance

  /// The loss's gradient against differences of s·E·Σ f_e·P_e, f held as it is.
  @Test(arguments: models) func theBalanceLossHasItsGradient(_ model: String) throws {
    let problem = TinyProblem(rows: 200)
    let trainer = try trainer(model, ["balance": "3"], problem: problem)
    let batch = problem.batch(rows: 200)
    let shares: [Float] = [0.4, 0.1, 0.3, 0.2]
    for entry in trainer.store.givenEntries where entry.piece.path.hasPrefix("gate_shares") {
      trainer.store.set(entry, to: shares)
    }
    trainer.weights = [0, 0]
    // A task's gate is weighed as the task is; the shared one is not.
    if model != "omoe" { trainer.weights = [0.5, 0] }
    let path = model != "omoe" ? "gates.board" : "gates.shared"
    let weighed = trainer.namedGradients(batch)["\(path).weight"] ?? []
    trainer.setDial(try #require(trainer.dials.firstIndex { $0.name == "balance" }), to: 0)
    let plain = trainer.namedGradients(batch)["\(path).weight"] ?? []
    let weight = model != "omoe" ? 0.5 : 1
    let numbers = try #require(trainer.namedNumbers["\(path).weight"])
    func loss(_ numbers: [Float]) throws -> Double {
      trainer.set("\(path).weight", to: numbers)
      let gates = try #require(
        trainer.forward(batch).output(.gate(model != "omoe" ? "board" : "shared")))
      let sum = (0..<800).reduce(0.0) { $0 + Double(shares[$1 % 4]) * Double(gates[$1]) }
      return weight * 3 * 4 * sum / 200
    }
    let largest = zip(weighed, plain).map { abs($0 - $1) }.max() ?? 0
    #expect(largest > 1e-3)
    for place in numbers.indices {
      var (above, below) = (numbers, numbers)
      above[place] += 1e-2
      below[place] -= 1e-2
      let slope = try (loss(above) - loss(below)) / Double(above[place] - below[place])
      #expect(abs(Double(weighed[place] - plain[place]) - slope) <= 2e-3 * Double(largest))
    }
  }

  /// The first step has no pull; then f goes a twentieth of the way to the first choices.
  @Test func theSharesFollowTheFirstChoices() throws {
    let problem = TinyProblem(rows: 200)
    let trainer = try trainer("mmoe", ["balance": "1"], problem: problem)
    let batch = problem.batch(rows: 200)
    let gates = try #require(trainer.forward(batch).output(.gate("stripe")))
    var choices = [Float](repeating: 0, count: 4)
    for row in 0..<200 {
      choices[(0..<4).max { gates[4 * row + $0] < gates[4 * row + $1] } ?? 0] += 1
    }
    #expect(choices.max() ?? 0 > 60)
    #expect(trainer.gradients(batch))
    #expect(trainer.given("gate_shares.stripe") == [0.25, 0.25, 0.25, 0.25])
    #expect(trainer.step(batch, rate: 0))
    let after = try #require(trainer.given("gate_shares.stripe"))
    for (share, count) in zip(after, choices) {
      #expect(abs(share - (0.25 + 0.05 * (count / 200 - 0.25))) <= 1e-6)
    }
    // Of a task that is off nothing is followed.
    trainer.isOn = [true, false]
    #expect(trainer.step(batch, rate: 0))
    #expect(trainer.given("gate_shares.stripe") == after)
    #expect(trainer.given("gate_shares.board") != after)
  }

  /// From a gate that nearly always chooses one expert to shares that are nearly even.
  @Test(arguments: models) func balanceEvensAGateOut(_ model: String) throws {
    func largestShare(_ options: [String: String]) throws -> Float {
      let problem = TinyProblem()
      for row in 0..<problem.examples.count { problem.examples.dense[row] = 1 }
      let trainer = try trainer(model, options, problem: problem)
      let inputs = problem.input.width
      for (path, numbers) in trainer.namedNumbers where path.hasPrefix("gates.") {
        var numbers = numbers.map { $0 / 10 }
        numbers[inputs - 1] = 2
        trainer.set(path, to: numbers)
      }
      for step in 0..<300 {
        #expect(trainer.step(problem.batch(from: step % 4 * 256, rows: 256), rate: 1e-2))
      }
      let rows = 256
      let shares = gates(trainer.forward(problem.batch(rows: rows)), rows: rows)[0]
      return (0..<4).map { e in
        (0..<rows).reduce(0) { $0 + shares[4 * $1 + e] } / Float(rows)
      }.max() ?? 1
    }
    let (plain, balanced) = (try largestShare([:]), try largestShare(["balance": "2"]))
    #expect(balanced < 0.45 && balanced < plain - 0.1, "\(plain), \(balanced)")
  }

  // MARK: - Experts left out

  @Test(arguments: models) func anExpertOfNoWeightIsNotMissed(_ model: String) throws {
    let problem = TinyProblem(rows: 64)
    let trainer = try trainer(model, problem: problem)
    for row in 0..<64 { problem.examples.dense[row] = 1 }
    // Weights [experts, inputs]; the last input is always 1: expert 2 has a share of e^-500.
    let inputs = problem.input.width
    for (path, numbers) in trainer.namedNumbers where path.hasPrefix("gates.") {
      var numbers = numbers
      numbers[2 * inputs + inputs - 1] = -500
      trainer.set(path, to: numbers)
    }
    let batch = problem.batch(rows: 64)
    let all = problem.tasks.map { trainer.logits($0.name, batch) }
    trainer.leaveOut(2)
    let without = problem.tasks.map { trainer.logits($0.name, batch) }
    for (all, without) in zip(all, without) {
      #expect(zip(all, without).allSatisfy { abs($0 - $1) <= 1e-6 })
    }
    trainer.leaveOut(0)
    #expect(problem.tasks.map { trainer.logits($0.name, batch) } != all)
    for shares in gates(trainer.forward(batch), rows: 64) {
      for row in 0..<64 {
        #expect(shares[4 * row] == 0)
        #expect(abs(shares[(4 * row)..<(4 * row + 4)].reduce(0, +) - 1) <= 1e-6)
      }
    }
    trainer.leaveOut(nil)
    #expect(problem.tasks.map { trainer.logits($0.name, batch) } == all)
  }

  /// The same as a model without that expert and its column of the gates.
  @Test(arguments: models) func leftOutIsAsIfItWereNotThere(_ model: String) throws {
    let problem = TinyProblem(rows: 64)
    let whole = try trainer(model, problem: problem)
    let less = try trainer(model, ["experts": "3"], problem: problem)
    let inputs = problem.input.width
    for (path, numbers) in whole.namedNumbers {
      if path.hasPrefix("gates.") {
        less.set(path, to: Array(numbers[..<inputs] + numbers[(2 * inputs)...]))
      } else if path.hasPrefix("experts.") {
        let parts = path.split(separator: ".")
        guard let place = Int(parts[1]), place != 1 else { continue }
        let rest = parts.dropFirst(2).joined(separator: ".")
        less.set("experts.\(place > 1 ? place - 1 : place).\(rest)", to: numbers)
      } else {
        less.set(path, to: numbers)
      }
    }
    whole.leaveOut(1)
    let batch = problem.batch(rows: 64)
    for task in problem.tasks {
      let (a, b) = (whole.logits(task.name, batch), less.logits(task.name, batch))
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
    }
  }

  @Test(arguments: [
    ("temperature", "0"), ("temperature", "21"), ("gate-dropout", "0.95"), ("balance", "11"),
  ])
  func choicesThatCannotBe(_ option: String, _ value: String) throws {
    for model in Self.models {
      let error = #expect(throws: ModelError.self) {
        _ = try TinyProblem(rows: 1).trainer(model, [option: value])
      }
      #expect(error?.description.contains("--set model.\(option): \(model) cannot") == true)
    }
  }
}
