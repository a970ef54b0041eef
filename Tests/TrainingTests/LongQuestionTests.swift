import Datasets
import Graph
import Metrics
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Questions that are answered in parts: what they say, of which step, and that training does not
/// notice them.
@Suite struct LongQuestionTests {
  private static func configuration(_ model: String = "mmoe") -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model = model
    configuration.modelOptions =
      model == "mmoe"
      ? ["experts": "3", "expert": "8", "tower": "4"]
      : ["bottom": "6,4", "tower": "4", "rounds": "2", "warm-up": "1", "min-sparsity": "0"]
    configuration.threads = 1
    configuration.batchSize = 50
    configuration.epochs = 2
    configuration.patience = 0
    return configuration
  }

  private func matrix(_ events: [Event]) -> KnockOutMatrix? {
    for case .knockedOutAll(let found) in events { return found }
    return nil
  }

  /// Runs to the end with commands at their steps.
  private func ended(
    _ schedule: [(Int, Command)], _ model: String = "mmoe", views: WantedViews = WantedViews()
  ) throws -> (events: [Event], summary: RunSummary) {
    var configuration = Self.configuration(model)
    configuration.schedule = schedule.map { .init(step: $0.0, command: $0.1) }
    let run = SessionRun(configuration, views: views)
    let events = run.untilEnd()
    return (events, try #require(run.summary(of: events)))
  }

  /// Each column is what leaving out one expert says, and the shares are those of all rows.
  @Test func aMatrixIsAllKnockOuts() throws {
    let alone = (0..<3).map { (12, Command.knockOut($0)) }
    let (events, _) = try ended([(12, .knockOutAll(.waits))] + alone)
    let found = try #require(matrix(events))
    #expect(found.step == 12 && found.rows == 300 && found.experts == ["E0", "E1", "E2"])
    #expect(found.lines.map(\.task) == ["board", "stripe"])
    var knockOuts: [KnockOut] = []
    for case .knockedOut(let one) in events { knockOuts.append(one) }
    #expect(knockOuts.count == 3)
    for (expert, one) in knockOuts.enumerated() {
      #expect(one.expert == "E\(expert)" && one.step == 12)
      #expect(found.lines.map { $0.without[expert] } == one.without.map(\.value))
      #expect(found.lines.map(\.full) == one.with.map(\.value))
    }
    #expect(Set(found.lines.flatMap(\.without)).count > 3)
    for line in found.lines {
      #expect(line.score == "auc" && line.higherIsBetter)
      #expect(abs(line.firstChoices.reduce(0, +) - 1) < 1e-5)
      #expect(line.cost(without: 1) == line.full - line.without[1])
    }
  }

  /// Experts that are left out at one step are scored in one go: one pass with all of them.
  ///
  /// Numbers that have changed in between are another question.
  @Test func knockOutsOfOneStepShareAPass() throws {
    let problem = TinyProblem(rows: 300)
    let trainer = try problem.trainer("mmoe", ["experts": "3", "expert": "8", "tower": "4"])
    let rows = problem.dataset(held: 300).validation
    let survey = KnockOutSurvey(
      trainer, without: [2], scorer: trainer.scorer, examples: rows, answer: .each)
    #expect(
      survey.add(0, version: trainer.store.version) && survey.add(2, version: trainer.store.version)
    )
    #expect(survey.progress.title == "scores without E2, E0")
    #expect(survey.progress.total == 3 && survey.progress.trainingWaits)
    #expect(survey.progress.matrix == nil)
    #expect(trainer.step(problem.batch(rows: 64), rate: 0.05))
    #expect(!survey.add(1, version: trainer.store.version))
    var answers: [QuestionAnswer] = []
    for part in 1...3 {
      #expect(answers.isEmpty)
      answers = survey.advance() ?? []
      #expect(survey.progress.done == part)
    }
    let found = answers.compactMap { answer -> KnockOut? in
      if case .event(.knockedOut(let one)) = answer { one } else { nil }
    }
    #expect(found.map(\.expert) == ["E2", "E0"] && found.map(\.step) == [0, 0])
    #expect(found[0].with == found[1].with && found[0].without != found[1].without)
    #expect(found[0].with.map(\.name) == ["board auc", "stripe auc"])
    let matrix = KnockOutSurvey(
      trainer, without: [0, 1, 2], scorer: trainer.scorer, examples: rows,
      answer: .matrix(.waits))
    #expect(!matrix.add(1, version: trainer.store.version))
  }

  /// A run that is paused stays paused while a question is answered that training would wait for.
  @Test func aPausedRunStaysPaused() throws {
    var configuration = Self.configuration()
    configuration.startsPaused = true
    var views = WantedViews()
    views.snapshotsPerSecond = 100_000
    let run = SessionRun(configuration, problem: TinyProblem(rows: 1_000), views: views)
    run.waitForPause()
    _ = run.session.send(.knockOutAll(.waits))
    var (isDone, asked) = (false, 0)
    let deadline = ContinuousClock.now + .seconds(30)
    while !isDone, ContinuousClock.now < deadline {
      isDone = matrix(run.session.drainEvents()) != nil
      guard let snapshot = run.session.takeSnapshot() else { continue }
      if snapshot.question != nil { asked += 1 }
      #expect(snapshot.phase == .paused("at the start"))
    }
    #expect(isDone && asked > 0)
  }

  /// By task the shares of first choices among the experts that its gates weigh, and no other's.
  @Test func firstChoicesOfOwnExperts() throws {
    let problem = TinyProblem(rows: 300, tasks: 3)
    let trainer = try problem.trainer("ple", ["own": "2,1", "shared": "1", "levels": "8/4"])
    for place in 0..<6 {
      #expect(trainer.step(problem.batch(from: 20 * place, rows: 64), rate: 0.05))
    }
    let rows = problem.dataset(held: 300).validation
    let survey = KnockOutSurvey(
      trainer, without: [], scorer: trainer.scorer, examples: rows, answer: .matrix(.waits))
    guard case .event(.knockedOutAll(let found))? = survey.advance()?.first else {
      Issue.record("no matrix after the pass with all experts")
      return
    }
    let directory = GateDirectory(trainer.gateDeclarations, tasks: TinyProblem.names)
    #expect(found.experts == directory.experts.map(\.name) && found.experts.count == 10)
    let executor = trainer.forward(rows.batch(from: 0, rows: 300))
    for (task, line) in found.lines.enumerated() {
      for (index, share) in line.firstChoices.enumerated() {
        // By hand: the gate of this task at the expert's level, if it weighs the expert.
        let gate = directory.gates.first { gate in
          gate.task == task && gate.members.contains { $0.index == index }
        }
        guard let gate, let place = gate.members.firstIndex(where: { $0.index == index }) else {
          #expect(share.isNaN, "\(line.task) does not weigh \(found.experts[index])")
          continue
        }
        let (weights, width) = (try #require(executor.output(gate.watched)), gate.members.count)
        let first = (0..<300).count { row in
          let own = (0..<width).map { weights[row * width + $0] }
          return own.firstIndex(of: own.max() ?? 0) == place
        }
        #expect(abs(share - Float(first) / 300) < 1e-5, "\(line.task) \(found.experts[index])")
      }
    }
    withExtendedLifetime(rows) {}
  }

  /// A matrix that training does not wait for is of the step at which it was asked.
  @Test func aMatrixIsOfOneStep() throws {
    let waiting = try ended([(12, .knockOutAll(.waits))])
    let going = try ended([(12, .knockOutAll(.goesOn))])
    #expect(matrix(waiting.events) == matrix(going.events))
    let later = try ended([(15, .knockOutAll(.waits))])
    #expect(matrix(later.events)?.lines.map(\.full) != matrix(going.events)?.lines.map(\.full))
    #expect(waiting.summary.fingerprint == going.summary.fingerprint)
  }

  /// The same bits of training whether or not anything was asked or looked at.
  @Test(arguments: ["mmoe", "csrec"]) func trainingDoesNotNotice(model: String) throws {
    let plain = try ended([], model)
    var views = WantedViews()
    views.snapshotsPerSecond = 1_000
    views.gates = true
    views.masks = true
    views.maskWindow = MaskWindow(layer: 0, row: 0, column: 0, rows: 4, columns: 4)
    views.maskPlace = MaskPlace(layer: 0, row: 2, column: 1)
    views.example = 3
    views.exampleOrder = .loss("board")
    views.exampleChange = InputChange(column: "column", text: "2")
    views.exampleWithout = model == "mmoe" ? 1 : nil
    let questions: [(Int, Command)] =
      model == "mmoe"
      ? [(7, .knockOutAll(.goesOn)), (21, .knockOutAll(.waits))]
      : [(7, .thinMask("stripe", share: 0.2)), (130, .thinMask("board", share: 0.5))]
    let asked = try ended(questions, model, views: views)
    #expect(plain.summary.fingerprint == asked.summary.fingerprint)
    #expect(plain.summary.step == asked.summary.step)
    let answers = asked.events.count {
      switch $0 {
      case .knockedOutAll, .thinned: true
      default: false
      }
    }
    #expect(answers == 2)
  }

  @Test func questionsAreGivenUp() throws {
    let (events, _) = try ended([
      (5, .knockOutAll(.waits)), (5, .knockOutAll(.goesOn)), (5, .cancel), (5, .cancel),
    ])
    var outcomes: [Acknowledgement.Outcome] = []
    for case .acknowledged(let answer) in events { outcomes.append(answer.outcome) }
    #expect(
      outcomes == [
        .applied, .refused("being scored; cancel gives it up"), .applied,
        .refused("nothing is being scored"),
      ])
    #expect(matrix(events) == nil)
  }

  /// What a screen waits for comes first, and only what a command has asked is given up by one.
  @Test func ordersComeBeforeQuestions() throws {
    let problem = TinyProblem(rows: 300)
    let trainer = try problem.trainer("mmoe", ["experts": "3", "expert": "8", "tower": "4"])
    let rows = problem.dataset(held: 300).validation
    var queue = QuestionQueue()
    queue.ask(
      KnockOutSurvey(
        trainer, without: [0, 1, 2], scorer: trainer.scorer, examples: rows,
        answer: .matrix(.goesOn)))
    queue.ask(DisagreementOrder(trainer, examples: rows))
    #expect(queue.progress?.title == "scores without each expert" && !queue.holdsTraining)
    let first = queue.advance()
    guard case .order(let order)? = first.first else {
      Issue.record("the order comes first")
      return
    }
    #expect(order.order == .disagreement && order.rows.count == 300)
    #expect(queue.commanded?.done == 0)
    let part = queue.advance()
    #expect(part.isEmpty && queue.commanded?.done == 1)
    queue.ask(DisagreementOrder(trainer, examples: rows))
    queue.giveUp { $0.isCommanded }
    #expect(queue.commanded == nil && !queue.isEmpty)
  }

  @Test func whatAModelHasNotIsRefused() throws {
    let problem = TinyProblem(rows: 300)
    var configuration = Self.configuration("csrec")
    configuration.startsPaused = true
    let run = SessionRun(configuration, problem: problem)
    run.waitForPause()
    for command in [
      Command.knockOutAll(.waits), .thinMask("nobody", share: 0.2), .thinMask("board", share: 0.2),
    ] { _ = run.session.send(command) }
    let events = run.until { if case .thinned = $0 { true } else { false } }
    var reasons: [String] = []
    for case .acknowledged(let answer) in events {
      if case .refused(let reason) = answer.outcome { reasons.append(reason) }
    }
    #expect(
      reasons == ["this model has no experts that could be left out", "no task 'nobody'"])
  }

  /// The thinner mask is that of a round of pruning, and only the copy has it.
  @Test func pruningByHand() throws {
    let problem = TinyProblem(rows: 400, tasks: 3)
    let trainer = try problem.trainer(
      "sparse-sharing",
      ["masks": "random", "warm-up": "0", "rate": "0", "bottom": "6,4", "tower": "none"])
    let plan = try #require(trainer.lotteryPlan)
    _ = try #require(Lottery(trainer, tasks: TinyProblem.names, epochs: 1))
    for place in 0..<8 {
      #expect(trainer.step(problem.batch(from: 40 * place, rows: 64), rate: 0.05))
    }
    let dataset = problem.dataset(held: 1_500)
    let before = trainer.store.copy(.everything).memory.map(\.array)
    let question = PruningQuestion(
      trainer, plan: plan, task: 1, share: 0.5, scorer: trainer.scorer,
      examples: dataset.validation)
    var parts = 0
    var found: PruningCost?
    while found == nil, parts < 10 {
      #expect(question.progress.done == parts && question.progress.total == 4)
      if case .event(.thinned(let cost))? = question.advance()?.first { found = cost }
      parts += 1
    }
    let cost = try #require(found)
    #expect(parts == 4 && cost.task == "stripe" && cost.step == 8 && cost.rows == 1_500)
    #expect(cost.keptBefore == 1 && abs(cost.keptAfter - 0.5) < 0.02)
    #expect(trainer.store.copy(.everything).memory.map(\.array) == before)
    // By hand: the larger half of the magnitudes of both layers stays.
    let masks = LotteryMasks(plan, store: trainer.store, seed: 0)
    let weights = masks.weights
    let sorted = weights.joined().map(abs).sorted()
    let cutoff = sorted[Int((0.5 * Double(sorted.count)).rounded())]
    func scores() -> [Score] {
      let scorer = trainer.scorer
      return scorer.evaluation(
        trainer.outputs(for: dataset.validation), dataset.validation,
        split: .validation, isOn: trainer.isOn, step: 8, epoch: 0
      ).tasks[1].scores
    }
    #expect(cost.with.map(\.value) == scores().map(\.value))
    masks.set(weights.map { $0.map { abs($0) < cutoff ? 0 : 1 } }, of: 1)
    #expect(cost.without.map(\.value) == scores().map(\.value))
    #expect(cost.with.map(\.value) != cost.without.map(\.value))
  }

  // MARK: - Orders

  @Test func disagreementByHand() {
    // Ranks 0, ½, 1 and their reverse; the middle row agrees with itself.
    #expect(disagreement([[1, 2, 3], [30, 20, 10]]) == [1, 0, 1])
    // Of three equal answers each has the mean rank of ⅓; the fourth is last.
    let ties = disagreement([[5, 5, 5, 9], [0, 1, 2, 3]])
    #expect(zip(ties, [1 / 3, 0, 1 / 3, 0] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(disagreement([[1, .nan, 3], [1, 2, 3]])[1].isNaN)
    #expect(disagreement([[1, 2]]) == [0, 0])
  }

  @Test func rowsByMeasure() {
    let order = RowOrder(
      falling: [0.5, .nan, 2, 0.5, 3], order: .disagreement, step: 4)
    #expect(order.rows == [4, 2, 0, 3, 1])
  }

  @Test func rowsByLossAndByColumn() throws {
    let problem = TinyProblem(rows: 300, tasks: 3)
    let trainer = try problem.trainer("mmoe", ["experts": "3", "expert": "8", "tower": "4"])
    for place in 0..<4 {
      #expect(trainer.step(problem.batch(from: 20 * place, rows: 64), rate: 0.05))
    }
    let dataset = problem.dataset(held: 300)
    let question = LossOrder(trainer, task: 2, examples: dataset.validation)
    var order: RowOrder?
    for _ in 0..<3 {
      #expect(order == nil)
      if case .order(let found)? = question.advance()?.first { order = found }
    }
    let found = try #require(order)
    #expect(found.step == 4 && found.order == .loss("amount"))
    let losses = (0..<300).map {
      Float(trainer.losses(ofRow: dataset.validation.batch(from: $0, rows: 1))[2])
    }
    #expect(found.measures == losses)
    let sorted = found.rows.map { losses[Int($0)] }
    #expect(sorted == losses.sorted(by: >) && Set(found.rows).count == 300)
    let column = try #require(RowOrder(dataset, column: "column"))
    let ids = column.rows.map { dataset.validation.ids.base[2 * Int($0) + 1] }
    // Id 0 is the unknown value, which comes last.
    #expect(ids == ids.sorted { ($0 == 0 ? 9 : $0) < ($1 == 0 ? 9 : $1) })
    #expect(RowOrder(dataset, column: "nothing") == nil)
    // Equals stay in the order of the data.
    for (first, second) in zip(column.rows, column.rows.dropFirst()) {
      let (a, b) = (
        dataset.validation.ids.base[2 * Int(first) + 1],
        dataset.validation.ids.base[2 * Int(second) + 1]
      )
      #expect(a != b || first < second)
    }
  }

  /// A screen that asks for an order sees its rows, with the step of the order.
  @Test func anOrderIsShown() throws {
    var configuration = Self.configuration()
    configuration.startsPaused = true
    var views = WantedViews()
    views.example = 0
    views.exampleOrder = .disagreement
    let run = SessionRun(configuration, views: views)
    var found: ExampleView?
    let deadline = ContinuousClock.now + .seconds(30)
    while found == nil, ContinuousClock.now < deadline {
      found = run.session.takeSnapshot()?.example
    }
    let ordering = try #require(found).ordering
    #expect(ordering.order == .disagreement && ordering.position == 0 && ordering.step == 0)
    #expect(ordering.rows == 300 && ordering.measure.map { $0 > 0.3 } == true)
  }
}
