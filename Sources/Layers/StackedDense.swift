public import Graph

/// One affine layer of several networks of equal shape, computed together: [B, inputs] or
/// [B, E·inputs] to [B, E·outputs].
///
///     y_e = x·W_e + b_e           the networks read the same input: one wide product
///     y_e = x_e·W_e + b_e         each reads its own part: E products in one operation
///
/// He-normal weights (a ReLU follows), zero biases. Named `<network>.<layer>.weight` and `.bias`.
public struct StackedDense: Sendable {
  private let weight: Parameter
  private let bias: Parameter
  private let blocks: Int
  private let inputs: Int
  private let outputs: Int
  private let networks: Int
  private let dropout: Double

  /// Declares the layer of every network in a scope.
  ///
  /// - Parameters:
  ///   - names: the networks.
  ///   - inputs: numbers that one network reads.
  ///   - outputs: numbers that one network makes.
  ///   - layer: the layer's name.
  ///   - readsSame: whether the networks read the same input.
  ///   - scope: where the parameters belong.
  public init(
    _ names: [String], _ inputs: Int, _ outputs: Int, layer: Int, readsSame: Bool, in scope: Scope
  ) {
    let count = names.count
    let weights = names.enumerated().map { place, name in
      scope.piece(
        scope.named("\(name).\(layer).weight"), inputs, outputs,
        offset: place * (readsSame ? outputs : inputs * outputs),
        stride: readsSame ? count * outputs : outputs, .heNormal)
    }
    let biases = names.enumerated().map { place, name in
      scope.vectorPiece(
        scope.named("\(name).\(layer).bias"), outputs, offset: place * outputs, .zeros)
    }
    weight = scope.block(count: count * inputs * outputs, weights)
    bias = scope.block(count: count * outputs, biases)
    blocks = readsSame ? 1 : count
    self.inputs = inputs
    networks = count
    dropout = scope.builder.dropout
    self.outputs = readsSame ? count * outputs : outputs
  }

  /// W of a network, by its place.
  public func weight(of network: Int) -> WeightBlock {
    let width = blocks == 1 ? outputs / networks : outputs
    return WeightBlock(
      parameter: weight, offset: network * (blocks == 1 ? width : inputs * width),
      stride: blocks == 1 ? outputs : width, inputs: inputs, outputs: width)
  }

  /// The layer with a ReLU behind it, of which units are dropped in training as in an ``MLP``.
  public func hidden(_ x: Variable) -> Variable { self(x).relu().dropped(dropout) }

  /// The layer of all networks side by side.
  public func callAsFunction(_ x: Variable) -> Variable {
    x.linear(weight, bias: bias, blocks: blocks, inputs: inputs, outputs: outputs)
  }
}
