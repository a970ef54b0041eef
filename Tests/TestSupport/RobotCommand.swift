import Foundation

/// A program that ran to its end without a terminal.
public struct CommandRun: Sendable {
  /// Its exit code; 128 + the signal if one ended it.
  public let status: Int32
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let errors: String

  /// Runs a program; `meanwhile` sees it running, with what it has written so far.
  ///
  /// Its state, such as the folders of runs, lies in a folder that is removed when it has ended, unless
  /// `environment` names another in XDG_STATE_HOME.
  ///
  /// - Throws: What `Process` throws if the program does not start.
  public init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    meanwhile: ((Process, _ outputSoFar: () -> String) throws -> Void)? = nil
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { _ = try? FileManager.default.removeItem(at: folder) }
    // Files, not pipes: nobody must read them while the program runs.
    let files = try ["output", "errors"].map { name in
      let file = folder.appendingPathComponent(name)
      try Data().write(to: file)
      return file
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    // What the program keeps of its runs goes with the test.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["XDG_STATE_HOME": folder.appendingPathComponent("state").path]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    func text(_ file: URL) -> String {
      (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    try process.runUnblocked()
    do {
      try meanwhile?(process) { text(files[0]) }
    } catch {
      process.terminate()
      throw error
    }
    process.waitUntilExit()
    let isExit = process.terminationReason == .exit
    status = isExit ? process.terminationStatus : 128 + process.terminationStatus
    output = text(files[0])
    errors = text(files[1])
  }
}

extension Process {
  /// Starts with no signal blocked: a program inherits the mask of the thread that starts it, and
  /// the threads on which tests run block most signals.
  func runUnblocked() throws {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try run()
  }
}
