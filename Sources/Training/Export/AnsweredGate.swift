public import Datasets
import Graph
import Metrics
public import Runs

/// How a gate weighs its experts, row by row.
public struct AnsweredGate: Sendable {
  /// Its statistics over the rows.
  public let snapshot: GateSnapshot
  /// By expert, the weight of every row.
  public let weights: [[Float]]

  /// Puts a gate together.
  public init(snapshot: GateSnapshot, weights: [[Float]]) {
    self.snapshot = snapshot
    self.weights = weights
  }
}

extension Trainer {
  /// Every gate of the model as it answers rows; none for a model without gates.
  ///
  /// - Parameters:
  ///   - examples: the rows.
  ///   - step: the step of the parameters, for the statistics.
  /// - Returns: the gates in the order of the model.
  public func answeredGates(for examples: Examples, step: Int) -> [AnsweredGate] {
    let directory = GateDirectory(gateDeclarations, tasks: tasks.map(\.name))
    guard !directory.gates.isEmpty, examples.count > 0 else { return [] }
    var rows = directory.gates.map { _ in [Float]() }
    for first in stride(from: 0, to: examples.count, by: evaluationRows) {
      let count = min(evaluationRows, examples.count - first)
      let executor = forward(examples.batch(from: first, rows: count))
      for (index, gate) in directory.gates.enumerated() {
        guard let values = executor.output(gate.watched) else { continue }
        rows[index] += UnsafeBufferPointer(start: values, count: count * gate.members.count)
      }
    }
    return directory.gates.indices.compactMap { index in
      let (gate, weights) = (directory.gates[index], rows[index])
      let experts = gate.members.count
      guard experts > 0, weights.count == examples.count * experts else { return nil }
      let statistics = weights.withUnsafeBufferPointer { numbers in
        numbers.baseAddress.map {
          GateStatistics($0, rows: examples.count, experts: experts)
        }
      }
      guard let statistics else { return nil }
      return AnsweredGate(
        snapshot: GateSnapshot(gate, statistics, tasks: tasks, step: step),
        weights: (0..<experts).map { expert in
          (0..<examples.count).map { weights[$0 * experts + expert] }
        })
    }
  }
}
