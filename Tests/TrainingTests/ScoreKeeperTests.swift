import Datasets
import Runs
import Testing
import TrainingFixtures

@testable import Training

/// Which step is kept, with everything that answers follow from, and each task's own best.
@Suite struct ScoreKeeperTests {
  private func evaluation(
    _ score: Double, step: Int, auc: Double, loss: Double, rmse: Double
  ) -> Evaluation {
    Evaluation(
      step: step, epoch: 0, split: .validation,
      tasks: [
        TaskScores(task: "click", scores: [Score(.auc, auc), Score(.logLoss, loss)]),
        TaskScores(task: "watch", scores: [Score(.rootMeanSquaredError, rmse)]),
      ], score: score, isBest: false)
  }

  @Test func everyTaskHasItsOwnBest() throws {
    var keeper = ScoreKeeper(.balanced, store: try TinyProblem(rows: 1).trainer("mmoe").store)
    var marks: [[Bool]] = []
    for (step, (score, auc, rmse)) in [
      (0.6, 0.6, 9), (0.8, 0.7, 9.5), (0.7, 0.9, 8), (0.7, 0.9, 8),
    ].enumerated() {
      var found = evaluation(score, step: 10 * step, auc: auc, loss: 1, rmse: rmse)
      keeper.consider(&found)
      marks.append([found.isBest] + found.tasks.map(\.isBest))
    }
    #expect(
      marks == [
        [true, true, true], [true, true, false], [false, true, true], [false, false, false],
      ])
    #expect(keeper.taskBests.map(\.task) == ["click", "watch"])
    #expect(keeper.taskBests.map(\.step) == [20, 20])
    #expect(keeper.taskBests.map(\.score.value) == [0.9, 8])
    let kept = keeper.restore(last: 30)
    #expect(kept.step == 10 && kept.validation?.tasks[0]["auc"] == 0.7)
    #expect(keeper.newest?.step == 10)
  }

  /// Without an AUC the loss stands in for it, and gives way to it.
  @Test func lossStandsInForAnUndefinedScore() throws {
    var keeper = ScoreKeeper(.balanced, store: try TinyProblem(rows: 1).trainer("mmoe").store)
    var steps: [Int] = []
    for (step, (auc, loss)) in [(.nan, 0.5), (.nan, 0.4), (.nan, 0.6), (0.2, 0.9)].enumerated() {
      var found = evaluation(-loss, step: step, auc: auc, loss: loss, rmse: .nan)
      keeper.consider(&found)
      steps.append(keeper.taskBests.first?.step ?? -1)
    }
    #expect(steps == [0, 1, 1, 3])
    #expect(keeper.taskBests.map(\.task) == ["click"])
    #expect(keeper.taskBests[0].score.name == "auc")
  }

  @Test func theLastStepIsKeptWhereThatIsAsked() throws {
    let trainer = try TinyProblem().trainer("mmoe")
    var keeper = ScoreKeeper(.last, store: trainer.store)
    for step in 0..<3 {
      var found = evaluation(-Double(step), step: step, auc: 0.9, loss: 1, rmse: 1)
      keeper.consider(&found)
      let isOver = keeper.epochEnded(patience: 1)
      #expect(found.isBest && !isOver)
    }
    let print = trainer.store.fingerprint
    let kept = keeper.restore(last: 2)
    #expect(kept.step == 2 && kept.validation?.score == -2 && trainer.store.fingerprint == print)
    var other = ScoreKeeper(.last, store: trainer.store)
    #expect(other.restore(last: 5).validation == nil)
  }

  /// What answers follow from comes back: parameters, a dial, an expert that was left out.
  @Test func everythingThatAnswersFollowFromIsKept() throws {
    let problem = TinyProblem()
    let trainer = try problem.trainer("mmoe")
    let batch = problem.batch(rows: 100)
    let dial = try #require(trainer.dials.firstIndex { $0.name == "temperature" })
    #expect(trainer.step(problem.batch(rows: 256), rate: 0.01))
    trainer.setDial(dial, to: 2)
    let answers = trainer.logits("board", batch)
    var choice = BestChoice(store: trainer.store)
    let isBest = choice.consider(0.5, step: 1)
    #expect(isBest)
    trainer.setDial(dial, to: 0.05)
    trainer.leaveOut(1)
    #expect(trainer.step(problem.batch(rows: 256), rate: 0.01))
    #expect(trainer.logits("board", batch) != answers)
    #expect(choice.restore() == 1)
    trainer.wentBack(to: 1)
    #expect(trainer.logits("board", batch) == answers && trainer.dialValues[dial] == 2)
    #expect(trainer.parameterStep == 1 && trainer.step == 2)
  }

  /// A set of tasks that comes back goes on with the best that it had.
  @Test func everySetOfTasksHasABestOfItsOwn() throws {
    var choice = BestChoice(store: try TinyProblem(rows: 1).trainer("mmoe").store)
    let (all, few, none) = ([true, true], [true, false], [false, true])
    var isBest = [choice.consider(0.9, step: 1)]
    choice.tasksChanged(from: all, to: few)
    #expect(choice.bestStep == nil)
    isBest.append(choice.consider(0.2, step: 2))
    choice.tasksChanged(from: few, to: all)
    isBest.append(choice.consider(0.8, step: 3))
    #expect(choice.bestStep == 1 && isBest == [true, true, false])
    choice.tasksChanged(from: all, to: none)
    #expect(choice.bestStep == nil && choice.rememberedSteps.sorted() == [1, 2])
    choice.tasksChanged(from: none, to: few)
    #expect(choice.bestStep == 2)
  }
  /// Of the sets before only the newest two are remembered.
  @Test func theOldestSetOfTasksIsForgotten() throws {
    var choice = BestChoice(store: try TinyProblem(rows: 1).trainer("mmoe").store)
    let sets = [
      [true, true, true], [true, true, false], [true, false, true], [false, true, true],
    ]
    for (index, set) in sets.enumerated() {
      if index > 0 { choice.tasksChanged(from: sets[index - 1], to: set) }
      let isBest = choice.consider(0.5, step: index)
      #expect(isBest)
    }
    #expect(choice.rememberedSteps.sorted() == [1, 2, 3])
    choice.tasksChanged(from: sets[3], to: sets[2])
    #expect(choice.bestStep == 2)
    choice.tasksChanged(from: sets[2], to: sets[0])
    #expect(choice.bestStep == nil)
  }
}
