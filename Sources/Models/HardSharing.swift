public import Datasets
public import Graph
public import Layers

/// Hard parameter sharing (shared bottom): one network below, one tower a task.
///
///     y_k = h_k(f(x))
///
/// Caruana. "Multitask Learning." Machine Learning 28, 1997. doi:10.1023/A:1007379606734;
/// in this form eq. 1 of the MMoE paper, doi:10.1145/3219819.3220007.
public struct HardSharing: RepresentationModel {
  /// Layer sizes.
  public struct Configuration: ModelConfiguration {
    /// Hidden layers of the shared bottom.
    public var bottomSizes = [64, 32]
    /// Hidden layers of a tower.
    public var towerSizes = [16]

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption(
          "bottom", .sizes(\.bottomSizes, orNone: true), "hidden layers of the shared bottom"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
      ]
    }
  }

  let embeddings: Embeddings  // shared
  let bottom: MLP  // shared
  /// One per task.
  public let towers: [Tower]

  /// Declares the shared bottom and the towers.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    let bottom = MLP(input.width, configuration.bottomSizes, in: builder.shared / "bottom")
    self.bottom = bottom
    towers = tasks.indices.map {
      Tower(
        bottom.width, configuration.towerSizes, in: builder.heads(of: $0) / tasks[$0].name)
    }
  }

  /// T × the shared bottom, [B, H].
  public func representations(_ pass: Forward) -> [Variable] {
    let s = bottom(embeddings(pass))  // [B, H]
    return towers.map { _ in s }
  }
}
