public import Datasets
import Tensors

/// The weights of one task: one for every id of every field, one a dense feature, and a bias.
///
///     z = bias + Σ_f weight_f[id_f] + ⟨dense, x⟩
public struct LinearWeights: Sendable, Hashable {
  /// One weight an id, field by field.
  public var fields: [[Double]]
  /// One weight a dense feature.
  public var dense: [Double]
  /// The bias.
  public var bias: Double
  /// By field, how the weights of a list become one; nil for a field of single values.
  var poolings: [Pooling?]

  /// Splits a vector in the order fields, dense, bias.
  init(_ vector: [Double], layout: LinearLayout) {
    fields = layout.fieldRanges.map { Array(vector[$0]) }
    dense = Array(vector[layout.denseRange])
    bias = vector[layout.bias]
    poolings = layout.poolings
  }

  /// The logit (binary) or value (regression) of a row.
  public func logit(of row: Int, in examples: Examples) -> Double {
    var z = bias
    for (field, weights) in fields.enumerated() {
      guard let list = examples.lists?.tables[field] else {
        z += weights[Int(examples.ids[row * fields.count + field])]
        continue
      }
      let ids = list[Int(examples.ids[row * fields.count + field])]
      let sum = ids.reduce(0) { $0 + weights[Int($1)] }
      z += poolings[field] == .mean ? sum / Double(max(1, ids.count)) : sum
    }
    for (feature, weight) in dense.enumerated() {
      z += weight * Double(examples.dense[row * dense.count + feature])
    }
    return z
  }

  /// The logits or values of all rows.
  public func logits(of examples: Examples) -> [Double] {
    (0..<examples.count).map { logit(of: $0, in: examples) }
  }
}

/// Where the weights lie in one vector: field after field, then dense features, then the bias.
struct LinearLayout: Sendable {
  /// The first weight of each field.
  let fieldStarts: [Int]
  /// The first weight of the dense features.
  let denseStart: Int
  /// By field, how the weights of a list become one; nil for a field of single values.
  let poolings: [Pooling?]
  /// The place of the bias; the weights before it are penalised.
  let bias: Int

  /// How many numbers altogether.
  var dimensions: Int { bias + 1 }
  /// The weights of each field.
  var fieldRanges: [Range<Int>] {
    zip(fieldStarts, fieldStarts.dropFirst() + [denseStart]).map { $0..<$1 }
  }
  /// The weights of the dense features.
  var denseRange: Range<Int> { denseStart..<bias }

  init(_ schema: FeatureSchema) {
    var next = 0
    fieldStarts = schema.fields.map { field in
      defer { next += field.vocabulary }
      return next
    }
    poolings = schema.fields.map { $0.list?.pooling }
    denseStart = next
    bias = next + schema.dense.count
  }
}
