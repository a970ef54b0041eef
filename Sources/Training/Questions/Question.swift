import Datasets
import Graph
import Runs

/// Something that is asked about the validation rows and takes a while to answer: it is answered in
/// parts between two steps, so that commands are still answered at once.
protocol Question: AnyObject {
  /// How far it is answered.
  var progress: QuestionProgress { get }
  /// Whether a command has asked it, and not a screen by what it shows.
  var isCommanded: Bool { get }
  /// Whether it puts validation rows in order.
  var sortsRows: Bool { get }
  /// Works out the next part; the answers if that was the last one.
  func advance() -> [QuestionAnswer]?
}

extension Question {
  /// A command has.
  var isCommanded: Bool { true }
  /// Most do not.
  var sortsRows: Bool { false }
}

/// What comes of a question.
enum QuestionAnswer {
  /// An event for whoever asked.
  case event(Event)
  /// The order of validation rows.
  case order(RowOrder)
  /// What a model says of a user and an item, and how long it took to find.
  case explanation(ExplanationView, cost: Duration)
}

/// The questions of a run that are not answered yet, oldest first.
struct QuestionQueue {
  private var questions: [any Question] = []

  /// Whether there are none.
  var isEmpty: Bool { questions.isEmpty }

  /// Whether training waits for one of them.
  var holdsTraining: Bool { questions.contains { $0.progress.trainingWaits } }

  /// How far the oldest is answered; what a command has asked is told of first.
  var progress: QuestionProgress? { commanded ?? questions.first?.progress }

  /// How far the oldest is answered that a command has asked.
  var commanded: QuestionProgress? { questions.first { $0.isCommanded }?.progress }

  /// What is asked of some kind, oldest first.
  func all<Kind: Question>(_: Kind.Type) -> [Kind] { questions.compactMap { $0 as? Kind } }

  /// Whether a question of a kind is waiting.
  func contains(_ isWanted: (any Question) -> Bool) -> Bool { questions.contains(where: isWanted) }

  /// Asks one more.
  mutating func ask(_ question: any Question) { questions.append(question) }

  /// Gives up those that fit.
  mutating func giveUp(where isUnwanted: (any Question) -> Bool) {
    questions.removeAll(where: isUnwanted)
  }

  /// Works out the next part of the oldest, its answers if that was the last one; what a screen waits
  /// for comes before what a command has asked.
  mutating func advance() -> [QuestionAnswer] {
    let index = questions.firstIndex { !$0.isCommanded } ?? 0
    guard questions.indices.contains(index), let answers = questions[index].advance() else {
      return []
    }
    questions.remove(at: index)
    return answers
  }
}

/// The answers of a model for the rows of a split, block after block.
struct AnswerColumns {
  /// By task, the logits or values so far.
  private(set) var columns: [[Float]]
  private(set) var rows = 0
  private let logits: [Watched]

  init(tasks: [TaskDefinition], capacity: Int) {
    logits = tasks.map { .logit($0.name) }
    columns = tasks.map { _ in
      var column: [Float] = []
      column.reserveCapacity(capacity)
      return column
    }
  }

  /// Answers for the next block; `look` sees what was run.
  mutating func advance(
    _ model: FrozenModel, over examples: Examples,
    look: (_ outputs: BlockOutputs) -> Void = { _ in }
  ) {
    let count = min(model.evaluationRows, examples.count - rows)
    let executor = model.forward(examples.batch(from: rows, rows: count))
    for (task, name) in logits.enumerated() {
      guard let logits = executor.output(name) else { continue }
      columns[task].append(contentsOf: UnsafeBufferPointer(start: logits, count: count))
    }
    look(BlockOutputs(executor: executor, rows: count))
    rows += count
  }

  /// Blocks that a split takes.
  static func blocks(of examples: Examples, _ model: FrozenModel) -> Int {
    (examples.count + model.evaluationRows - 1) / model.evaluationRows
  }
}
