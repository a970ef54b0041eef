import Foundation
import TestSupport
import Testing

/// The suites that start the whole program at a terminal, one test after the other: they wait for
/// screens, and two at a time would wait for each other.
@Suite("End to end", .serialized) enum EndToEnd {}

/// The suites that start it without a terminal, one test after the other, beside those that wait for
/// screens.
@Suite("End to end, without a screen", .serialized) enum WithoutScreen {}

/// The program as the build left it, beside the tests.
enum Program {
  static let folder: URL = {
    #if os(Linux)
      return Bundle.main.bundleURL
    #else
      let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
      return tests.bundleURL.deletingLastPathComponent()
    #endif
  }()

  static let path = folder.appendingPathComponent("mtl-tui").path

  /// Runs it without a terminal.
  static func run(
    _ arguments: [String], meanwhile: ((Process, () -> String) throws -> Void)? = nil
  ) throws -> CommandRun {
    try CommandRun(path, arguments, meanwhile: meanwhile)
  }

  /// Runs a spoilt command: one message of the program on stderr, nothing of Swift's.
  static func fail(
    _ arguments: [String], location: SourceLocation = #_sourceLocation
  ) throws -> CommandRun {
    let result = try run(arguments)
    for sign in ["Fatal error", "Stack dump", "Backtrace", "Error Domain", "\u{1B}"] {
      #expect(!result.errors.contains(sign), sourceLocation: location)
    }
    return result
  }
}

/// The explorer in a robot's pane, and what every ending must leave behind.
struct Session {
  let robot: Robot
  private let modesBefore: String

  /// A run that does not end by itself.
  static let endless = "--epochs 100000 --patience 0 --batch 64"

  /// What is trained on.
  enum Data {
    case census
    /// Ratings with reviews and what they say of features.
    case reviews

    fileprivate func folder() throws -> String {
      switch self {
      case .census: try CensusFiles.shared.get().folder.path
      case .reviews: try ReviewFiles.shared.get().folder.path
      }
    }

    /// What names it, with its folder as $D.
    fileprivate var options: String {
      switch self {
      case .census: "--data census-income --path $D"
      case .reviews: "--data $D/schema.yaml"
      }
    }
  }

  /// Types something, so that it can be seen again afterwards, then starts the explorer.
  init(
    _ source: Data = .census, columns: Int = 80, rows: Int = 24, options: String = "",
    prefix: String = "",
    ending: String = "",
    environment: [String: String] = [:]
  ) throws {
    robot = try Robot(
      columns: columns, rows: rows, search: Program.folder, environment: environment)
    modesBefore = try robot.modes()
    try robot.run("echo 'typed be''fore'")
    try robot.wait(for: "typed before")
    let data = try source.folder()
    // The folder's name is long: as a variable the command stays in one row.
    try robot.run(
      "D=\(data); clear; echo 'typed be''fore'")
    try robot.wait(for: "the row typed before") { $0.lines.first == "typed before" }
    try robot.run(
      "\(prefix) mtl-tui explore \(source.options) \(Self.endless) \(options) \(ending)"
    )
  }

  /// Starts it and waits until it trains.
  static func training(
    _ source: Data = .census, columns: Int = 80, rows: Int = 24, options: String = "",
    prefix: String = "",
    ending: String = "",
    environment: [String: String] = [:]
  ) throws -> Session {
    let session = try Session(
      source, columns: columns, rows: rows, options: options, prefix: prefix, ending: ending,
      environment: environment)
    try session.robot.wait(for: "training") { ($0.step ?? 0) > 0 }
    return session
  }

  /// Waits for the shell, and checks that the terminal is as it was.
  @discardableResult
  func expectShell(location: SourceLocation = #_sourceLocation) throws -> CapturedScreen {
    let after = try robot.wait(for: "the shell's prompt") { $0.prompt != nil }
    #expect(after.lines.contains("typed before"), sourceLocation: location)
    #expect(!after.isAlternate && after.showsCursor, sourceLocation: location)
    #expect(!after.hasKeypad, sourceLocation: location)
    try #expect(robot.modes() == modesBefore, sourceLocation: location)
    return after
  }
}
