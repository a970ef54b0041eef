import Datasets
import Layers
import Models
import Objectives
import Runs

/// How far a comparison is: what was found, what was done, what comes next.
struct ComparisonWork {
  /// A run of the plan, with its place and its identity.
  struct Planned {
    let run: ComparisonPlan.Run
    let place: ComparedPlace
    let identity: RunIdentity
    /// How it is trained.
    let configuration: TrainingConfiguration
  }

  let plan: ComparisonPlan
  let dataset: Dataset
  /// Every run that the data allow.
  let runs: [Planned]
  /// How many of them were done before.
  let foundCount: Int
  /// By line of the results file, why a record of a planned run is not believed.
  let refusedLines: [Int: String]
  /// By model, why the data do not fit, in one line.
  let unfit: [String: String]
  /// What was chosen of parameters that only some of the models have, in sentences.
  let notices: [String]
  private var done: [RunIdentity: ComparedRun]
  private let columns: [ComparedTask]

  init(
    _ plan: ComparisonPlan, dataset: Dataset, found: [RunIdentity: ResultsJournal.Entry]
  ) throws {
    self.plan = plan
    self.dataset = dataset
    let (unfit, foreign) = try Self.fit(plan, dataset)
    self.unfit = unfit
    notices = foreign.sorted { $0.key < $1.key }.map {
      "\($0) has no parameters of \($1.joined(separator: ", ")), which is left out there"
    }
    let rows = hexadecimal(dataset.fingerprint)
    let fitting = try plan.runs.filter { unfit[$0.model.label] == nil }
    runs = try fitting.enumerated().map { place, run in
      var configuration = plan.configuration(of: run)
      configuration.optimizer.leaveOut(foreign[run.model.label] ?? [])
      return Planned(
        run: run,
        place: ComparedPlace(
          number: place + 1, count: fitting.count, model: run.model.label,
          title: run.model.title, seed: run.seed),
        identity: try RunIdentity(run, configuration, data: dataset.name, rows: rows),
        configuration: configuration)
    }
    var refused: [Int: String] = [:]
    let pairs = runs.compactMap { planned -> (RunIdentity, ComparedRun)? in
      guard let entry = found[planned.identity] else { return nil }
      let own = dataset.keeping(kinds: planned.run.model.kinds)
      if let reason = entry.record.mismatch(with: own) {
        refused[entry.line] = reason
        return nil
      }
      return (planned.identity, entry.record.run.scored(on: dataset))
    }
    done = Dictionary(pairs) { $1 }
    foundCount = pairs.count
    refusedLines = refused
    columns = dataset.comparedTasks
  }

  /// Why a balancer does not fit the tasks, in one line; nil: it does.
  private static func problem(with balancer: BalancerSetting, _ dataset: Dataset) -> String? {
    let tasks = BalancedTasks(dataset.tasks)
    return BalancingContext(tasks: tasks).error(balancer)?.sentence
  }

  /// By model, one line for each that cannot be built for these tasks, and the groups of parameters that
  /// those do not have that can.
  ///
  /// - Throws: `ParameterGroupError` for a group that none has, `KeepError` and `StopError` for a score
  ///   that a model does not have.
  private static func fit(
    _ plan: ComparisonPlan, _ dataset: Dataset
  ) throws -> (unfit: [String: String], foreign: [String: [String]]) {
    var unfit: [String: String] = [:]
    var paths: [String: [String]] = [:]
    for model in plan.models {
      if let problem = problem(with: model.balancer, dataset) { unfit[model.label] = problem }
      let builder = Builder()
      if let reason = try declare(model, dataset, plan.training(of: model.name), in: builder) {
        unfit[model.label] = reason
      } else if try !ComparisonPlan.isDeterministic(model.name) {
        paths[model.label] = builder.learnedPaths
      }
    }
    if !paths.isEmpty { try plan.training.optimizer.checkGroups(paths.values.flatMap(\.self)) }
    let foreign = paths.mapValues { plan.training.optimizer.groups(foreignTo: $0) }
    return (unfit, foreign.filter { !$0.value.isEmpty })
  }
}

extension ComparisonWork {
  /// Declares the parameters of a model that is trained; why it cannot be built or trained so for the
  /// tasks, if so.
  ///
  /// - Throws: `KeepError`, `StopError` for a score that it does not have.
  private static func declare(
    _ model: ComparisonPlan.Model, _ all: Dataset, _ training: TrainingConfiguration,
    in builder: Builder
  ) throws -> String? {
    let entry = try ModelRegistry.entry(named: model.name)
    let dataset: Dataset
    do { dataset = try entry.answered(all) } catch .unfitData(_, let needs, let found, _) {
      return "needs \(needs); found: \(found)"
    }
    guard case .trained(let make) = entry.kind else {
      try training.checkScores(on: dataset, answering: dataset.tasks)
      return fitted(model, training)
    }
    let input = InputSpecification(dataset.features, embeddingWidth: training.embeddingWidth)
    do {
      let built = try make(model.options, input, dataset.tasks, builder)
      let tasks = built.answering(dataset.tasks).smoothed(by: training.labelSmoothing)
      try training.checkScores(on: dataset, answering: tasks)
      try training.checkLosses(of: built, tasks, named: model.name)
    } catch ModelError.unfitData(_, let needs, let found, _) {
      return "needs \(needs); found: \(found)"
    } catch let error as AccumulationError {
      return firstLine(error)
    } catch let error as LabelSmoothingError {
      return firstLine(error)
    }
    return nil
  }

