public import Datasets
public import Graph
public import Layers

/// Single-task learning: every task has a network, embeddings included, of its own.
///
///     z_k = h_k(MLP_k(x_k))
///
/// The reference that multi-task gains are measured against: the same structure as
/// ``HardSharing``, nothing shared.
public struct SingleTask: MultiTaskModel {
  /// Layer sizes.
  public struct Configuration: ModelConfiguration {
    /// Hidden layers below the tower.
    public var bottomSizes = [64, 32]
    /// Hidden layers of the tower.
    public var towerSizes = [16]

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("bottom", .sizes(\.bottomSizes, orNone: true), "hidden layers below the tower"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of the tower"),
      ]
    }
  }

  let embeddings: [Embeddings]
  let bottoms: [MLP]
  let towers: [Tower]

  /// Declares K networks; a single task's has no prefix, several are named `models.<task>`.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    let scopes = tasks.indices.map { place in
      tasks.count == 1 ? builder.task(place) : builder.task(place) / "models" / tasks[place].name
    }
    embeddings = scopes.map { Embeddings(input, in: $0 / "embeddings") }
    bottoms = scopes.map { MLP(input.width, configuration.bottomSizes, in: $0 / "bottom") }
    towers = zip(zip(scopes, tasks), bottoms).map { place, bottom in
      Tower(bottom.width, configuration.towerSizes, in: place.0 / "towers" / place.1.name)
    }
  }

  /// T × [B, 1].
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    towers.indices.map { k in
      let x = embeddings[k](pass)  // [B, D]
      return towers[k](bottoms[k](x))  // [B, 1]
    }
  }
}
