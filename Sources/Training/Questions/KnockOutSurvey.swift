import Datasets
import Runs

/// Scores the validation rows with all experts and then without each, on the parameters of one step.
///
/// The first pass is with all of them; in it the gates are watched, too.
final class KnockOutSurvey: Question {
  private let model: FrozenModel
  private let scorer: Scorer
  private let examples: Examples
  private let blocks: Int
  private let directory: GateDirectory
  private let meanwhile: TrainingMeanwhile
  private var answers: AnswerColumns
  private var matrix: KnockOutMatrix
  /// By task, how many rows choose each expert first.
  private var firstChoices: [String: [Double]] = [:]
  /// Experts that were left out already; −1 before the pass with all of them is done.
  private var passed = -1
  private var done = 0

  init(
    _ trainer: Trainer, experts: [String], scorer: Scorer, examples: Examples,
    meanwhile: TrainingMeanwhile
  ) {
    model = FrozenModel(trainer)
    self.scorer = scorer
    self.examples = examples
    self.meanwhile = meanwhile
    directory = GateDirectory(
      trainer.gateDeclarations, tasks: scorer.tasks.map(\.name))
    blocks = AnswerColumns.blocks(of: examples, model)
    answers = AnswerColumns(tasks: scorer.tasks, capacity: examples.count)
    matrix = KnockOutMatrix(
      step: model.step, rows: examples.count, experts: experts,
      lines: scorer.tasks.map { task in
        KnockOutMatrix.Line(
          task: task.name, score: task.kind == .binary ? "auc" : "rmse",
          higherIsBetter: task.kind == .binary, full: .nan,
          without: experts.map { _ in .nan }, firstChoices: experts.map { _ in .nan })
      })
  }

  var progress: QuestionProgress {
    QuestionProgress(
      title: "scores without each expert", step: model.step, done: done,
      total: blocks * (matrix.experts.count + 1), trainingWaits: meanwhile == .waits,
      matrix: matrix)
  }

  func advance() -> QuestionAnswer? {
    let isFirst = passed < 0
    answers.advance(model, over: examples) { outputs in
      guard isFirst else { return }
      firstChoices.merge(outputs.firstChoices(directory)) { zip($0, $1).map(+) }
    }
    done += 1
    guard answers.rows == examples.count else { return nil }
    endPass()
    guard passed < matrix.experts.count else { return .event(.knockedOutAll(matrix)) }
    model.leaveOut(passed)
    answers = AnswerColumns(tasks: scorer.tasks, capacity: examples.count)
    return nil
  }

  private func endPass() {
    let evaluation = scorer.evaluation(
      answers.columns, examples, split: .validation, isOn: scorer.tasks.map { _ in true },
      step: model.step, epoch: 0)
    for (task, scores) in evaluation.tasks.enumerated() {
      guard let main = scores.scores.first else { continue }
      if passed < 0 {
        matrix.lines[task].score = main.name
        matrix.lines[task].higherIsBetter = main.higherIsBetter
        matrix.lines[task].full = main.value
        matrix.lines[task].firstChoices = shares(of: scores.task)
      } else {
        matrix.lines[task].without[passed] = main.value
      }
    }
    passed += 1
  }

  /// By expert, the share of rows that the gate of a task chooses it first for; the gate of all tasks
  /// stands for a task that has none.
  private func shares(of task: String) -> [Float] {
    let counts = firstChoices[task] ?? firstChoices["shared"]
    guard let counts, counts.count == matrix.experts.count else {
      return matrix.experts.map { _ in .nan }
    }
    return counts.map { Float($0 / Double(examples.count)) }
  }
}
