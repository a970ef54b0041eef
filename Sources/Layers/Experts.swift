public import Graph

/// E experts that read the same input: f_e(x) = MLP_e(x), side by side as [B, E·H].
///
/// The first layers are one wide product (their weights lie as columns of one matrix), the later
/// ones E products in one operation. Named `0.0.weight`, `0.0.bias`, …, `e.l.weight`.
///
/// Behind every layer's ReLU units are dropped in training as in an ``MLP``, every expert's by draws of
/// their own.
public struct Experts: Sendable {
  private let layers: [StackedDense]
  /// E.
  public let count: Int
  /// H.
  public let width: Int

  /// Declares the experts in a scope.
  public init(_ count: Int, _ inputs: Int, _ sizes: [Int], in scope: Scope) {
    precondition(!sizes.isEmpty, "an expert has at least one layer")
    self.count = count
    width = sizes[sizes.count - 1]
    let names = (0..<count).map { "\($0)" }
    layers = zip([inputs] + sizes, sizes).enumerated().map { place, size in
      StackedDense(names, size.0, size.1, layer: place, readsSame: place == 0, in: scope)
    }
  }

  /// All experts' outputs, [B, E·H].
  public func callAsFunction(_ x: Variable) -> Variable {
    layers.reduce(x) { x, layer in layer.hidden(x) }
  }
}
