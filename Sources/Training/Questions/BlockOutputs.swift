import Graph
import Metrics

/// What a block of rows made of a model's gates.
struct BlockOutputs {
  let executor: Executor
  let rows: Int

  /// By gate, how many rows choose each expert first.
  var firstChoices: [String: [Double]] {
    var counts: [String: [Double]] = [:]
    for output in executor.plan.outputs where output.name.hasPrefix("gates.") {
      guard let values = executor.output(output.name) else { continue }
      let statistics = GateStatistics(values, rows: rows, experts: output.width)
      counts[String(output.name.dropFirst("gates.".count))] = statistics.topShare.map {
        (Double($0) * Double(rows)).rounded()
      }
    }
    return counts
  }
}
