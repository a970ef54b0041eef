import Datasets
import Graph
import Layers
import Models
import Objectives
import Runs
import Tensors
import Training

/// A model whose answers and watched values are made up, so that what it shows of them can be worked
/// out by hand.
final class MadeModel {
  let tasks: [TaskDefinition]
  let model: any MultiTaskModel
  let store: ParameterStore
  private let schema: FeatureSchema

  /// A model of binary tasks; a task named `amount` is a regression.
  init(
    _ name: String, _ options: [String: String] = [:], tasks names: [String],
    fields: [CategoricalField] = [
      CategoricalField(name: "row", vocabulary: 3), CategoricalField(name: "column", vocabulary: 2),
    ], dense: Int = 1, width: Int = 2
  ) throws {
    guard case .trained(let make) = try ModelRegistry.entry(named: name).kind else {
      throw NotTrained()
    }
    tasks = names.map { TaskDefinition(name: $0, kind: $0 == "amount" ? .regression : .binary) }
    schema = FeatureSchema(
      fields: fields, dense: (0..<dense).map { DenseFeature(column: "d\($0)", form: .indicator) })
    let builder = Builder()
    model = try make(
      options, InputSpecification(schema, embeddingWidth: width), tasks, builder)
    store = ParameterStore(builder.specifications, tasks: names.count, seed: 1)
  }

  /// Overwrites a named array; false if there is none.
  func set(_ path: String, to numbers: [Float]) -> Bool {
    guard let entry = (store.entries + store.givenEntries).first(where: { $0.piece.path == path }),
      store.numbers(of: entry).count == numbers.count
    else { return false }
    store.set(entry, to: numbers)
    return true
  }

  /// What it shows where the watched values, row after row, are these.
  func show(
    rows: Int, _ values: [Watched: [Float]], labels: [Float]? = nil, spaces: [Float]? = nil,
    ids: [Int32]? = nil, weights: [Float] = []
  ) -> Inspection {
    let memory = values.mapValues { Storage($0) }
    let (labels, spaces) = (labels.map { Storage($0) }, spaces.map { Storage($0) })
    let ids = ids.map { Storage($0) }
    let batch = Batch(
      rows: rows, ids: ids.map { UnsafePointer($0.base) }, fields: schema.fields.count, dense: nil,
      denseCount: 0, labels: labels.map { UnsafePointer($0.base) },
      spaces: spaces.map { UnsafePointer($0.base) }, tasks: tasks.count, index: nil)
    let reading = ModelReading(
      tasks: tasks, schema: schema, step: 7, store: store, batch: batch, weights: weights
    ) { name in
      memory[name].map { (UnsafePointer($0.base), $0.count / rows) }
    }
    return withExtendedLifetime((labels, spaces, ids)) { model.inspect(reading) }
  }

  private struct NotTrained: Error {}
}

extension Inspection {
  /// The bars of a view, or none.
  func bars(_ name: String) -> ModelView.Bars? {
    guard case .bars(let bars)? = views.first(where: { $0.name == name })?.content else {
      return nil
    }
    return bars
  }

  /// The matrix of a view, or none.
  func matrix(_ name: String) -> ModelView.Matrix? {
    guard case .matrix(let matrix)? = views.first(where: { $0.name == name })?.content else {
      return nil
    }
    return matrix
  }

  /// The lines of a view, or none.
  func curves(_ name: String) -> ModelView.Curves? {
    guard case .curves(let curves)? = views.first(where: { $0.name == name })?.content else {
      return nil
    }
    return curves
  }

  /// The numbers of a trace by its series, or none.
  func trace(_ name: String) -> [String: Float]? {
    traces.first { $0.name == name }.map {
      Dictionary(uniqueKeysWithValues: zip($0.series, $0.values))
    }
  }
}

/// Whether both are the same numbers, up to the last bits.
func isClose(_ a: [Float]?, _ b: [Double], within tolerance: Double = 1e-5) -> Bool {
  guard let a, a.count == b.count else { return false }
  return zip(a, b).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) }
}
