import Datasets
import Foundation
import Graph
import Layers
import Models
import Tensors
import TrainingFixtures

@testable import Training

/// A model whose answers are held against what its export answers.
struct OnnxCase: Sendable, CustomStringConvertible {
  let model: String
  var options: [String: String] = [:]
  /// How the lists of the field `row` are pooled; nil: it has none.
  var pooling: Pooling?

  var description: String {
    let choices = options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return ([model] + choices + (pooling.map { ["lists=\($0.rawValue)"] } ?? []))
      .joined(separator: " ").replacing("/", with: "+")
  }

  static let all: [OnnxCase] = defaults + variants + lists

  private static let defaults = ModelRegistry.entries.compactMap { entry -> OnnxCase? in
    guard case .trained = entry.kind, entry.kinds.contains(.binary) else { return nil }
    return OnnxCase(model: entry.name)
  }

  private static let variants = [
    OnnxCase(model: "cross-stitch", options: ["per-unit": "true"]),
    OnnxCase(model: "cross-stitch", options: ["separate": "true"]),
    OnnxCase(model: "cross-stitch", options: ["sluice": "true", "columns": "32,32"]),
    OnnxCase(model: "mmoe", options: ["temperature": "0.5", "gate-dropout": "0.2"]),
    OnnxCase(model: "sparse-sharing", options: ["masks": "random"]),
    OnnxCase(model: "csrec", options: ["masks": "random"]),
    OnnxCase(model: "lt4rec", options: ["masks": "random", "focal": "board"]),
    OnnxCase(model: "esmm", options: ["variant": "base"]),
    OnnxCase(model: "esmm", options: ["variant": "division"]),
    OnnxCase(model: "mran", options: ["norm": "batch"]),
    OnnxCase(model: "mran", options: ["static-alpha": "true"]),
    OnnxCase(model: "escm2", options: ["estimator": "dr"]),
    OnnxCase(model: "l2-soft", options: ["separate": "true"]),
    OnnxCase(model: "crossdistil", options: ["base": "mmoe", "teacher": "static"]),
  ]

  private static let lists = Pooling.allCases.flatMap { pooling in
    ["mmoe", "stem-net"].map { OnnxCase(model: $0, pooling: pooling) }
  }

  /// Rows that are answered.
  static let rows = 37

  /// A few steps on a made problem of two probabilities and a number in a unit of its own.
  func trained() throws -> (trainer: Trainer, problem: TinyProblem) {
    var problem = TinyProblem(rows: 256, tasks: 3)
      .scaled(LabelScale(mean: 20, deviation: 3), task: 2)
    if let pooling { problem = problem.listed(pooling, [[0, 1, 1], [], [2], [3, 0, 2, 1, 3]]) }
    let trainer = try problem.trainer(model, options)
    for step in 0..<6 {
      trainer.epoch = step / 2
      _ = trainer.step(problem.batch(from: step * 30, rows: 64), rate: 0.02)
    }
    return (trainer, problem)
  }

  /// The problem's inputs as a file would say them: the number is 3 + 2z.
  static func features(_ problem: TinyProblem) -> FeatureSchema {
    var features = problem.input.schema
    features.dense = [DenseFeature(column: "noise", form: .value(mean: 3, deviation: 2))]
    return features
  }

  /// What the export should say of the first rows.
  static func expectation(_ trainer: Trainer, _ problem: TinyProblem) -> [String: Any] {
    let logits = problem.tasks.map { trainer.logits($0.name, problem.batch(rows: rows)) }
    var inputs: [String: Any] = [
      "noise": [
        "kind": "float64", "shape": [rows],
        "values": (0..<rows).map { 3 + 2 * Double(problem.examples.dense[$0]) },
      ] as [String: Any]
    ]
    for (index, field) in problem.input.schema.fields.enumerated() {
      let ids = (0..<rows).map { problem.examples.ids(ofRow: $0, field: index).map(Int.init) }
      let longest = field.list?.longest
      let padded = ids.flatMap { own in
        own + [Int](repeating: -1, count: (longest ?? own.count) - own.count)
      }
      inputs[field.name] =
        ["kind": "int64", "shape": longest.map { [rows, $0] } ?? [rows], "values": padded]
        as [String: Any]
    }
    return [
      "inputs": inputs, "order": problem.tasks.map(\.name),
      "outputs": answers(logits, of: problem.tasks),
    ]
  }

  /// Answers as a person reads them, from logits or scaled values by task.
  static func answers(_ logits: [[Float]], of tasks: [TaskDefinition]) -> [String: [Double]] {
    Dictionary(
      zip(tasks, logits).map { task, own in
        let values = own.map { z in
          task.kind == .binary
            ? 1 / (1 + exp(-Double(z))) : task.scale.original(Double(z))
        }
        return (task.name, values)
      }
    ) { $1 }
  }
}