  /// Why a model cannot be fitted so, if so.
  private static func fitted(
    _ model: ComparisonPlan.Model, _ training: TrainingConfiguration
  ) -> String? {
    guard training.labelSmoothing > 0 else { return nil }
    return firstLine(
      LabelSmoothingError(share: training.labelSmoothing, model: model.name, problem: .fitted))
  }

  private static func firstLine(_ error: some Error) -> String {
    "\(error)".split(separator: "\n").first.map(String.init) ?? ""
  }
}

extension ComparisonPlan.Model {
  /// Its title, and the balancer's.
  var title: String {
    let title = ModelRegistry.entries.first { $0.name == name }?.title ?? name
    guard balancer != .equal else { return title }
    let other = BalancerRegistry.entries.first { $0.about.name == balancer.name }?.about.title
    return "\(title) + \(other ?? balancer.name)"
  }
}

// MARK: - Going on
extension ComparisonWork {
  /// The first run that is not done.
  var next: Planned? { runs.first { done[$0.identity] == nil } }

  /// Every run that is done, in the order of the plan.
  var doneRuns: [ComparedRun] { runs.compactMap { done[$0.identity] } }

  /// Keeps what a run came to, and returns it with its main scores.
  mutating func keep(_ run: ComparedRun, of planned: Planned) -> ComparedRun {
    let scored = run.scored(on: dataset)
    done[planned.identity] = scored
    return scored
  }

  /// An estimate of the seconds until the last run ends; nil while there is nothing to go by.
  ///
  /// Early stopping may make it less.
  ///
  /// - Parameters:
  ///   - seconds: since the run began here.
  ///   - snapshot: how far it is.
  ///   - place: which run it is.
  ///   - begun: the share of its steps that it had when it began here; 0 for most.
  /// - Returns: the seconds.
  func secondsLeft(
    _ seconds: Double, _ snapshot: Snapshot, _ place: ComparedPlace, begun: Double = 0
  ) -> Double? {
    let share = snapshot.share - begun
    let current = share > 0.02 ? seconds / share : nil
    let all = done.values.filter { $0.seconds.isFinite }
    func usual(_ runs: [ComparedRun]) -> Double? {
      runs.isEmpty ? nil : runs.reduce(0) { $0 + $1.seconds } / Double(runs.count)
    }
    guard let any = usual(all.filter { $0.seed != nil }) ?? current else { return nil }
    let rest = runs.filter { done[$0.identity] == nil && $0.place.number != place.number }
    let later = rest.reduce(0) { sum, planned in
      let model = planned.place.model
      let known = usual(all.filter { $0.model == model })
      return sum + (known ?? (model == place.model ? current : nil) ?? any)
    }
    let own = usual(all.filter { $0.model == place.model }) ?? current ?? any
    return later + max(0, own * (1 - begun) - seconds)
  }
}

extension Snapshot {
  /// The share of its steps that a run has taken.
  var share: Double { totalSteps > 0 ? Double(step) / Double(totalSteps) : 0 }
}

// MARK: - The table
extension ComparisonWork {
  /// The table of what is done so far.
  var table: ComparisonTable {
    ComparisonTable(
      plan, data: dataset.name, columns: columns, unfit: unfit,
      runs: runs.map { ($0.place, done[$0.identity]) })
  }
}

extension RunRecord {
  /// Why the scores cannot be those of a data set: tasks missing, strange or in another order; nil
  /// if they can.
  func mismatch(with dataset: Dataset) -> String? {
    let wanted = outcome == "finished" && dataset.test.count > 0 ? dataset.tasks.map(\.name) : []
    let names = tasks.map(\.name)
    guard names != wanted else { return nil }
    func listed(_ names: [String]) -> String {
      names.isEmpty ? "none" : names.joined(separator: ", ")
    }
    return "tasks \(listed(names)) where the data have \(listed(wanted))"
  }
}

extension Dataset {
  /// The test rows in which a binary task is positive; nil for a regression.
  func testPositives(of name: String) -> Int? {
    guard let task = tasks.firstIndex(where: { $0.name == name }), tasks[task].kind.hasClasses
    else { return nil }
    return (0..<test.count).count { row in
      let index = row * tasks.count + task
      return test.labels.base[index] == 1 && test.spaces.map { $0.base[index] != 0 } ?? true
    }
  }

  /// The tasks as columns of the table.
  fileprivate var comparedTasks: [ComparedTask] {
    zip(tasks, wholeTasks).map { task, isWhole in
      // One column for all models: that of the answer that is usual for the labels.
      let score = task.answer.mainScore
      return ComparedTask(
        name: task.name, score: score.name, higherIsBetter: score.higherIsBetter == true,
        bound: isWhole || !task.kind.hasClasses ? bounds[task.name] : nil,
        positives: testPositives(of: task.name))
    }
  }

  /// By task, whether all test rows lie in its sample space.
  var wholeTasks: [Bool] {
    tasks.indices.map { task in
      guard let spaces = test.spaces else { return true }
      return (0..<test.count).allSatisfy { spaces.base[$0 * tasks.count + task] != 0 }
    }
  }
}
