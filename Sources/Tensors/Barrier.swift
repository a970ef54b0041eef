/// What a loop of a step is for; each ends in a barrier, where threads wait for the last.
public enum Barrier: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// Weights put in the order in which products read them.
  case packing
  /// Forward and backward of the lanes of a batch, with the gradients of their parameters.
  case lanes
  /// Forward and backward of pieces of rows, without the gradients of parameters.
  case rows
  /// Gradients of parameters by pieces of their columns.
  case tiles
  /// Gradients summed over lanes before anybody changes them.
  case sums
  /// The tasks' gradients measured and weighed.
  case balancing
  /// What the model minimises besides its losses.
  case penalties
  /// Dense parameters moved, and tables whose rows are not shared out.
  case update
  /// Rows of tables moved by pieces.
  case tables
  /// Any other loop.
  case other

  /// The name, `packing`.
  public var description: String {
    switch self {
    case .packing: "packing"
    case .lanes: "lanes"
    case .rows: "rows"
    case .tiles: "tiles"
    case .sums: "sums"
    case .balancing: "balancing"
    case .penalties: "penalties"
    case .update: "update"
    case .tables: "tables"
    case .other: "other"
    }
  }
}
