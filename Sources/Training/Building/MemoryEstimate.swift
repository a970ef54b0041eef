import Datasets
import Graph
import Models
import Objectives
import Runs

/// What a run will take of memory, worked out from the declared parameters and the traced plans before
/// any of it is taken.
///
/// An estimate: what is small beside parameters, their moments and a batch's values is left out.
struct MemoryEstimate {
  /// What takes how many bytes.
  private(set) var parts: [(what: String, bytes: Double)] = []
  /// Whether answers read what only a source gives for their rows.
  private(set) var answersReadDrawn = false
  /// Whether its rows have entries that a source packs.
  private var readsPacked = false
  /// What the plan that has most of it has for packed entries of a whole batch, and whether it scores.
  private(set) var packed = (bytes: 0.0, rows: 0, isScoring: false)

  /// All of it.
  var bytes: Double { parts.reduce(0) { $0 + $1.bytes } }

  /// Parameters, their copy of the best step, moments and gradients.
  ///
  /// A table that grows has a row for each of the ids that the data have at most, with the maps to and from
  /// its id: a page of memory, 1,024 numbers, for each id at most.
  init(
    _ specifications: [ParameterSpecification], optimizer: OptimizerConfiguration,
    ids most: Int = .max
  ) {
    var (dense, tables, rows, givens) = (0.0, 0.0, 0.0, 0.0)
    var maps = 0.0
    for one in specifications {
      switch one.kind {
      case .dense(let count): dense += Double(count)
      case .table(let vocabulary, let width):
        let grows =
          !optimizer.movesWholeTables && GrowingTable.grows(vocabulary: vocabulary, width: width)
        let own = Double(grows ? min(vocabulary, most) : vocabulary)
        tables += own * Double(width)
        rows += own
        if grows { maps += own + min(Double(vocabulary), 1_024 * own) }
      case .given(let count), .average(let count, _): givens += Double(count)
      }
    }
    let rule = optimizer.rule
    let first = rule.hasFirstMoments ? dense + tables : 0
    let second = rule.hasSecondMoments ? dense + (rule.isRowWise ? rows : tables) : 0
    let uses = rule.countsRest ? rows : 0
    let means = rule.hasMeans ? dense + tables : 0
    let whole = optimizer.movesWholeTables ? tables : 0
    parts = [
      ("parameters", 4 * (dense + tables + givens + maps)),
      ("the copy of the best step", 4 * (dense + tables + givens)),
      ("the optimiser's moments", 4 * (first + second + means + uses)),
      ("gradients", 4 * (Double(Workspace.mostLanes) * dense + whole)),
    ]
  }

  /// Adds so many floats, unless there are none.
  mutating func append(_ what: String, _ floats: Double) {
    if floats > 0 { parts.append((what, 4 * floats)) }
  }

  /// Adds what a run takes besides parameters: plans, what its balancer keeps, and rows that are read
  /// window by window.
  mutating func add(
    _ configuration: RunConfiguration, of model: any MultiTaskModel,
    _ specifications: [ParameterSpecification], on dataset: Dataset, batchSize: Int
  ) {
    add(
      model, tasks: dataset.tasks, batchSize: batchSize, threads: configuration.threads,
      balancer: configuration.balancer)
    add(configuration.balancer, specifications, tasks: dataset.tasks, batchSize: batchSize)
    if readsPacked, let text = dataset.features.text {
      addTexts(text.shape, turns: model.program.turns.count, batchSize: batchSize)
    }
    add(dataset.training, configuration)
  }

