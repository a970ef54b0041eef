import Datasets
import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Every rule through whole steps against its definition in Double, with the engine's own gradients:
/// clipping, decay, L2 and rates by group, rows that rest, threads.
@Suite struct OptimizerRuleTests {
  typealias Rule = OptimizerConfiguration.Rule

  static let rules: [Rule] = [
    .adam(), .adamW(beta1: 0.8), .adagrad(initial: 0.01), .rmsprop(epsilon: 1e-3),
    .rmsprop(alpha: 0.9, epsilon: 1e-3, momentum: 0.5, isCentered: true), .sgd,
    .gradientDescent(momentum: 0.9), .gradientDescent(momentum: 0.75, isNesterov: true),
    .lamb(epsilon: 1e-3), .projectedAdagrad(epsilon: 0.02, penalty: 0.25),
    .projectedAdagrad(epsilon: 0.02, penalty: 0, isEveryStep: true),
  ]

  /// Few ids a batch, so that it leaves rows out.
  private func problem() -> TinyProblem {
    let problem = TinyProblem(rows: 64, tasks: 2)
    for place in 0..<128 { problem.examples.ids[place] %= place < 32 ? 2 : 4 }
    return problem
  }

  private func batch(_ problem: TinyProblem, step: Int) -> Batch {
    problem.batch(from: step % 2 == 0 ? 0 : 40, rows: step % 2 == 0 ? 16 : 20)
  }

