import Datasets
import Foundation
import Graph
import Layers
import Models
import Objectives
import Ranks
import Runs
import Tensors

/// The run itself, on the session's thread: prepare, then step after step, with commands looked at
/// in between.
final class TrainingRun {
  /// How the run goes; once the data have been read, with what its rows are.
  private(set) var configuration: TrainingConfiguration
  let session: TrainingSession
  var monitor: RunMonitor
  /// What trains, while it does; nothing else may keep it after the run.
  private(set) weak var trainer: Trainer?
  /// Whether something has trained.
  private(set) var hadTrainer = false
  private var schedule: ArraySlice<TrainingConfiguration.Scheduled>
  /// What keeps the run; nil: nothing does.
  private(set) var recorder: (any RunRecorder)?
  /// Where the run goes on; nil: it begins.
  private(set) var resumption: Resumption?
  /// Of a run that is repeated, what it went through.
  private(set) var past = RunPast()
  /// What a person should know of how rows are shuffled, since nobody named a window; nil: nothing.
  private var orderNotice: String?
  /// Of a run that begins with embeddings of another, how many; nil: it does not.
  private(set) var warmStart: String?

  init(_ configuration: TrainingConfiguration, session: TrainingSession) {
    self.configuration = configuration
    self.session = session
    monitor = RunMonitor(session: session)
    schedule = configuration.schedule.inOrder[...]
  }

  /// Prepares and runs to the end; what fails becomes one event.
  func main(_ data: TrainingSession.DataSource) {
    do {
      // From here on a rank that never comes, or cannot read its data, is noticed by the others.
      try main(data, with: session.threads.ranks?.join())
    } catch let error as StopError {
      tell(.failed(message: printableLines("\(error)")))
    } catch let error as KeepError {
      tell(.failed(message: printableLines("\(error)")))
    } catch {
      tell(.failed(message: "\(error)"))
    }
  }

  /// The same among ranks, where several train together.
  private func main(_ data: TrainingSession.DataSource, with ranks: RankGroup?) throws {
    do {
      if let source = session.recording {
        let recording = try source()
        (recorder, resumption) = (recording.recorder, recording.resumption)
        past = recording.past
      }
      defer { recorder?.close() }
      let all = try data { share, what in monitor.loading(share, what) }
      guard !session.isClosed else {
        ranks?.fail()
        return
      }
      try begin(all, with: ranks)
    } catch {
      // Where another rank is gone that one is named; anything else is this rank's own.
      switch error {
      case RankError.lost, RankError.mpi: break
      default: ranks?.fail()
      }
      throw error
    }
  }

  /// Trains the model on rows, or fits it, to the end.
  private func begin(_ all: Dataset, with ranks: RankGroup?) throws {
    let isUsual = configuration.window == nil && configuration.data.hash == nil
    let bytes = session.mostShuffledBytes
    configuration = try configuration.knowing(all, shuffling: bytes)
    if isUsual { orderNotice = all.notice(ofUsualWindow: configuration.window, above: bytes) }
    let entry = try ModelRegistry.entry(named: configuration.model)
    let dataset = try entry.answered(all)
    try configuration.checkScores(on: dataset)
    switch entry.kind {
    case .trained:
      let chosenThreads = try chooseThreads(entry, dataset)
      if let ranks { try compare(dataset, on: ranks) }
      try train(entry, dataset, with: ranks, chosenThreads)
    case .fitted(let configure):
      try checkThatItIsAlone()
      try fit(entry, configure(configuration.modelOptions), dataset)
    }
  }

  /// Keeps how the run ended, and says it behind what a person should know of that.
  func tellEnd(_ summary: RunSummary) {
    recorder?.record(.finished(summary))
    sayNotices(at: summary.step)
    session.events.append(.finished(summary))
  }