  /// Adds what the plans of a model and the sources of their rows take, with a balancer that may have to
  /// see losses before gradients.
  mutating func add(
    _ model: any MultiTaskModel, tasks: [TaskDefinition], batchSize: Int, threads: Int,
    balancer: BalancerSetting = .equal
  ) {
    let plans = Trainer.plans(
      model, tasks, batchSize: batchSize,
      schedule: Schedule.usual(rows: batchSize, threads: threads))
    let (evaluation, isKept) = (
      plans.evaluation, plans.training.spanningFloats <= PlanCache.usualSpanningFloats
    )
    let training =
      isKept
      ? plans.training : Trainer.plans(model, tasks, batchSize: batchSize).training
    parts.append(("a batch's values", training.bytes(threads: threads)))
    let sees = BalancerRegistry.entries.first { $0.about.name == balancer.name }?.sees ?? []
    if sees.contains(.losses), !sees.needsGradients {
      let kept = Trainer.plans(model, tasks, batchSize: batchSize, isParted: true).training
        .spanningFloats
      if kept <= PlanCache.usualSpanningFloats {
        parts.append(("values until the losses are known", 4 * Double(kept)))
      }
    }
    parts.append(("scoring", evaluation.bytes(threads: threads)))
    answersReadDrawn = evaluation.readsDrawn
    readsPacked = training.readsPacked || evaluation.readsPacked
    for (plan, isScoring) in [(training, false), (evaluation, true)]
    where plan.packedBytes > packed.bytes {
      packed = (plan.packedBytes, plan.capacity, isScoring)
    }
    append("what is drawn for rows", Double(training.drawnCount + evaluation.drawnCount))
    if let model = model as? any TextModel {
      add(writing: model, tasks: tasks.count, batchSize: batchSize, threads: threads)
    }
  }

  /// Adds the texts of rows that sources pack, one for every turn of a step and one for answers.
  mutating func addTexts(_ shape: ReviewShape, turns: Int, batchSize: Int) {
    let bytes =
      turns * PackedReviews.bytes(shape, rows: batchSize)
      + PackedReviews.bytes(shape, rows: AnswerPlans.rows(beside: batchSize))
    parts.append(("the texts of rows", Double(bytes)))
  }

  /// Adds the decoders of a model that says sentences: those of turns that descend on them, of a batch
  /// each, the one whose texts are judged and the one of the screen.
  private mutating func add(
    writing model: any TextModel, tasks: Int, batchSize: Int, threads: Int
  ) {
    func bytes(rows: Int, beam: Int = 1) -> Double {
      DecoderPlans(model, tasks: tasks, rows: rows, beam: beam).bytes(threads: threads)
    }
    let turns = model.writingTurns
    let descended = turns == 0 ? 0 : Double(turns) * bytes(rows: batchSize)
    let shown = bytes(rows: Trainer.shownSentences, beam: Trainer.shownBeam)
    parts.append(("sentences", descended + bytes(rows: Trainer.writtenAtOnce) + shown))
  }

  /// Refuses what does not fit.
  ///
  /// - Throws: ``ResourceError`` with the figures.
  func check(_ model: String, available: AvailableMemory? = .now) throws(ResourceError) {
    guard let available, bytes > available.bytes else { return }
    throw .memory(
      model: model, needed: bytes, available: available.bytes, limit: available.limit,
      parts: parts.map { .init(what: $0.what, bytes: $0.bytes) })
  }
}

extension MemoryEstimate {
  /// Adds the windows that the rows of a run are read into, with the order of each, and the batch that
  /// several of them share.
  ///
  /// Nothing where all rows lie in memory, else
  ///
  ///     slots · rows of a window · (bytes of a row + 4) + rows of a step · bytes of a row
  mutating func add(_ rows: Examples, _ configuration: RunConfiguration) {
    guard let packed = rows.inWindows(configuration) else { return }
    let order = WindowOrder(
      rows: packed.count, windowRows: configuration.window, seed: configuration.seed)
    let (inWindows, joint) = (
      WindowReader.slots * order.mostRows, min(configuration.stepRows, packed.count)
    )
    let rowFloats = Double(packed.rowBytes) / 4
    append("windows of rows", Double(inWindows) * (rowFloats + 1) + Double(joint) * rowFloats)
  }
}

extension Dataset {
  /// How many ids its rows have in a field at most, those of lists included; `rows` are its rows to train
  /// on where they are not there.
  func mostIds(rows: Int? = nil) -> Int {
    let splits = [training, validation, test]
    let listed = splits.flatMap { $0.lists?.tables ?? [] }.reduce(0) { $0 + ($1?.ids.count ?? 0) }
    return splits.dropFirst().reduce(rows ?? training.count) { $0 + $1.count } + listed
  }
}
