import Foundation

/// A run in the background: `train --detach` starts the program again in a session of its own, which
/// writes into its run's folder what it would have said, and goes on when the terminal is closed.
///
/// The second program says its run's id on stdout as soon as there is a folder; until then its messages
/// are the first one's.
enum Detachment {
  /// The option by which the second program knows that it is the second.
  static let option = "--detached"

  /// The file in a run's folder that stdout and stderr lead to.
  static let outputName = "output.log"

  /// Starts the program again with the same words, and returns the id of its run.
  ///
  /// - Throws: ``Failure`` with the second program's exit code, without words where it has said them.
  static func start(_ arguments: [String]) throws -> String {
    guard let program = Bundle.main.executablePath else {
      throw Failure(message: "--detach: the program's own file is not known here.")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments.map { $0 == "--detach" ? option : $0 }
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw Failure(message: "--detach: \(program) does not start: \(error.localizedDescription)")
    }
    // To the end of it: the second program lets go of its stdout when it has said the id.
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    if let id = said.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }) {
      return String(id.dropFirst(prefix.count))
    }
    process.waitUntilExit()
    throw Failure(
      message: "the run ended before it had a folder", exitCode: max(1, process.terminationStatus))
  }

  private static let prefix = "mtl-tui-run "

  /// Makes this program, which is the second, independent of the terminal.
  static func leaveTerminal() {
    _ = setsid()
    signal(SIGHUP, SIG_IGN)
  }

  /// Says which run it is and leads what is said from now on into its folder.
  ///
  /// Where the folder takes no file, what is said is lost; events and results are in the folder anyway.
  static func settle(in folder: String) {
    let id = folder.split(separator: "/").last ?? ""
    _ = try? StandardOutput.writeLine(prefix + id)
    var file = open("\(folder)/\(outputName)", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    if file < 0 { file = open("/dev/null", O_WRONLY) }
    guard file >= 0 else { return }
    dup2(file, STDOUT_FILENO)
    dup2(file, STDERR_FILENO)
    if file > STDERR_FILENO { close(file) }
  }
}
