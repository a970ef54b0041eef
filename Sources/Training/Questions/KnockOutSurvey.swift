import Datasets
import Runs

/// Scores the validation rows with all experts and then without some, one after the other, on the
/// parameters of one step.
///
/// The first pass is with all of them; in it the gates are watched, too.
final class KnockOutSurvey: Question {
  /// What is told of the scores.
  enum Answer {
    /// The matrix of every expert.
    case matrix(TrainingMeanwhile)
    /// The scores without each expert that was asked for, by itself.
    case each
  }

  private let model: FrozenModel
  private let scorer: Scorer
  private let examples: Examples
  private let blocks: Int
  private let directory: GateDirectory
  private let answer: Answer
  /// The trainer's numbers when they were copied.
  private let version: Int
  /// Experts that are left out, in this order.
  private var experts: [Int]
  private var answers: AnswerColumns
  private var matrix: KnockOutMatrix
  /// By task, nil for the gate of all, how many rows choose each expert first.
  private var firstChoices: [Int?: [Double]] = [:]
  /// Experts that were left out already; −1 before the pass with all of them is done.
  private var passed = -1
  private var done = 0

  /// Copies what a trainer answers with just now, to score it without these experts.
  init(
    _ trainer: Trainer, without experts: [Int], scorer: Scorer, examples: Examples, answer: Answer
  ) {
    model = FrozenModel(trainer)
    version = trainer.store.version
    self.experts = experts
    self.scorer = scorer
    self.examples = examples
    self.answer = answer
    directory = GateDirectory(
      trainer.gateDeclarations, tasks: scorer.tasks.map(\.name))
    blocks = AnswerColumns.blocks(of: examples, model)
    answers = AnswerColumns(tasks: scorer.tasks, capacity: examples.count)
    let names = directory.experts.map(\.name)
    matrix = KnockOutMatrix(
      step: model.step, rows: examples.count, experts: names,
      lines: scorer.tasks.map { task in
        KnockOutMatrix.Line(
          task: task.name, score: task.answer.mainScore.name,
          higherIsBetter: task.answer.mainScore.higherIsBetter == true, full: .nan,
          without: names.map { _ in .nan }, firstChoices: names.map { _ in .nan })
      })
  }

  /// Scores without one more expert in the same go; false where that is not the same question any
  /// more: the numbers have changed since, or a matrix is asked for.
  func add(_ expert: Int, version: Int) -> Bool {
    guard case .each = answer, version == self.version else { return false }
    if !experts.contains(expert) { experts.append(expert) }
    return true
  }

  /// Whether it is the matrix.
  var isMatrix: Bool { if case .matrix = answer { true } else { false } }

  var progress: QuestionProgress {
    let total = blocks * (experts.count + 1)
    switch answer {
    case .matrix(let meanwhile):
      return QuestionProgress(
        title: "scores without each expert", step: model.step, done: done, total: total,
        trainingWaits: meanwhile == .waits, matrix: matrix)
    case .each:
      let names = experts.map { matrix.experts[$0] }.joined(separator: ", ")
      return QuestionProgress(
        title: "scores without \(names)", step: model.step, done: done, total: total,
        trainingWaits: true)
    }
  }

  func advance() -> [QuestionAnswer]? {
    let isFirst = passed < 0
    answers.advance(model, over: examples) { outputs in
      guard isFirst else { return }
      firstChoices.merge(outputs.firstChoices(directory)) { zip($0, $1).map(+) }
    }
    done += 1
    guard answers.rows == examples.count else { return nil }
    endPass()
    guard passed < experts.count else { return found }
    model.leaveOut(experts[passed])
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
        matrix.lines[task].firstChoices = shares(of: task)
      } else {
        matrix.lines[task].without[experts[passed]] = main.value
      }
    }
    passed += 1
  }

  /// The whole answer.
  private var found: [QuestionAnswer] {
    guard case .each = answer else { return [.event(.knockedOutAll(matrix))] }
    return experts.map { expert in
      func scores(_ value: (KnockOutMatrix.Line) -> Double) -> [Score] {
        matrix.lines.map {
          Score(
            name: "\($0.task) \($0.score)", value: value($0), higherIsBetter: $0.higherIsBetter)
        }
      }
      return .event(
        .knockedOut(
          KnockOut(
            expert: matrix.experts[expert], step: model.step, with: scores(\.full),
            without: scores { $0.without[expert] })))
    }
  }

  /// By expert, the share of rows that the gate of a task chooses it first for; the gate of all tasks
  /// stands for a task that has none.
  private func shares(of task: Int) -> [Float] {
    guard let counts = firstChoices[task] ?? firstChoices[nil] else {
      return matrix.experts.map { _ in .nan }
    }
    return counts.map { Float($0 / Double(examples.count)) }
  }
}
