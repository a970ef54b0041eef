import Graph
import Metrics

/// What a block of rows made of a model's gates.
struct BlockOutputs {
  let executor: Executor
  let rows: Int

  /// By task, nil for a gate of all tasks, how many rows choose each expert of the model first among
  /// those of its level; NaN for experts that no gate of the task weighs.
  func firstChoices(_ directory: GateDirectory) -> [Int?: [Double]] {
    var counts: [Int?: [Double]] = [:]
    for gate in directory.gates {
      guard let values = executor.output(gate.watched) else { continue }
      let statistics = GateStatistics(values, rows: rows, experts: gate.members.count)
      var all = counts[gate.task] ?? directory.experts.map { _ in .nan }
      for (member, share) in zip(gate.members, statistics.topShare) {
        all[member.index] = (Double(share) * Double(rows)).rounded()
      }
      counts[gate.task] = all
    }
    return counts
  }
}
