import Datasets
import Models
import Runs

/// Scores a task with the mask as it is and with a thinner one, on the parameters of one step.
final class PruningQuestion: Question {
  private let model: FrozenModel
  private let plan: LotteryPlan
  private let scorer: Scorer
  private let examples: Examples
  private let blocks: Int
  private let task: Int
  private var answers: AnswerColumns
  private var cost: PruningCost
  private var isThinned = false
  private var done = 0

  init(
    _ trainer: Trainer, plan: LotteryPlan, task: Int, share: Double, scorer: Scorer,
    examples: Examples
  ) {
    model = FrozenModel(trainer)
    self.plan = plan
    self.scorer = scorer
    self.examples = examples
    self.task = task
    blocks = AnswerColumns.blocks(of: examples, model)
    answers = AnswerColumns(tasks: scorer.tasks, capacity: examples.count)
    cost = PruningCost(
      task: scorer.tasks[task].name, step: model.step, share: share, keptBefore: .nan,
      keptAfter: .nan, rows: examples.count, with: [], without: [])
  }

  var progress: QuestionProgress {
    QuestionProgress(
      title: "the cost of pruning \(cost.task)", step: model.step, done: done, total: 2 * blocks,
      trainingWaits: false)
  }

  func advance() -> [QuestionAnswer]? {
    answers.advance(model, over: examples)
    done += 1
    guard answers.rows == examples.count else { return nil }
    let scores = scorer.evaluation(
      answers.columns, examples, split: .validation, isOn: scorer.tasks.map { _ in true },
      step: model.step, epoch: 0
    ).tasks[task].scores
    guard !isThinned else {
      cost.without = scores
      return [.event(.thinned(cost))]
    }
    cost.with = scores
    thin()
    answers = AnswerColumns(tasks: scorer.tasks, capacity: examples.count)
    return nil
  }

  /// Thins the copy's mask as the search of the model would.
  private func thin() {
    let masks = LotteryMasks(plan, store: model.store, seed: 0)
    let before = masks.masks(of: task)
    let pruning = Pruning(plan.schedule, rate: cost.share)
    let after = pruning.thinned(masks.weights, before)
    cost.keptBefore = MaskSets([before]).density(task: 0)
    cost.keptAfter = MaskSets([after]).density(task: 0)
    masks.set(after, of: task)
    isThinned = true
  }
}
