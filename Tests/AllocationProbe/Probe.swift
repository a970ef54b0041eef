import Datasets
import Foundation
import Graph
import Layers
import MallocCounter
import Models
import Objectives
import Runs
import Tensors
import Training

/// A model, an optimiser and a batch whose steps are counted.
struct Probe {
  let name: String
  let workload: Workload
  /// Another model than the workload's, by name.
  var model: String?
  /// What is chosen about it.
  var options: [String: String] = [:]
  var optimizer = OptimizerConfiguration()
  /// Of a model of users and items, the kinds of its tasks; two fields are the user and the item then.
  var kinds: [LabelKind] = []
  /// The share of hidden units that are dropped.
  var dropout = 0.0
  var batchSize = 256
  /// Rows of the batches in turn; short ones as at an epoch's end.
  var rows = [256]
  /// Threads; a case of more than two must go by pieces.
  var threads = 2
  /// Whether the first field has lists.
  var hasLists = false
  /// Turned off during the count, and on before and after.
  var taskOff: Int?
  /// How the tasks' gradients are put together; nil: as the workload says.
  var balancer: String?
  /// Values of a batch that a parted step keeps at most; nil: as many as usual.
  var mostSpanningFloats: Int?
  /// Steps that are counted, and as many before to warm up: what a step allocates it allocates in each
  /// of them, and short batches, tasks that are off and turns come round in so many.
  var steps = 32
  /// Whether the last counted step allocates once besides: to see that it would be noticed.
  var allocates = false

  /// A step that allocates, which no case may be like.
  static let witness = Probe(
    name: "a step that allocates", workload: Workload.all[0], allocates: true)

