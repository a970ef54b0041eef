import Datasets
import Runs
import Tensors

// MARK: - Questions that take a while

extension TrainingLoop {
  /// Begins to score the validation rows without each expert in turn.
  func scoreWithoutEach(_ meanwhile: TrainingMeanwhile) -> Acknowledgement.Outcome {
    guard trainer.expertCount != nil else {
      return .refused("this model has no experts that could be left out")
    }
    if questions.contains({ $0 is KnockOutSurvey }) {
      return .refused("being scored; cancel gives it up")
    }
    return begin {
      KnockOutSurvey(
        trainer, experts: inspector.directory.experts.map(\.name), scorer: scorer,
        examples: dataset.validation, meanwhile: meanwhile)
    }
  }

  /// Begins to score a task with a thinner mask.
  func scoreThinned(_ name: String, share: Double) -> Acknowledgement.Outcome {
    guard let plan = lottery?.plan else {
      return .refused("this model has no masks that could be thinned")
    }
    guard let task = dataset.tasks.firstIndex(where: { $0.name == name }) else {
      return .refused("no task '\(printable(name))'")
    }
    return begin {
      PruningQuestion(
        trainer, plan: plan, task: task, share: share, scorer: scorer,
        examples: dataset.validation)
    }
  }

  private func begin(_ question: () -> any Question) -> Acknowledgement.Outcome {
    guard dataset.validation.count > 0 else { return .refused("there are no validation rows") }
    if let refusal = refusalOfCopy { return .refused(refusal) }
    questions.ask(question())
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
  func cancelQuestions() -> Acknowledgement.Outcome {
    guard questions.commanded != nil else { return .refused("nothing is being scored") }
    questions.giveUp { $0.isCommanded }
    return .applied
  }

  /// Works out the next part of an answer, if one is due.
  func advanceQuestions() {
    guard !questions.isEmpty, let answer = questions.advance() else { return }
    switch answer {
    case .event(let event): run.session.events.append(event)
    case .order(let order): inspector.order = order
    }
  }

  /// Says at the end of training what is not answered yet.
  func noticeUnanswered() {
    guard let left = questions.commanded else { return }
    run.session.events.append(
      .noticed(
        "\(left.title) at step \(left.step): \(left.done) of \(left.total) parts were done when "
          + "training ended", step: trainer.step))
  }

  /// Begins to put rows in the order that a screen wants, if they are not; gives an order up that
  /// nobody waits for any more.
  func askForOrder() {
    let views = run.monitor.views
    guard views.example != nil, dataset.validation.count > 0 else {
      guard questions.contains({ !$0.isCommanded }) else { return }
      questions.giveUp { !$0.isCommanded }
      inspector.askedOrder = RowOrder.Wish()
      return
    }
    let wish = RowOrder.Wish(order: views.exampleOrder, sorting: views.exampleSorting)
    guard wish != inspector.askedOrder else { return }
    inspector.askedOrder = wish
    questions.giveUp { !$0.isCommanded }
    // Until the new order is there no old one is shown for it.
    inspector.order = nil
    beginOrder(views.exampleOrder)
  }

  private func beginOrder(_ order: ExampleOrder) {
    switch order {
    case .file: break
    case .column(let name): inspector.order = RowOrder(dataset, column: name)
    case .loss(let name):
      guard let task = dataset.tasks.firstIndex(where: { $0.name == name }) else { return }
      if isRefused(order) { return }
      questions.ask(LossOrder(trainer, task: task, examples: dataset.validation))
    case .disagreement:
      if isRefused(order) { return }
      questions.ask(DisagreementOrder(trainer, examples: dataset.validation))
    }
  }

  /// Whether the parameters cannot be copied, which is said.
  private func isRefused(_ order: ExampleOrder) -> Bool {
    guard let refusal = refusalOfCopy else { return false }
    run.session.events.append(
      .noticed("rows stay in the order of the data: \(refusal)", step: trainer.step))
    return true
  }
}
