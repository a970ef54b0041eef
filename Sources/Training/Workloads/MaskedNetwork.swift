import Datasets
import Graph
import Layers
import Models

/// One network that every task runs through its own random mask, with a logit each: what sparse
/// sharing computes once its masks are found.
struct MaskedNetwork: MultiTaskModel {
  /// Nothing is chosen by name.
  struct Configuration: ModelConfiguration {
    static var options: [ModelOption<Self>] { [] }
  }

  private let embeddings: Embeddings
  private let layers: [MaskedDense]
  private let towers: [Tower]

  init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    self.init([64, 32], density: 0.5, input: input, tasks: tasks, builder: builder)
  }

  init(
    _ sizes: [Int], density: Double, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    layers = zip([input.width] + sizes, sizes).enumerated().map { place, size in
      MaskedDense(
        size.0, size.1, masks: tasks.map(\.name), density: density,
        in: builder.shared / "bottom" / "\(place)")
    }
    let width = sizes.last ?? input.width
    towers = tasks.indices.map {
      Tower(width, [], in: builder.task($0) / "towers" / tasks[$0].name)
    }
  }

  func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    return towers.indices.map { k in
      towers[k](layers.reduce(x) { h, layer in layer(h, mask: k).relu() })
    }
  }
}