  private func follow(
    _ configuration: OptimizerConfiguration, model: String = "mmoe",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let problem = problem()
    let trainer = try problem.trainer(
      model, ["experts": "2", "expert": "8,4", "tower": "4"], optimizer: configuration)
    var reference = RuleReference(trainer, configuration)
    for step in 0..<6 {
      let batch = batch(problem, step: step)
      let touched = problem.examples.touchedRows(of: batch)
      reference.step(trainer.namedGradients(batch), touched: touched, rate: 1e-2)
      #expect(trainer.step(batch, rate: 1e-2), sourceLocation: sourceLocation)
    }
    for (path, numbers) in trainer.namedNumbers {
      let expected = reference.numbers[path] ?? []
      let difference = zip(numbers, expected).map { abs(Double($0) - $1) }.max()
      #expect(
        numbers.count == expected.count && (difference ?? 1) <= 3e-5,
        "\(path): \(difference ?? -1)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: rules, OptimizerConfiguration.Tables.allCases)
  func definition(_ rule: Rule, _ tables: OptimizerConfiguration.Tables) throws {
    try follow(OptimizerConfiguration(rule, tables: tables))
  }

  @Test(arguments: rules) func decayAndClipping(_ rule: Rule) throws {
    try follow(OptimizerConfiguration(rule, clipNorm: 0.02, weightDecay: 0.25))
  }

  /// Where whole tables move, rows that no batch uses shrink too.
  @Test(arguments: [Rule.adam(), .adamW(beta1: 0.8), .gradientDescent(momentum: 0.9)])
  func decayOfWholeTables(_ rule: Rule) throws {
    try follow(OptimizerConfiguration(rule, tables: .dense, weightDecay: 2))
  }

  /// `experts.1` shares its memory with `experts.0`, number by number.
  @Test(arguments: rules, OptimizerConfiguration.Tables.allCases)
  func groups(_ rule: Rule, _ tables: OptimizerConfiguration.Tables) throws {
    for clip in [nil, 0.02] {
      var configuration = OptimizerConfiguration(
        rule, tables: tables, clipNorm: clip, weightDecay: 0)
      configuration.rates = ["embeddings": 0.25, "experts.1": 3, "towers": 0]
      configuration.l2 = ["embeddings": 0.5, "experts": 0.25, "experts.0.1.bias": 2, "gates": 1]
      try follow(configuration)
    }
  }

  @Test(arguments: rules, [nil, 0.02])
  func threadsDoNotChangeTheResult(_ rule: Rule, clip: Double?) throws {
    let problem = TinyProblem(tasks: 3)
    let prints = try [1, 2, 4].map { threads in
      var configuration = OptimizerConfiguration(rule, clipNorm: clip, weightDecay: 0.1)
      configuration.rates = ["experts.0": 0.5]
      let trainer = try problem.trainer("mmoe", threads: threads, optimizer: configuration)
      for step in 0..<6 {
        #expect(trainer.step(problem.batch(from: step * 7, rows: 250), rate: 1e-2))
      }
      return trainer.store.fingerprint
    }
    #expect(Set(prints).count == 1)
  }

  /// Groups of which every value is what holds without them change no bit, though memory is cut
  /// where they begin.
  @Test(arguments: rules) func groupsThatSayNothingChangeNothing(_ rule: Rule) throws {
    let problem = problem()
    let prints = try [[:], ["experts.1": 1.0], ["embeddings": 1, "towers": 1]].map { rates in
      var configuration = OptimizerConfiguration(rule)
      configuration.rates = rates
      let trainer = try problem.trainer("mmoe", optimizer: configuration)
      for step in 0..<4 { #expect(trainer.step(batch(problem, step: step), rate: 1e-2)) }
      return trainer.store.fingerprint
    }
    #expect(Set(prints).count == 1)
  }

  /// The length of a clipped step is rate · limit, with all that pulls at rows that rest.
  @Test func aClippedStepIsAsLongAsItMayBe() throws {
    let problem = problem()
    var configuration = OptimizerConfiguration(.sgd, tables: .dense, clipNorm: 0.02)
    configuration.l2 = ["embeddings": 50]
    let trainer = try problem.trainer("mmoe", optimizer: configuration)
    let before = trainer.namedNumbers
    #expect(trainer.step(problem.batch(rows: 4), rate: 0.5))
    var squares = 0.0
    for (path, numbers) in trainer.namedNumbers {
      for (now, then) in zip(numbers, before[path] ?? []) {
        squares += (Double(now) - Double(then)) * (Double(now) - Double(then))
      }
    }
    #expect(abs(squares.squareRoot() - 0.5 * 0.02) < 1e-4 * 0.5 * 0.02)
  }

  /// A number follows its own group whatever lies beside it; a rate of 0 leaves it.
  @Test func aRateOfNothingLeavesAGroup() throws {
    let problem = problem()
    var configuration = OptimizerConfiguration(.adam(), weightDecay: 0.1)
    configuration.rates = ["experts.1": 0, "embeddings": 0]
    let trainer = try problem.trainer("mmoe", optimizer: configuration)
    let before = trainer.namedNumbers
    #expect(trainer.step(problem.batch(rows: 40), rate: 1e-2))
    for (path, numbers) in trainer.namedNumbers {
      let rests = path.hasPrefix("experts.1.") || path.hasPrefix("embeddings")
      #expect((before[path] == numbers) == rests, "\(path)")
    }
  }

  @Test func whatIsKept() throws {
    func kept(_ rule: Rule) throws -> [Int] {
      let trainer = try problem().trainer("mmoe", optimizer: OptimizerConfiguration(rule))
      let optimizer = trainer.optimizer
      let count = trainer.store.dense.count
      let tables = optimizer.tableMoments.values.reduce(into: [0, 0, 0]) {
        $0[0] += $1.first.count
        $0[1] += $1.second.count
        $0[2] += $1.means.count
      }
      let dense = [optimizer.firstMoments, optimizer.secondMoments, optimizer.means].map {
        $0.count / count
      }
      #expect(tables.map { min($0, 1) } == dense)
      return dense
    }
    #expect(try kept(.sgd) == [0, 0, 0])
    #expect(try kept(.gradientDescent(momentum: 0.5)) == [1, 0, 0])
    #expect(try kept(.rmsprop()) == [0, 1, 0])
    #expect(try kept(.rmsprop(momentum: 0.5, isCentered: true)) == [1, 1, 1])
    #expect(try kept(.lamb()) == [1, 1, 0])
    #expect(try kept(.projectedAdagrad()) == [0, 1, 0])
  }

  /// Which step used a row last is kept only where rows make up for their rest.
  @Test(arguments: [false, true]) func usesAreKept(isEveryStep: Bool) throws {
    let problem = problem()
    let trainer = try problem.trainer(
      "mmoe", optimizer: OptimizerConfiguration(.projectedAdagrad(isEveryStep: isEveryStep)))
    for step in 0..<3 { #expect(trainer.step(batch(problem, step: step), rate: 1e-2)) }
    for moments in trainer.optimizer.tableMoments.values {
      #expect(moments.uses.array.contains(3) == isEveryStep)
      #expect(moments.uses.count == (isEveryStep ? 4 : 0))
    }
  }

  @Test func aGroupThatIsNotThereIsRefused() throws {
    let trainer = try problem().trainer("mmoe")
    func refusal(_ rates: [String: Double]) -> ParameterGroupError? {
      var configuration = OptimizerConfiguration()
      configuration.rates = rates
      do throws(ParameterGroupError) {
        try trainer.store.checkGroups(of: configuration)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal(["experts": 2, "towers.board": 0, "experts.0.0.weight": 1]) == nil)
    let unknown = try #require(refusal(["embedings": 0.1]))
    #expect("\(unknown)".contains("did you mean 'embeddings'?"))
    #expect("\(unknown)".contains("groups: embeddings, experts, gates, towers"))
    #expect(refusal(["expert": 1]) != nil)
    #expect(refusal(["experts.9": 1]) != nil)
    #expect(refusal(["experts": -1])?.problem == .value(-1))
    #expect(refusal(["experts": .nan]) != nil)
  }
}

// MARK: - The definitions

/// Every rule in Double on named arrays.
private struct RuleReference {
  private(set) var numbers: [String: [Double]]
  private let configuration: OptimizerConfiguration
  private var first: [String: [Double]]
  private var second: [String: [Double]]
  private var means: [String: [Double]]
  private var steps = 0

  init(_ trainer: Trainer, _ configuration: OptimizerConfiguration) {
    self.configuration = configuration
    numbers = trainer.namedNumbers.mapValues { $0.map(Double.init) }
    first = numbers.mapValues { $0.map { _ in 0 } }
    means = first
    var start = 0.0
    if case .adagrad(_, let initial, _) = configuration.rule { start = initial }
    second = numbers.mapValues { $0.map { _ in start } }
  }

  /// A step; `touched` says of each table which numbers belong to rows of the batch.
  mutating func step(_ gradients: [String: [Float]], touched: [String: [Bool]], rate: Double) {
    steps += 1
    var gradients = gradients.mapValues { $0.map(Double.init) }
    var moved: [String: [Int]] = [:]
    for path in gradients.keys {
      let isTouched = configuration.movesWholeTables ? nil : touched[path]
      moved[path] = (gradients[path] ?? []).indices.filter { isTouched?[$0] ?? true }
      let l2 = group(path, configuration.l2) ?? 0
      for at in moved[path] ?? [] { gradients[path]?[at] += l2 * (numbers[path]?[at] ?? 0) }
    }
    let norm = gradients.values.joined().reduce(0.0) { $0 + $1 * $1 }.squareRoot()
    let scale = configuration.clipNorm.map { min(1, $0 / norm) } ?? 1
    for (path, gradient) in gradients {
      let rate = rate * (group(path, configuration.rates) ?? 1)
      move(path, gradient.map { $0 * scale }, moved[path] ?? [], rate: rate)
    }
  }

  /// The value of the longest name that a path has at its front.
  private func group(_ path: String, _ groups: [String: Double]) -> Double? {
    var parts = path.split(separator: ".")
    while !parts.isEmpty {
      if let value = groups[parts.joined(separator: ".")] { return value }
      parts.removeLast()
    }
    return nil
  }

  private mutating func move(_ path: String, _ gradient: [Double], _ at: [Int], rate: Double) {
    let decay = configuration.weightDecay
    if case .projectedAdagrad(let epsilon, let penalty, let isEveryStep) = configuration.rule {
      let moved = Set(at)
      for index in gradient.indices {
        if moved.contains(index) { numbers[path]?[index] *= 1 - rate * decay }
        let g = moved.contains(index) ? gradient[index] : 0
        let resting = isEveryStep ? epsilon : 0
        project(path, index, g, epsilon: epsilon, penalty: penalty, resting: resting, rate: rate)
      }
      return
    }
    var change = [Double](repeating: 0, count: gradient.count)
    for index in at { change[index] = direction(path, index, gradient[index]) }
    guard case .lamb = configuration.rule else {
      for index in at {
        numbers[path]?[index] *= 1 - rate * decay
        numbers[path]?[index] -= rate * change[index]
      }
      return
    }
    var squares = (w: 0.0, r: 0.0)
    for index in at {
      let w = numbers[path]?[index] ?? 0
      change[index] += decay * w
      squares.w += w * w
      squares.r += change[index] * change[index]
    }
    let trust = squares.w > 0 && squares.r > 0 ? (squares.w / squares.r).squareRoot() : 1
    for index in at { numbers[path]?[index] -= rate * trust * change[index] }
  }

  /// Adagrad above 0; what has no gradient rests.
  private mutating func project(
    _ path: String, _ at: Int, _ g: Double, epsilon: Double, penalty: Double, resting: Double,
    rate: Double
  ) {
    let (w, sum) = (numbers[path]?[at] ?? 0, second[path]?[at] ?? 0)
    guard g != 0 else {
      second[path]?[at] = sum + resting
      return
    }
    let h = g + penalty * w
    second[path]?[at] = sum + epsilon + h * h
    let moved = w - rate * h / (sum + epsilon + h * h).squareRoot()
    numbers[path]?[at] = rate == 0 ? moved : max(moved, 0)
  }

  /// What a rule moves a number by at a rate of 1, as PyTorch 2 defines it.
  private mutating func direction(_ path: String, _ at: Int, _ g: Double) -> Double {
    var m = first[path]?[at] ?? 0
    var v = second[path]?[at] ?? 0
    var c = means[path]?[at] ?? 0
    defer {
      first[path]?[at] = m
      second[path]?[at] = v
      means[path]?[at] = c
    }
    switch configuration.rule {
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon),
      .lamb(let beta1, let beta2, let epsilon):
      m = beta1 * m + (1 - beta1) * g
      v = beta2 * v + (1 - beta2) * g * g
      let (first, second) = (1 - power(beta1), 1 - power(beta2))
      return m / first / ((v / second).squareRoot() + epsilon)
    case .adagrad(let epsilon, _, _):
      v += g * g
      return g / (v.squareRoot() + epsilon)
    case .rmsprop(let alpha, let epsilon, let momentum, let isCentered):
      v = alpha * v + (1 - alpha) * g * g
      c = alpha * c + (1 - alpha) * g
      let step = g / ((isCentered ? max(0, v - c * c) : v).squareRoot() + epsilon)
      m = momentum * m + step
      return m
    case .gradientDescent(let momentum, let isNesterov):
      m = momentum * m + g
      return isNesterov ? g + momentum * m : m
    case .projectedAdagrad: return .nan  // not by a direction: see `project`
    }
  }

  private func power(_ base: Double) -> Double {
    (0..<steps).reduce(1) { power, _ in power * base }
  }
}

extension Examples {
  /// Of the tables of the tiny problem, which numbers belong to rows that a batch uses.
  fileprivate func touchedRows(of batch: Batch) -> [String: [Bool]] {
    var touched: [String: [Bool]] = [:]
    for (field, name) in ["row", "column"].enumerated() {
      let ids = Set((0..<batch.rows).compactMap { batch.ids?[$0 * batch.fields + field] })
      touched["embeddings.\(name).weight"] = (0..<16).map { ids.contains(Int32($0 / 4)) }
    }
    return touched
  }
}
