import ArgumentParser
import Foundation
import Runs
import Training

/// `mtl-tui bench`: how fast training steps are on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Time training steps on made data that are in memory.")

  @Option(help: "w1a (small MMoE) or w1b (medium MMoE).") var workload = "w1b"
  @Option(help: "Rows in a batch.") var batch = 1024
  @Option(help: "Threads that train.") var threads = 2
  @Option(help: "Seconds to measure.") var seconds = 4.0
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    let known = Workload.all.map(\.name)
    guard known.contains(workload) else {
      let near = nearest(to: workload, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw ValidationError(
        "no workload '\(workload)'\(near) Known: \(known.joined(separator: ", ")).")
    }
    guard (1...65536).contains(batch) else {
      throw ValidationError("--batch must be from 1 to 65536, found \(batch).")
    }
    guard (1...256).contains(threads) else {
      throw ValidationError("--threads must be from 1 to 256, found \(threads).")
    }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds must be above 0 and at most 3600, found \(seconds).")
    }
  }

  func run() throws {
    guard let chosen = Workload.all.first(where: { $0.name == workload }) else { return }
    let result = StepBenchmark(
      workload: chosen, batchSize: batch, threads: threads, seconds: seconds
    ).run()
    print(json ? result.json : result.text)
  }
}

extension StepBenchmark.Result {
  fileprivate var json: String {
    """
    {"workload":"\(workload)","examples_per_second":\(examplesPerSecond),\
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
    workload         \(workload)
    examples/s       \(String(format: "%.0f", examplesPerSecond))
    step             \(steps)
    peak memory      \(String(format: "%.0f MB", peakResidentMegabytes))
    operations       \(String(format: "%.3f · 10⁹ a step", operationsPerStep / 1e9))
    machine's peak   \(String(format: "%.0f · 10⁹ operations/s", peakGigaOperations))
    share of floor   \(String(format: "%.0f %%", 100 * shareOfFloor))
    """
  }
}