  /// Says what the recorder has to say; true if that was anything.
  @discardableResult func sayNotices(at step: Int) -> Bool {
    let notices = recorder?.takeNotices() ?? []
    for notice in notices { tell(.noticed(notice, step: step)) }
    return !notices.isEmpty
  }

  /// Tries again to keep what could not be; true if there was something to say.
  func retrySaving(at step: Int) -> Bool {
    recorder?.retry()
    return sayNotices(at: step)
  }

  /// Adds an event for whoever watches, and keeps it.
  func tell(_ event: Event) {
    recorder?.record(event)
    session.events.append(event)
  }

  /// Says that the model is built; a run that goes on has kept what it is.
  func prepared(_ description: RunDescription, _ dataset: Dataset) throws {
    if resumption == nil {
      recorder?.begin(
        BegunRun(
          description: description, configuration: configuration, dataset: dataset,
          warmStart: warmStart))
      // One that begins anew in the folder that it had.
      try recorder?.resumed()
    }
    session.isKept(in: recorder?.folderPath)
    monitor.prepared(description)
    // How the rows came is no part of what the run was.
    for notice in dataset.readingNotices + [orderNotice].compactMap(\.self) {
      session.events.append(.noticed(notice, step: 0))
    }
  }

  /// Builds the trainer, checks the settings against it and trains to the end.
  func train(
    _ entry: ModelEntry, _ dataset: Dataset, with ranks: RankGroup? = nil,
    _ chosenThreads: String? = nil
  ) throws {
    guard
      let trainer = try Trainer(
        configuration, entry, dataset: dataset, isPinned: session.threads.isPinned,
        keeping: session.threads.rowShare)
    else { return }
    self.trainer = trainer
    hadTrainer = true
    try prepare(trainer, entry, dataset)
    if let ranks { try share(trainer, ranks) }
    // What goes on has the numbers that it had.
    if resumption == nil { warmStart = session.startEmbeddings.map { begin(trainer, with: $0) } }
    let loop = try TrainingLoop(self, entry: entry, dataset: dataset, trainer: trainer)
    try prepared(loop.description, dataset)
    if let resumption { try loop.resume(resumption) }
    // Its entries keep files mapped that later checkpoints take the place of.
    resumption = nil
    noticeThreads(trainer.workspace.pool)
    noticeBinding()
    noticeOwnedRows(trainer)
    if let chosenThreads { tell(.noticed(chosenThreads, step: 0)) }
    if let warmStart { tell(.noticed(warmStart, step: 0)) }
    try ranks?.compare([(name: "step to go on from", value: "\(trainer.step)")])
    try loop.start()
    session.keepEmbeddings(of: trainer.store.embeddings)
  }

  /// Checks the settings against a trainer and balances it by them.
  private func prepare(_ trainer: Trainer, _ entry: ModelEntry, _ dataset: Dataset) throws {
    let conditional = dataset.tasks.indices.map { trainer.condition(of: $0) != nil }
    try configuration.checkScores(
      on: dataset, answering: trainer.tasks, conditional: conditional)
    let balancing = BalancingContext(trainer, model: entry.name)
    if let error = balancing.error(configuration.balancer) { throw error }
    try trainer.balance(by: configuration.balancer, for: balancing.tasks)
    try CommandNames(
      tasks: dataset.tasks.map(\.name), dials: trainer.dials, expertCount: trainer.expertCount,
      hasMasks: trainer.lotteryPlan != nil, balancing: balancing
    ).check(configuration.schedule)
  }

  /// Trains on as many threads as steps gain from, if that was asked for, and says how many.
  private func chooseThreads(_ entry: ModelEntry, _ dataset: Dataset) throws -> String? {
    guard session.threads.isMeasured, resumption == nil else { return nil }
    let trial = try ThreadTrial.measured(
      configuration, entry, dataset: dataset, isPinned: session.threads.isPinned,
      isEnded: { session.isClosed }, preparing: { try prepare($0, entry, dataset) })
    guard let trial else {
      return "how many threads help could not be measured: \(configuration.threads) train"
    }
    configuration.threads = trial.threads
    return trial.description
  }

