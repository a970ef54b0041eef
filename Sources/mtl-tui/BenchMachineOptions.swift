import ArgumentParser
import Datasets
import Tensors
import Training

/// The part of the machine that `bench` uses.
struct BenchMachineOptions: ParsableArguments {
  @Option(
    help: """
      Threads that train; with --scaling, numbers of threads separated by commas. (default: 2; with \
      --scaling 1, 2, 4 … up to as many as the process may use)
      """)
  var threads: ThreadCounts?
  @Option(
    help: """
      Use narrower instructions than the machine has: \
      \(CPULevel.allCases.map(\.description).joined(separator: ", ")).
      """, completion: .list(CPULevel.allCases.map(\.description)))
  var level: String?

  @Option(
    help: """
      How threads share steps: \(StepBenchmark.schedules.joined(separator: ", ")); the bits are the same. \
      (default: as suits batch and threads)
      """, completion: .list(StepBenchmark.schedules))
  var schedule: String?
  @Option(
    help: """
      With --scaling: numbers of threads by commas, also more than there are cores; what the pieces of \
      steps as one thread runs them would come to, if nothing but their cut were in the way \
      and barriers cost what they do on the cores that there are.
      """)
  var simulate: ThreadCounts?
  @Option(
    help: ArgumentHelp(
      "Predict steps on many ranks, each with the rows of --batch and 1 thread unless told: "
        + "ranks=64,latency=2us,bandwidth=12GB/s. With local, compare predictions with 2 and 4 ranks that "
        + "are threads here.", valueName: "figures"))
  var cluster: String?
  @Flag(
    help: "Keep each thread on a core of its own; cores come before the second threads of cores.")
  var pin = false

  func validate() throws {
    // Fewer would train, or cut the work, than the figures are printed for.
    for (option, counts) in [("--threads", threads), ("--simulate", simulate)] {
      for count in counts?.values ?? [] where !(1...WorkerPool.most).contains(count) {
        throw ValidationError(
          "\(option) must be from 1 to \(WorkerPool.most) on this machine, found \(count).")
      }
    }
    if let schedule, !StepBenchmark.schedules.contains(schedule) {
      throw ValidationError(
        "no schedule '\(printable(schedule))'. Known: "
          + "\(StepBenchmark.schedules.joined(separator: ", ")).")
    }
    guard let level else { return }
    guard let known = CPULevel.allCases.first(where: { $0.description == level }) else {
      throw ValidationError(
        "no level '\(printable(level))'. Known: "
          + "\(CPULevel.allCases.map(\.description).joined(separator: ", ")).")
    }
    guard known.isAvailable else {
      throw ValidationError("--level \(level): this machine has it not.")
    }
  }

  /// Refuses `--pin` for more threads than there are cores; those of one number, or of a comparison.
  func checkPinning(isScaling: Bool, cores: (Int) throws(PinningError) -> Void) throws {
    guard pin else { return }
    do throws(PinningError) {
      try cores(isScaling ? counts.max() ?? 1 : count)
    } catch {
      throw ValidationError(error.description)
    }
  }

  /// Uses the instructions that were asked for, from now on.
  func use() {
    guard let known = CPULevel.allCases.first(where: { $0.description == level }) else { return }
    CPULevel.use(known)
  }

  /// The one number of threads; 2 unless told.
  var count: Int { threads?.values.first ?? 2 }

  /// Numbers of threads to compare, in rising order.
  var counts: [Int] {
    threads.map { Set($0.values).sorted() } ?? Self.doubling(to: AvailableCores.count)
  }

  /// 1, 2, 4 … and the most.
  static func doubling(to most: Int) -> [Int] {
    var counts = [1]
    while let last = counts.last, last < most { counts.append(min(most, 2 * last)) }
    return counts
  }
}

/// One number of threads, or several separated by commas.
struct ThreadCounts: ExpressibleByArgument, Equatable {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0) }
    guard values.count == parts.count else { return nil }
    self.values = values
  }
}
