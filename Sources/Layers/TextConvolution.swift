public import Graph

/// Filters over k neighbouring words of a text, of which the largest answers count; see
/// ``Graph/ConvolutionMax``.
///
/// Named `weight` [filters, width, k] and `bias` [filters].
public struct TextConvolution: Sendable {
  private let weight: Parameter
  private let bias: Parameter
  private let window: Int
  /// How many filters.
  public let filters: Int

  /// Declares filters over so many words of a width.
  public init(_ width: Int, window: Int, filters: Int, in scope: Scope) {
    self.window = window
    self.filters = filters
    let inputs = width * window
    let piece = ParameterPiece(
      path: scope.named("weight"), shape: [filters, width, window], offset: 0,
      strides: .init(first: 1, second: filters), initialiser: .glorotUniform)
    weight = scope.block(count: inputs * filters, [piece])
    bias = scope.vector("bias", filters, .zeros)
  }

  /// The largest answers over texts of so many words, [B, n·width] to [B, filters].
  public func callAsFunction(
    _ words: Variable, of slots: Slots, keeping mask: Variable
  ) -> Variable {
    words.convolutionMax(
      weight, bias: bias, of: slots, window: window, filters: filters, keeping: mask)
  }
}