  /// Begins with the embeddings of another run, as far as they fit, and says how many did.
  private func begin(_ trainer: Trainer, with embeddings: EmbeddingTables) -> String {
    let (taken, all) = trainer.store.take(embeddings)
    return taken == 0
      ? "no embedding table of the run before fits: all are drawn anew"
      : "\(taken) of \(all) embedding tables begin as the run before left them"
  }

  /// Says if fewer threads work than were asked for.
  func noticeThreads(_ pool: WorkerPool) {
    guard let shortfall = pool.shortfall(of: configuration.threads) else { return }
    tell(.noticed(shortfall, step: 0))
  }

  /// The scheduled commands that were not due yet.
  var unreached: ArraySlice<TrainingConfiguration.Scheduled> { schedule }

  /// The scheduled commands that are due at a step.
  func scheduledCommands(at step: Int) -> [Command] {
    var due: [Command] = []
    while let next = schedule.first, next.step <= step {
      due.append(next.command)
      schedule.removeFirst()
    }
    return due
  }

  /// Whether a scheduled command is due; asked before every step, so it allocates nothing.
  func hasScheduledCommand(at step: Int) -> Bool {
    guard let next = schedule.first else { return false }
    return next.step <= step
  }

  /// Visits how many scheduled commands are left.
  func visitSchedule(_ archive: inout Archive) throws(ArchiveError) {
    var left = schedule.count
    try archive.number("scheduled", &left)
    guard (0...configuration.schedule.count).contains(left) else {
      throw .content("scheduled", "\(left) commands of \(configuration.schedule.count)")
    }
    if archive.isLoading, !past.isRepeated {
      schedule = configuration.schedule.inOrder.suffix(left)
    }
  }

  /// What a screen must know once.
  func describe(
    _ entry: ModelEntry, _ dataset: Dataset, parameterCount: Int, isFitted: Bool = false
  ) -> RunDescription {
    let lossUnit =
      isFitted
      ? "half the squared deviations of the label, and the penalty"
      : "squared deviations of the label"
    var description = RunDescription(
      model: entry.name, modelTitle: entry.title, data: dataset.name,
      tasks: dataset.tasks.enumerated().map { place, task in
        TaskDescription(
          name: task.name, kind: task.kind,
          labelMean: task.scale.original(dataset.trainingLabelMean(task: place)),
          lossUnit: task.kind.hasUnit ? lossUnit : nil)
      },
      // A row with a list has no one value by which it could be counted.
      categoricalColumns: dataset.features.fields.filter { $0.list == nil }.sorted {
        $0.vocabulary < $1.vocabulary
      }
      .map(\.name),
      trainingRows: dataset.training.count, validationRows: dataset.validation.count,
      testRows: dataset.test.count, parameterCount: parameterCount,
      batchSize: configuration.batchSize,
      stepsPerEpoch: isFitted
        ? 1
        : max(1, (dataset.training.count + configuration.stepRows - 1) / configuration.stepRows),
      epochs: isFitted ? 0 : configuration.epochs, seed: configuration.seed)
    if configuration.accumulate > 1 { description.accumulate = configuration.accumulate }
    description.numericColumns = dataset.features.numbers.map {
      dataset.features.dense[$0].column
    }
    description.facts = dataset.facts
    description.keep = isFitted ? .last : configuration.keep
    description.group = dataset.group
    description.pairs = dataset.interactions.map {
      PairDescription(users: $0.users.count, items: $0.items.count)
    }
    description.balancers = isFitted ? [] : BalancerRegistry.choices
    return description
  }
}

extension [RunConfiguration.Scheduled] {
  /// By their steps, those of one step as they were given.
  fileprivate var inOrder: [Element] {
    enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }
      .map(\.element)
  }
}