  static let all: [Probe] = {
    let small = Workload.all[0]
    let tasks = Workload.all[1]
    // Of the smallest network more steps: what comes seldom comes there.
    return Workload.all.map {
      Probe(name: $0.name, workload: $0, steps: $0.name == small.name ? 100 : 16)
    } + [
      Probe(
        name: "short batches", workload: small, batchSize: 1024, rows: [1024, 333], steps: 100),
      Probe(name: "single-task", workload: small, model: "single-task"),
      Probe(name: "sub-networks in turns", workload: small, model: "sparse-sharing"),
      Probe(name: "contrast", workload: small, model: "csrec"),
      Probe(
        name: "L2 soft sharing", workload: tasks, model: "l2-soft", options: ["separate": "true"]),
      Probe(name: "AITM", workload: tasks, model: "aitm"),
      Probe(name: "ESCM²", workload: tasks, model: "escm2", options: ["estimator": "dr"]),
      Probe(name: "ESMM's base", workload: tasks, model: "esmm", options: ["variant": "base"]),
      Probe(
        name: "PLE, weights decaying", workload: tasks, model: "ple",
        options: ["gamma": "0.99", "gamma-unit": "step"]),
      Probe(
        name: "gates' dropout and balance", workload: small, model: "mmoe",
        options: ["gate-dropout": "0.1", "balance": "0.1", "temperature": "2"]),
      Probe(name: "dropout", workload: small, model: "hard-sharing", dropout: 0.2),
      Probe(name: "dropout in stacked experts", workload: small, model: "mmoe", dropout: 0.2),
      Probe(
        name: "losses by a pass of their own", workload: tasks, rows: [256, 77], taskOff: 0,
        balancer: "famo", mostSpanningFloats: -1, steps: 24),
      Probe(
        name: "youtube", workload: small, model: "youtube",
        options: ["position": "f0", "device": "f1"]),
      Probe(name: "stem-net", workload: small, model: "stem-net"),
      Probe(
        name: "crossdistil", workload: small, model: "crossdistil",
        options: ["base": "mmoe", "pairs": "100"], rows: [256, 77]),
      Probe(name: "one task off", workload: Workload.all[1], model: "omoe", taskOff: 1),
      Probe(
        name: "one task off, balanced", workload: Workload.all[Workload.all.count - 1],
        taskOff: 1, steps: 16),
      Probe(
        name: "clipping", workload: small, model: "hard-sharing",
        optimizer: OptimizerConfiguration(clipNorm: 0.1)),
      Probe(
        name: "whole tables", workload: small, optimizer: OptimizerConfiguration(tables: .dense)),
      Probe(
        name: "Adagrad", workload: small,
        optimizer: OptimizerConfiguration(.adagrad(), clipNorm: 0.1)),
      Probe(
        name: "row-wise Adagrad", workload: small,
        optimizer: OptimizerConfiguration(.adagrad(isRowWise: true))),
      Probe(
        name: "projected Adagrad", workload: small,
        optimizer: OptimizerConfiguration(.projectedAdagrad(isEveryStep: true), clipNorm: 0.1)),
      Probe(name: "SGD", workload: small, optimizer: OptimizerConfiguration(.sgd)),
      Probe(
        name: "RMSprop", workload: small,
        optimizer: OptimizerConfiguration(.rmsprop(momentum: 0.5, isCentered: true))),
      Probe(
        name: "momentum", workload: small,
        optimizer: OptimizerConfiguration(.gradientDescent(momentum: 0.9), clipNorm: 0.1)),
      Probe(name: "LAMB", workload: small, optimizer: OptimizerConfiguration(.lamb())),
      Probe(name: "lists", workload: small, model: "mmoe", hasLists: true),
      Probe(
        name: "lists, L2 soft sharing", workload: tasks, model: "l2-soft",
        options: ["separate": "true"], hasLists: true),
      Probe(name: "MT-FwFM", workload: small, model: "mt-fwfm", taskOff: 1),
      Probe(name: "MRAN", workload: small, model: "mran", taskOff: 1),
      Probe(
        name: "batch norm", workload: small, model: "mran", options: ["norm": "batch"],
        rows: [256, 77]),
      Probe(
        name: "rank-and-rate", workload: small, model: "rank-and-rate",
        kinds: [.regression, .ranking], rows: [256, 77]),
    ]
      + [
        Probe(name: "by pieces, 3 threads", workload: small, rows: [256, 77], threads: 3),
        Probe(
          name: "by pieces, 5 threads", workload: tasks, batchSize: 1024, rows: [1024, 333],
          threads: 5, steps: 16),
        Probe(
          name: "dropout by pieces", workload: small, model: "mmoe",
          options: ["temperature": "2"], dropout: 0.2, threads: 3),
        Probe(name: "lists by pieces", workload: small, model: "mmoe", threads: 3, hasLists: true),
        // So few tables that the touched rows of the large ones are moved in pieces.
        Probe(
          name: "tables by pieces",
          workload: small.with(vocabularies: [1, 63, 64, 65, 129, 1000]), rows: [256, 77],
          threads: 3),
        Probe(
          name: "tables by pieces, row-wise Adagrad",
          workload: small.with(vocabularies: [1, 63, 64, 65, 129, 1000]),
          optimizer: OptimizerConfiguration(.adagrad(isRowWise: true)), threads: 5),
      ]
      + BalancerRegistry.entries.map {
        Probe(
          name: "balanced by \($0.about.name)", workload: tasks, rows: [256, 77], taskOff: 0,
          balancer: $0.about.name, steps: 24)
      }
  }()

  /// Warms up, then counts the allocations of its steps on its threads.
  func allocations() -> Int {
    let trainer = trainer()
    checkSchedule(of: trainer)
    let examples = workload.examples(count: 4 * batchSize, seed: 1)
    let lists = lists
    let order = Storage((0..<(4 * batchSize)).reversed().map { Int32($0) })
    let bins = LossBins(tasks: workload.taskCount)
    if let mostSpanningFloats { trainer.mostSpanningFloats = mostSpanningFloats }
    if let taskOff { trainer.isOn[taskOff] = false }
    if let balancer {
      let tasks = BalancedTasks(workload.tasks.map(\.name))
      guard let choice = try? BalancerChoice(named: balancer, for: tasks) else {
        print("no balancer '\(balancer)'")
        exit(2)
      }
      trainer.balance(by: choice)
    }
    _ = run(trainer, examples, lists, order, bins, from: 0)
    mc_arm()
    let kept = run(trainer, examples, lists, order, bins, from: steps)
    return mc_disarm() + (kept.isEmpty == allocates ? 1_000_000 : 0)
  }

