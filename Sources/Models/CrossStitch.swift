public import Datasets
public import Graph
public import Layers
public import Runs

/// Cross-stitch networks: a column of layers for each task, and behind every layer a trained
/// combination of all columns.
///
///     a_k^l = max(W_k^l · x̃_k^{l−1} + b_k^l, 0),   x̃_k^0 = x
///     x̃_k^l = Σ_j A^l[k, j] · a_j^l
///     y_k   = h_k(x̃_k^L)
///
/// The paper has convolutions and stitches their maps; here a stitch follows every hidden layer of
/// the columns, with one matrix a layer (the default) or one a unit. A starts with 0.9 on its
/// diagonal, moves ten times as fast as the network (the paper leaves a wide range) and does not
/// decay. Columns and stitches belong to all tasks, since each task reads every column.
///
/// As a sluice network every column falls into S subspaces, A^l [KS, KS] combines those of all
/// columns, a tower reads a trained combination of all layers, and subspaces of a layer are held
/// apart:
///
///     y_k = h_k(Σ_l β_k,l x̃_k^l),   L = Σ_k ω_k L_k + λ Σ_{k,l} Σ_{s<t} ‖(W_k,s^l)ᵀ W_k,t^l‖²
///
/// Ruder, Bingel, Augenstein, Søgaard. "Latent Multi-task Architecture Learning." AAAI 2019.
/// doi:10.1609/aaai.v33i01.33014822; β starts even.
///
/// Misra, Shrivastava, Gupta, Hebert "Cross-Stitch Networks for Multi-task Learning." CVPR 2016.
/// doi:10.1109/CVPR.2016.433
public struct CrossStitch: RepresentationModel {
  /// Layer sizes and the form of the stitches.
  public struct Configuration: ModelConfiguration {
    /// Layers of a column.
    public var columnSizes = [64, 32]
    /// Hidden layers of a tower.
    public var towerSizes: [Int] = [16]
    /// Whether every column has embeddings of its own, x_k in the place of x.
    public var separatesEmbeddings = false
    /// Whether every unit has a matrix of its own.
    public var isPerUnit = false
    /// What a column keeps of itself at the start.
    public var own = 0.9
    /// What the learning rate is multiplied by for the stitches.
    public var rateFactor = 10.0
    /// Whether it is a sluice network.
    public var isSluice = false
    /// S of a sluice network.
    public var subspaceCount = 2
    /// λ of a sluice network at the start.
    public var orthogonality = 0.0

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("columns", .sizes(\.columnSizes), "layers of a column"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption(
          "separate", .flag(\.separatesEmbeddings), "embeddings of each column's own"),
        ModelOption("per-unit", .flag(\.isPerUnit), "a matrix for every unit"),
        ModelOption("own", .number(\.own), "what a column keeps of itself at the start"),
        ModelOption(
          "stitch-rate", .number(\.rateFactor), "the learning rate's factor for the stitches"),
        ModelOption("sluice", .flag(\.isSluice), "subspaces of columns, and layers combined"),
        ModelOption("subspaces", .count(\.subspaceCount), "subspaces of a sluice's column"),
        ModelOption(
          "orthogonality", .number(\.orthogonality),
          "how strongly a sluice's subspaces are held apart at the start"),
      ]
    }
  }

  let embeddings: [Embeddings]  // shared: one for all columns, or one a column
  let layers: [StackedDense]  // shared
  let stitches: [StitchUnit]  // shared
  /// One per task.
  public let towers: [Tower]
  let mixture: LayerWeights?  // shared
  let orthogonality: Parameter?
  /// S, 1 unless it is a sluice network.
  let subspaces: Int
  let width: Int
  let names: [String]

  /// Declares the columns, the stitches and the towers.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    let scope = builder.shared / "embeddings"
    let scopes = configuration.separatesEmbeddings ? tasks.map { scope / $0.name } : [scope]
    embeddings = scopes.map { Embeddings(input, in: $0) }
    let sizes = configuration.columnSizes
    precondition(!sizes.isEmpty, "a column has at least one layer")
    layers = zip([input.width] + sizes, sizes).enumerated().map { place, size in
      StackedDense(
        tasks.map(\.name), size.0, size.1, layer: place,
        readsSame: place == 0 && scopes.count == 1, in: builder.shared / "columns")
    }
    let subspaces = configuration.isSluice ? configuration.subspaceCount : 1
    self.subspaces = subspaces
    stitches = sizes.enumerated().map { place, width in
      StitchUnit(
        columns: tasks.count * subspaces, width: width / subspaces,
        isPerUnit: configuration.isPerUnit,
        own: configuration.own, rateFactor: configuration.rateFactor,
        in: builder.shared / "stitches" / "\(place)")
    }
    mixture =
      configuration.isSluice
      ? LayerWeights(
        columns: tasks.count, layers: sizes.count, rateFactor: configuration.rateFactor,
        in: builder.shared / "layers") : nil
    orthogonality =
      configuration.isSluice
      ? builder.dial(
        "orthogonality", "how strongly subspaces are held apart",
        in: 0...max(1, configuration.orthogonality), start: configuration.orthogonality) : nil
    names = tasks.map(\.name)
    let width = sizes.last ?? input.width
    self.width = width
    towers = tasks.indices.map {
      Tower(width, configuration.towerSizes, in: builder.heads(of: $0) / tasks[$0].name)
    }
  }

  /// x̃_k of the last layer, or a sluice's combination of all layers, T × [B, H].
  public func representations(_ pass: Forward) -> [Variable] {
    // [B, D], or of each column's own [B, T·D].
    var x = pass.graph.concatenation(embeddings.map { $0(pass) })
    var all: [Variable] = []
    for (layer, stitch) in zip(layers, stitches) {
      x = stitch(layer.hidden(x))  // [B, T·H]
      all.append(x)
    }
    if let mixture { x = mixture(all) }  // [B, T·H]
    return towers.indices.map { k in x.columns(k * width..<(k + 1) * width) }
  }
}

