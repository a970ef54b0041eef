import Datasets
import Graph
import Layers

extension MRAN {
  /// How values are normalised.
  enum Norm: Sendable {
    case layer(LayerNormalisation)
    case batch(BatchNormalisation)

    /// Declares what `norm` asks for: each group of a row by itself, or every column over the batch.
    init(_ configuration: Configuration, group width: Int, of groups: Int, in scope: Scope) {
      self =
        configuration.norm == "batch"
        ? .batch(BatchNormalisation(width * groups, in: scope))
        : .layer(LayerNormalisation(width, in: scope))
    }

    /// Those of what each task reads: one for all, or one a task, whose rows lie otherwise over a batch.
    static func aligned(
      _ configuration: Configuration, width: Int, tasks: [TaskDefinition], in builder: Builder
    ) -> [Norm] {
      let scopes =
        configuration.norm == "batch"
        ? tasks.indices.map { builder.task($0) / "norms" / tasks[$0].name }
        : [builder.shared / "tf" / "norm"]
      return scopes.map { Norm(configuration, group: width, of: 1, in: $0) }
    }

    /// The normalised values.
    func callAsFunction(_ x: Variable, _ pass: Forward) -> Variable {
      switch self {
      case .layer(let norm): norm(x)
      case .batch(let norm): norm(x, pass)
      }
    }
  }
}
