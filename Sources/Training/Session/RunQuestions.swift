import Datasets
import Runs
import Tensors

/// What is asked about the validation rows of a run and takes a while: begun by commands and by what
/// a screen shows, worked on between steps.
final class RunQuestions {
  private let subject: TrainedRun
  private var queue = QuestionQueue()

  init(_ subject: TrainedRun) { self.subject = subject }

  private var dataset: Dataset { subject.dataset }
  private var trainer: Trainer { subject.trainer }

  /// Whether there are none.
  var isEmpty: Bool { queue.isEmpty }

  /// Whether training waits for one of them.
  var holdsTraining: Bool { queue.holdsTraining }

  /// How far the one that is told of is answered.
  var progress: QuestionProgress? { queue.progress }

  /// Whether rows are put in order for a screen.
  var isSorting: Bool { queue.contains { $0.sortsRows } }

  /// Works out the next part of an answer, if one is due.
  func advance() {
    for answer in queue.advance() {
      switch answer {
      case .event(let event): subject.tell(event)
      case .order(let order): subject.inspector.order = order
      case .explanation(let view, let cost): subject.inspector.explanation.keep(view, cost: cost)
      }
    }
  }

  /// What a command asked and is not answered yet, in words; nil: nothing.
  var unanswered: String? { queue.commanded?.title }

  /// Says at the end of training what is not answered yet.
  func noticeUnanswered() {
    guard let left = queue.commanded else { return }
    subject.notice(
      "\(left.title) at step \(left.step): \(left.done) of \(left.total) parts were done when "
        + "training ended")
  }
}

// MARK: - Asked by commands

extension RunQuestions {
  /// Begins to score the validation rows without each expert in turn.
  func scoreWithoutEach(_ meanwhile: TrainingMeanwhile) -> Acknowledgement.Outcome {
    guard let count = trainer.expertCount else { return .refused(Self.noExperts) }
    if queue.all(KnockOutSurvey.self).contains(where: \.isMatrix) {
      return .refused("being scored; cancel gives it up")
    }
    return begin {
      KnockOutSurvey(
        trainer, without: Array(0..<count), scorer: subject.scorer, examples: dataset.validation,
        answer: .matrix(meanwhile))
    }
  }

  /// Begins to score the validation rows with all experts and without one, for which training waits;
  /// several of one step share the pass with all of them.
  func scoreWithout(_ expert: Int) -> Acknowledgement.Outcome {
    guard let count = trainer.expertCount else { return .refused(Self.noExperts) }
    guard expert < count else {
      return .refused("there are experts 0 to \(count - 1), found \(expert)")
    }
    let version = trainer.store.version
    if queue.all(KnockOutSurvey.self).contains(where: { $0.add(expert, version: version) }) {
      return .applied
    }
    return begin {
      KnockOutSurvey(
        trainer, without: [expert], scorer: subject.scorer, examples: dataset.validation,
        answer: .each)
    }
  }

  private static var noExperts: String { "this model has no experts that could be left out" }

  /// Begins to score a task with a thinner mask.
  func scoreThinned(_ name: String, share: Double) -> Acknowledgement.Outcome {
    guard let plan = subject.lottery?.plan else {
      return .refused("this model has no masks that could be thinned")
    }
    guard let task = dataset.tasks.firstIndex(where: { $0.name == name }) else {
      return .refused("no task '\(printable(name))'")
    }
    return begin {
      PruningQuestion(
        trainer, plan: plan, task: task, share: share, scorer: subject.scorer,
        examples: dataset.validation)
    }
  }

  private func begin(_ question: () -> any Question) -> Acknowledgement.Outcome {
    guard dataset.validation.count > 0 else { return .refused("there are no validation rows") }
    if let refusal = refusalOfCopy { return .refused(refusal) }
    queue.ask(question())
    return .applied
  }

  /// Why the parameters cannot be copied, if they cannot.
  private var refusalOfCopy: String? {
    guard let free = Tensors.AvailableMemory.bytes(), free < trainer.store.bytes * 5 / 4 else {
      return nil
    }
    return "there is no memory for a copy of the parameters: \(trainer.store.bytes >> 20) MiB are "
      + "needed, \(free >> 20) MiB are free"
  }

  /// Gives up what is being answered.
  func cancel() -> Acknowledgement.Outcome {
    guard queue.commanded != nil else { return .refused("nothing is being scored") }
    queue.giveUp { $0.isCommanded }
    return .applied
  }
}

// MARK: - Asked by what is shown

extension RunQuestions {
  /// Begins to put rows in the order that a screen wants, if they are not; gives an order up that
  /// nobody waits for any more.
  func askForOrder() {
    let views = subject.run.monitor.views
    guard views.example != nil, dataset.validation.count > 0 else {
      guard isSorting else { return }
      queue.giveUp { $0.sortsRows }
      subject.inspector.askedOrder = RowOrder.Wish()
      return
    }
    let wish = RowOrder.Wish(order: views.exampleOrder, sorting: views.exampleSorting)
    guard wish != subject.inspector.askedOrder else { return }
    subject.inspector.askedOrder = wish
    queue.giveUp { $0.sortsRows }
    // Until the new order is there no old one is shown for it.
    subject.inspector.order = nil
    beginOrder(views.exampleOrder)
  }

  private func beginOrder(_ order: ExampleOrder) {
    switch order {
    case .file: break
    case .column(let name): subject.inspector.order = RowOrder(dataset, column: name)
    case .loss(let name):
      guard let task = dataset.tasks.firstIndex(where: { $0.name == name }) else { return }
      if isRefused(order) { return }
      queue.ask(LossOrder(trainer, task: task, examples: dataset.validation))
    case .disagreement:
      if isRefused(order) { return }
      queue.ask(DisagreementOrder(trainer, examples: dataset.validation))
    }
  }

  /// Whether the parameters cannot be copied, which is said.
  private func isRefused(_ order: ExampleOrder) -> Bool {
    guard let refusal = refusalOfCopy else { return false }
    subject.notice("rows stay in the order of the data: \(refusal)")
    return true
  }
}

// MARK: - Explanations

extension RunQuestions {
  /// Begins to explain the user and item that a screen wants, if they are not; gives it up where nobody
  /// waits for it any more.
  func askForExplanation(isIdle: Bool) {
    guard let wish = subject.run.monitor.views.explanation, let rows = PairRows(dataset) else {
      guard subject.inspector.explanation.asked != nil else { return }
      queue.giveUp { $0 is ExplanationQuestion }
      subject.inspector.explanation.clear()
      return
    }
    guard
      subject.inspector.explanation.isDue(wish, at: trainer.parameterStep, isIdle: isIdle)
    else { return }
    queue.giveUp { $0 is ExplanationQuestion }
    subject.inspector.explanation.ask(wish)
    guard let user = rows.user(wish.user) else { return refuse(wish, rows.unknownUser(wish)) }
    if let refusal = refusalOfCopy { return refuse(wish, "Nothing is explained: \(refusal).") }
    queue.ask(ExplanationQuestion(trainer, rows, user: user, wish: wish))
  }

  private func refuse(_ wish: ExplanationWish, _ remark: String) {
    var view = ExplanationView(wish: wish, step: trainer.parameterStep)
    view.remarks = [remark]
    subject.inspector.explanation.keep(view, cost: .zero)
  }
}
