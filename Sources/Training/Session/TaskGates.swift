import Graph
import Metrics

extension Trainer {
  /// How far the tasks' own gates weigh the same experts: the mean of ``Metrics/gateOverlap(_:_:rows:experts:)``
  /// over all pairs of tasks, for some rows; nil without two gates of equally many experts.
  func gateOverlap(_ batch: Batch) -> Double? {
    let executor = forward(batch)
    let widths = Dictionary(
      executor.plan.outputs.map { ($0.name, $0.width) }, uniquingKeysWith: { first, _ in first })
    let gates = tasks.compactMap { task -> (weights: UnsafePointer<Float>, experts: Int)? in
      let name = Watched.gate(task.name)
      guard let weights = executor.output(name), let width = widths[name] else { return nil }
      return (weights, width)
    }
    let pairs = gates.indices.flatMap { a in
      gates.indices.filter { $0 > a && gates[$0].experts == gates[a].experts }.map { (a, $0) }
    }
    guard !pairs.isEmpty else { return nil }
    let sum = pairs.reduce(0.0) { sum, pair in
      sum
        + Metrics.gateOverlap(
          gates[pair.0].weights, gates[pair.1].weights, rows: batch.rows,
          experts: gates[pair.0].experts)
    }
    return sum / Double(pairs.count)
  }
}
