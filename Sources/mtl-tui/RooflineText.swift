import Foundation
import Tensors
import Training

/// What `bench --roofline` prints.
enum RooflineText {
  /// What the machine does at best, one line a number of threads.
  static func machine(_ machines: [Machine]) -> String {
    let head =
      "\(CPULevel.current)   threads  in registers  products     memory   rows read   rows written"
    return
      ([head]
      + machines.map { one in
        String(
          format: "%13d %7.0f Gop/s %4.0f Gop/s %5.1f GB/s %6.0f M/s %9.0f M/s", one.threads,
          one.multiplyAddPeak / 1e9, one.productPeak / 1e9, one.bandwidth / 1e9,
          one.gatheredRows / 1e6, one.scatteredRows / 1e6)
      }).joined(separator: "\n")
  }

  /// The floor of a workload, what was measured, and where the time goes.
  static func workload(
    _ workload: Workload, _ result: StepBenchmark.Result, _ profile: StepProfile,
    _ machine: Machine
  ) -> String {
    let compute = 1e3 * result.operationsPerStep / result.peakGigaOperations / 1e9
    let memory = 1e3 * profile.bytesPerStep / machine.bandwidth
    let floor = max(compute, memory)
    let kinds: [(String, WorkKind?)] = [
      ("product", .product), ("packing", .packing), ("elementwise", .elementwise),
      ("embedding", .embedding), ("optimiser", .optimiser), ("balancing", .balancing),
      ("waiting", nil),
    ]
    let shares = kinds.map {
      String(format: "%@ %.1f %%", $0.0, 100 * profile.share(of: $0.1))
    }
    let largest = profile.costs.prefix(3).map {
      String(format: "%@ %.1f %%", $0.name, 100 * $0.share)
    }
    let waits =
      profile.waits.map { wait in
        String(
          format: "%@ %.3g × %.1f %%", wait.barrier.description, wait.loops,
          wait.loops > 0 ? 100 * wait.waiting / wait.loops : 0)
      } + [String(format: "alone %.1f %%", 100 * profile.alone)]
    return """

      \(workload.name), \(workload.summary): \(String(format: "%.0f", result.examplesPerSecond)) \
      examples/s
        operations \(String(format: "%.3f · 10⁹ (%.2f ms)", result.operationsPerStep / 1e9, compute)), \
      bytes \(String(format: "%.1f · 10⁶ (%.2f ms)", profile.bytesPerStep / 1e6, memory))
        floor \(String(format: "%.2f ms", floor)), measured \
      \(String(format: "%.2f ms", result.stepMillisecondsMedian)), share of floor \
      \(String(format: "%.2f", floor / result.stepMillisecondsMedian))
        time: \(shares.joined(separator: ", "))
        waiting at the end of loops (a step's number × each): \(waits.joined(separator: ", "))
        largest: \(largest.joined(separator: "; "))
      """
  }
}
