import Datasets
public import Graph
public import Layers

/// What a user, or an item, has learned of itself beside its texts: [B, d].
///
/// Named `weight` [V, d]; N(0, 0.01²).
public struct PairSide: Sendable {
  /// The rows.
  public let table: Parameter
  /// d.
  public let width: Int
  private let field: Int

  /// Declares the table of a side of the data's pairs in a scope.
  ///
  /// A model of data that name no pairs is refused before it is declared.
  public init(
    _ side: KeyPath<InteractionFields, Int>, of input: InputSpecification, in scope: Scope
  ) {
    let field = input.schema.interactions?[keyPath: side] ?? 0
    self.field = field
    width = input.widths[field]
    table = scope.table(
      "weight", vocabulary: input.schema.fields[field].vocabulary, width: width,
      .normal(deviation: 0.01))
  }

  /// The rows of the batch's users or items.
  public func callAsFunction(_ pass: Forward) -> Variable {
    pass.graph.lookup([table], columns: [.field(field)], widths: [width])
  }
}
