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

    /// The normalised values.
    func callAsFunction(_ x: Variable, _ pass: Forward) -> Variable {
      switch self {
      case .layer(let norm): norm(x)
      case .batch(let norm): norm(x, pass)
      }
    }
  }
}
