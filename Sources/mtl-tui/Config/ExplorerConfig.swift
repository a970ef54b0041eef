import Interface
import Terminal

/// What a person keeps in `config.yaml`; nil is what the program would do anyway.
struct ExplorerConfig: Equatable {
  /// The name of a theme; nil follows the terminal's background.
  var theme: Theme?
  /// Characters of charts.
  var charset: Charset?
  /// Whether the mouse is the explorer's.
  var mouse: Bool?
  /// Frames a second at most.
  var fps: Double?
  /// Steps a second at most; 0 is no limit.
  var pace: Double?
  /// Keys of actions, in the order of the file.
  var keys: [KeptKey] = []

  /// A key that is to do an action.
  struct KeptKey: Equatable {
    var action: String
    var chord: String
    var line: Int
  }
}

extension ExplorerConfig {
  /// The keys of the file.
  static let names = ["theme", "charset", "mouse", "fps", "pace", "keys"]
  /// What `theme` may be besides the name of one.
  static let automatic = Theme.automatic

  /// Frames a second that may be asked for.
  static func allowsFrames(_ fps: Double) -> Bool { fps >= 1 && fps <= 60 }

  /// Steps a second that may be asked for.
  static func allowsPace(_ pace: Double) -> Bool { pace == 0 || (0.001...1_000_000).contains(pace) }
}
