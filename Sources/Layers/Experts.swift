public import Graph

/// E experts that read the same input: f_e(x) = MLP_e(x), side by side as [B, E·H].
///
/// The first layers are one wide product (their weights lie as columns of one matrix), the later
/// ones E products in one operation. Named `0.0.weight`, `0.0.bias`, …, `e.l.weight`.
public struct Experts: Sendable {
  private struct Layer: Sendable {
    var weight: Parameter
    var bias: Parameter
    var blocks: Int
    var inputs: Int
    var outputs: Int
  }

  private let layers: [Layer]
  /// E.
  public let count: Int
  /// H.
  public let width: Int

  /// Declares the experts in a scope.
  public init(_ count: Int, _ inputs: Int, _ sizes: [Int], in scope: Scope) {
    precondition(!sizes.isEmpty, "an expert has at least one layer")
    self.count = count
    width = sizes[sizes.count - 1]
    layers = zip([inputs] + sizes, sizes).enumerated().map { place, size in
      place == 0
        ? Self.wide(count, size.0, size.1, in: scope)
        : Self.stacked(count, size.0, size.1, layer: place, in: scope)
    }
  }

  /// All experts' outputs, [B, E·H].
  public func callAsFunction(_ x: Variable) -> Variable {
    layers.reduce(x) { x, layer in
      x.linear(
        layer.weight, bias: layer.bias, blocks: layer.blocks, inputs: layer.inputs,
        outputs: layer.outputs
      ).relu()
    }
  }

  private static func wide(_ count: Int, _ inputs: Int, _ outputs: Int, in scope: Scope) -> Layer {
    let all = count * outputs
    let weights = (0..<count).map {
      scope.piece(
        scope.named("\($0).0.weight"), inputs, outputs, offset: $0 * outputs, stride: all,
        .heNormal)
    }
    return Layer(
      weight: scope.block(count: inputs * all, weights),
      bias: biases(count, outputs, layer: 0, in: scope), blocks: 1, inputs: inputs, outputs: all)
  }

  private static func stacked(
    _ count: Int, _ inputs: Int, _ outputs: Int, layer: Int, in scope: Scope
  ) -> Layer {
    let weights = (0..<count).map {
      scope.piece(
        scope.named("\($0).\(layer).weight"), inputs, outputs, offset: $0 * inputs * outputs,
        stride: outputs, .heNormal)
    }
    return Layer(
      weight: scope.block(count: count * inputs * outputs, weights),
      bias: biases(count, outputs, layer: layer, in: scope), blocks: count, inputs: inputs,
      outputs: outputs)
  }

  private static func biases(
    _ count: Int, _ outputs: Int, layer: Int, in scope: Scope
  ) -> Parameter {
    scope.block(
      count: count * outputs,
      (0..<count).map {
        scope.vectorPiece(
          scope.named("\($0).\(layer).bias"), outputs, offset: $0 * outputs, .zeros)
      })
  }
}
