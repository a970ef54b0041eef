import Foundation
import Graph
import Models
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// What a lottery decides from scores, and where it goes back to, with scores made by hand: three tasks,
/// the last one a regression.
@Suite struct LotterySearchTests {
  private let problem = TinyProblem(rows: 512, tasks: 3)

  private func made(
    _ options: [String: String], of model: String = "sparse-sharing", epochs: Int = 1,
    optimizer: OptimizerConfiguration = OptimizerConfiguration()
  ) throws -> (trainer: Trainer, lottery: Lottery) {
    let trainer = try problem.trainer(
      model, ["bottom": "4,3", "tower": "2"].merging(options) { $1 }, optimizer: optimizer)
    return (
      trainer, try #require(Lottery(trainer, tasks: TinyProblem.names, epochs: epochs))
    )
  }

  private func step(_ trainer: Trainer, _ count: Int = 1, from first: Int = 0) {
    for place in 0..<count {
      #expect(trainer.step(problem.batch(from: first + place * 64, rows: 64), rate: 0.05))
    }
  }

  /// Every task has its best round elsewhere; the scores of the others say otherwise.
  @Test func everyTaskIsJudgedByItsOwnScore() throws {
    let (trainer, lottery) = try made(["rounds": "2", "warm-up": "0", "rate": "0.5"])
    let scores = [
      // board: .5, .7, .6
      [0.5, 0.9, -1], [0.7, 0.1, -9], [0.6, 0.3, -2],
      // stripe: .8, .2, .3
      [0.1, 0.8, -3], [0.9, 0.2, -1], [0.2, 0.3, -4],
      // amount: −3, −2, −1
      [0.9, 0.9, -3], [0.8, 0.8, -2], [0.7, 0.7, -1],
    ]
    for (place, scores) in scores.enumerated() {
      #expect(lottery.stage == .search(task: place / 3, round: place % 3))
      step(trainer)
      #expect(lottery.epochEnded(scores))
    }
    #expect(lottery.isJoint)
    #expect(lottery.ladder.map(\.task) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
    #expect(lottery.ladder.map(\.round) == [0, 1, 2, 0, 1, 2, 0, 1, 2])
    #expect(lottery.ladder.map(\.score) == [0.5, 0.7, 0.6, 0.8, 0.2, 0.3, -3, -2, -1])
    // 9·4 + 4·3 weights: 48, 24, 12.
    for (rung, density) in zip(lottery.ladder, [1, 0.5, 0.25, 1, 0.5, 0.25, 1, 0.5, 0.25]) {
      #expect(abs(rung.density - density) < 0.03)
    }
    #expect(lottery.chosen == [0: 1, 1: 3, 2: 8])
    for (task, place) in lottery.chosen {
      #expect(lottery.step.masks.masks(of: task) == lottery.ladder[place].masks)
    }
  }

  /// The main score of a regression is an error: the smaller, the better.
  @Test func rankingsPointUpwards() {
    let evaluation = Evaluation(
      step: 3, epoch: 1, split: .validation,
      tasks: [
        TaskScores(
          task: "board",
          scores: [
            Score(name: "auc", value: 0.7, higherIsBetter: true),
            Score(name: "logloss", value: 0.4, higherIsBetter: false),
          ]),
        TaskScores(
          task: "amount", scores: [Score(name: "rmse", value: 2.5, higherIsBetter: false)]),
      ], score: 0.6, isBest: false)
    #expect(evaluation.rankings == [0.7, -2.5])
  }

  /// The warm-up is judged by the mean of all tasks, not by the first one's score.
  @Test func theWarmUpIsJudgedByTheMean() throws {
    let (trainer, lottery) = try made(["rounds": "1", "warm-up": "3"])
    var best: [String: [Float]] = [:]
    for (scores, mean) in [([0.5, 0.6, -9], 0.3), ([0.4, 0.5, -1], 0.8), ([0.9, 0.9, -2], 0.7)] {
      #expect(lottery.stage == .warmUp)
      step(trainer)
      if mean == 0.8 { best = trainer.namedNumbers }
      _ = lottery.epochEnded(scores, mean: mean)
    }
    #expect(lottery.stage == .search(task: 0, round: 0))
    #expect(trainer.namedNumbers == best)
  }

  @Test(arguments: ["warm-up", "start"]) func goesBackToWhereItSays(_ rewind: String) throws {
    let (trainer, lottery) = try made(["rounds": "1", "warm-up": "1", "rewind": rewind])
    let start = trainer.namedNumbers
    step(trainer)
    let warm = trainer.namedNumbers
    _ = lottery.epochEnded([0.5, 0.5, -1], mean: 0.5)
    #expect(trainer.namedNumbers == (rewind == "start" ? start : warm))
    step(trainer, 3)
    _ = lottery.epochEnded([0.5, 0.5, -1])
    #expect(trainer.namedNumbers == (rewind == "start" ? start : warm))
  }

