import ArgumentParser
import Datasets
import Foundation
import Objectives
import Runs
import Tensors
import Training

/// `mtl-tui bench`: how fast training steps are on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Time training steps on data that are in memory.",
    discussion: """
      Without --data the rows are made, in the shape of a workload. With --data they are the \
      training rows in their stored order, in full batches: what `train` would reach without \
      shuffling and scoring.
      """)

  @Option(
    help: "The network and the shape of its data, or several by commas; see `bench --list`.",
    completion: .list(Workload.named.map(\.name)))
  var workload: String?
  @Option(
    help: """
      Time balancers of `mtl-tui balancers` on the workload, window by window in turn: names \
      separated by commas, or all. The first is what the others are compared with.
      """)
  var balancers: String?
  @Flag(
    help: """
      Time checkpoints of the workload instead: written into a folder for temporary files, read, \
      checked, and put back.
      """)
  var checkpoint = false
  @OptionGroup(title: "On data instead of a workload") var onData: BenchDataOptions
  @Option(help: "Rows in a batch; by default 1024, or as many as the workload says.")
  var batch: Int?
  @OptionGroup(title: "The part of the machine that is used") var machine: BenchMachineOptions
  @Option(help: "Seconds to measure; with --scaling, on each number of threads.") var seconds = 4.0
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(help: "Name the workloads.") var list = false
  @Flag(help: "Measure the machine, then say for each workload where the time goes.")
  var roofline = false
  @Flag(
    help: """
      Time the same steps on different numbers of threads: what they gain, and where they wait; first \
      what the machine reaches on as many.
      """)
  var scaling = false
  @Option(help: "How many times as large the vocabularies are.") var grow = 1

  func validate() throws {
    try checkWorkload()
    if let batch, !(1...65536).contains(batch) {
      throw ValidationError("--batch must be from 1 to 65536, found \(batch).")
    }
    if !scaling, let several = machine.threads?.values, several.count != 1 {
      throw ValidationError("--threads takes several numbers with --scaling only.")
    }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds must be above 0 and at most 3600, found \(seconds).")
    }
    guard (1...1000).contains(grow) else {
      throw ValidationError("--grow must be from 1 to 1000, found \(grow).")
    }
    try machine.checkPinning(isScaling: scaling) { threads throws(PinningError) in
      try WorkerPool.checkPinning(threads: threads)
    }
    try checkCluster()
    try checkMemory()
  }

  /// The tables and both moments must fit into the memory, or the system would end the program.
  private func checkMemory() throws {
    guard grow > 1 else { return }
    let gigabyte = Double(1 << 30)
    let memory = Double(ProcessInfo.processInfo.physicalMemory) / gigabyte
    for workload in chosen(else: "w1b") {
      let rows = Double(workload.input.vocabularies.reduce(0, +))
      let needed = rows * Double(workload.input.embeddingWidth) * 12 / gigabyte
      guard needed > 0.8 * memory else { continue }
      throw ValidationError(
        String(
          format: "--grow %d: the tables of %@ would take %.0f GB, and this machine has %.0f.",
          grow, workload.name, needed, memory))
    }
  }

  private func checkWorkload() throws {
    let known = Workload.named.map(\.name)
    if names?.isEmpty == true {
      throw ValidationError(
        "--workload names none. Known: \(known.joined(separator: ", ")).")
    }
    for name in names ?? [] where !known.contains(name) {
      let near = nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw ValidationError(
        "no workload '\(printable(name))'\(near) Known: \(known.joined(separator: ", ")).")
    }
    let modes = [
      ("--list", list), ("--roofline", roofline), ("--balancers", balancers != nil),
      ("--checkpoint", checkpoint), ("--scaling", scaling), ("--cluster", machine.cluster != nil),
    ].filter(\.1).map(\.0)
    let ofSteps = [("--pin", machine.pin), ("--schedule", machine.schedule != nil)]
    if let mode = modes.first(where: { $0 != "--scaling" }), let option = ofSteps.first(where: \.1)
    {
      throw ValidationError("\(option.0) is about steps and --scaling; leave it or \(mode) out.")
    }
    if machine.simulate != nil, !scaling {
      throw ValidationError("--simulate goes with --scaling.")
    }
    guard modes.count < 2 else {
      throw ValidationError("\(modes.joined(separator: " and ")) time different things; give one.")
    }
    guard onData.data != nil else { return }
    for (option, isGiven) in [
      ("--workload", workload != nil), ("--list", list), ("--roofline", roofline),
      ("--balancers", balancers != nil), ("--checkpoint", checkpoint),
      ("--cluster", machine.cluster != nil), ("--grow", grow != 1),
    ] where isGiven {
      throw ValidationError("\(option) is about workloads; leave it or --data out.")
    }
  }

  func run() throws {
    machine.use()
    if list {
      return try StandardOutput.writeLine(
        Workload.named.map { "\($0.name)  \($0.summary)" }.joined(separator: "\n"))
    }
    if roofline { return try printRoofline() }
    do {
      if let balancers { return try printBalancers(balancers) }
      if checkpoint { return try printCheckpoints() }
      if let cluster = machine.cluster {
        return try printCluster(ClusterWish(cluster), of: chosen(else: "w1b"))
      }
      let given = try onData.benchmark(batch: batch ?? 1024, threads: threads, seconds: seconds)
      let benchmarks =
        (given.map { [$0] } ?? chosen(else: "w1b").map(benchmark))
        .map { given in
          var benchmark = given
          benchmark.isPinned = machine.pin
          benchmark.schedule = machine.schedule
          return benchmark
        }
      if scaling { return try printScaling(of: benchmarks) }
      for benchmark in benchmarks {
        let result = try benchmark.run()
        try StandardOutput.writeLine(json ? result.json : result.text)
      }
    } catch let failure as Failure {
      end(failure)
    } catch {
      end(Failure(message: "\(error)"))
    }
  }

  /// The workload that was asked for, else a default or, without one, all.
  private func chosen(else name: String?) -> [Workload] {
    // All are those of recommenders; those of sequences are asked for by name.
    (workload == nil ? Workload.all : Workload.named)
      .filter { (names ?? name.map { [$0] } ?? [$0.name]).contains($0.name) }
      .map { workload in workload.with(vocabularies: workload.input.vocabularies.map { $0 * grow })
      }
  }

  /// The workloads that were asked for.
  private var names: [String]? { workload?.split(separator: ",").map(String.init) }

  private var threads: Int { machine.count }

  private func benchmark(_ workload: Workload) -> StepBenchmark {
    StepBenchmark(
      workload: workload, batchSize: batch ?? workload.batchSize, threads: threads, seconds: seconds
    )
  }

  private func printScaling(of benchmarks: [StepBenchmark]) throws {
    let counts = machine.counts
    var text = ScalingText(
      cores: AvailableCores.count, isPinned: machine.pin,
      limits: try limits(counts),
      results: [])
    if !json { try StandardOutput.writeLine(text.head) }
    for benchmark in benchmarks {
      let scaling = ScalingBenchmark(benchmark, threads: counts, seconds: seconds)
      var result = try scaling.run()
      if let simulated = machine.simulate?.values {
        result.simulated = try scaling.simulated(
          on: Set(simulated).sorted(), memory: ScalingText.memory(text.limits))
      }
      text.results.append(result)
      if !json { try StandardOutput.writeLine("\n" + text.table(result)) }
    }
    try StandardOutput.writeLine(json ? text.json : "\n" + ScalingText.legend)
  }

  private func limits(_ counts: [Int]) throws -> [MachineLimit] {
    let pool = try WorkerPool(threads: counts.max() ?? 1, isPinned: machine.pin)
    return MachineLimit.measured(on: pool, threads: counts, seconds: min(0.4, seconds / 8))
  }

  private func printBalancers(_ names: String) throws {
    let chosen =
      names == "all"
      ? BalancerRegistry.entries.map(\.about.name) : names.split(separator: ",").map(String.init)
    for workload in self.chosen(else: "w1b") {
      let benchmark = BalancerBenchmark(
        workload, balancers: chosen.map { BalancerSetting($0) },
        batchSize: batch ?? workload.batchSize,
        threads: threads,
        seconds: seconds)
      let rows = try benchmark.run()
      try StandardOutput.writeLine(
        json ? array(rows.map { $0.json(workload.name) }) : Self.text(rows, workload: workload.name)
      )
    }
  }

  private func printCheckpoints() throws {
    for workload in chosen(else: "w1b") {
      let result = try CheckpointBenchmark(
        workload, batchSize: batch ?? workload.batchSize, threads: threads
      )
      .run(in: FileManager.default.temporaryDirectory)
      try StandardOutput.writeLine(json ? result.json : result.text)
    }
  }

  private static func text(_ rows: [BalancerBenchmark.Row], workload: String) -> String {
    var table = TextTable([workload, "ms a step", "ratio"])
    for row in rows {
      table.add(
        [
          row.balancer, String(format: "%.3f", row.stepMilliseconds),
          String(format: "%.3f", row.ratio),
        ], remark: row.sees.joined(separator: ", "))
    }
    return table.text
  }

  private func printRoofline() throws {
    let machines = Set([1, threads]).sorted().map { Machine(threads: $0) }
    try StandardOutput.writeLine(RooflineText.machine(machines))
    guard let machine = machines.last else { return }
    for workload in chosen(else: nil) {
      let result = try benchmark(workload).run()
      let profile = StepProfile(
        workload, batchSize: batch ?? workload.batchSize, threads: threads, seconds: seconds)
      try StandardOutput.writeLine(RooflineText.workload(workload, result, profile, machine))
    }
  }
}

