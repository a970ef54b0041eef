public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// Multi-task field-weighted factorisation machine: one set of embeddings for all conversion
/// types, and weights of each type's own for fields and pairs of fields.
///
///     Φ_t(x) = w0_t + Σ_i ⟨v_i, w_t,i⟩ + Σ_{i<j} r_t,ij ⟨v_i, v_j⟩
///     L = mean over rows of ℓ(Φ_t(x), y) + ½ λ (‖v‖² + ‖w_t‖² + ‖r_t‖²),  t the row's type
///
/// A task is a conversion type, and a row belongs to the types in whose sample space it lies; it
/// moves the embeddings and these types' weights. The paper has categorical fields only: dense
/// features, where there are any, join the first-order part as they stand. The penalty takes what a
/// row used, so that a frequent id is not decayed less often than it learns; the paper writes the
/// plain norm. r starts at 1, a plain factorisation machine.
///
/// Pan et al. "Predicting Different Types of Conversions with Multi-Task Learning in Online
/// Advertising." KDD 2019. doi:10.1145/3292500.3330783
public struct MTFwFM: MultiTaskModel {
  /// The penalty.
  public struct Configuration: ModelConfiguration {
    /// λ at the start.
    public var l2 = 1e-5

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption(
          "l2", .number(\.l2, in: 0...1), "penalty on what a row used, at the start (dial l2)")
      ]
    }
  }

  let embeddings: Embeddings  // shared
  let types: [FieldWeights]  // one per task
  let l2: Parameter
  let widths: [Int]
  let dense: Int
  let names: [String]

  /// Declares the embeddings and the types' weights.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    widths = input.widths
    dense = input.schema.dense.count
    names = tasks.map(\.name)
    let fields = widths.count
    types = tasks.indices.map {
      FieldWeights(
        inputs: input.width, pairs: fields * (fields - 1) / 2,
        in: builder.task($0) / "types" / tasks[$0].name)
    }
    l2 = builder.dial(
      "l2", "penalty on what a row used: embeddings and its type's weights", in: 0...1,
      start: configuration.l2)
  }

  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, F·e + n]
    let vectors = dense == 0 ? x : x.columns(0..<widths.reduce(0, +))
    let pairs =
      widths.count > 1 ? [vectors.pairInteractions(.strictTriangle, widths: widths)] : []
    let inputs = x.graph.concatenation([x] + pairs)  // [B, F·e + n + P]
    let answers = types.map { $0(inputs) }
    for (task, type) in types.enumerated() { decay(type, of: task, x, pass) }
    return answers
  }

  /// Adds a type's share of the penalty to what is minimised.
  private func decay(_ type: FieldWeights, of task: Int, _ x: Variable, _ pass: Forward) {
    pass.minimise("l2.\(names[task])", of: task) { place in
      x.gatheredSquares(
        place: place, columns: widths.reduce(0, +),
        weights: .init(
          penalised: type.weight, count: type.count, free: type.bias, freeCount: 1),
        of: task, strength: l2)
    }
  }

  /// Every type's own loss, as a mean over the rows of all types.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map { logits[$0].loss(of: tasks[$0], at: $0, mean: .anyTask) }
  }
}

// MARK: - What it shows

extension MTFwFM {
  /// The weights of pairs and fields.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// The pairs' weights of every type, how two types differ, and how much each field says.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let fields = reading.schema.fields.map(\.name)
    guard fields.count > 1 else { return Inspection(views: [strength(reading, fields)]) }
    let matrices = types.map { pairs($0, reading, fields: fields.count) }
    let own = names.indices.map { type in
      heat(
        "pairs.\(names[type])", "pairs, \(names[type])",
        "The weight of each pair of fields in this type; all were 1 at the start.", fields,
        matrices[type])
    }
    let differences = comparisons.map { a, b in
      heat(
        "difference.\(names[a]).\(names[b])", "\(names[a]) − \(names[b])",
        "Pairs that count more in one type than in the other; 0 where they agree.", fields,
        zip(matrices[a], matrices[b]).map { $0 - $1 })
    }
    return Inspection(views: own + differences + [strength(reading, fields)])
  }

  /// Every two types where there are few, else each with the first.
  var comparisons: [(Int, Int)] {
    let pairs = names.indices.flatMap { b in (0..<b).map { ($0, b) } }
    return names.count <= 3 ? pairs : pairs.filter { $0.0 == 0 }
  }

  private func heat(
    _ name: String, _ title: String, _ note: String, _ fields: [String], _ weights: [Float]
  ) -> ModelView {
    ModelView(
      name: name, title: title, note: note,
      content: .matrix(
        .init(rows: fields, columns: fields, values: weights, scale: .diverging)))
  }

  /// r of a type as a symmetric matrix without a diagonal.
  private func pairs(_ type: FieldWeights, _ reading: ModelReading, fields: Int) -> [Float] {
    let weights = reading.store.numbers(of: type.weight, piece: 1)
    var values = [Float](repeating: .nan, count: fields * fields)
    var pair = 0
    for i in 0..<fields {
      for j in (i + 1)..<fields {
        values[i * fields + j] = weights[pair]
        values[j * fields + i] = weights[pair]
        pair += 1
      }
    }
    return values
  }

  /// ‖w_t,i‖ of every field.
  private func strength(_ reading: ModelReading, _ fields: [String]) -> ModelView {
    let weights = types.map { reading.numbers(of: $0.weight) }
    var start = 0
    let bars = zip(fields, widths).map { field, width in
      let range = start..<(start + width)
      start += width
      return ModelView.Bars.Bar(
        name: field,
        values: weights.map { $0[range].reduce(0) { $0 + $1 * $1 }.squareRoot() })
    }
    return ModelView(
      name: "strength", title: "field strength",
      note: "The length of each field's own weights, type after type: what it says by itself.",
      content: .bars(.init(parts: names, bars: bars)))
  }
}