  /// A case of more than two threads is there for what steps by pieces do.
  private func checkSchedule(of trainer: Trainer) {
    guard threads > 2 else { return }
    let plan = trainer.trainingExecutor().plan
    if plan.schedule != .pieces {
      print("\(name): it goes by lanes: \(plan.whyLanes ?? "that suits its rows")")
      exit(2)
    }
  }

  private func run(
    _ trainer: Trainer, _ examples: Examples, _ lists: FieldLists?, _ order: Storage<Int32>,
    _ bins: LossBins,
    from first: Int
  ) -> [Int] {
    var kept: [Int] = []
    for step in first..<(first + steps) {
      var batch = Batch(
        rows: rows[step % rows.count], ids: UnsafePointer(examples.ids.base),
        fields: workload.input.vocabularies.count, dense: UnsafePointer(examples.dense.base),
        denseCount: workload.input.denseCount, labels: UnsafePointer(examples.labels.base),
        spaces: nil, tasks: workload.taskCount,
        index: UnsafePointer(order.base + step % 4 * batchSize))
      batch.lists = lists.map { UnsafePointer($0.rows.base) }
      guard trainer.step(batch, rate: 1e-3) else { return kept }
      for task in 0..<workload.taskCount where trainer.isOn[task] {
        bins.add(Float(trainer.loss(of: task)), task: task, step: step)
      }
      if allocates, step == 2 * steps - 1 { kept = [Int](repeating: step, count: 100) }
    }
    return kept
  }

  /// Lists of one to three values; the number of a list is the id that the row has else.
  private var lists: FieldLists? {
    guard hasLists else { return nil }
    let count = Int32(workload.input.vocabularies[0])
    let table = FieldLists.Table((0..<count).map { id in (0...(id % 3)).map { (id + $0) % count } })
    return FieldLists([table] + workload.input.vocabularies.dropFirst().map { _ in nil })
  }

  private func trainer() -> Trainer {
    guard let model else {
      return workload.trainer(batchSize: batchSize, threads: threads, optimizer: optimizer)
    }
    let builder = Builder()
    builder.dropout = dropout
    var input = workload.input.specification
    if !kinds.isEmpty { input.schema.interactions = Self.interactions }
    if hasLists { input.schema.fields[0].list = ListShape(.mean, longest: 3) }
    guard case .trained(let make)? = try? ModelRegistry.entry(named: model).kind,
      let network = try? make(options, input, tasks, builder)
    else {
      print("no model '\(model)'")
      exit(2)
    }
    let store = ParameterStore(builder.specifications, tasks: workload.taskCount, seed: 1)
    return Trainer(
      network, store: store, tasks: tasks, batchSize: batchSize, optimizer: optimizer,
      dataset: kinds.isEmpty ? nil : dataset(input.schema), pool: WorkerPool(threads: threads))
  }

  private var tasks: [TaskDefinition] {
    kinds.isEmpty
      ? workload.tasks
      : kinds.enumerated().map { TaskDefinition(name: "t\($0.offset)", kind: $0.element) }
  }

  /// Rows by which it is known who met what.
  private func dataset(_ schema: FeatureSchema) -> Dataset {
    let examples = workload.examples(count: 4 * batchSize, seed: 1)
    var dataset = Dataset(
      name: workload.name, features: schema, tasks: tasks, training: examples,
      validation: examples, test: examples)
    dataset.interactions = Interactions(
      examples, schema, user: Self.interactions.user, item: Self.interactions.item,
      hasUnknown: false)
    return dataset
  }

  /// The largest fields of the workloads' census.
  private static let interactions = InteractionFields(user: 0, item: 13)
}
