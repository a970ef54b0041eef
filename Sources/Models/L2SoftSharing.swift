public import Datasets
public import Graph
public import Layers
import Runs

/// L2-constrained soft sharing: every task has a network of its own, and a penalty keeps their
/// parameters close.
///
///     z_k = h_k(MLP(x; θ_k))
///     L = Σ_k ω_k L_k + α Σ_{j<k} ‖θ_j − θ_k‖²
///
/// The paper compares two tasks; here every pair of tasks is penalised. θ_k are the weights and
/// biases of a column, towers are left out. Embeddings are shared, or separate and then part of θ_k.
/// All columns start with the same values, since the penalty would dominate early otherwise.
/// A task that is off stands still, and the others are drawn to it nevertheless.
///
/// Duong, Cohn, Bird, Cook. "Low Resource Dependency Parsing: Cross-lingual Parameter Sharing in a
/// Neural Network Parser." ACL 2015. doi:10.3115/v1/P15-2139; as in Ma et al., KDD 2018, section 6.1.
public struct L2SoftSharing: MultiTaskModel {
  /// Layer sizes and the strength of the penalty.
  public struct Configuration: ModelConfiguration {
    /// Layers of a column.
    public var columnSizes = [64, 32]
    /// Hidden layers of a tower.
    public var towerSizes = [16]
    /// α at the start.
    public var strength = 1e-3
    /// Whether every column has embeddings of its own, which are penalised too.
    public var separatesEmbeddings = false
    /// Whether all columns start with the same values.
    public var startsEqual = true

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("columns", .sizes(\.columnSizes), "layers of a column"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption("alpha", .number(\.strength), "the penalty's strength at the start"),
        ModelOption(
          "separate", .flag(\.separatesEmbeddings), "embeddings of each column's own, penalised too"
        ),
        ModelOption(
          "same-start", .flag(\.startsEqual), "whether all columns start with the same values"),
      ]
    }
  }

  let embeddings: [Embeddings]  // one for all tasks, or one per task
  let columns: [MLP]  // one per task
  let towers: [Tower]  // one per task
  let strength: Parameter  // α
  let names: [String]

  /// Declares the columns, the towers and the strength.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    names = tasks.map(\.name)
    let first = builder.task(0) / "columns" / tasks[0].name
    let scopes = tasks.indices.map { k in
      let own = builder.task(k) / "columns" / tasks[k].name
      return configuration.startsEqual ? own.startingAs(first) : own
    }
    embeddings =
      configuration.separatesEmbeddings
      ? scopes.map { Embeddings(input, in: $0 / "embeddings") }
      : [Embeddings(input, in: builder.shared / "embeddings")]
    columns = scopes.map { MLP(input.width, configuration.columnSizes, in: $0) }
    towers = zip(tasks.indices, columns).map { k, column in
      Tower(column.width, configuration.towerSizes, in: builder.task(k) / "towers" / tasks[k].name)
    }
    strength = builder.dial(
      "alpha", "how strongly the columns are drawn together",
      in: 0...max(1, configuration.strength), start: configuration.strength)
  }

  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings.map { $0(pass) }  // 1 or T × [B, D]
    return towers.indices.map { k in
      let h = columns[k](x.count == 1 ? x[0] : x[k])  // [B, H]
      return towers[k](h)  // [B, 1]
    }
  }

  /// The distances of all columns.
  public var penalties: [ParameterPenalty] {
    [.distance(names.indices.map { k in layers.flatMap { $0.blocks[k] } }, strength: strength)]
  }

  /// The penalised arrays by layer and task.
  private var layers: [(name: String, blocks: [[Parameter]])] {
    let own = columns[0].layers.indices.map { layer in
      (name: "layer \(layer)", blocks: columns.map { $0.layers[layer].parameters })
    }
    guard embeddings.count > 1 else { return own }
    return [(name: "embeddings", blocks: embeddings.map(\.tables))] + own
  }
}

// MARK: - What it shows

extension L2SoftSharing {
  /// The distances.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// How far the columns lie apart by layer, and what the penalty is of all that is minimised.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let distances = layers.map { layer in
      layer.blocks.map { own in
        layer.blocks.map { reading.distance(own, $0) }
      }
    }
    return Inspection(
      views: zip(layers, distances).map { layer, rows in
        ModelView(
          name: "distance.\(layer.name)", title: "distance, \(layer.name)",
          note: "How far the columns of two tasks lie apart; 0 shares everything.",
          content: .matrix(
            .init(
              rows: names, columns: names, values: rows.flatMap { $0.map(Float.init) },
              scale: .magnitude)))
      },
      traces: [relative(distances, reading), share(reading)])
  }

  /// ‖θ_j − θ_k‖ of the mean of ‖θ_j‖ and ‖θ_k‖, the mean over pairs.
  private func relative(_ distances: [[[Double]]], _ reading: ModelReading) -> ModelTrace {
    let values = zip(layers, distances).map { layer, rows -> Float in
      let norms = layer.blocks.map { reading.norm($0) }
      let pairs = names.indices.flatMap { k in (0..<k).map { (j: $0, k: k) } }
      let sum = pairs.reduce(0.0) { sum, pair in
        let size = (norms[pair.j] + norms[pair.k]) / 2
        return sum + rows[pair.j][pair.k] / max(size, .leastNormalMagnitude)
      }
      return Float(sum / Double(max(1, pairs.count)))
    }
    return ModelTrace(
      name: "relative_distance", title: "distance of the columns",
      note:
        "‖θ_j − θ_k‖ of the columns' own size, the mean of all pairs; rising lines drift apart.",
      series: layers.map(\.name), values: values)
  }

  /// What the penalty is of the losses on validation rows and itself together.
  private func share(_ reading: ModelReading) -> ModelTrace {
    let alpha = reading.value(of: strength)
    let penalty = penalties.reduce(0.0) { $0 + $1.unscaled(in: reading) } * alpha
    let losses = names.indices.reduce(0.0) { $0 + reading.loss(of: $1) }
    return ModelTrace(
      name: "penalty_share", title: "penalty's share",
      note: "What the penalty is of the losses on validation rows and itself together.",
      series: ["penalty"], values: [Float(penalty / max(penalty + losses, .leastNormalMagnitude))])
  }
}

extension ParameterPenalty {
  /// The penalty for a strength of 1, over whole tables.
  fileprivate func unscaled(in reading: ModelReading) -> Double {
    guard case .distance(let networks, _) = self else { return 0 }
    return networks.indices.reduce(0) { sum, k in
      sum
        + (0..<k).reduce(0) { inner, j in
          let distance = reading.distance(networks[j], networks[k])
          return inner + distance * distance
        }
    }
  }
}
