import Foundation

/// A person at a terminal: a shell in a tmux pane, keys typed into it, its screen read back.
///
/// Every robot has a tmux server, a folder and a shell of its own; all are gone when it leaves.
///
///     let robot = try Robot(columns: 80, rows: 24)
///     try robot.type("mtl-tui explore")
///     try robot.press("Enter")
///     try robot.wait(for: "Dash")
public final class Robot {
  /// The robot's own folder, removed when it leaves.
  public let folder: URL
  private let socket: String
  private let server: Process
  private let shell: Int32

  /// How long something is waited for before it is a failure: other tests compute meanwhile.
  public static let patience: TimeInterval = 60

  /// Where tmux is, nil if it is not installed.
  public static let tmux: String? = path(of: "tmux")

  /// Starts a shell; its prompt is `$ `, and `search` is put before its PATH.
  ///
  /// - Throws: ``RobotError`` if tmux does not start.
  public init(
    columns: Int, rows: Int, search: URL? = nil, environment: [String: String] = [:]
  ) throws {
    guard let program = Self.tmux else { throw RobotError.noTmux }
    let name = "robot-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    socket = folder.appendingPathComponent("tmux").path
    server = try Self.startServer(program, socket)
    // Nothing of a test is kept in a person's own folder of runs.
    let own = ["XDG_STATE_HOME": folder.appendingPathComponent("state").path]
    let shell = Self.shellCommand(
      search: search, environment: own.merging(environment) { $1 })
    try Self.tmux(
      socket,
      ["new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-c", folder.path] + shell)
    // Without this the window would follow the size of whoever looks at it.
    try Self.tmux(socket, ["set-option", "-g", "window-size", "manual"])
    let found = try Self.tmux(socket, ["display-message", "-p", "#{pane_pid}"])
    self.shell = Int32(found.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    try wait(for: "the prompt") { $0.prompt != nil }
  }

  deinit { leave() }

  /// Ends the server with all that runs in it, and removes the folder; may be called twice.
  public func leave() {
    guard server.isRunning else { return }
    _ = try? Self.tmux(socket, ["kill-server"])
    if server.isRunning { server.terminate() }
    _ = try? FileManager.default.removeItem(at: folder)
  }

  /// A server in the foreground: a daemon would keep the descriptors by which its end is noticed.
  private static func startServer(_ program: String, _ socket: String) throws -> Process {
    let server = Process()
    server.executableURL = URL(fileURLWithPath: program)
    server.arguments = ["-u", "-S", socket, "-f", "/dev/null", "-D"]
    server.standardInput = FileHandle.nullDevice
    server.standardOutput = FileHandle.nullDevice
    server.standardError = FileHandle.nullDevice
    try server.runUnblocked()
    let deadline = Date(timeIntervalSinceNow: patience)
    while !FileManager.default.fileExists(atPath: socket) {
      guard server.isRunning, Date() < deadline else {
        throw RobotError.refused("-D", "the server does not start")
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return server
  }

  private static func shellCommand(search: URL?, environment: [String: String]) -> [String] {
    // Nobody's own configuration acts in a test.
    var variables = [
      "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PS1": "$ ", "TERM": "tmux-256color",
      "XDG_CONFIG_HOME": "/dev/null",
    ]
    let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    variables["PATH"] = search.map { "\($0.path):\(inherited)" } ?? inherited
    variables.merge(environment) { _, new in new }
    let settings = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return ["env", "-u", "NO_COLOR", "-u", "LINES", "-u", "COLUMNS"] + settings
      + ["bash", "--norc", "--noprofile"]
  }

  @discardableResult
  private static func tmux(_ socket: String, _ arguments: [String]) throws -> String {
    guard let tmux else { throw RobotError.noTmux }
    let result = try CommandRun(tmux, ["-u", "-S", socket, "-f", "/dev/null"] + arguments)
    guard result.status == 0 else {
      throw RobotError.refused(arguments.joined(separator: " "), result.errors)
    }
    return result.output
  }

  private static func path(of program: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

// MARK: - Hands

extension Robot {
  /// Types text as it is.
  public func type(_ text: String) throws {
    try Self.tmux(socket, ["send-keys", "-l", "--", text])
  }

  /// Presses keys by tmux's names: `Enter`, `Escape`, `C-z`, `Space`, `Up`.
  public func press(_ keys: String...) throws {
    try Self.tmux(socket, ["send-keys"] + keys)
    // Programs tell Escape from the begin of another key by the time that passes behind it.
    if keys.last == "Escape" { Thread.sleep(forTimeInterval: 0.5) }
  }

  /// Pastes a text, between the marks of a paste if the program has asked for them.
  public func paste(_ text: String) throws {
    try Self.tmux(socket, ["set-buffer", "--", text])
    try Self.tmux(socket, ["paste-buffer", "-p", "-r"])
  }

  /// Sends bytes as they are, in one piece: what no key of tmux stands for.
  public func send(_ bytes: [UInt8]) throws {
    let numbers = bytes.map { String($0, radix: 16) }
    try Self.tmux(socket, ["send-keys", "-H"] + numbers)
  }

  /// Types a command line and presses Enter.
  public func run(_ command: String) throws {
    try type(command)
    try press("Enter")
  }

  /// Gives the window another size.
  public func resize(columns: Int, rows: Int) throws {
    try Self.tmux(socket, ["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }
}

// MARK: - Eyes

extension Robot {
  /// What the pane shows just now.
  public func look() throws -> CapturedScreen {
    // One call for both, so that the facts belong to the text.
    let facts = "#{alternate_on} #{cursor_flag} #{cursor_y} #{keypad_flag} #{mouse_any_flag}"
    let answer = try Self.tmux(socket, ["capture-pane", "-p", ";", "display-message", "-p", facts])
    return CapturedScreen(answer)
  }

  /// What the pane shows, with the sequences that colour it.
  public func colors() throws -> String { try Self.tmux(socket, ["capture-pane", "-p", "-e"]) }

  /// Lets programs in the pane fill the clipboard, of which tmux keeps a copy.
  public func allowCopying() throws {
    try Self.tmux(socket, ["set-option", "-s", "set-clipboard", "on"])
  }

  /// The text that was copied last.
  public func clipboard() throws -> String { try Self.tmux(socket, ["show-buffer"]) }

  /// Waits until the screen shows a text.
  @discardableResult
  public func wait(for text: String, file: StaticString = #fileID, line: UInt = #line) throws
    -> CapturedScreen
  {
    try wait(for: "'\(text)'", file: file, line: line) { $0.shows(text) }
  }

  /// Waits until the screen is as wanted; the failure says what was waited for and shows it whole.
  @discardableResult
  public func wait(
    for what: String, file: StaticString = #fileID, line: UInt = #line,
    until isThere: (CapturedScreen) throws -> Bool
  ) throws -> CapturedScreen {
    let deadline = Date(timeIntervalSinceNow: Self.patience)
    var screen = try look()
    while try !isThere(screen) {
      guard Date() < deadline else {
        throw RobotError.waitedInVain(what, "\(file):\(line)", screen.text)
      }
      Thread.sleep(forTimeInterval: 0.03)
      screen = try look()
    }
    return screen
  }

  /// Runs a command that must not touch the screen, and returns what it wrote.
  public func output(of command: String) throws -> String {
    let file = folder.appendingPathComponent("out-\(UUID().uuidString.prefix(8))")
    // The second file appears when the first one is complete.
    let done = file.appendingPathExtension("done")
    try run("\(command) > \(file.path); touch \(done.path); clear")
    try wait(for: "the end of \(command)") { _ in
      FileManager.default.fileExists(atPath: done.path)
    }
    try wait(for: "the prompt after \(command)") { $0.prompt != nil && !$0.shows(command) }
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// The terminal's modes, as `stty -g` writes them.
  public func modes() throws -> String { try output(of: "stty -g") }
}

// MARK: - The program

extension Robot {
  /// The program in the foreground or background: the youngest child of the shell, if it has one.
  public var program: Int32? {
    get throws {
      #if os(Linux)
        let list = "/proc/\(shell)/task/\(shell)/children"
        let children = try String(contentsOfFile: list, encoding: .utf8)
      #else
        let children = try CommandRun("/usr/bin/pgrep", ["-P", "\(shell)"]).output
      #endif
      return children.split(whereSeparator: \.isWhitespace).last.flatMap { Int32($0) }
    }
  }

  #if os(Linux)
    /// How many bytes the program in the pane has written so far, wherever to.
    public func writtenBytes() throws -> Int {
      guard let program = try program else { throw RobotError.noProgram }
      let text = try String(contentsOfFile: "/proc/\(program)/io", encoding: .utf8)
      let line = text.split(separator: "\n").first { $0.hasPrefix("wchar: ") }
      guard let count = line.flatMap({ Int($0.dropFirst("wchar: ".count)) }) else {
        throw RobotError.noProgram
      }
      return count
    }
  #endif

  /// Sends a signal to the program.
  public func signal(_ number: Int32) throws {
    guard let program = try program else { throw RobotError.noProgram }
    guard kill(program, number) == 0 else { throw RobotError.noProgram }
  }
}