extension BalancerBenchmark.Row {
  fileprivate func json(_ workload: String) -> String {
    object([
      ("workload", quoted(workload)), ("balancer", quoted(balancer)),
      ("step_ms", "\(stepMilliseconds)"), ("ratio", "\(ratio)"),
      ("sees", array(sees.map(quoted))),
    ])
  }
}

extension CheckpointBenchmark.Result {
  fileprivate var json: String {
    object([
      ("workload", quoted(workload)), ("megabytes", "\(megabytes)"),
      ("handed_seconds", "\(handedSeconds)"), ("settled_seconds", "\(settledSeconds)"),
      ("read_seconds", "\(readSeconds)"), ("put_back_seconds", "\(putBackSeconds)"),
    ])
  }

  fileprivate var text: String {
    """
    workload         \(workload)
    checkpoint       \(String(format: "%.1f MB", megabytes))
    written          \(String(format: "%.3f s; no step is taken that long", handedSeconds))
    on the disk      \(String(format: "%.3f s after it began", settledSeconds))
    read, checked    \(String(format: "%.3f s", readSeconds))
    put back         \(String(format: "%.3f s", putBackSeconds))
    """
  }
}

extension StepBenchmark.Result {
  fileprivate var json: String {
    """
    {"workload":\(quoted(workload)),"examples_per_second":\(examplesPerSecond),\
    "step_ms_p50":\(stepMillisecondsMedian),"step_ms_p95":\(stepMilliseconds95),\
    "peak_rss_mb":\(peakResidentMegabytes),"flops_per_step":\(operationsPerStep),\
    "fma_peak_gflops":\(peakGigaOperations),"share_of_floor":\(shareOfFloor)}
    """
  }

  private var steps: String {
    String(format: "%.3f ms median, %.3f ms p95", stepMillisecondsMedian, stepMilliseconds95)
  }

  fileprivate var text: String {
    """
    workload         \(printable(workload))
    examples/s       \(String(format: "%.0f", examplesPerSecond))
    step             \(steps)
    peak memory      \(String(format: "%.0f MB", peakResidentMegabytes))
    operations       \(String(format: "%.3f · 10⁹ a step", operationsPerStep / 1e9))
    machine's peak   \(String(format: "%.0f · 10⁹ operations/s", peakGigaOperations))
    share of floor   \(String(format: "%.0f %%", 100 * shareOfFloor))
    """
  }
}
