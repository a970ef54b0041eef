public import Graph

/// A shallow tower on two crossed fields, beside a network: one number that is added to its logit.
///
///     b = w[position × device]                          a table of numbers, named `weight`
///     b = Tower(e[position × device])                   embeddings, named `embedding.weight`, and
///                                                       layers named as a ``Tower``'s
///
/// Position id 0 is the missing one.
public struct BiasTower: Sendable {
  /// What the tower is made of.
  public enum Form: Sendable, Hashable {
    /// One number a cross.
    case table
    /// An embedding of a width a cross, hidden layers behind it.
    case layers(width: Int, sizes: [Int])
  }

  /// w, or e.
  public let table: Parameter
  /// The layers behind the embedding.
  public let tower: Tower?
  private let fields: CrossedLookup.Fields
  private let columns: Int

  /// Declares the tower in a scope.
  ///
  /// - Parameters:
  ///   - fields: what is crossed.
  ///   - form: a table or layers.
  ///   - rateFactor: what the learning rate is multiplied by for a table; an entry is seen once in
  ///     as many rows as there are crosses.
  ///   - scope: where the parameters belong.
  public init(
    _ fields: CrossedLookup.Fields, _ form: Form, rateFactor: Double = 1, in scope: Scope
  ) {
    self.fields = fields
    switch form {
    case .table:
      columns = 1
      table = scope.rows("weight", fields.count, 1, .zeros, rateFactor: rateFactor)
      tower = nil
    case .layers(let width, let sizes):
      columns = width
      table = (scope / "embedding").rows(
        "weight", fields.count, width, .normal(deviation: 0.1), rateFactor: rateFactor)
      tower = Tower(width, sizes, in: scope)
    }
  }

  /// b, [B, 1]: of the position where the mask is 1, of the missing one elsewhere.
  public func callAsFunction(_ pass: Forward, keeping mask: Variable?) -> Variable {
    bias(pass, fields, keeping: mask)
  }

  /// b of the missing position, [B, 1].
  public func missing(_ pass: Forward) -> Variable {
    var fields = fields
    fields.first = nil
    return bias(pass, fields, keeping: nil)
  }

  private func bias(
    _ pass: Forward, _ fields: CrossedLookup.Fields, keeping mask: Variable?
  ) -> Variable {
    let e = pass.graph.crossedLookup(table, fields: fields, columns: columns, keeping: mask)
    return tower.map { $0(e) } ?? e
  }
}

extension Scope {
  /// Rows of numbers, [count, width], that take a gradient as dense numbers do and do not decay.
  func rows(
    _ name: String, _ count: Int, _ width: Int, _ start: Initialiser, rateFactor: Double
  ) -> Parameter {
    let piece = ParameterPiece(
      path: named(name), shape: [count, width], offset: 0, strides: .init(first: width, second: 1),
      initialiser: start)
    return block(count: count * width, [piece], rateFactor: rateFactor, decays: false)
  }
}
