/// How the explorer looks, as far as a person may choose.
public struct ExplorerSettings: Sendable, Equatable {
  /// Characters of charts.
  public var charset: Charset
  /// Frames a second at most when numbers arrive; keys are drawn at once.
  public var framesPerSecond: Double
  /// Whether the four steps of a first visit are shown.
  public var showsTour: Bool
  /// The seed of the rows that "random" shows.
  public var seed: UInt64

  /// The usual looks.
  public init(
    charset: Charset = .braille, framesPerSecond: Double = 10, showsTour: Bool = true,
    seed: UInt64 = 1
  ) {
    self.charset = charset
    self.framesPerSecond = framesPerSecond
    self.showsTour = showsTour
    self.seed = seed
  }
}
