import Graph
public import Tensors

/// Where the threads' time goes in the training steps of a workload.
public struct StepProfile: Sendable {
  /// One cost: an operation in one direction, a pass of the optimiser, or waiting.
  public struct Cost: Sendable {
    /// What it is, `linear+relu 167→2048, backward`.
    public var name: String
    /// Its kind; nil for waiting.
    public var kind: WorkKind?
    /// Its part of all threads' time.
    public var share: Double
  }

  /// All costs, the largest first.
  public var costs: [Cost]
  /// The loops of a step and how long threads wait at the ends of each kind; they are part of the waiting
  /// among the costs, which has also what the clocks of the pieces do not see.
  public var waits: [ScalingBenchmark.Wait]
  /// The part of all threads' time that they wait while the first one works between loops.
  public var alone: Double
  /// Bytes that a step must move at least: its weights, their moments, its table rows.
  public var bytesPerStep: Double

  /// The part of all threads' time that goes to a kind; nil for waiting.
  public func share(of kind: WorkKind?) -> Double {
    costs.filter { $0.kind == kind }.reduce(0) { $0 + $1.share }
  }

  /// Takes steps of a workload for some seconds, with clocks.
  public init(_ workload: Workload, batchSize: Int, threads: Int, seconds: Double) {
    let trainer = workload.trainer(batchSize: batchSize, threads: threads)
    let rows = workload.rows(batchSize: batchSize)
    let batches = rows.examples.count / batchSize
    var step = 0
    func takeStep() {
      let batch = rows.batch(from: step % batches * batchSize, rows: batchSize)
      precondition(trainer.step(batch, rate: 1e-3), "the loss is not a finite number")
      step += 1
    }
    StepBenchmark.run(for: 0.5, minimum: 3, takeStep)
    let clock = WorkClock(threads: threads)
    trainer.workspace.pool.clock = clock
    let loops = LoopClock(threads: trainer.workspace.pool.working)
    trainer.workspace.pool.loops = loops
    let operations = trainer.trainingExecutor().profile(with: clock)
    let before = step
    let elapsed = StepBenchmark.run(for: seconds, minimum: 3, takeStep)
    let point = ScalingBenchmark.Point(
      loops, seconds: elapsed, steps: step - before,
      examplesPerSecond: Double((step - before) * batchSize) / elapsed)
    (waits, alone) = (point.barriers, point.alone)
    costs = Self.costs(clock, operations, total: elapsed * Double(threads))
    bytesPerStep = trainer.bytesPerStep(rows: batchSize)
  }

  private static func costs(
    _ clock: WorkClock, _ operations: OperationClock, total: Double
  ) -> [Cost] {
    var costs: [Cost] = []
    for entry in operations.entries {
      for (direction, seconds) in [("forward", entry.forward), ("backward", entry.backward)] {
        costs.append(
          Cost(name: "\(entry.name), \(direction)", kind: entry.kind, share: seconds / total))
      }
    }
    for kind in WorkKind.allCases {
      let known = operations.entries.filter { $0.kind == kind }
        .reduce(0) { $0 + $1.forward + $1.backward }
      let rest = clock.seconds(of: kind) - known
      costs.append(Cost(name: name(of: kind), kind: kind, share: rest / total))
    }
    let busy = costs.reduce(0) { $0 + $1.share }
    costs.append(Cost(name: "waiting", kind: nil, share: 1 - busy))
    return costs.filter { $0.share > 0 }.sorted { $0.share > $1.share }
  }

  private static func name(of kind: WorkKind) -> String {
    switch kind {
    case .packing: "packing weights"
    case .product: "products"
    case .elementwise: "passes over values"
    case .embedding: "table rows reduced and updated"
    case .optimiser: "dense update"
    case .balancing: "gradients balanced"
    }
  }
}

extension Trainer {
  /// Bytes that a step cannot avoid: each dense number with its two moments read and written, read
  /// in both directions, its gradient written and read; each table row of the batch likewise, and
  /// gathered.
  func bytesPerStep(rows: Int) -> Double {
    let dense = Double(store.dense.count) * 4 * 10
    let tables = trainingExecutor().tableGradients.reduce(0.0) { sum, table in
      let vocabulary = (store.tables[table.parameter.index]?.count ?? 0) / table.width
      let read = rows * table.parts.count
      let touched = Double(min(vocabulary, read))
      return sum + 4 * Double(table.width) * (8 * touched + 2 * Double(read))
    }
    return dense + tables
  }
}
