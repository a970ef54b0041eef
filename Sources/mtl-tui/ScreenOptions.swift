import ArgumentParser
import Foundation
import Interface
import Runs
import Terminal
import Training

/// How the explorer looks and how fast it goes; what is not given is taken from `config.yaml`.
struct ScreenOptions: ParsableArguments {
  @Option(
    help: """
      Colours: auto (dark or light, as the terminal is), \
      \(Theme.all.map(\.name).joined(separator: ", ")).
      """)
  var theme: ThemeChoice?
  @Option(help: "Characters of charts: braille, block or ascii.") var charset: Charset?
  @Option(help: "How many colours: auto, 256, 16 or mono.") var color = ColorMode.auto
  @Option(help: "The mouse: on, or off to select text.") var mouse: Switch?
  @Option(
    help: """
      Frames a second at most; numbers change 4 times a second at most, curves once in 1.5 s. \
      (default: 10)
      """)
  var fps: Double?
  @Option(
    help: """
      Steps a second at most, so that a small run can be watched; 0: no limit. (default: \
      \(Int(TrainingDefaults.samplePace)) on the sample, else 0)
      """)
  var pace: Double?
  @Flag(help: "Wait for P before the first step.") var paused = false
  @Flag(help: "Leave when the run has ended.") var leave = false
  @Flag(help: "Print a line a second instead, for screen readers and logs.") var plain = false

  func validate() throws {
    if let pace, !ExplorerConfig.allowsPace(pace) {
      throw ValidationError("--pace must be 0, or from 0.001 to 1000000, found \(pace).")
    }
    if let fps, !ExplorerConfig.allowsFrames(fps) {
      throw ValidationError("--fps must be from 1 to 60, found \(fps).")
    }
  }
}

/// On or off.
enum Switch: String, ExpressibleByArgument, CaseIterable {
  case on, off
}

/// A theme by its name, or the one that fits the terminal's background.
enum ThemeChoice: ExpressibleByArgument, Equatable {
  case automatic
  case theme(Theme)

  init?(argument: String) {
    if argument == ExplorerConfig.automatic {
      self = .automatic
    } else if let theme = Theme.named(argument) {
      self = .theme(theme)
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] { [ExplorerConfig.automatic] + Theme.all.map(\.name) }
}

extension ScreenOptions {
  /// What `config.yaml` says, with what was given on the command line in its place.
  func merged(with config: ExplorerConfig) -> ExplorerConfig {
    var merged = config
    switch theme {
    case .automatic: merged.theme = nil
    case .theme(let theme): merged.theme = theme
    case nil: break
    }
    merged.charset = charset ?? config.charset
    merged.mouse = mouse.map { $0 == .on } ?? config.mouse
    merged.fps = fps ?? config.fps
    merged.pace = pace ?? config.pace
    return merged
  }

  /// The person's configuration under these options.
  ///
  /// - Throws: ``Failure`` with the line at fault.
  func configuration(_ file: ConfigFile) throws(Failure) -> ExplorerConfig {
    do throws(ConfigError) {
      let config = try file.read()
      if let fault = KeyBinding.firstFault(in: config.bindings) {
        throw ConfigError(
          path: file.path ?? "", line: config.keys[fault.index].line,
          what: .binding(fault.error.description))
      }
      return merged(with: config)
    } catch {
      throw Failure(message: error.description)
    }
  }
}

extension ExplorerConfig {
  /// The keys as the explorer takes them.
  var bindings: [KeyBinding] { keys.map { KeyBinding(action: $0.action, chord: $0.chord) } }

  /// The characters of charts: those that were chosen; on the Linux console, whose font has no
  /// braille, blocks; ASCII where nothing else can be shown.
  func charset(showsUnicode: Bool, terminal: String) -> Charset {
    guard showsUnicode else { return .ascii }
    return charset ?? (terminal == "linux" ? .block : .braille)
  }
}

extension Charset: ExpressibleByArgument {}
extension ColorMode: ExpressibleByArgument {}