  /// Of two epochs the one that scored better is thinned, and its score is the rung's.
  @Test func theBetterEpochOfARoundIsThinned() throws {
    let (trainer, lottery) = try made([
      "rounds": "1", "warm-up": "0", "round-epochs": "2", "rate": "0.5",
    ])
    step(trainer, 2)
    let pruned = Pruning(isGlobal: true, isInterpolated: false, rate: 0.5)
      .thinned(lottery.step.masks.weights, lottery.step.masks.masks(of: 0))
    #expect(!lottery.epochEnded([0.6, 0.1, -5]))
    step(trainer, 6, from: 128)
    let later = Pruning(isGlobal: true, isInterpolated: false, rate: 0.5)
      .thinned(lottery.step.masks.weights, lottery.step.masks.masks(of: 0))
    #expect(pruned != later)
    #expect(lottery.epochEnded([0.5, 0.9, -1]))
    #expect(lottery.ladder.map(\.score) == [0.6])
    #expect(lottery.step.masks.masks(of: 0) == pruned)
  }

  /// After going back a step is that of a trainer that has never taken another.
  @Test(
    arguments: ["shared", "strict", "per-task"],
    [OptimizerConfiguration.Rule.adam(), .adagrad()])
  func goingBackForgetsTheMoments(_ moments: String, _ rule: OptimizerConfiguration.Rule) throws {
    let options = ["rounds": "1", "warm-up": "0", "rate": "0.5", "moments": moments]
    let optimizer = OptimizerConfiguration(rule)
    let (trainer, lottery) = try made(options, optimizer: optimizer)
    step(trainer, 5)
    _ = lottery.epochEnded([0.5, 0.5, -1])
    #expect(lottery.stage == .search(task: 0, round: 1))
    let (fresh, other) = try made(options, optimizer: optimizer)
    other.step.masks.set(lottery.step.masks.masks(of: 0), of: 0)
    fresh.restriction = trainer.restriction
    #expect(fresh.namedNumbers == trainer.namedNumbers)
    step(fresh, 2, from: 192)
    step(trainer, 2, from: 192)
    #expect(fresh.namedNumbers == trainer.namedNumbers)
  }

  /// Drawn masks are as sparse as those of a search: (1 − r) to the number of rounds.
  @Test(arguments: [(1, 0.5), (3, 0.125), (2, 0.25)]) func drawnMasks(
    _ rounds: Int, _ density: Double
  ) throws {
    let (_, lottery) = try made([
      "masks": "random", "warm-up": "0", "rounds": "\(rounds)", "rate": "0.5", "bottom": "64,48",
    ])
    #expect(lottery.isJoint && lottery.ladder.isEmpty && lottery.epochs == 1)
    let sets = lottery.step.masks.sets
    for task in 0..<3 {
      // 3,648 draws: four deviations are at most .033.
      #expect(abs(sets.density(task: task) - density) < 0.035)
      for layer in 0..<2 { #expect(sets.density(task: task, layer: layer) < density + 0.08) }
    }
    // Draws of different tasks agree as often as chance has it.
    let overlap = density / (2 - density)
    #expect(abs(sets.jaccard(0, 1, layers: [0, 1]) - overlap) < 0.05)
  }

  @Test func epochsAndWords() throws {
    let (trainer, lottery) = try made(
      [
        "rounds": "3", "warm-up": "2", "round-epochs": "2", "rate": "0.25", "alternation": "epochs",
      ],
      epochs: 5)
    #expect(lottery.epochs == 2 + 3 * 4 * 2 + 5)
    var phases = [lottery.phase]
    for _ in 0..<26 {
      #expect(!lottery.isJoint)
      if lottery.epochEnded([0.5, 0.5, -1], mean: 0.5) { phases.append(lottery.phase) }
    }
    #expect(lottery.isJoint && phases.count == 1 + 12 + 1 && trainer.restriction == nil)
    #expect(trainer.alternation == .epochs)
    #expect(
      phases[0]
        == TrainingPhase(title: "warm-up", detail: "dense network, 2 epochs", place: 0, count: 5))
    #expect(
      phases[6]
        == TrainingPhase(
          title: "pruning stripe", detail: "round 1 of 3, 75 % left", place: 2,
          count: 5))
    #expect(
      phases[13]
        == TrainingPhase(
          title: "joint training", detail: "every epoch is one task's", place: 4, count: 5))
  }

  /// Only the task of the search trains, and without a contrast.
  @Test func aSearchTrainsItsTaskAlone() throws {
    let (trainer, lottery) = try made(["rounds": "1", "warm-up": "1"], of: "csrec")
    #expect(!lottery.step.contrasts && trainer.alternation == .joint)
    _ = lottery.epochEnded([0.5, 0.5, -1], mean: 0.5)
    #expect(trainer.restriction == 0 && !lottery.step.contrasts)
    let before = trainer.namedNumbers
    step(trainer)
    for (path, numbers) in trainer.namedNumbers where path.hasPrefix("towers.") {
      #expect((numbers != before[path]) == path.hasPrefix("towers.board."), "\(path)")
    }
    for _ in 0..<6 { _ = lottery.epochEnded([0.5, 0.5, -1]) }
    #expect(lottery.isJoint && lottery.step.contrasts)
  }
}
