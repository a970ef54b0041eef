public import Runs

/// How the explorer looks, as far as a person may choose.
public struct ExplorerSettings: Sendable, Equatable {
  /// Characters of charts.
  public var charset: Charset
  /// Frames a second at most when numbers arrive, which they do 4 times a second at most; keys are
  /// drawn at once.
  public var framesPerSecond: Double
  /// The name of the theme; `auto` follows the terminal's background.
  public var theme: String
  /// Whether the mouse is the explorer's.
  public var hasMouse: Bool
  /// Keys that a person gave to actions.
  public var keys: [KeyBinding]
  /// Whether the four steps of a first visit are shown.
  public var showsTour: Bool
  /// The seed of the rows that "random" shows.
  public var seed: UInt64
  /// What can be started from the models screen.
  public var models: [ModelDescription]
  /// What the first run was started with.
  public var first: StartRequest?
  /// Whether the terminal shows colours; where not, no theme does.
  public var terminalHasColors = true
  /// Lines typed in earlier runs of the program, oldest first.
  public var typed: [String] = []
  /// How the explorer is attached to a run that another process trains; nil: the run is its own.
  public var attachment: Attachment?
  /// The name of that run among the runs that are kept.
  public var attachedRun: String?

  /// What may be done with a run that another process trains.
  public enum Attachment: Sendable, Equatable {
    /// Look at it.
    case watching
    /// Send it commands, too.
    case steering
  }

  /// The usual looks.
  public init(
    charset: Charset = .braille, framesPerSecond: Double = 10, theme: String = "auto",
    hasMouse: Bool = true, keys: [KeyBinding] = [], showsTour: Bool = true, seed: UInt64 = 1,
    models: [ModelDescription] = [], first: StartRequest? = nil
  ) {
    self.charset = charset
    self.framesPerSecond = framesPerSecond
    self.theme = theme
    self.hasMouse = hasMouse
    self.keys = keys
    self.showsTour = showsTour
    self.seed = seed
    self.models = models
    self.first = first
  }
}
