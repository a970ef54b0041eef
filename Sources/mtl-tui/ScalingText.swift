import Datasets
import Foundation
import Tensors
import Training

/// What `bench --scaling` prints.
struct ScalingText {
  /// The cores of this process.
  var cores: Int
  /// Whether threads keep to cores.
  var isPinned = false
  /// What the machine reaches, by threads.
  var limits: [MachineLimit]
  /// What was measured.
  var results: [ScalingBenchmark.Result]

  /// Of a limit, what it is a thread over what it is with the fewest threads.
  private func share(_ threads: Int, of value: (MachineLimit) -> Double) -> Double? {
    guard let first = limits.min(by: { $0.threads < $1.threads }),
      let own = limits.first(where: { $0.threads == threads })
    else { return nil }
    return value(own) / Double(own.threads) / (value(first) / Double(first.threads))
  }

  /// All that is printed for people.
  var text: String { ([head] + results.map(table) + [Self.legend]).joined(separator: "\n\n") }

  /// What the machine reaches.
  var head: String {
    "\(CPULevel.current), \(cores == 1 ? "1 core" : "\(cores) cores")\(isPinned ? ", pinned" : "")\n\n\(machine)"
  }

  private var machine: String {
    var table = TextTable(["threads", "products", "a thread", "memory", "a thread"])
    for limit in limits {
      table.add([
        "\(limit.threads)", String(format: "%.0f Gop/s", limit.products / 1e9),
        Self.ratio(share(limit.threads) { $0.products }),
        String(format: "%.1f GB/s", limit.bandwidth / 1e9),
        Self.ratio(share(limit.threads) { $0.bandwidth }),
      ])
    }
    return table.text
  }

  /// What was measured of a workload, and what was simulated.
  func table(_ result: ScalingBenchmark.Result) -> String {
    let loops = result.points.last?.barriers.reduce(0) { $0 + $1.loops } ?? 0
    let measured = """
      \(printable(result.workload)), batch \(result.batchSize), \
      \(String(format: "%.4g", loops)) loops a step
      \(table(result.points, isMeasured: true))
      """
    guard !result.simulated.isEmpty else { return measured }
    return """
      \(measured)
      simulated from the pieces of steps as one thread runs them, with the caches and the clock that it \
      has for itself; \(barriers)
      \(table(result.simulated, isMeasured: false))
      """
  }

  /// What a barrier of simulated threads is taken to cost, which only as many as there are cores show.
  private var barriers: String {
    cores == 1
      ? "barriers cost nothing, as on the 1 core here"
      : "a barrier costs for each further thread what it does on the \(cores) cores here"
  }

  /// How many times as fast as one thread memory feeds those that are there; nil: one thread alone was
  /// measured.
  static func memory(_ limits: [MachineLimit]) -> Double? {
    guard let first = limits.first(where: { $0.threads == 1 }),
      let last = limits.max(by: { $0.threads < $1.threads }), last.threads > 1
    else { return nil }
    return last.bandwidth / first.bandwidth
  }

  private func table(_ points: [ScalingBenchmark.Point], isMeasured: Bool) -> String {
    let barriers = Barrier.allCases.filter { barrier in
      points.contains { $0.barriers.contains { $0.barrier == barrier } }
    }
    var table = TextTable(
      ["threads", "schedule", "examples/s", "efficiency"]
        + (isMeasured ? ["products", "memory"] : ["memory-bound", "traffic"])
        + ["waiting"]
        + barriers.map(\.description) + ["alone", "pieces a thread, least of mean"])
    for point in points {
      let waits = barriers.map { barrier in
        point.barriers.first { $0.barrier == barrier }.map { Self.percent($0.waiting) } ?? "–"
      }
      table.add(
        [
          "\(point.threads)", point.schedule, String(format: "%.0f", point.examplesPerSecond),
          Self.ratio(ScalingBenchmark.Result.efficiency(of: point, among: points)),
        ]
          + (isMeasured
            ? limits(point.threads)
            : [
              Self.ratio(ScalingBenchmark.Result.boundEfficiency(of: point, among: points)),
              point.traffic.map { String(format: "%.1f GB/s", $0 / 1e9) } ?? "–",
            ])
          + [Self.percent(point.waiting)] + waits + [Self.percent(point.alone)],
        remark: Self.pieces(point))
    }
    let reasons = points.compactMap { point in
      point.whyLanes.map { "\(point.threads): by \(point.schedule), since \($0)" }
    }
    return ([table.text] + reasons).joined(separator: "\n")
  }

