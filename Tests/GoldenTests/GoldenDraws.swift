import Datasets
import Graph
import Layers
import Models
import Tensors
import TestSupport

/// The draws that a case gives instead of having them made: masks of zeros and ones by name.
struct GoldenDraws: Sendable {
  private var masks: [String: (values: Storage<Float>, width: Int)] = [:]

  /// Reads `position_keep` [B] and `gate_keep` [B, K, E], of which every task has its own.
  init(_ batch: GoldenNode, tasks: [String]) throws {
    if batch.has("position_keep") {
      masks["position_keep"] = (
        Storage(try batch["position_keep"].numbers.map(Float.init)), 1
      )
    }
    guard batch.has("gate_keep") else { return }
    let gates = try batch["gate_keep"].tensor
    let experts = gates.shape[2]
    for (place, task) in tasks.enumerated() {
      let rows = (0..<gates.shape[0]).flatMap { row in
        (0..<experts).map { Float(gates.values[(row * tasks.count + place) * experts + $0]) }
      }
      masks["gate_keep.\(task)"] = (Storage(rows), experts)
    }
  }

  /// Rows that are given by name.
  init(_ rows: [String: (values: [Float], width: Int)]) {
    masks = rows.mapValues { (Storage($0.values), $0.width) }
  }

  var isEmpty: Bool { masks.isEmpty }

  /// Records what is given.
  func record(in graph: Graph) -> [String: Variable] {
    masks.mapValues { graph.record(GivenRows(values: $0.values, columns: $0.width), []) }
  }
}

/// Rows of numbers that a case gives, in the order of the batch.
private struct GivenRows: Operation {
  let values: Storage<Float>
  let columns: Int
  var name: String { "given rows" }
  var keeps: Keeps { [] }
  var handsOnGradient: Bool { false }
  func width(of inputs: [Int]) -> Int { columns }
  func forward(_ call: Call) {
    let y = call.output
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(
        from: values.base + (call.firstRow + row) * columns, count: columns)
    }
  }
  func backward(_ call: Call) {}
}

/// A model whose draws are those of a case.
struct DrawnModel: MultiTaskModel {
  typealias Configuration = MMoE.Configuration

  let model: any MultiTaskModel
  let draws: GoldenDraws

  init(model: any MultiTaskModel, draws: GoldenDraws) {
    self.model = model
    self.draws = draws
  }

  /// A case's model is built before it is wrapped.
  init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    preconditionFailure("a model with given draws is not built from a configuration")
  }

  func callAsFunction(_ pass: Forward) -> [Variable] {
    model(pass.drawing(draws.record(in: pass.graph)))
  }

  func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    model.losses(logits, tasks: tasks)
  }

  var penalties: [ParameterPenalty] { model.penalties }
}