// MARK: - Sluice networks

extension CrossStitch {
  /// The orthogonality of a sluice network's subspaces.
  public var penalties: [ParameterPenalty] {
    guard let orthogonality, subspaces > 1 else { return [] }
    let weights = layers.flatMap { layer in names.indices.map { layer.weight(of: $0) } }
    return [.orthogonality(weights, parts: subspaces, strength: orthogonality)]
  }

  /// Layers of a sluice network are of one size, which the subspaces divide.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    guard configuration.isSluice else { return }
    let (sizes, count) = (configuration.columnSizes, configuration.subspaceCount)
    guard Set(sizes).count > 1 || sizes.contains(where: { $0 % count != 0 }) else { return }
    throw .badValue(
      model: name, option: "columns", found: sizes.map { "\($0)" }.joined(separator: ","),
      expected: "a sluice network layers of one size that \(count) subspaces divide, as in "
        + "\(count * 16),\(count * 16)")
  }
}

// MARK: - What it shows

extension CrossStitch {
  /// The stitches.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// Every layer's matrix, of units the mean, and how much a column keeps of itself.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let matrices = stitches.map { mean(reading.numbers(of: $0.matrix)) }
    return Inspection(
      views: matrices.enumerated().map { layer, values in
        ModelView(
          name: "stitches.\(layer)", title: "stitch \(layer)",
          note: "A row is what a task's column reads of every column; 1 on the diagonal shares "
            + "nothing, equal rows share everything.",
          content: .matrix(
            .init(rows: parts, columns: parts, values: values, scale: .diverging)))
      } + (mixture.map { [layerWeights($0, reading)] } ?? []),
      traces: matrices.enumerated().map { layer, values in
        ModelTrace(
          name: "self_share.\(layer)", title: "self-share, stitch \(layer)",
          note: "A[k,k] of a row's sum of magnitudes; falling lines share more and more.",
          series: parts, values: selfShare(values))
      })
  }

  /// The tasks, or a sluice network's subspaces of each.
  private var parts: [String] {
    subspaces == 1
      ? names : names.flatMap { name in (0..<subspaces).map { "\(name).\($0)" } }
  }

  private func layerWeights(_ mixture: LayerWeights, _ reading: ModelReading) -> ModelView {
    ModelView(
      name: "layers", title: "layers",
      note: "What each task's tower takes of each layer.",
      content: .matrix(
        .init(
          rows: names, columns: layers.indices.map { "layer \($0)" },
          values: reading.numbers(of: mixture.weights), scale: .diverging)))
  }

  /// The mean over units of [H, K, K] numbers, or the K × K numbers themselves.
  private func mean(_ numbers: [Float]) -> [Float] {
    let entries = parts.count * parts.count
    let units = numbers.count / entries
    return (0..<entries).map { entry in
      (0..<units).reduce(0) { $0 + numbers[$1 * entries + entry] } / Float(units)
    }
  }

  /// A[k,k] / Σ_j |A[k,j]|.
  private func selfShare(_ weights: [Float]) -> [Float] {
    parts.indices.map { k in
      let row = weights[k * parts.count..<(k + 1) * parts.count]
      return weights[k * parts.count + k]
        / max(row.reduce(0) { $0 + abs($1) }, .leastNormalMagnitude)
    }
  }
}