  private func limits(_ threads: Int) -> [String] {
    [
      Self.ratio(share(threads) { $0.products }), Self.ratio(share(threads) { $0.bandwidth }),
    ]
  }

  /// `lanes 1 of 2.0, update 10 of 12.5`.
  private static func pieces(_ point: ScalingBenchmark.Point) -> String {
    point.barriers.map {
      String(
        format: "%@ %.3g of %.3g", $0.barrier.description, $0.fewestPieces,
        $0.pieces / Double(point.threads))
    }.joined(separator: ", ")
  }

  private static func ratio(_ value: Double?) -> String {
    value.map { String(format: "%.2f", $0) } ?? "–"
  }

  private static func percent(_ share: Double) -> String {
    String(format: "%.1f %%", 100 * share)
  }

  /// What the columns mean.
  static let legend = """
    efficiency: examples/s a thread, over those with the fewest threads; products, memory: the same of \
    what the machine reaches, which no step exceeds unless it works from the caches
    waiting: the part of all threads' time, then by the loop at whose end they wait; alone: while one \
    thread works between loops
    memory-bound: the efficiency of simulated threads if packing, sums, update and tables were fed by \
    memory alone, and it fed all of them no faster than the most that were measured here; traffic: what such \
    steps move at least between cores and what they share, caches or memory
    """

  /// One JSON object.
  var json: String {
    object([
      ("level", quoted(CPULevel.current.description)), ("cores", "\(cores)"),
      ("pinned", "\(isPinned)"),
      ("machine", array(limits.map(Self.json))), ("workloads", array(results.map(Self.json))),
    ])
  }

  private static func json(_ limit: MachineLimit) -> String {
    object([
      ("threads", "\(limit.threads)"), ("product_ops_per_second", number(limit.products)),
      ("bytes_per_second", number(limit.bandwidth)),
    ])
  }

  private static func json(_ result: ScalingBenchmark.Result) -> String {
    object([
      ("workload", quoted(result.workload)), ("batch", "\(result.batchSize)"),
      ("points", json(result.points)), ("simulated", json(result.simulated)),
    ])
  }

  private static func json(_ points: [ScalingBenchmark.Point]) -> String {
    array(
      points.map {
        json($0, efficiency: ScalingBenchmark.Result.efficiency(of: $0, among: points))
      })
  }

  private static func json(_ point: ScalingBenchmark.Point, efficiency: Double) -> String {
    object([
      ("threads", "\(point.threads)"), ("schedule", quoted(point.schedule)),
      ("why_lanes", point.whyLanes.map(quoted) ?? "null"),
      ("examples_per_second", number(point.examplesPerSecond)),
      ("examples_per_second_best", number(point.bestExamplesPerSecond)),
      ("examples_per_second_memory_bound", point.memoryBound.map { number($0) } ?? "null"),
      ("traffic_bytes_per_second", point.traffic.map { number($0) } ?? "null"),
      ("efficiency", number(efficiency)), ("waiting", number(point.waiting)),
      ("waiting_alone", number(point.alone)),
      (
        "barriers",
        array(
          point.barriers.map {
            object([
              ("barrier", quoted($0.barrier.description)), ("loops_per_step", number($0.loops)),
              ("pieces", number($0.pieces)),
              ("pieces_a_thread", number($0.pieces / Double(point.threads))),
              ("pieces_a_thread_least", number($0.fewestPieces)),
              ("waiting", number($0.waiting)),
            ])
          })
      ),
    ])
  }
}
