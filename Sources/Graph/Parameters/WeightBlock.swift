/// The weight W [inputs, outputs] of one network inside a parameter that may hold several.
public struct WeightBlock: Sendable, Hashable {
  /// The parameter.
  public let parameter: Parameter
  /// Where W starts in it.
  public let offset: Int
  /// The distance of W's rows.
  public let stride: Int
  /// Rows of W.
  public let inputs: Int
  /// Columns of W.
  public let outputs: Int

  /// Names a weight inside a parameter.
  public init(parameter: Parameter, offset: Int, stride: Int, inputs: Int, outputs: Int) {
    self.parameter = parameter
    self.offset = offset
    self.stride = stride
    self.inputs = inputs
    self.outputs = outputs
  }
}
